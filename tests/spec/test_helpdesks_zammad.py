"""What a delivery of Zammad means."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, zammad
from slaclock.helpdesks.connection import Connection

EVENTS = Path(__file__).parents[2] / "events" / "zammad"
FRIDAY = datetime(2026, 3, 27, 15, 30, tzinfo=UTC)
CONNECTION = Connection(
    id="zammad-local",
    kind="zammad",
    account="example",
    secret="local/zammad",
    statuses={"Waiting for parts": "on_hold"},
    ticket_url="https://desk.example/#ticket/zoom/{ticket_id}",
)
AGENT_REPLIED, CUSTOMER_REPLIED = "2026-03-27T14:20:00.404Z", "2026-03-27T14:30:00.212Z"
TICKET = {
    "status": "open",
    "priority": "normal",
    "team": {"id": "2", "name": "First line"},
    "assignee": {"id": "17"},
    "customer": {"id": "9", "name": "Acme"},
    "created_at": "2026-03-27T14:05:00.118Z",
    "key": "27311",
    "channel": "email",
    "url": "https://desk.example/#ticket/zoom/311",
}


def body_of(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))["body"]
    return body


def changed(name: str, ticket: dict[str, Any] | None = None, **article: Any) -> dict[str, Any]:
    body = body_of(name)
    return {"ticket": {**body["ticket"], **(ticket or {})}, "article": {**body["article"], **article}}


def read(body: Any, connection: Connection = CONNECTION) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return zammad.read(Delivery(raw, {}, FRIDAY), connection)


def state(body: Any, connection: Connection = CONNECTION) -> TicketEvent:
    """The event that says what the ticket looks like."""
    (event,) = [each for each in read(body, connection).events if "priority" in each.attributes]
    return event


def told(body: Any, connection: Connection = CONNECTION) -> list[tuple[str, str]]:
    events = [event_to_json(each) for each in read(body, connection).events]
    return [(each["type"], each["occurred_at"]) for each in events]


def test_a_new_ticket_carries_all_that_the_payload_says() -> None:
    """Objects become references, Zammad's user `-` is nobody, and the first article is no reply."""
    (event,) = read(body_of("created")).events
    assert event_to_json(event) == {
        "schema": "ticket-event/1",
        "event_id": f"zammad:example:311:created:{event.event_id[-16:]}",
        "source": "zammad",
        "connection": "zammad-local",
        "account": "example",
        "ticket_id": "311",
        "type": "created",
        "occurred_at": "2026-03-27T14:05:00.201Z",
        "time_quality": "ticket_updated_at",
        "received_at": "2026-03-27T15:30:00Z",
        "order": {"group": "", "position": 9},
        "ticket": {**TICKET, "status": "new", "assignee": None},
        "known": sorted(TICKET),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("created", [("created", "2026-03-27T14:05:00.201Z")]),
        ("created_by_phone", [("created", "2026-03-27T14:05:00.201Z")]),
        ("automatic_answer", [("created", "2026-03-27T14:05:04.12Z")]),
        ("public_note", [("snapshot", "2026-03-27T14:12:00.12Z")]),
        ("reply_by_agent", [("agent_replied", AGENT_REPLIED), ("agent_replied", AGENT_REPLIED)]),
        (
            "reply_by_customer",
            [
                ("agent_replied", AGENT_REPLIED),
                ("customer_replied", CUSTOMER_REPLIED),
                ("customer_replied", CUSTOMER_REPLIED),
            ],
        ),
        (
            "internal_note",
            [
                ("agent_replied", AGENT_REPLIED),
                ("customer_replied", CUSTOMER_REPLIED),
                ("snapshot", "2026-03-27T14:33:00.12Z"),
            ],
        ),
        (
            "priority_raised",
            [
                ("agent_replied", AGENT_REPLIED),
                ("customer_replied", CUSTOMER_REPLIED),
                ("snapshot", "2026-03-27T14:35:00.007Z"),
            ],
        ),
        (
            "closed",
            [
                ("agent_replied", AGENT_REPLIED),
                ("customer_replied", CUSTOMER_REPLIED),
                ("agent_replied", "2026-03-27T15:10:00.5Z"),
                ("agent_replied", "2026-03-27T15:10:00.5Z"),
            ],
        ),
        ("merged", [("merged", "2026-03-27T14:40:00.09Z")]),
        ("removed", [("deleted", "2026-03-27T14:55:00Z")]),
    ],
)
def test_what_a_delivery_tells_and_when(name: str, expected: list[tuple[str, str]]) -> None:
    """Each reply at its own instant; the state at the ticket's last change, or with the reply that set it."""
    assert told(body_of(name)) == expected


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("created_by_phone", {"status": "open", "channel": "phone"}),
        ("reply_by_agent", {"status": "pending"}),
        ("reply_by_customer", {"status": "open"}),
        ("priority_raised", {"priority": "high"}),
        ("transferred", {"priority": "high", "team": {"id": "3", "name": "Second line"}, "assignee": None}),
        ("waiting_to_close", {"status": "pending"}),
        ("renamed_state", {"status": "on_hold"}),
        ("closed", {"status": "closed"}),
        ("removed", {"status": "deleted", "assignee": None}),
    ],
)
def test_what_a_ticket_looks_like(name: str, members: dict[str, Any]) -> None:
    """The members that are not named here are as in the others."""
    assert state(body_of(name)).attributes == {**TICKET, **members}


