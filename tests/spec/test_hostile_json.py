"""Bodies made to hurt: each is refused by `InvalidEvent`, within the depth and the numbers that are ours."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from slaclock.domain.errors import InvalidEvent
from slaclock.helpdesks import Delivery, Unmappable, adapter
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import load

FULL = 1024 * 1024
NOW = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
HOOK = Connection("hook", "generic", "example", "")
EVENT: dict[str, Any] = {
    "schema": "ticket-event/1",
    "event_id": "e-1",
    "source": "generic",
    "connection": "hook",
    "account": "example",
    "ticket_id": "1",
    "type": "created",
    "occurred_at": "2026-03-27T14:05:00Z",
    "time_quality": "event",
    "received_at": "2026-03-27T14:05:00Z",
    "ticket": {},
    "known": [],
}
HOSTILE = {
    "lists in lists": b"[" * FULL,
    "lists that end": b"[" * (FULL // 2) + b"]" * (FULL // 2),
    "objects in objects": b'{"a":' * (FULL // 5),
    "33 levels": b"[" * 34 + b"]" * 34,
    "1e999999": b'{"a":1e999999}',
    "minus infinity by exponent": b'{"a":-1e400}',
    "250 000 digits": b'{"a":' + b"9" * 250_000 + b"}",
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":-Infinity}',
    "a member twice": b'{"a":1,"a":2}',
    "a member twice, once escaped": b'{"a":1,"\\u0061":2}',
    "a member twice, deep": b'{"b":[{"a":1,"a":1}]}',
    "half a character": b'{"a":"\\ud800"}',
    "half a character as a name": b'{"\\udfff":1}',
    "two halves the wrong way round": b'{"a":"\\udc00\\ud800"}',
    "Latin-1": b'{"a":"\xe9"}',
    "overlong UTF-8": b'{"a":"\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "a mark of order": b"\xef\xbb\xbf{}",
    "a raw newline in text": b'{"a":"\n"}',
    "a comment": b"{} // ",
    "an apostrophe": b"{'a':1}",
    "nothing": b"",
}
hostile = pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)


@hostile
def test_hostile_json_is_refused_as_no_json_of_ours(body: bytes) -> None:
    """RFC 7493, at most 32 levels, nothing infinite: all else is `InvalidEvent`, and never another error."""
    with pytest.raises(InvalidEvent, match=r"the body|an object in the body") as refused:
        load(body)
    assert len(str(refused.value)) < 100


@hostile
def test_no_adapter_reads_it(body: bytes) -> None:
    """Zendesk's delivery goes to quarantine, a canonical one back to its sender."""
    with pytest.raises(Unmappable):
        adapter("zendesk").read(Delivery(body, {}, NOW), HOOK)
    with pytest.raises(InvalidEvent):
        adapter("generic").read(Delivery(body, {}, NOW), HOOK)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"[" * 32 + b"]" * 32, 32),
        (b'{"a":1e308}', 1),
        (b'{"a":"\\ud83d\\ude00"}', 1),
        (b'{"a":"\\u0000"}', 1),
    ],
    ids=["32 levels", "a large number", "a whole character", "NUL"],
)
def test_just_within_the_bounds_it_is_read(body: bytes, read: int) -> None:
    """The bounds are where they are said to be."""
    assert json.dumps(load(body)).count("[") + json.dumps(load(body)).count("{") == read


@pytest.mark.parametrize(
    ("custom", "pointer"),
    [
        ({"a": [], "a.b": {}}, "/ticket/custom/a"),
        ({"a": [], "a.5": {}}, "/ticket/custom/a"),
        ({"a": [1], "a[0]": {}}, "/ticket/custom/a/0"),
        ({"a": [], "a.-1": {}}, "/ticket/custom/a"),
        ({"a": [], "a.²": {}}, "/ticket/custom/a"),
        ({"x.y/z~": {}}, "/ticket/custom"),
    ],
)
def test_a_fields_name_that_reads_like_a_path_is_pointed_at_as_far_as_it_leads(
    custom: dict[str, Any], pointer: str
) -> None:
    """The validator cuts its own path at dots and brackets, which a name may hold."""
    event = {**EVENT, "ticket": {"custom": custom}}
    with pytest.raises(InvalidEvent) as refused:
        adapter("generic").read(Delivery(json.dumps(event).encode(), {}, NOW), HOOK)
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    "name", ["acknowledgement:x", "case:note:0", "ending:acme-gold", "exclusion:move", "~" + "0" * 64]
)
def test_an_event_takes_no_id_that_inputs_of_our_own_have(name: str) -> None:
    """An event called `ending:acme-gold` would be taken for the end of that agreement, and the end for it."""
    event = {**EVENT, "event_id": name}
    with pytest.raises(InvalidEvent) as refused:
        adapter("generic").read(Delivery(json.dumps(event).encode(), {}, NOW), HOOK)
    assert refused.value.pointer == "/event_id"


def test_the_largest_delivery_that_fits_the_contract_is_read() -> None:
    """60 fields of 4 000 characters: what is kept of them is bounded where tickets are folded."""
    event = {**EVENT, "ticket": {"custom": {f"f{n}": "x" * 4000 for n in range(60)}}, "known": ["custom"]}
    body = json.dumps(event).encode()
    assert 240_000 < len(body) < FULL
    (read,) = adapter("generic").read(Delivery(body, {}, NOW), HOOK).events
    assert len(read.attributes["custom"]) == 60
