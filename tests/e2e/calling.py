"""Requests to a deployed API over HTTP: a helpdesk's, signed as it signs, and people's, signed for AWS."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.cloud import REGION
from local.front import Request, match
from local.template import Route, resources, routes
from tests.e2e.deployed import Deployed
from tests.e2e.ministack import Emulator

_PATIENCE = 30.0  # seconds; a function may have to start on a busy machine


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Line:
    """Speaks to a deployed API. `reached` are the routes whose function answered, by their names."""

    deployed: Deployed
    signer: Credentials
    reached: set[str] = field(default_factory=set)

    def signed(self, method: str, target: str, body: Any = None) -> Answer:
        """Somebody asks who may: signed for `execute-api`."""
        content = json.dumps(body).encode() if body is not None else b""
        url = f"{self.deployed.emulator.endpoint}{self.deployed.api}{target}"
        request = AWSRequest(method, url, {"content-type": "application/json"}, content)
        SigV4Auth(self.signer, "execute-api", REGION).add_auth(request)
        return self.plain(method, target, content, dict(request.headers.items()))

    def plain(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A request as it is."""
        host = self.deployed.emulator.endpoint.removeprefix("http://")
        line = http.client.HTTPConnection(host, timeout=_PATIENCE)
        try:
            line.request(method, f"{self.deployed.api}{target}", body, dict(headers or {}))
            got = line.getresponse()
            answer = Answer(got.status, got.read())
        finally:
            line.close()
        found = match(routes(), Request(method, target))
        if found and 200 <= answer.status < 300:
            self.reached.add(_names()[found[0]])
        return answer


def somebody(emulator: Emulator, name: str, *allowed: str) -> Credentials:
    """A user of the account who may call what is named, `GET/v1/*`, and whose tags bind to nothing."""
    iam = emulator.client("iam")
    iam.create_user(UserName=name)
    if allowed:
        arns = [f"arn:aws:execute-api:{REGION}:*:*/*/{each}" for each in allowed]
        statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arns}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=name, PolicyName="calls", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def _names() -> dict[Route, str]:
    """The names of the routes in the template."""
    names = [name for name, _ in resources("AWS::ApiGatewayV2::Route")]
    return dict(zip(routes(), names, strict=True))