def test_a_reply_and_what_it_set_are_one_action() -> None:
    """The ticket was saved 47 ms after the reply; both are told of the reply's instant, its state first."""
    with_state, alone = read(body_of("reply_by_agent")).events
    assert with_state.occurred_at == alone.occurred_at
    assert (with_state.author_role, with_state.public) == (alone.author_role, alone.public) == ("agent", True)
    assert with_state.attributes["status"] == "pending"
    assert alone.attributes == {"created_at": "2026-03-27T14:05:00.118Z"}
    assert alone.event_id == f"zammad:example:311:agent_replied:{AGENT_REPLIED}"


def test_later_snapshots_tell_of_a_reply_under_its_name() -> None:
    """So it is one event, whichever of them comes first; also where its own delivery was lost."""
    first, second = (read(body_of(name)).events for name in ("reply_by_agent", "priority_raised"))
    assert {each.event_id for each in first} & {each.event_id for each in second} == {
        f"zammad:example:311:agent_replied:{AGENT_REPLIED}"
    }


@pytest.mark.parametrize(
    ("article", "who"),
    [
        ({"sender": "Agent"}, "agent"),
        ({"sender": "Agent", "type": "phone"}, "agent"),
        ({"sender": "Agent", "type": "note"}, None),
        ({"sender": "Agent", "internal": True}, None),
        ({"sender": "Agent", "internal": None}, "agent"),
        ({"sender": "Customer"}, "customer"),
        ({"sender": "Customer", "type": "note"}, "customer"),
        ({"sender": "Customer", "internal": True}, None),
        ({"sender": "System"}, None),
        ({"sender": None}, None),
    ],
)
def test_whose_message_an_article_is(article: dict[str, Any], who: str | None) -> None:
    """Rule 10: the sender says whose side; neither what is internal nor an agent's note is a reply."""
    body = changed("public_note", **{"type": "email", **article})
    replies = {each.author_role for each in read(body).events} - {None}
    assert replies == ({who} if who else set())


@pytest.mark.parametrize(
    ("author", "who"),
    [
        ({"created_by": {"id": 42, "login": "ada", "email": "ada@desk.example"}}, "agent"),
        ({"created_by": {"id": 42, "login": "ada", "email": "ada@acme.example"}}, "customer"),
        ({"created_by": {"id": 99}}, "agent"),
        ({"created_by": {"id": 99}, "origin_by_id": 42, "origin_by": "ada@acme.example"}, "customer"),
    ],
)
def test_the_connection_knows_better_who_is_an_agent(author: dict[str, Any], who: str) -> None:
    """By id, login or mail address: of a call that is the caller, not whoever wrote it down."""
    connection = Connection(
        "zammad-local", "zammad", "example", "x", agents=frozenset({"99", "@desk.example"})
    )
    body = changed("public_note", sender="Customer", type="email", **author)
    assert {each.author_role for each in read(body, connection).events} - {None} == {who}


def test_where_the_connection_lists_agents_a_last_contact_is_nobodys() -> None:
    """Zammad's stamp does not say which customer wrote, and a colleague is one to Zammad."""
    connection = Connection("zammad-local", "zammad", "example", "x", agents=frozenset({"99"}))
    assert [type_ for type_, _ in told(body_of("priority_raised"), connection)] == [
        "agent_replied",
        "snapshot",
    ]


@pytest.mark.parametrize(
    ("said", "members"),
    [
        ({"state": "weird"}, {"status": "unknown", "status_raw": "weird"}),
        ({"state": {"id": 2, "name": "open"}}, {"status": "open"}),
        ({"priority": "3 high"}, {"priority": "high"}),
        ({"priority": {"name": "4 now"}}, {"priority": "unknown", "priority_raw": "4 now"}),
        ({"priority": None}, {"priority": "none"}),
        ({"group": "First line", "group_id": 2}, {"team": {"id": "2", "name": "First line"}}),
        ({"owner": "grace@desk.example", "owner_id": 17}, {"assignee": {"id": "17"}}),
        ({"owner": "-", "owner_id": 1}, {"assignee": None}),
        ({"owner": {}}, {"assignee": None}),
        ({"organization": {}}, {"customer": None}),
        ({"organization": "Acme", "organization_id": 9}, {"customer": {"id": "9", "name": "Acme"}}),
        ({"tags": ["vip", "export"]}, {"tags": ["vip", "export"]}),
        ({"tags": "vip, export"}, {"tags": ["vip", "export"]}),
        ({"tags": []}, {"tags": []}),
        ({"type": "Incident"}, {"ticket_type": "Incident"}),
    ],
)
def test_members_as_exports_and_custom_payloads_write_them(
    said: dict[str, Any], members: dict[str, Any]
) -> None:
    """Text beside an id, objects, lists: the same ticket. What nobody knows is unknown, in Zammad's words."""
    attributes = state(changed("public_note", said)).attributes
    assert {name: attributes[name] for name in members} == members
    assert attributes.keys() >= TICKET.keys()


