"""A mapping of one's own: what it may say, and what comes of the JSON that it reads."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slaclock.domain.events import TicketEvent, event_from_json, event_to_json
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, Unmappable, mapping
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.mapping_document import InvalidMapping
from slaclock.helpdesks.mapping_reading import read_mapping

SATURDAY = datetime(2026, 3, 28, 12, 0, 30, tzinfo=UTC)
LEAST = {"source": "generic", "ticket_id": "id", "type": {"path": "what", "words": {"opened": "created"}}}
FULL: dict[str, Any] = LEAST | {
    "about": "Everything that a mapping may say.",
    "ignore": "ping",
    "event_id": "event",
    "sequence": "version",
    "occurred_at": {"path": "at", "form": "milliseconds"},
    "created_at": {"path": "opened", "form": "iso", "zone": "Europe/Copenhagen"},
    "status": {"path": "state", "words": {"Doing": "open", "DONE": "solved"}},
    "priority": {"path": "prio", "words": {"1": "urgent"}},
    "team": "team",
    "assignee": "owner",
    "customer": "client",
    "tags": "labels",
    "key": "key",
    "ticket_type": "kind",
    "plan": "plan",
    "channel": "via",
    "region": "region",
    "service": "service",
    "custom": {"floor": "floor", "parts": "parts"},
    "merged_into": "into",
    "reply": {
        "when": "said",
        "id": "said.id",
        "at": "said.at",
        "author": "said.by",
        "role": {"path": "said.side", "words": {"us": "agent", "them": "customer", "robot": "bot"}},
        "public": "said.open",
    },
}
BODY: dict[str, Any] = {
    "id": 7,
    "what": "OPENED",
    "event": "e-1",
    "version": 3,
    "at": 1774620300000,
    "opened": "2026-03-27 15:05:00",
    "state": "doing",
    "prio": 1,
    "team": {"id": "2", "name": "Second line"},
    "owner": "4",
    "client": "c-1",
    "labels": ["vip"],
    "key": "SD-7",
    "kind": "incident",
    "plan": "gold",
    "via": "mail",
    "region": "eu",
    "service": "mail",
    "floor": 3,
    "parts": ["a", 1],
}


def read(given: Mapping[str, Any], body: Any, at: datetime = SATURDAY, **members: Any) -> Mapped:
    connection = Connection("own", "mapping", "example", "ref", mapping=given, **members)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return mapping.read(Delivery(raw, {}, at), connection)


def one(given: Mapping[str, Any], body: Any, **members: Any) -> TicketEvent:
    (event,) = read(given, body, **members).events
    return event


def test_all_that_a_mapping_may_say() -> None:
    """Every member at once: ids, times, words, references and custom fields, in the canonical form."""
    event = one(FULL, BODY, customers={"c-1": "acme"})
    assert event_to_json(event) == {
        "schema": "ticket-event/1",
        "event_id": "generic:example:7:e-1",
        "source": "generic",
        "connection": "own",
        "account": "example",
        "ticket_id": "7",
        "type": "created",
        "occurred_at": "2026-03-27T14:05:00Z",
        "time_quality": "event",
        "received_at": "2026-03-28T12:00:30Z",
        "order": {"group": "", "position": 7},
        "ticket": {
            "status": "open",
            "priority": "urgent",
            "key": "SD-7",
            "ticket_type": "incident",
            "plan": "gold",
            "channel": "mail",
            "region": "eu",
            "service": "mail",
            "team": {"id": "2", "name": "Second line"},
            "assignee": {"id": "4"},
            "customer": {"id": "acme"},
            "tags": ["vip"],
            "created_at": "2026-03-27T14:05:00Z",
            "custom": {"floor": 3, "parts": ["a", 1]},
        },
        "known": [
            "assignee", "channel", "created_at", "custom", "customer", "key", "plan", "priority", "region",
            "service", "status", "tags", "team", "ticket_type",
        ],
    }  # fmt: skip


def test_the_least_that_a_mapping_says() -> None:
    """A source, where the ticket's id is, and what happened; the arrival is the time."""
    event = one(LEAST, {"id": "a", "what": "opened"})
    assert (event.ticket_id, event.type, event.attributes) == ("a", "created", {})
    assert (event.occurred_at, event.time_quality) == (SATURDAY, "received")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (None, "the mapping is an object"),
        ({"colour": "red"}, "knows no member colour"),
        ({"source": "excel"}, "source is one of generic, glpi, liveagent, osticket, servicenow"),
        ({"ticket_id": ""}, "ticket_id is an expression, and not empty"),
        ({"ticket_id": 7}, "ticket_id is an expression"),
        ({"ticket_id": "a["}, "ticket_id is no JMESPath expression"),
        ({"ticket_id": "nosuch(a)"}, "ticket_id is no JMESPath expression"),
        ({"ticket_id": "a && length(b, c)"}, "ticket_id is no JMESPath expression"),
        ({"ticket_id": "(" * 1000}, "ticket_id is no JMESPath expression"),
        ({"ticket_id": "a" * 1025}, "ticket_id is longer than 1024 characters"),
        ({"type": "created"}, 'type is an object, or the word "snapshot"'),
        ({"type": {"path": "a", "words": {"x": "exploded"}}}, "type leads to what is not one of"),
        ({"type": {"path": "a", "otherwise": "later"}}, "type leads to what is not one of"),
        ({"type": {"words": {}}}, "type.path is an expression"),
        ({"type": {"path": "a", "map": {}}}, "knows no member type.map"),
        ({"status": {"path": "a", "words": {"x": "waiting"}}}, "status leads to what is not one of closed"),
        ({"status": {"path": "a", "words": ["x"]}}, "status.words is an object"),
        ({"status": {"path": "a", "words": {str(n): "open" for n in range(201)}}}, "has more than 200"),
        ({"priority": {"path": "a", "words": {"x": True}}}, "priority leads to what is not one of"),
        ({"occurred_at": {"path": "a", "form": "unix"}}, "occurred_at.form is one of iso, milliseconds, sec"),
        ({"occurred_at": {"path": "a", "zone": "Mars"}}, "occurred_at.zone is no time zone"),
        ({"occurred_at": 7}, "occurred_at is an object"),
        ({"custom": {f"f{n}": "a" for n in range(51)}}, "custom has more than 50 members"),
        ({"custom": {"floor": "["}}, "custom.floor is no JMESPath expression"),
        ({"reply": {"id": "a"}}, "reply has no when"),
        ({"reply": {"when": "a", "text": "b"}}, "knows no member reply.text"),
        ({"reply": {"when": {"path": "a", "words": {"x": "yes"}}}}, "reply.when leads to what is not one of"),
        ({"reply": {"when": 7}}, "reply.when is an expression"),
        ({"reply": {"when": "a", "public": {"path": "b", "words": {"x": "yes"}}}}, "reply.public leads to"),
        ({"reply": {"when": "a", "role": {"path": "b", "words": {"x": "boss"}}}}, "reply.role leads to"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_member_named(change: Any, complaint: str) -> None:
    """It is entered by a person, who is told where to look."""
    with pytest.raises(InvalidMapping, match=complaint.replace("(", r"\(")):
        read_mapping(change and LEAST | change)


@pytest.mark.parametrize("member", ["source", "ticket_id", "type"])
def test_three_members_are_needed(member: str) -> None:
    with pytest.raises(InvalidMapping, match=member):
        read_mapping({name: value for name, value in LEAST.items() if name != member})


def test_a_mapping_of_up_to_all_bounds_is_taken() -> None:
    """At each bound it is still read."""
    words = {str(number): "open" for number in range(200)}
    custom = {f"f{number}": "a" for number in range(50)}
    assert read_mapping(
        LEAST | {"status": {"path": "a" * 1024, "words": words}, "custom": custom}
    ).custom.keys() == set(custom)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (None, "the connection has no mapping"),
        ("excel", "no mapping is shipped under that name, only glpi, liveagent, osticket, servicenow"),
        ("../servicenow", "no mapping is shipped under that name"),
        ({"source": "generic"}, "the mapping has no ticket_id"),
    ],
)
def test_a_delivery_waits_for_a_connections_mapping_to_be_mended(given: Any, complaint: str) -> None:
    """It is kept, and says what is wrong with the mapping; the helpdesk can't mend it."""
    with pytest.raises(Unmappable, match=f"the connection's mapping is wrong: {complaint}"):
        read(given, {"id": 1})


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"no json", "the body is not JSON"),
        (b'{"id": 1, "id": 2}', "has a member twice"),
        (b"[]", "/ticket_id: is missing"),
        (b"null", "/ticket_id: is missing"),
        ({"id": ""}, "/ticket_id: is missing"),
        ({"id": 0}, "/ticket_id: is missing"),
        ({"id": ["a"]}, "/ticket_id: is of another type"),
        ({"id": True}, "/ticket_id: is of another type"),
        ({"id": "x" * 129}, "/ticket_id: is longer than 128 characters"),
        ({"id": 1, "what": ["opened"]}, "/type/path: is of another type"),
        ({"id": 1, "at": "yesterday"}, "/occurred_at: is of another type"),
        ({"id": 1, "at": -1}, "/occurred_at: is no time between 1970 and 2199"),
        ({"id": 1, "at": 4102444800000}, "/occurred_at: is more than a day ahead of its delivery"),
        ({"id": 1, "opened": "some day"}, "/created_at: is no date and time"),
        ({"id": 1, "version": 1.5}, "/sequence: is no whole number"),
        ({"id": 1, "version": 2**48}, "/sequence: is larger than any count of changes"),
        ({"id": 1, "state": {}}, "/status/path: is of another type"),
        ({"id": 1, "team": {"id": []}}, "/team/id: is of another type"),
        ({"id": 1, "labels": [1]}, "/tags: is of another type"),
        ({"id": 1, "labels": ["a"] * 251}, "/tags: has more than 250 items"),
        ({"id": 1, "floor": {"a": 1}}, "/custom/floor: is no single value"),
        ({"id": 1, "said": {"open": True}}, "/reply/role: tells neither an agent nor a customer"),
    ],
)
def test_a_body_that_cant_be_read_is_unmappable_and_names_the_member(body: Any, complaint: str) -> None:
    """The name of the mapping's member, and never a value: the message reaches logs."""
    with pytest.raises(Unmappable, match=complaint):
        read(FULL, body)


