"""CloudEvents: structured, batch and binary mode, what the envelope fills in, and what is a mistake."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import event_from_json, event_to_json
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, Unmappable, adapter, cloudevents
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.signatures import SharedSecret, verified

EVENTS = Path(__file__).parents[2] / "events/cloudevents"
SATURDAY = datetime(2026, 3, 28, 12, tzinfo=UTC)
STRUCTURED = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json; charset=utf-8"}
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/desk/eu",
    "type": "com.example.desk.ticket",
    "time": "2026-03-27T15:05:00+01:00",
    "subject": "SD-2044",
    "data": {"schema": "ticket-event/1", "type": "created", "ticket": {"status": "new"}},
}
BINARY = {f"ce-{name}": value for name, value in EVENT.items() if name != "data"}


def read(body: Any, headers: Any = None, **members: Any) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection = Connection("events-local", "cloudevents", "example", "ref", **members)
    return cloudevents.read(Delivery(raw, STRUCTURED if headers is None else headers, SATURDAY), connection)


def refused(body: Any, headers: Any = None, **members: Any) -> tuple[str, str]:
    with pytest.raises(InvalidEvent) as wrong:
        read(body, headers, **members)
    return wrong.value.pointer, wrong.value.detail


def sample(name: str) -> Mapped:
    document = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return read(document["body"], document["headers"])


def test_the_envelope_fills_in_what_a_canonical_event_leaves_out() -> None:
    """Its name is of the source and the id, its time the envelope's, its ticket the subject."""
    (event,) = sample("created").events
    assert event_to_json(event) == {
        "schema": "ticket-event/1",
        "event_id": "cloudevents:example:/desk/eu:e-1",
        "source": "generic",
        "connection": "events-local",
        "account": "example",
        "ticket_id": "SD-2044",
        "type": "created",
        "occurred_at": "2026-03-27T14:05:00Z",
        "time_quality": "event",
        "received_at": "2026-03-28T12:00:00Z",
        "ticket": {"customer": {"id": "acme"}, "priority": "high", "status": "new"},
        "known": ["customer", "priority", "status"],
    }


@pytest.mark.parametrize(
    ("name", "events"),
    [
        (
            "agent_replied",
            [("cloudevents:example:/desk/eu:e-2", "agent_replied", "2026-03-27T14:20:00Z", {})],
        ),
        (
            "solved_in_base64",
            [("cloudevents:example:/desk/eu:e-3", "solved", "2026-03-27T15:30:00Z", {"status": "solved"})],
        ),
        (
            "batch",
            [
                ("cloudevents:example:/desk/eu:e-4", "customer_replied", "2026-03-27T15:40:00Z", {}),
                ("cloudevents:example:/desk/eu:e-5", "reopened", "2026-03-27T15:41:00Z", {"status": "open"}),
            ],
        ),
        (
            "binary",
            [
                (
                    "cloudevents:example:/desk/eu:e-7",
                    "priority_changed",
                    "2026-03-27T15:00:00Z",
                    {"priority": "urgent"},
                )
            ],
        ),
        ("somebody_elses", []),
    ],
)
def test_each_way_to_write_an_event(name: str, events: Any) -> None:
    """Structured, in base64, a batch with somebody else's event in it, binary, and one that is nobody's."""
    told = [
        (event.event_id, event.type, format_instant(event.occurred_at), event.attributes)
        for event in sample(name).events
    ]
    assert told == events
    assert sample(name).ignored == {"batch": 1, "somebody_elses": 1}.get(name, 0)


def test_what_the_data_say_beats_the_envelope() -> None:
    """A canonical event may be whole already."""
    own = {"event_id": "mine", "ticket_id": "T-1", "occurred_at": "2026-03-27T10:00:00Z", "known": []}
    (event,) = read(EVENT | {"data": EVENT["data"] | own}).events
    assert (event.event_id, event.ticket_id, event.occurred_at.hour) == ("mine", "T-1", 10)
    assert event.attributes == {}


def test_without_any_time_it_is_that_of_the_arrival() -> None:
    (event,) = read({name: value for name, value in EVENT.items() if name != "time"}).events
    assert (event.occurred_at, event.time_quality) == (SATURDAY, "received")


def test_a_source_and_an_id_do_not_run_together() -> None:
    """Both are free text; of `urn:desk` the event `eu:7` is another than of `urn:desk:eu` the event `7`."""
    pairs = [("urn:desk", "eu:7"), ("urn:desk:eu", "7"), ("urn%3Adesk", "eu:7"), ("urn", "desk:eu:7")]
    named = [read(EVENT | {"source": source, "id": name}).events[0].event_id for source, name in pairs]
    assert named == [
        "cloudevents:example:urn%3Adesk:eu:7",
        "cloudevents:example:urn%3Adesk%3Aeu:7",
        "cloudevents:example:urn%253Adesk:eu:7",
        "cloudevents:example:urn:desk:eu:7",
    ]


