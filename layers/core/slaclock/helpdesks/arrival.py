"""A delivery as it arrives: the event of API Gateway's HTTP API, or of a rule of EventBridge.

API Gateway's has payload format 2.0, or 1.0, as REST APIs have it. The rule's is
`{"pathParameters": …, "partner": …}`: a partner's event, and the connection that it is for.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slaclock.helpdesks import Delivery

# Bytes. The texts of GitHub's issue and comment alone, of 65 536 characters each, may come to half of it.
LARGEST_BODY = 1024 * 1024


class Unreadable(ValueError):
    """What is said to be base64 is none, so nobody knows what was posted."""


def delivery(event: Mapping[str, Any], received_at: datetime) -> Delivery:
    """The delivery in an event, of any size that Lambda takes; `Unreadable` where there is none to be had."""
    method = event.get("httpMethod") or _context(event).get("http", {}).get("method", "POST")
    return Delivery(body(event), _headers(event), received_at, method, _url(event))


def body(event: Mapping[str, Any]) -> bytes:
    """The raw bytes that were signed; `Unreadable` where they are no base64 though they are said to be."""
    text: str = event.get("body") or ""
    try:
        return b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except ValueError:
        raise Unreadable from None


def is_partners(event: Mapping[str, Any]) -> bool:
    """Whether a rule of EventBridge made the event. A request can't: API Gateway names its members itself."""
    return set(event) == {"pathParameters", "partner"}


def partners(event: Mapping[str, Any], received_at: datetime) -> Delivery:
    """The delivery in such an event: it has no headers, and no signature, since nobody else may invoke."""
    return Delivery(json.dumps(event["partner"]).encode(), {}, received_at)


def asked(event: Mapping[str, Any], name: str) -> str | None:
    """A parameter of the query, by its name."""
    value: str | None = (event.get("queryStringParameters") or {}).get(name)
    return value


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    """The headers under lower-case names; several of one name are joined, as the newer format joins them."""
    single = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    many = {name.lower(): ",".join(each) for name, each in (event.get("multiValueHeaders") or {}).items()}
    return single | many


def _url(event: Mapping[str, Any]) -> str:
    """The address that was posted to, as its sender wrote it; connections' ids are never encoded."""
    query = event.get("rawQueryString") or ""
    path = f"{event.get('rawPath') or event.get('path', '')}{'?' if query else ''}{query}"
    return f"https://{_context(event).get('domainName', '')}{path}"


def _context(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return event.get("requestContext") or {}