def test_an_expression_that_stumbles_over_a_body_is_unmappable() -> None:
    """JMESPath's functions are strict about types; a body may hold any."""
    with pytest.raises(Unmappable, match="/ticket_id: can't be worked out for this body"):
        read(LEAST | {"ticket_id": "join('-', id)"}, {"id": 5})


@pytest.mark.parametrize("number", ["NaN", "inf", "-1e999"])
def test_what_is_no_number_though_python_reads_it_as_one_is_unmappable(number: str) -> None:
    """JMESPath's `to_number` asks Python; no log and no order of events knows such a number."""
    with pytest.raises(Unmappable, match="/sequence: is no number"):
        read(LEAST | {"sequence": "to_number(version)"}, {"id": 5, "version": number})


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from([*BODY, "said", "by", "side", "open", "x"]), inner, max_size=8)
        ),
        max_leaves=30,
    )
)
def test_no_body_is_a_fault(body: Any) -> None:
    """Whatever JSON comes: events that the log can keep, nothing, or `Unmappable`."""
    try:
        events = read(FULL, {**BODY, **body} if isinstance(body, dict) else body).events
    except Unmappable:
        return
    for event in events:
        assert event_from_json(event_to_json(event)) == event


@pytest.mark.parametrize(
    ("form", "given", "instant"),
    [
        ({"form": "seconds"}, 1774620300, "2026-03-27T14:05:00+00:00"),
        ({"form": "seconds"}, 1774620300.5, "2026-03-27T14:05:00.500000+00:00"),
        ({"form": "seconds"}, "1774620300", "2026-03-27T14:05:00+00:00"),
        ({"form": "milliseconds"}, 1774620300250, "2026-03-27T14:05:00.250000+00:00"),
        ({"form": "milliseconds"}, "1774620300250", "2026-03-27T14:05:00.250000+00:00"),
        ({}, "2026-03-27T15:05:00+01:00", "2026-03-27T14:05:00+00:00"),
        ({}, "2026-03-27 15:05:00", "2026-03-27T14:05:00+00:00"),
        ({"zone": "UTC"}, "2026-03-27 14:05:00", "2026-03-27T14:05:00+00:00"),
        ({"zone": "America/New_York"}, "2026-03-27T10:05", "2026-03-27T14:05:00+00:00"),
    ],
)
def test_a_time_is_read_in_the_form_that_the_mapping_names(form: Any, given: Any, instant: str) -> None:
    """Without an offset of its own it is local: in the mapping's zone, else the connection's."""
    own = LEAST | {"occurred_at": {"path": "at", **form}}
    event = one(own, {"id": 1, "at": given}, timezone="Europe/Copenhagen")
    assert event.occurred_at.isoformat() == instant


