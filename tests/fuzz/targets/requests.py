"""Requests to the record, as API Gateway hands them on."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from slaclock.domain.events import TicketEvent
from slaclock.records.evidence_http import evidence_answer
from slaclock.records.routes import ROUTES
from tests.fuzz.frame import target
from tests.fuzz.rooms import Room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.functions.world import World

# A part of a path that is a parameter is None.
_ROUTES: dict[tuple[str | None, ...], str] = {
    tuple(None if part.startswith("{") else part for part in each.path.strip("/").split("/")): each.key
    for each in ROUTES
    if each.scope and each.handler is not evidence_answer  # which takes seals, and seconds
}


def _furnish(world: World) -> None:
    for ticket_id in ("1", "a#b/c%"):
        about = {"status": "open", "priority": "urgent", "customer": {"id": "acme"}, "team": {"id": "t"}}
        world.workflow.take(
            TicketEvent(ticket_id, "example", ticket_id, "created", world.time, world.time, about)
        )
    world.time += timedelta(hours=5)
    for subject in list(world.memory.subjects("example")):
        world.workflow.wake(subject, "timer")


@cache
def _record() -> Room:
    return Room("records", _furnish, "2026-03-28T14:06:00Z")


_REQUEST_WORDS = (
    "GET ", "POST ", "/v1/tickets/", "/v1/breaches", "/v1/escalations/", "/acknowledge", "?account=", "&",
    "cursor=", "..", "%2f", "%00", "%ed%a0%80", "%0d%0a", "accept: application/x-ndjson", '{"by": "ada"}',
    "from=", "to=", "customer=acme", "status=disputed", "cause=", "/cause", "/dispute", "/note",
    '{"note": "a"}', '{"decision": "raised", "reason": "a"}', "bom=true",
)  # fmt: skip


@target("records", words=_REQUEST_WORDS, seconds=2, tries=400, share=2)
def records(data: bytes) -> None:
    """Whatever is asked is answered, and nothing by 500: status, type and body fit each other."""
    room = _record()
    room.begin()
    answer = room.call("records", _asked(data))
    assert answer["statusCode"] in (200, 201, 400, 404, 405, 406, 409, 422), answer["body"]
    kind = answer["headers"]["Content-Type"]
    if "json" in kind and "ndjson" not in kind:
        assert isinstance(json.loads(answer["body"]), dict)
    assert (kind == "application/problem+json") == (answer["statusCode"] >= 400)


def _asked(data: bytes) -> dict[str, Any]:
    """The event that API Gateway makes of a request: lower-case headers, repeated ones joined by commas."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode(errors="surrogateescape").split("\n")
    method, _, asked = first.partition(" ")
    path, _, query = asked.partition("?")
    headers = (line.partition(":") for line in lines)
    parameters = dict(_joined(parse_qsl(query, keep_blank_values=True)))
    route, found = _route(path)
    return {
        "version": "2.0", "routeKey": route, "rawPath": unquote(path), "rawQueryString": query,
        "pathParameters": found,
        "headers": dict(_joined((name.lower(), value) for name, _, value in headers)),
        **({"queryStringParameters": parameters} if parameters else {}),
        "requestContext": {
            "http": {"method": method.upper() if method.isalpha() else "GET", "path": unquote(path)},
            "stage": "$default", "requestId": "1", "domainName": "records.example", "apiId": "api",
            "accountId": "1",
        },
        "body": base64.b64encode(body).decode(), "isBase64Encoded": True,
    }  # fmt: skip


def _route(path: str) -> tuple[str, dict[str, str]]:
    steps = path.strip("/").split("/")
    for pattern, key in _ROUTES.items():
        if len(pattern) == len(steps) and all(
            own in (None, step) for own, step in zip(pattern, steps, strict=True)
        ):
            names = [name.strip("{}") for name in key.split("/") if name.startswith("{")]
            values = [unquote(step) for own, step in zip(pattern, steps, strict=True) if own is None]
            if all(values):
                return key, dict(zip(names, values, strict=True))
    return "$default", {}


def _joined(pairs: Any) -> Iterator[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return ((name, ",".join(values)) for name, values in found.items())
