"""The canonical event: what the generic way in takes, and what it says of the rest."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.helpdesks import Delivery, generic
from slaclock.helpdesks.connection import Connection

FRIDAY = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
CONNECTION = Connection("generic-local", "generic", "example", "local/generic")
EVENT = {
    "schema": "ticket-event/1",
    "event_id": "generic:example:1",
    "source": "generic",
    "connection": "generic-local",
    "account": "example",
    "ticket_id": "SD-1042",
    "type": "created",
    "occurred_at": "2026-03-27T15:05:00+01:00",
    "time_quality": "event",
    "received_at": "2020-01-01T00:00:00Z",
    "ticket": {"status": "new", "priority": "urgent", "subject": "Ada cannot export"},
    "known": ["status", "priority", "subject"],
}


def read(document: Any) -> TicketEvent:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    (event,) = generic.read(Delivery(body, {}, FRIDAY), CONNECTION).events
    return event


def refused(document: Any) -> tuple[str, str]:
    with pytest.raises(InvalidEvent) as wrong:
        read(document)
    return wrong.value.pointer, wrong.value.detail


def test_a_canonical_event_is_read_as_it_stands() -> None:
    """Instants become UTC; the title is not among the members that are kept."""
    event = read(EVENT)
    assert (event.event_id, event.ticket_id, event.type) == ("generic:example:1", "SD-1042", "created")
    assert event.occurred_at == datetime(2026, 3, 27, 14, 5, tzinfo=UTC)
    assert event.attributes == {"status": "new", "priority": "urgent"}


def test_the_time_of_arrival_is_ours() -> None:
    """`received_at` is when it reached us, whatever the sender wrote there."""
    assert read(EVENT).received_at == FRIDAY


def test_all_that_the_contract_allows_is_taken() -> None:
    """Every member at once, at its bounds; an order of 1.0 is the integer 1."""
    ticket = {
        "team": {"id": "1", "name": None, "email": "first-line@example.com"},
        "tags": ["t" * 255] * 250,
        "custom": {
            "a.b/c~d[0]{e}": ["x", 1, True, None],
            "n": 2**53 - 1,
            **{f"f{n}": 1.5 for n in range(198)},
        },
        "plan": None,
    }
    event = read(
        {
            **EVENT,
            "event_id": "e" * 256,
            "ticket_id": "t" * 256,
            "delivery_id": "d",
            "order": {"group": "g", "position": 1.0},
            "actor": {"id": None, "role": "agent"},
            "change": {"field": "status", "from": {"any": ["thing"]}, "to": "open"},
            "comment": {"id": None, "public": None, "author": None},
            "merged_into": None,
            "ticket": ticket,
            "known": list(ticket),
            "raw_sha256": "0" * 64,
            "subject": "ticket",
            "value": None,
            "unit": None,
        }
    )
    assert event.position == (event.occurred_at, "g", 1, "e" * 256)
    assert isinstance(event.sequence, int)
    assert event.attributes["team"] == {"id": "1", "name": None}
    assert event.attributes["status"] == "open"
    assert len(event.attributes["custom"]) == 200


@pytest.mark.parametrize("member", sorted(EVENT))
def test_each_of_the_twelve_members_is_needed(member: str) -> None:
    """The pointer names the member that is missing."""
    assert refused({name: value for name, value in EVENT.items() if name != member}) == (
        f"/{member}",
        "is missing",
    )


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"schema": "ticket-event/2"}, "/schema"),
        ({"source": "excel"}, "/source"),
        ({"type": "exploded"}, "/type"),
        ({"time_quality": "guess"}, "/time_quality"),
        ({"subject": "person"}, "/subject"),
        ({"event_id": ""}, "/event_id"),
        ({"event_id": "e" * 257}, "/event_id"),
        ({"account": "a" * 129}, "/account"),
        ({"ticket_id": ""}, "/ticket_id"),
        ({"ticket_id": "t" * 257}, "/ticket_id"),
        ({"ticket_id": 7}, "/ticket_id"),
        ({"ticket": None}, "/ticket"),
        ({"ticket": {"status": "Open"}}, "/ticket/status"),
        ({"ticket": {"priority": "P1"}}, "/ticket/priority"),
        ({"ticket": {"status": True}}, "/ticket/status"),
        ({"ticket": {"owner": "Ada"}}, "/ticket/owner"),
        ({"ticket": {"team": "first line"}}, "/ticket/team"),
        ({"ticket": {"team": {"id": 7}}}, "/ticket/team/id"),
        ({"ticket": {"tags": ["t"] * 251}}, "/ticket/tags"),
        ({"ticket": {"tags": ["ok", "t" * 256]}}, "/ticket/tags/1"),
        ({"ticket": {"custom": {"a": {"b": 1}}}}, "/ticket/custom/a"),
        ({"ticket": {"custom": {"a": [[1]]}}}, "/ticket/custom/a/0"),
        ({"ticket": {"custom": {"a": 2**53}}}, "/ticket/custom/a"),
        ({"ticket": {"custom": {"a.b": {}}}}, "/ticket/custom"),
        ({"ticket": {"custom": {f"f{n}": 1 for n in range(201)}}}, "/ticket/custom"),
        ({"known": "status"}, "/known"),
        ({"known": [None]}, "/known/0"),
        ({"order": {"position": 1.5}}, "/order/position"),
        ({"order": {"position": True}}, "/order/position"),
        ({"order": {"position": 2**53}}, "/order/position"),
        ({"actor": {"role": "boss"}}, "/actor/role"),
        ({"comment": {"public": "yes"}}, "/comment/public"),
        ({"comment": {"author": {"role": None}}}, "/comment/author/role"),
        ({"change": {"field": "plan", "to": {"a": 1}}}, "/change/to"),
        ({"change": {"field": "tags", "to": "vip"}}, "/change/to"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"occurred_at": "yesterday"}, "/occurred_at"),
        ({"occurred_at": "2026-03-27T14:05:00"}, "/occurred_at"),
        ({"occurred_at": "2026-02-30T14:05:00Z"}, "/occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+23:59"}, "/occurred_at"),
        ({"occurred_at": "1969-12-31T23:59:59Z"}, "/occurred_at"),
        ({"occurred_at": "2200-01-01T00:00:00Z"}, "/occurred_at"),
        ({"occurred_at": "2026-03-28T14:06:01Z"}, "/occurred_at"),
        ({"received_at": "now"}, "/received_at"),
        ({"ticket": {"created_at": "soon"}, "known": ["created_at"]}, "/ticket/created_at"),
        ({"ticket": {"created_at": "1969-01-01T00:00:00Z"}, "known": ["created_at"]}, "/ticket/created_at"),
    ],
)
def test_what_breaks_the_contract_is_refused_and_pointed_at(change: dict[str, Any], pointer: str) -> None:
    """RFC 6901 names the member, so that the sender can mend it."""
    assert refused({**EVENT, **change})[0] == pointer


def test_a_day_ahead_is_as_far_as_a_clock_may_be_wrong() -> None:
    """An event from tomorrow is a broken clock; one from the last 56 years may be a backfill."""
    assert read({**EVENT, "occurred_at": "2026-03-28T14:06:00Z"})
    assert read({**EVENT, "occurred_at": "1970-01-01T00:00:00Z"})


@pytest.mark.parametrize("member", ["account", "connection"])
def test_a_sender_speaks_for_its_own_account_only(member: str) -> None:
    """Whoever holds one connection's key may not write another's history; nor is ours told to a stranger."""
    pointer, detail = refused({**EVENT, member: "another"})
    assert pointer == f"/{member}"
    assert "example" not in detail
    assert "generic-local" not in detail


def test_the_reason_names_neither_the_validators_words_nor_the_value() -> None:
    """It is shown to a person: `must be one of …`, after the pointer."""
    assert refused({**EVENT, "time_quality": "guess"})[1] == (
        "must be one of ['event', 'ticket_updated_at', 'attempt', 'received']"
    )


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the body is not JSON"),
        (b"{", "the body is not JSON"),
        (b"hello", "the body is not JSON"),
        (b"\xef\xbb\xbf{}", "the body is not JSON"),
        (b'{"value": NaN}', "the body is not JSON"),
        (b'{"value": -Infinity}', "the body is not JSON"),
        (b'{"value": 1e400}', "the body is not JSON"),
        (b'{"value": %s}' % (b"9" * 5000), "the body is not JSON"),
        (b"[" * 200_000, "the body is not JSON"),
        (b'{"a":' * 60_000 + b"1" + b"}" * 60_000, "the body is not JSON"),
        (b"[" * 33 + b"]" * 33, "the body nests deeper than 32 levels"),
        (b'{"type": "created", "type": "solved"}', "an object in the body has a member twice"),
        (b'{"ticket": {"a": 1, "a": 1}}', "an object in the body has a member twice"),
        (b'{"ticket_id": "\xff"}', "the body is not text in UTF-8"),
        (b'{"ticket_id": "\\ud800"}', "the body is not text in UTF-8"),
        ("{}".encode("utf-16"), "the body is not text in UTF-8"),
        (b"null", "must be object"),
        (b"[]", "must be object"),
    ],
)
def test_a_body_that_is_no_sound_json_is_refused(body: Any, detail: Any) -> None:
    """Strictly: UTF-8, one value a member, finite numbers, few levels; and never a crash."""
    assert refused(body) == ("", detail)


# A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
TICKET = ["status", "priority", "ticket_type", "team", "customer", "plan", "tags", "created_at", "custom"]


@FUZZ
@given(
    st.dictionaries(
        st.sampled_from([*EVENT, "order", "change", "comment", "actor", "value"]), JSON, max_size=2
    ),
    st.dictionaries(st.sampled_from(TICKET), JSON, max_size=2),
    st.dictionaries(st.text(st.sampled_from("ab.[]{}%'\"/~\\\n\x00é"), max_size=4), JSON, max_size=3),
    st.sampled_from([*TICKET, "nonsense"]),
)
def test_malformed_events_are_read_or_refused_and_nothing_else(
    top: dict[str, Any], ticket: dict[str, Any], custom: dict[str, Any], field: str
) -> None:
    """Any member may be of any type and size, under any name: `InvalidEvent` or an event comes out."""
    ticket = {"custom": custom, **ticket}
    change = {"field": field, "to": ticket.get(field)}
    try:
        event = read({**EVENT, "ticket": ticket, "known": [*ticket], "change": change, **top})
    except InvalidEvent:
        return
    assert event.account == "example"


@FUZZ
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_refused_with_a_reason(body: Any) -> None:
    """Nothing that is posted can crash the way in."""
    assert refused(body)[1]