@pytest.mark.parametrize("said", [None, "", False])
def test_a_time_that_is_not_there_is_that_of_the_arrival(said: Any) -> None:
    own = LEAST | {"occurred_at": "at"}
    assert one(own, {"id": 1, "at": said}).time_quality == "received"


def test_what_a_path_does_not_find_is_unknown_and_what_it_finds_empty_is_none() -> None:
    """Rule 29: a path says that there is nobody by ending in `|| ''`."""
    assert one(LEAST | {"team": "team", "assignee": "owner"}, {"id": 1, "team": None}).attributes == {}
    own = LEAST | {"team": "team || ''", "assignee": "owner", "customer": "client", "priority": "prio"}
    body = {"id": 1, "owner": 0, "client": [], "prio": ""}
    assert one(own, body).attributes == {
        "team": None, "assignee": None, "customer": None, "priority": "none",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "members"),
    [
        ("Doing", {"status": "open"}),
        ("done", {"status": "solved"}),
        ("Parked", {"status": "on_hold"}),
        ("Thinking", {"status": "unknown", "status_raw": "Thinking"}),
        ("", {}),
    ],
)
def test_the_connections_words_beat_the_mappings(word: str, members: Any) -> None:
    """A word that neither knows is kept as it is, beside `unknown`."""
    own = {name: FULL[name] for name in (*LEAST, "status")}
    assert one(own, {"id": 1, "state": word}, statuses={"parked": "on_hold"}).attributes == members


