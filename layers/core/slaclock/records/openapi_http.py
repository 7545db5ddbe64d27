"""`GET /v1/openapi.json`: what there is to ask, for programs that read OpenAPI 3.1."""

import hashlib
import json
from functools import cache

from aws_lambda_powertools.event_handler import Response

from slaclock.records.declared import JSON, Answer, Parameter, Route
from slaclock.records.parts import Asked, Parts


@cache
def _written() -> tuple[str, str]:
    """The document and its tag. It is made when it is first asked for: starting up must not wait for it."""
    from slaclock.records.openapi import openapi  # noqa: PLC0415  (likewise)

    text = json.dumps(openapi(), separators=(",", ":"), ensure_ascii=False)
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def openapi_answer(_parts: Parts, asked: Asked) -> Response[str]:
    """The document, or that it is still the one that the client has (RFC 9110, 13.1.2)."""
    text, tag = _written()
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = [
        each.strip().removeprefix("W/") for each in asked.event.headers.get("if-none-match", "").split(",")
    ]
    if tag in known or known == ["*"]:
        return Response(304, headers=headers)
    return Response(200, JSON, text, headers=headers)


_TAG = {"required": True, "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'}}

OPENAPI_ROUTES = (
    Route(
        "GET",
        "/v1/openapi.json",
        "getOpenapi",
        "This document",
        {
            200: Answer(
                "The whole HTTP surface, in OpenAPI 3.1.",
                {JSON: {"type": "object", "required": ["openapi", "info", "paths", "components"]}},
                {"ETag": _TAG},
            ),
            304: Answer("It is still the one that the client has.", headers={"ETag": _TAG}),
        },
        handler=openapi_answer,
        scope="records.read",
        parameters=(
            Parameter(
                "If-None-Match",
                {"type": "string"},
                "The `ETag` of the document that the client has.",
                where="header",
            ),
        ),
    ),
)
