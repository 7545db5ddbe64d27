"""The HTTP front: requests as API Gateway hands them to a function (payload format 2.0)."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local.template import Route


@dataclass(frozen=True, slots=True)
class Request:
    """What came over HTTP."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def match(routes: list[Route], request: Request) -> tuple[Route, dict[str, str]] | None:
    """The route of a request, and its path parameters, decoded."""
    path = urlsplit(request.target).path
    for route in routes:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route.path))
        if route.method == request.method and (found := re.fullmatch(pattern, path)):
            return route, {name: unquote(value) for name, value in found.groupdict().items()}
    return None


def to_event(
    route: Route, parameters: Mapping[str, str], request: Request, caller: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The event that API Gateway makes of a request; `caller` is what its authorizer says of whoever asks."""
    parts = urlsplit(request.target)
    http = {"method": request.method, "path": parts.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"}
    query: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    return {
        "version": "2.0",
        "routeKey": f"{route.method} {route.path}",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": {name.lower(): value for name, value in request.headers.items()},
        **({"queryStringParameters": query} if query else {}),
        "pathParameters": dict(parameters),
        "requestContext": {
            "http": http,
            "stage": "$default",
            "requestId": "local",
            "routeKey": route.path,
            **({"authorizer": dict(caller)} if caller else {}),
        },
        **_body(request.body),
    }


def from_answer(answer: Mapping[str, Any]) -> Response:
    """The response that a function's answer makes."""
    body: str = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    multi = {name: ", ".join(values) for name, values in (answer.get("multiValueHeaders") or {}).items()}
    return Response(int(answer["statusCode"]), {**multi, **(answer.get("headers") or {})}, raw)


def _body(body: bytes) -> dict[str, Any]:
    if not body:
        return {"isBase64Encoded": False}
    try:
        return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