def test_the_connections_paths_win() -> None:
    """What an account keeps in a field of its own is found by the connection, whatever the mapping says."""
    assert one(FULL, BODY | {"extra": "platinum"}, paths={"plan": "extra"}).attributes["plan"] == "platinum"


def test_tags_may_be_a_list_or_one_text() -> None:
    """Templates write them apart by commas."""
    own = LEAST | {"tags": "labels"}
    assert one(own, {"id": 1, "labels": " export, vip,,"}).attributes == {"tags": ["export", "vip"]}


@pytest.mark.parametrize(
    ("body", "type_"),
    [({"what": "opened"}, "created"), ({"what": "nudged"}, "field_changed"), ({}, "field_changed")],
)
def test_an_unknown_type_carries_the_tickets_state_all_the_same(body: Any, type_: str) -> None:
    """It is folded as `field_changed`, unless the mapping says `otherwise`."""
    assert one(LEAST, {"id": 1} | body).type == type_


def test_what_is_nobodys_business_is_ignored() -> None:
    """A ping, or a type that the mapping ignores: no event, and no delivery to look at."""
    assert read(FULL, {"ping": True}) == Mapped((), ignored=1)
    ignoring = LEAST | {"type": {"path": "what", "words": {}, "otherwise": "ignored"}}
    assert read(ignoring, {"id": 1, "what": "printed"}) == Mapped((), ignored=1)


@pytest.mark.parametrize(("type_", "status"), [("merged", "closed"), ("deleted", "deleted")])
def test_an_end_is_certain_whatever_state_it_shows(type_: str, status: str) -> None:
    """A status beats a type, and the body may show the ticket as it was before."""
    own = FULL | {"type": {"path": "what", "words": {"ended": type_}}}
    event = one(own, BODY | {"what": "ended", "state": "odd", "into": "8"})
    assert (event.type, event.attributes["status"]) == (type_, status)
    assert "status_raw" not in event.attributes
    assert event.merged_into == ("8" if type_ == "merged" else None)


