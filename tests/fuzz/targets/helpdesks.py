"""Deliveries of helpdesks: what adapters read, and who may post."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from slaclock.domain.errors import InvalidEvent
from slaclock.helpdesks import Delivery, Unmappable, adapter
from slaclock.helpdesks.connection import Connection
from tests.fuzz.accepted import check_event
from tests.fuzz.frame import ROOT, target, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOW = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
DESK = Connection(
    "desk", "zendesk", "example", "", customers={"360001234567": "acme"}, plans={"360001234567": "gold"},
    statuses={"waiting for parts": "on_hold"}, ticket_url="https://desk.example/tickets/{ticket_id}",
)  # fmt: skip
HOOK = Connection("hook", "generic", "example", "")
ZENDESK_WORDS = (
    "zen:event-type:ticket.created", "zen:event-type:ticket.status_changed",
    "zen:event-type:ticket.comment_added", "zen:event-type:ticket.merged",
    "zen:event-type:ticket.soft_deleted", "zen:event-type:ticket.undeleted", "type", "detail", "event",
    "current", "previous", "comment", "author", "is_staff", "is_public", "requester_id", "tags",
    "custom_status", "organization_id", "group_id", "via", "channel", "meta", "sequence", "position",
    "status", "priority", "HOLD", "ARCHIVED", "SCRUBBED", "target_ticket_id", "created_at",
)  # fmt: skip
GENERIC_WORDS = (
    "known", "ticket", "custom", "change", "field", "to", "order", "position", "group", "comment", "author",
    "role", "agent", "customer", "bot", "public", "merged_into", "subject", "service", "obligation", "tags",
    "status", "priority", "created_at", "customer_replied", "agent_replied", "status_changed", "solved",
    "reopened", "merged", "deleted", "restored", "snapshot", "id", "name", "urgent", "pending", "on_hold",
    "exclusion:a", "ending:acme-gold",
)  # fmt: skip


@cache
def bodies(kind: str) -> Sequence[bytes]:
    """The bodies of the sample deliveries."""
    found = [json.loads(path.read_text())["body"] for path in sorted((ROOT / "events" / kind).glob("*.json"))]
    sent = [
        each | {"account": "example", "connection": "hook"} if kind == "generic" else each for each in found
    ]
    return [json.dumps(each).encode() for each in sent]


@target("zendesk", refuses=(Unmappable,), words=ZENDESK_WORDS, samples=lambda: bodies("zendesk"), share=2)
def zendesk(data: bytes) -> None:
    """What Zendesk's adapter reads; nothing but `Unmappable` may come of what it can't."""
    for event in adapter("zendesk").read(Delivery(data, {}, NOW), DESK).events:
        check_event(event)


@target("generic", refuses=(InvalidEvent,), words=GENERIC_WORDS, samples=lambda: bodies("generic"), share=2)
def generic(data: bytes) -> None:
    """What the generic adapter reads; `InvalidEvent` points at a member that is there, or would be."""
    for event in adapter("generic").read(Delivery(data, {}, NOW), HOOK).events:
        check_event(event)


_SECRETS = {"zendesk": "a-desk-secret", "generic": "whsec_c2xhY2xvY2stdGVzdHM="}


@target("zendesk-signature", words=("SIGNED", "+00:00", ".5", "24:00"), tries=1500)
def zendesk_signature(data: bytes) -> None:
    """Only a fresh instant, signed with the body, lets a delivery in, whatever the headers are."""
    headers, body = _parsed(data)
    stamp = headers.get("x-zendesk-webhook-signature-timestamp", "").strip()
    right = _signature(b"a-desk-secret", stamp.encode(errors="replace") + body)
    headers = _signed(headers, "x-zendesk-webhook-signature", right)
    fits = headers.get("x-zendesk-webhook-signature", "").strip() == right
    taken = adapter("zendesk").SCHEME.verify(Delivery(body, headers, NOW), ["", _SECRETS["zendesk"]])
    assert taken == (fits and _is_within_five_minutes(stamp))


@target("generic-signature", words=("SIGNED", "v1,", "v1a,", "1774620300"), tries=1500)
def generic_signature(data: bytes) -> None:
    """Only a word that says `v1,` and the right signature of id, time and body lets a delivery in."""
    headers, body = _parsed(data)
    identity, stamp = (headers.get(name, "").strip() for name in ("webhook-id", "webhook-timestamp"))
    right = _signature(b"slaclock-tests", f"{identity}.{stamp}.".encode(errors="replace") + body)
    headers = _signed(headers, "webhook-signature", right)
    fits = bool(identity) and f"v1,{right}" in headers.get("webhook-signature", "").split()
    digits = stamp.isascii() and stamp.isdigit() and len(stamp) <= 11
    fresh = digits and abs(int(stamp) - NOW.timestamp()) <= 300
    taken = adapter("generic").SCHEME.verify(Delivery(body, headers, NOW), ["whsec_", _SECRETS["generic"]])
    assert taken == (fits and fresh)


def _parsed(data: bytes) -> tuple[Mapping[str, str], bytes]:
    """Header lines, an empty line, and a body; values of one name are joined by commas."""
    head, _, body = data.partition(b"\n\n")
    headers: dict[str, str] = {}
    for line in text_of(head).split("\n"):
        name, _, value = line.partition(":")
        key = name.lower()
        headers[key] = f"{headers[key]},{value.strip()}" if key in headers else value.strip()
    return headers, body


def _signed(headers: Mapping[str, str], name: str, right: str) -> Mapping[str, str]:
    """The headers with the right signature where the input says SIGNED."""
    return {**headers, **({name: headers[name].replace("SIGNED", right)} if name in headers else {})}


def _signature(key: bytes, message: bytes) -> str:
    """HMAC-SHA256 in base64, by the definition (RFC 2104)."""
    from base64 import b64encode  # noqa: PLC0415
    from hashlib import sha256  # noqa: PLC0415

    block = key.ljust(64, b"\0")
    inner = sha256(bytes(each ^ 0x36 for each in block) + message).digest()
    return b64encode(sha256(bytes(each ^ 0x5C for each in block) + inner).digest()).decode()


def _is_within_five_minutes(stamp: str) -> bool:
    try:
        instant = datetime.fromisoformat(stamp)
        return instant.tzinfo is not None and abs((instant - NOW).total_seconds()) <= 300
    except (ValueError, OverflowError):
        return False