def test_what_is_left_out_stays_unknown() -> None:
    """Rule 29: a member that a custom payload does not have clears nothing."""
    (event,) = read({"ticket": {"id": 311, "updated_at": "2026-03-27T14:12:00Z"}}).events
    assert event.attributes == {"url": "https://desk.example/#ticket/zoom/311"}


def test_a_ticket_without_a_time_is_of_its_arrival() -> None:
    """A custom payload may have none."""
    (event,) = read({"ticket": {"id": 311, "state": "open"}}).events
    assert (event.occurred_at, event.time_quality) == (FRIDAY, "received")


def test_the_connections_customers_plans_and_paths_win() -> None:
    """Plans and custom objects are members of the ticket that each account names as it likes."""
    connection = Connection(
        "zammad-local",
        "zammad",
        "example",
        "x",
        customers={"9": "acme"},
        plans={"9": "gold"},
        paths={"service": "ticket.service", "custom.machine": "ticket.machine"},
    )
    attributes = state(changed("created", {"service": "exports", "machine": "M-7"}), connection).attributes
    assert attributes["customer"] == {"id": "acme"}
    assert (attributes["plan"], attributes["service"]) == ("gold", "exports")
    assert attributes["custom"] == {"machine": "M-7"}


def test_a_retry_is_the_same_event_and_a_younger_state_is_another() -> None:
    """Zammad tries again with the ticket as it then stands, under the same article."""
    once, again = state(body_of("reply_by_agent")), state(body_of("reply_by_agent"))
    later = changed("reply_by_agent", {"state": "closed", "updated_at": "2026-03-27T14:21:00.000Z"})
    assert once == again
    assert told(later) == [("agent_replied", AGENT_REPLIED), ("snapshot", "2026-03-27T14:21:00Z")]


def test_nothing_personal_is_kept() -> None:
    """Neither the title nor a name, login or mail address of anybody."""
    kept = json.dumps([event_to_json(each) for each in read(body_of("reply_by_customer")).events])
    for personal in ("nightly", "Ada", "Grace", "@"):
        assert personal not in kept


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "the body is not JSON"),
        (b"[]", "the body is no object"),
        (b"null", "the body is no object"),
        ({}, "/ticket/id: is missing"),
        ({"ticket": None}, "/ticket/id: is missing"),
        ({"ticket": 7}, "/ticket: is of another type"),
        ({"ticket": {"id": []}}, "/ticket/id: is of another type"),
        ({"ticket": {"id": 0}}, "/ticket/id: is missing"),
        ({"ticket": {"id": "x" * 129}}, "/ticket/id: is longer than 128 characters"),
        ({"ticket": {"id": 1, "state": 2}}, "/ticket/state: is of another type"),
        ({"ticket": {"id": 1, "state": {"name": 2}}}, "/ticket/state/name: is of another type"),
        ({"ticket": {"id": 1, "group": 2}}, "/ticket/group: is of another type"),
        ({"ticket": {"id": 1, "owner": [17]}}, "/ticket/owner: is of another type"),
        ({"ticket": {"id": 1, "tags": [1]}}, "/ticket/tags: is of another type"),
        ({"ticket": {"id": 1, "updated_at": "yesterday"}}, "/ticket/updated_at: is no instant"),
        ({"ticket": {"id": 1, "updated_at": "2026-03-27 14:00:00"}}, "/ticket/updated_at: is no instant"),
        ({"ticket": {"id": 1, "updated_at": "2026-04-27T14:00:00Z"}}, "more than a day ahead"),
        ({"ticket": {"id": 1}, "article": "hello"}, "/article: is of another type"),
        (
            {"ticket": {"id": 1}, "article": {"sender": "Agent"}},
            "/article/created_at: is missing",
        ),
        ({"ticket": {"id": 1}, "article": {"sender": "Agent", "internal": "no"}}, "/article/internal: is of"),
    ],
)
def test_what_can_not_be_read_is_named(body: Any, complaint: str) -> None:
    """A payload that an admin wrote otherwise goes to quarantine, with the member and without its value."""
    with pytest.raises(Unmappable, match=complaint):
        read(body)
