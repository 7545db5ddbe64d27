"""Events as API Gateway's HTTP API hands them to a function (payload format 2.0)."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode

from scripts.template_source import Template, written

ROUTES = tuple(each["RouteKey"] for _, each in Template(written()).of_type("AWS::ApiGatewayV2::Route"))


def http_event(
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    path_parameters: Mapping[str, str] | None = None,
    caller: str | None = None,
    claims: Mapping[str, Any] | None = None,
    base64: bool = False,
) -> dict[str, Any]:
    """The event of a request for a path as the client wrote it, percent-encoded.

    Route and path parameters come from the template's routes, decoded as API Gateway decodes them, unless
    `path_parameters` are given. `body` is text, bytes, or a document to be written as JSON; `caller` is the
    ARN that signed the request, `claims` are those of the token that came with it.
    """
    route, found = _route(method, path)
    parameters = dict(path_parameters) if path_parameters is not None else found
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": unquote(path),
        "rawQueryString": urlencode(query or {}),
        "headers": {
            "host": "records.example",
            **{name.lower(): value for name, value in (headers or {}).items()},
        },
        **({"queryStringParameters": dict(query)} if query else {}),
        **({"pathParameters": parameters} if parameters else {}),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "records.example",
            "http": {
                "method": method,
                "path": unquote(path),
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
            },
            "requestId": "request-1",
            "routeKey": route,
            "stage": "$default",
            "timeEpoch": 1774620360000,
            **({"authorizer": {"iam": {"userArn": caller, "accountId": "123456789012"}}} if caller else {}),
            **({"authorizer": {"jwt": {"claims": dict(claims), "scopes": None}}} if claims else {}),
        },
        **_body(body, encoded=base64),
    }


def _route(method: str, path: str) -> tuple[str, dict[str, str]]:
    for key in ROUTES:
        verb, _, pattern = key.partition(" ")
        names = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", pattern)
        if verb == method and (matched := re.fullmatch(names, path)):
            return key, {name: unquote(value) for name, value in matched.groupdict().items()}
    return "$default", {}


def _body(body: Any, *, encoded: bool) -> dict[str, Any]:
    if body is None:
        return {"isBase64Encoded": False}
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    text = base64.b64encode(raw).decode() if encoded else raw.decode()
    return {"body": text, "isBase64Encoded": encoded}
