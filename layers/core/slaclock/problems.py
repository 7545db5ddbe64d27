"""Errors as HTTP tells them: `application/problem+json` (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any

Answer = dict[str, Any]


def problem(status: HTTPStatus, detail: str, *, pointer: str | None = None, **members: Any) -> Answer:
    """An answer of API Gateway's second payload format; `pointer` (RFC 6901) names the member at fault."""
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **members,
    }
    if pointer is not None:
        document["pointer"] = pointer
    headers = {"content-type": "application/problem+json"}
    return {"statusCode": status.value, "headers": headers, "body": json.dumps(document)}