def test_a_long_name_is_hashed() -> None:
    """A canonical id has 256 characters, a source and an id of CloudEvents no bound of their own."""
    long = EVENT | {"source": "/" + "s" * 300}
    (event,) = read(long).events
    (other,) = read(long | {"id": "e-2"}).events
    assert event.event_id.startswith("cloudevents:example:")
    assert len(event.event_id) == len("cloudevents:example:") + 64
    assert event.event_id != other.event_id


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/json"},
        {"content-type": " Application/CloudEvents+JSON ; charset=UTF-8"},
    ],
)
def test_a_structured_event_is_known_by_itself(headers: Any) -> None:
    """Senders are careless with the content type; what has a `specversion` in it is an event."""
    assert len(read(EVENT, headers).events) == 1
    assert len(read([EVENT], headers or BATCH).events) == 1


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"specversion": "0.3"}, "/specversion", 'is not "1.0"'),
        ({"specversion": 1.0}, "/specversion", "is of another type than it should be"),
        ({"specversion": None}, "/specversion", 'is not "1.0"'),
        ({"id": ""}, "/id", "is missing"),
        ({"id": None}, "/id", "is missing"),
        ({"id": 7}, "/id", "is of another type than it should be"),
        ({"id": "x" * 1025}, "/id", "is longer than 1024 characters"),
        ({"source": None}, "/source", "is missing"),
        ({"type": None}, "/type", "is missing"),
        ({"type": ["a"]}, "/type", "is of another type than it should be"),
        ({"time": "yesterday"}, "/time", "is no instant"),
        ({"time": "2026-03-27T15:05:00"}, "/time", "is no instant"),
        ({"subject": 7}, "/subject", "is of another type than it should be"),
        ({"datacontenttype": 7}, "/datacontenttype", "is of another type than it should be"),
        ({"data_base64": "e30="}, "/data_base64", "stands beside data"),
        ({"subject": None}, "/data/ticket_id", "is missing"),
        ({"time": "1969-12-31T23:59:59Z"}, "/data/occurred_at", "is no time between 1970 and 2199"),
        ({"data": EVENT["data"] | {"schema": "ticket-event/2"}}, "/data/schema", "must be same as const"),
        ({"data": EVENT["data"] | {"type": "exploded"}}, "/data/type", "must be one of"),
        ({"data": EVENT["data"] | {"account": "another"}}, "/data/account", "is not the account"),
        ({"data": EVENT["data"] | {"event_id": "ending:a"}}, "/data/event_id", "begins with one of"),
        ({"data": EVENT["data"] | {"ticket": 7}}, "/data/ticket", "must be object"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: Any, pointer: str, detail: str) -> None:
    """422 to the sender, who can mend it; in a batch its place comes first, and nothing of it is taken."""
    event = {name: value for name, value in (EVENT | change).items() if value is not None or name == "id"}
    where, what = refused(event)
    assert where == pointer
    assert what.startswith(detail)
    assert refused([EVENT | {"id": "ok"}, event], BATCH)[0] == f"/1{pointer}"


@pytest.mark.parametrize(
    ("given", "pointer", "detail"),
    [
        ("###", "/data_base64", "is no base64"),
        ("e30", "/data_base64", "is no base64"),
        (b64encode(b"no json").decode(), "/data_base64", "the body is not JSON"),
        (b64encode(b'"\xff"').decode(), "/data_base64", "the body is not text in UTF-8"),
        (7, "/data_base64", "is of another type than it should be"),
    ],
)
def test_data_in_base64_are_json_all_the_same(given: Any, pointer: str, detail: str) -> None:
    event = {name: value for name, value in EVENT.items() if name != "data"} | {"data_base64": given}
    assert refused(event) == (pointer, detail)


@pytest.mark.parametrize(
    ("body", "headers", "detail"),
    [
        (b"", STRUCTURED, "the body is not JSON"),
        (b'{"id": 1, "id": 2}', STRUCTURED, "an object in the body has a member twice"),
        (b"7", STRUCTURED, "is no object, as an event is"),
        ([], BATCH, None),
        (EVENT, BATCH, "a batch is a list of at most 100 events"),
        ([EVENT] * 101, BATCH, "a batch is a list of at most 100 events"),
        (
            EVENT,
            {"content-type": "application/cloudevents+avro"},
            "is in a format of CloudEvents other than JSON",
        ),
    ],
)
def test_what_is_no_event_at_all(body: Any, headers: Any, detail: str | None) -> None:
    """An empty batch is one all the same, and ignored."""
    if detail is None:
        assert read(body, headers) == Mapped((), ignored=1)
    else:
        assert refused(body, headers) == ("", detail)


def test_a_batch_has_at_most_a_hundred_events() -> None:
    """At the bound all are read."""
    assert len(read([EVENT | {"id": f"e-{n}"} for n in range(100)], BATCH).events) == 100


@pytest.mark.parametrize(
    "change",
    [
        {"data": {}},
        {"data": {"schema": "order/1"}},
        {"data": "text"},
        {"data": None},
        {"data": [1]},
        {"datacontenttype": "text/xml"},
        {"datacontenttype": "application/octet-stream"},
    ],
)
def test_somebody_elses_event_is_ignored(change: Any) -> None:
    """What is no canonical event is not a mistake: a broker sends many kinds."""
    assert read(EVENT | change) == Mapped((), ignored=1)


