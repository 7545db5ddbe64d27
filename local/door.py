"""DynamoDB's own protocol at the local stack's address: commands that change a stack can be pointed at it."""

from collections.abc import Mapping

import requests

from local.cloud import REGION
from local.front import Request, Response
from local.stack import TABLES, Stack

_TARGET = "x-amz-target"
_OPERATIONS = "DynamoDB_20120810."


def environment(stack: Stack, address: str) -> dict[str, str]:
    """The environment in which commands reach the stack, and have its time, instead of AWS."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        **{variable: stack.cloud.names[name] for variable, name in TABLES.items()},
        "SLACLOCK_CLOCK": f"{address}/local/clock",
    }


def dynamodb(stack: Stack, request: Request) -> Response | None:
    """Answer a call of DynamoDB; None for any other request."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not (request.method == "POST" and headers.get(_TARGET, "").startswith(_OPERATIONS)):
        return None
    with stack.lock:  # moto is not atomic between threads
        answer = requests.post(
            f"https://dynamodb.{REGION}.amazonaws.com/",  # moto's, which never leaves this process
            data=request.body,
            headers=_without(headers, "host", "content-length"),
            timeout=10,
        )
    return Response(
        answer.status_code, _without(answer.headers, "content-length", "content-encoding"), answer.content
    )


def _without(headers: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in names}