def test_one_delivery_may_hold_several_events() -> None:
    """With `items`, each is asked as `item`, beside the whole body; each has a name of its own."""
    own = LEAST | {"items": "list", "ticket_id": "item.id", "status": "item.state", "key": "body.desk"}
    body = {"desk": "eu", "list": [{"id": 1, "state": "open"}, {"id": 1, "state": "solved"}, {"id": 2}]}
    events = read(own, body).events
    assert [(event.ticket_id, event.attributes) for event in events] == [
        ("1", {"status": "open", "key": "eu"}),
        ("1", {"status": "solved", "key": "eu"}),
        ("2", {"key": "eu"}),
    ]
    assert len({event.event_id for event in events}) == 3


@pytest.mark.parametrize(("items", "count"), [([{"id": 1}] * 100, 100), ([], 0), (None, 0)])
def test_up_to_a_hundred_items_are_read(items: Any, count: int) -> None:
    """None at all is a delivery that says nothing."""
    mapped = read(LEAST | {"items": "list", "ticket_id": "item.id"}, {"list": items})
    assert (len(mapped.events), mapped.ignored) == (count, int(count == 0))


@pytest.mark.parametrize("items", [[{"id": 1}] * 101, {"id": 1}, "text"])
def test_items_are_a_list_of_at_most_a_hundred(items: Any) -> None:
    with pytest.raises(Unmappable, match="/items: is no list of at most 100"):
        read(LEAST | {"items": "list", "ticket_id": "item.id"}, {"list": items})


@pytest.mark.parametrize(
    ("said", "event"),
    [
        ({"side": "us", "open": True}, ("agent_replied", "agent", True)),
        ({"side": "them", "open": True}, ("customer_replied", "customer", True)),
        ({"side": "them"}, ("customer_replied", "customer", None)),
        ({"side": "us", "open": False}, ("note_added", "agent", False)),
        ({"open": False}, ("note_added", "unknown", False)),
        ({"side": "robot", "open": True}, ("note_added", "bot", True)),
        ({"side": "them", "open": True, "by": "ANN@desk.example"}, ("agent_replied", "agent", True)),
        ({"side": "us", "open": True, "by": ["9", "bob"]}, ("agent_replied", "agent", True)),
        ({"open": True, "by": "bob"}, ("customer_replied", "customer", True)),
    ],
)
def test_a_comment_is_an_event_of_its_own_before_the_state(said: Any, event: Any) -> None:
    """Whose it is the mapping says; the connection's agents win, and who is none of them is a customer."""
    body = BODY | {"said": {"id": 12, "at": "2026-03-27T14:10:00Z", **said}}
    reply, state = read(FULL, body, agents=frozenset({"@desk.example"})).events
    assert (reply.type, reply.author_role, reply.public) == event
    assert reply.event_id == "generic:example:7:reply:12"
    assert reply.attributes == {"created_at": "2026-03-27T14:05:00Z"}
    assert (reply.sequence, state.sequence) == (6, 7)
    assert reply.occurred_at == datetime(2026, 3, 27, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("second", "public", "types"),
    [
        ("01.999", True, ["created"]),
        ("02", True, ["agent_replied", "created"]),
        ("01.999", False, ["note_added", "created"]),
    ],
)
def test_a_comment_that_the_ticket_was_opened_with_is_no_reply(
    second: str,
    public: bool,  # noqa: FBT001
    types: list[str],
) -> None:
    """What is written within two seconds of the creation came with it; a note is a note at any time."""
    said = {"id": 12, "at": f"2026-03-27T14:05:{second}Z", "side": "us", "open": public}
    assert [event.type for event in read(FULL, BODY | {"said": said}).events] == types