def test_the_dataschema_may_say_what_the_data_are() -> None:
    """Then they need not say it themselves."""
    bare = EVENT | {"dataschema": "ticket-event/1", "data": {"type": "solved"}}
    assert read(bare).events[0].type == "solved"


@pytest.mark.parametrize("scheme", [None, "header", "basic"])
def test_binary_mode_is_taken_under_a_shared_secret(scheme: str | None) -> None:
    """Nothing is signed there, headers or body: who has the secret may say anything."""
    (event,) = read(EVENT["data"], BINARY, scheme=scheme).events
    assert event.event_id == "cloudevents:example:/desk/eu:e-1"
    assert (event.ticket_id, event.occurred_at.hour) == ("SD-2044", 14)


@pytest.mark.parametrize("scheme", ["standard_webhooks", "github"])
def test_binary_mode_is_refused_where_only_the_body_is_signed(scheme: str) -> None:
    """A recorded delivery could be sent again under a new id."""
    pointer, detail = refused(EVENT["data"], BINARY, scheme=scheme)
    assert (pointer, "does not sign" in detail) == ("", True)
    assert len(read(EVENT, scheme=scheme).events) == 1


def test_binary_attributes_are_percent_decoded() -> None:
    """As the HTTP binding has it; what is no UTF-8 is refused."""
    (event,) = read(EVENT["data"], BINARY | {"ce-subject": "Stra%C3%9Fe%201"}).events
    assert event.ticket_id == "Straße 1"
    assert refused(EVENT["data"], BINARY | {"ce-subject": "%FF"})[0] == ""


@pytest.mark.parametrize("body", [b"", b"<xml/>"])
def test_a_binary_event_without_json_is_ignored(body: bytes) -> None:
    headers = BINARY | ({"content-type": "text/xml"} if body else {})
    assert read(body, headers) == Mapped((), ignored=1)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"ce-specversion": "2.0"}, "/specversion"), ({"ce-id": " "}, "/id"), ({"ce-time": "x"}, "/time")],
)
def test_a_mistake_in_a_header_is_told_by_the_attributes_name(change: Any, pointer: str) -> None:
    assert refused(EVENT["data"], BINARY | change)[0] == pointer


MAPPING = {
    "source": "generic",
    "ticket_id": "ticket",
    "type": {"path": "cloudevent.type", "words": {"made": "created", "paid": "ignored"}},
    "occurred_at": "cloudevent.time",
}


def test_a_mapping_reads_any_data_beside_the_envelope() -> None:
    """The attributes stand beside the data's members, as `cloudevent`."""
    (event,) = read(EVENT | {"type": "made", "data": {"ticket": 7}}, mapping=MAPPING).events
    assert (event.ticket_id, event.type, event.occurred_at.hour) == ("7", "created", 14)
    assert read(EVENT | {"type": "paid", "data": {"ticket": 7}}, mapping=MAPPING) == Mapped((), ignored=1)


def test_two_events_of_the_same_data_are_two_under_a_mapping() -> None:
    """What names them is the envelope with the data, whether or not they came in one batch."""
    batch = [EVENT | {"id": each, "data": {"ticket": 7}} for each in ("e-1", "e-2", "e-1")]
    first, second, again = (event.event_id for event in read(batch, BATCH, mapping=MAPPING).events)
    assert first == again != second


def test_what_a_mapping_cant_read_is_kept() -> None:
    """It may be the mapping that is wrong, so the delivery must not be lost."""
    with pytest.raises(Unmappable, match="/ticket_id: is missing"):
        read(EVENT | {"data": {}}, mapping=MAPPING)
    with pytest.raises(Unmappable, match="mapping is wrong"):
        read(EVENT | {"data": {}}, mapping={})


def test_the_senders_secret_lets_a_delivery_in() -> None:
    """It comes in a header, or as a bearer token, unless the connection names a scheme that signs."""
    connection = Connection("events-local", "cloudevents", "example", "ref")
    body = json.dumps(EVENT).encode()
    for headers, right in (
        (SharedSecret().sign("s3cret", body, SATURDAY), True),
        ({"authorization": "Bearer s3cret"}, True),
        ({"authorization": "Bearer other"}, False),
        ({}, False),
    ):
        assert (
            verified(adapter("cloudevents"), connection, Delivery(body, headers, SATURDAY), ["s3cret"])
            is right
        )


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*EVENT, *EVENT["data"], "x"]), inner, max_size=6)
        ),
        max_leaves=20,
    )
)
def test_no_body_is_a_fault(body: Any) -> None:
    """Whatever JSON comes: events that the log can keep, nothing, or `InvalidEvent`."""
    for given_body in (body, EVENT | body if isinstance(body, dict) else body, EVENT | {"data": body}):
        try:
            events = read(given_body).events
        except InvalidEvent:
            continue
        assert all(event_from_json(event_to_json(event)) == event for event in events)
