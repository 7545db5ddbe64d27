"""AWS's own protocols at the local stack's address: commands that change a stack can be pointed at it."""

import re
from collections.abc import Mapping

import requests

from local.cloud import REGION
from local.front import Request, Response
from local.functions import variables_of
from local.stack import TABLES, Stack

# What a signature is for stands in its scope: `Credential=KEY/20260302/eu-north-1/dynamodb/aws4_request`.
_SCOPE = re.compile(
    rf"Credential=[^/,]+/\d{{8}}/{REGION}/(dynamodb|secretsmanager|ssm|s3|sns|kms)/aws4_request"
)


def environment(stack: Stack, address: str) -> dict[str, str]:
    """The environment in which commands reach the stack, and have its time, instead of AWS."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        **{variable: stack.cloud.names[name] for variable, name in TABLES.items()},
        "IDENTITY_KEYS": "slaclock/identity/local",
        "QUARANTINE_BUCKET": stack.cloud.names["Quarantine"],
        "AUDIENCES": variables_of("Notify", stack.cloud)["AUDIENCES"],
        "SEALS_BUCKET": stack.cloud.names["Seals"],
        "LAKE_BUCKET": stack.cloud.names["Lake"],
        "SEAL_KEY": stack.cloud.names["SealKey"],
        "STACK": "local",
        "SLACLOCK_CLOCK": f"{address}/local/clock",
        "SLACLOCK_URL": address,
    }


def aws(stack: Stack, request: Request) -> Response | None:
    """Answer a call of AWS's tables, secrets, parameters, buckets, topics or keys; None for any other."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    scope = _SCOPE.search(headers.get("authorization", ""))
    if scope is None:
        return None
    with stack.lock:  # moto is not atomic between threads
        answer = requests.request(
            request.method,
            f"https://{scope[1]}.{REGION}.amazonaws.com{request.target}",  # moto's, which never leaves here
            data=request.body,
            headers=_without(headers, "host", "content-length"),
            timeout=10,
        )
    return Response(
        answer.status_code, _without(answer.headers, "content-length", "content-encoding"), answer.content
    )


def _without(headers: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in names}