@pytest.mark.parametrize(
    ("what", "types"),
    [
        ("Comment", ["agent_replied", "field_changed"]),
        ("comment", ["agent_replied", "field_changed"]),
        ("reminder", ["field_changed"]),
        (None, ["field_changed"]),
    ],
)
def test_a_word_may_say_that_there_is_a_comment(what: str | None, types: list[str]) -> None:
    """In any case, like every word."""
    reply = {
        "when": {"path": "what", "words": {"comment": True, "reminder": False}},
        "role": {"path": "side"},
    }
    events = read(LEAST | {"reply": reply}, {"id": 1, "what": what, "side": "agent"}).events
    assert [event.type for event in events] == types


@pytest.mark.parametrize(
    ("at", "arrived_at", "occurred_at", "created_at"),
    [
        ("2026-10-25 02:30:00", "2026-10-25T00:30:02Z", "2026-10-25T00:30:00Z", "2026-10-25T00:29:00Z"),
        ("2026-10-25 02:30:00", "2026-10-25T01:30:02Z", "2026-10-25T01:30:00Z", "2026-10-25T01:29:00Z"),
        ("2026-10-25 02:45:00", "2026-10-25T01:45:02Z", "2026-10-25T01:45:00Z", None),
        ("2026-10-25 03:30:00", "2026-10-25T02:30:02Z", "2026-10-25T02:30:00Z", None),
    ],
)
def test_of_a_local_time_that_comes_twice_the_arrival_tells_which(
    at: str, arrived_at: str, occurred_at: str, created_at: str | None
) -> None:
    """The creation counts in that hour while it is fresh, two minutes at most, and never moves."""
    own = LEAST | {
        "occurred_at": "at",
        "created_at": "made",
        "reply": {"when": "said", "at": "said", "role": "by"},
    }
    body = {"id": 1, "at": at, "made": "2026-10-25 02:29:00", "said": at, "by": "customer"}
    reply, state = read(own, body, datetime.fromisoformat(arrived_at), timezone="Europe/Copenhagen").events
    assert [format_instant(each.occurred_at) for each in (reply, state)] == [occurred_at] * 2
    assert state.attributes.get("created_at") == created_at


def test_the_same_body_is_one_event_and_another_body_is_another() -> None:
    """The name is made of the body where nothing names the event; with a time in it, for ever."""
    own = LEAST | {"occurred_at": "at"}
    body = {"id": 1, "at": "2026-03-27T14:05:00Z"}
    later = SATURDAY.replace(hour=15)
    names = [
        read(own, each, at).events[0].event_id for each in (body, body | {"x": 1}) for at in (SATURDAY, later)
    ]
    assert names[0] == names[1] != names[2] == names[3]
    assert names[0] == "generic:example:1:field_changed:3d20d7bd828b840a"


def test_without_a_time_the_same_body_is_one_event_within_a_minute() -> None:
    """`open` to `pending` can happen again in the very same bytes."""
    times = [SATURDAY, SATURDAY.replace(second=59), SATURDAY.replace(minute=1)]
    names = [read(LEAST, {"id": 1}, at).events[0].event_id for at in times]
    assert names[0] == names[1] != names[2]
    assert names[0].endswith(":2026-03-28T12:00Z")


def test_a_snapshot_is_the_whole_ticket_at_its_last_change() -> None:
    """The type `snapshot` hands it to the one differ: replies at their own instants, then the state."""
    own = LEAST | {
        "type": "snapshot",
        "occurred_at": "at",
        "created_at": "made",
        "status": "state",
        "agent_replied_at": "agent",
        "customer_replied_at": "customer",
        "gone": {"path": "gone", "words": {"yes": "deleted"}},
    }
    body = {
        "id": 1,
        "at": "2026-03-27T16:00:00Z",
        "made": "2026-03-27T14:05:00Z",
        "state": "pending",
        "agent": "2026-03-27T15:00:00Z",
        "customer": "2026-03-27T14:30:00Z",
    }
    told = [(event.type, event.occurred_at.hour) for event in read(own, body).events]
    assert told == [("customer_replied", 14), ("agent_replied", 15), ("snapshot", 16)]
    assert read(own, body | {"gone": "yes"}).events[-1].attributes["status"] == "deleted"
