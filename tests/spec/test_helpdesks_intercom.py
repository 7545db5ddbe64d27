"""What a notification of Intercom means, topic by topic."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, intercom
from slaclock.helpdesks.connection import Connection

ROOT = Path(__file__).parents[2]
FRIDAY = datetime(2026, 3, 27, 14, 6, 40, tzinfo=UTC)
CONNECTION = Connection("intercom-local", "intercom", "example", "local/intercom")
OWN = Connection(
    "intercom-local",
    "intercom",
    "example",
    "local/intercom",
    statuses={"Waiting on parts": "on_hold", "450099": "on_hold", "snoozed": "on_hold"},
    priorities={"priority": "urgent"},
    customers={"69c0ac3e": "acme"},
    plans={"69c0ac3e": "gold"},
    ticket_url="https://app.intercom.com/a/inbox/q7ex/inbox/conversation/{ticket_id}",
    agents=frozenset({"69c1ada0", "@helpers.example"}),
    paths={"service": "data.item.ticket_attributes.Service"},
)
NINE = 1774602000  # 2026-03-27T09:00:00Z
ADMIN = {"type": "admin", "id": "530301", "email": "grace@example.com"}
USER = {"type": "user", "id": "77", "email": "bob@acme.example"}


def read(body: Any, connection: Connection = CONNECTION) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return intercom.read(Delivery(raw, {}, FRIDAY), connection)


def one(body: Any, connection: Connection = CONNECTION) -> TicketEvent:
    (event,) = read(body, connection).events
    return event


def sample(name: str) -> Any:
    return json.loads((ROOT / f"events/intercom/{name}.json").read_text(encoding="utf-8"))["body"]


def notified(topic: str, item: Any, **members: Any) -> dict[str, Any]:
    return {"topic": topic, "id": "notif_1", "created_at": NINE + 1, "data": {"item": item}, **members}


def part(author: Any = None, **members: Any) -> dict[str, Any]:
    return {"id": "8001", "part_type": "comment", "created_at": NINE, "author": author, **members}


def conversation(*parts: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "type": "conversation",
        "id": "411",
        "updated_at": NINE,
        "conversation_parts": {"conversation_parts": list(parts)},
        **members,
    }


def ticket(category: str, **members: Any) -> dict[str, Any]:
    state = {"id": "450017", "category": category, "internal_label": "In our own words"}
    return {"type": "ticket", "id": "977", "ticket_id": "1204", "ticket_state": state, **members}


def test_a_created_conversation_carries_all_that_the_notification_says() -> None:
    """Its company is the customer; priority is no scale, so two words have to do."""
    assert event_to_json(one(sample("conversation_created"), OWN)) == {
        "schema": "ticket-event/1",
        "event_id": "intercom:example:notif_c-01",
        "source": "intercom",
        "connection": "intercom-local",
        "account": "example",
        "ticket_id": "7150026000411",
        "type": "created",
        "occurred_at": "2026-03-27T09:00:00Z",
        "time_quality": "event",
        "received_at": "2026-03-27T14:06:40Z",
        "ticket": {
            "status": "open",
            "priority": "normal",
            "team": None,
            "assignee": None,
            "customer": {"id": "acme"},
            "plan": "gold",
            "tags": ["export"],
            "created_at": "2026-03-27T09:00:00Z",
            "channel": "email",
            "url": "https://app.intercom.com/a/inbox/q7ex/inbox/conversation/7150026000411",
        },
        "known": [
            "assignee",
            "channel",
            "created_at",
            "customer",
            "plan",
            "priority",
            "status",
            "tags",
            "team",
            "url",
        ],
    }


def test_a_ticket_carries_its_type_its_number_and_its_state() -> None:
    """It has no priority of its own, and `0` is nobody."""
    event = one(sample("ticket_created"))
    assert event.ticket_id == "7150026000977"
    assert event.attributes == {
        "key": "1204",
        "status": "new",
        "ticket_type": "Incident",
        "team": None,
        "assignee": None,
        "customer": None,
        "created_at": "2026-03-27T09:00:00Z",
        "channel": "messenger",
    }


@pytest.mark.parametrize(
    ("name", "type_", "role", "public", "at"),
    [
        ("conversation_created", "created", None, None, "09:00:00"),
        ("conversation_bot_replied", "note_added", "bot", True, "09:00:04"),
        ("conversation_assigned", "team_changed", None, None, "09:05:00"),
        ("conversation_priority", "priority_changed", None, None, "09:06:00"),
        ("conversation_admin_replied", "agent_replied", "agent", True, "09:20:00"),
        ("conversation_snoozed", "status_changed", None, None, "09:21:00"),
        ("conversation_user_replied", "customer_replied", "customer", True, "10:02:10"),
        ("conversation_noted", "note_added", "agent", False, "10:05:00"),
        ("conversation_closed", "closed", None, None, "10:30:00"),
        ("conversation_opened", "reopened", None, None, "11:00:00"),
        ("conversation_deleted", "deleted", None, None, "12:00:00"),
        ("ticket_created", "created", None, None, "09:00:00"),
        ("ticket_assigned", "assignee_changed", None, None, "09:10:00"),
        ("ticket_admin_replied", "agent_replied", "agent", True, "09:30:00"),
        ("ticket_waiting", "status_changed", None, None, "09:31:00"),
        ("ticket_contact_replied", "customer_replied", "customer", True, "10:10:00"),
        ("ticket_noted", "note_added", "agent", False, "10:12:00"),
        ("ticket_attribute", "field_changed", None, None, "10:15:01"),
        ("ticket_closed", "solved", None, None, "10:40:00"),
    ],
)
def test_each_topic_has_its_type_its_author_and_its_time(
    name: str, type_: str, role: str | None, public: object, at: str
) -> None:
    """The time is that of the last part where that is the event, else the notification's."""
    event = one(sample(name))
    assert (event.type, event.author_role, event.public) == (type_, role, public)
    assert f"{event.occurred_at:%H:%M:%S}" == at


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("conversation_assigned", {"team": {"id": "6601"}, "assignee": None}),
        ("conversation_priority", {"priority": "high", "status": "open"}),
        ("conversation_admin_replied", {"assignee": {"id": "530301"}}),
        ("conversation_snoozed", {"status": "pending"}),
        ("conversation_closed", {"status": "closed"}),
        ("conversation_opened", {"status": "open"}),
        ("conversation_deleted", {"status": "deleted"}),
        ("ticket_assigned", {"status": "new", "assignee": {"id": "530301"}}),
        ("ticket_waiting", {"status": "pending"}),
        ("ticket_noted", {"status": "open"}),
        ("ticket_closed", {"status": "solved"}),
    ],
)
def test_each_topic_brings_the_state_that_it_leads_to(name: str, attributes: dict[str, Any]) -> None:
    """The whole conversation comes with every topic but its deletion."""
    assert one(sample(name)).attributes.items() >= attributes.items()


@pytest.mark.parametrize(
    ("topic", "author", "type_", "role"),
    [
        ("conversation.admin.replied", ADMIN, "agent_replied", "agent"),
        ("conversation.admin.replied", {**ADMIN, "from_ai_agent": True}, "note_added", "bot"),
        ("conversation.admin.replied", {**ADMIN, "is_ai_answer": True}, "note_added", "bot"),
        ("conversation.admin.replied", {"type": "bot"}, "note_added", "bot"),
        ("conversation.admin.replied", {"type": "team", "id": "6601"}, "agent_replied", "unknown"),
        ("conversation.admin.replied", None, "agent_replied", "unknown"),
        ("conversation.user.replied", USER, "customer_replied", "customer"),
        ("conversation.user.replied", {"type": "lead"}, "customer_replied", "customer"),
        ("conversation.user.replied", {"type": "visitor"}, "customer_replied", "customer"),
        ("conversation.user.replied", {}, "customer_replied", "unknown"),
        ("conversation.user.replied", {"type": "user", "id": "69c1ada0"}, "agent_replied", "agent"),
        ("conversation.user.replied", {**USER, "email": "Bo@helpers.example"}, "agent_replied", "agent"),
        ("conversation.operator.replied", {"type": "operator"}, "note_added", "bot"),
    ],
)
def test_a_message_is_its_authors(topic: str, author: Any, type_: str, role: str) -> None:
    """Rule 10: what a bot or an AI wrote is no reply; where nobody says who, the topic's side wrote it."""
    event = one(notified(topic, conversation(part(author))), OWN)
    assert (event.type, event.author_role) == (type_, role)


BOT = {"type": "bot", "id": "9"}


def of(author: Any, kind: str, name: str, **members: Any) -> dict[str, Any]:
    return part(author, part_type=kind, id=name, **members)


@pytest.mark.parametrize(
    ("topic", "parts", "told"),
    [
        ("conversation.admin.replied", [of(ADMIN, "comment", "1"), of(BOT, "assignment", "2")], "1"),
        ("conversation.admin.replied", [of(ADMIN, "comment", "1"), of(ADMIN, "assignment", "2")], "1"),
        ("conversation.admin.replied", [of(USER, "comment", "1"), of(ADMIN, "assignment", "2")], "2"),
        ("conversation.admin.replied", [of(ADMIN, "comment", "1"), of(USER, "comment", "2")], "1"),
        ("conversation.admin.replied", [of(ADMIN, "comment", "1"), of(ADMIN, "comment", "2")], "2"),
        ("conversation.admin.replied", [of(ADMIN, "comment", "1"), of(ADMIN, "note", "2", body="x")], "1"),
        ("conversation.admin.replied", [of(ADMIN, "assignment", "1", body="x"), of(BOT, "close", "2")], "1"),
        ("conversation.admin.replied", [of(None, "comment", "1"), of([], "close", "2")], "1"),
        ("conversation.user.replied", [of(USER, "comment", "1"), of(BOT, "comment", "2")], "1"),
        ("conversation.user.replied", [of(USER, "open", "1", body="x"), of(ADMIN, "comment", "2")], "1"),
        ("conversation.operator.replied", [of(BOT, "comment", "1"), of(ADMIN, "comment", "2")], "1"),
        ("conversation.admin.noted", [of(ADMIN, "note", "1"), of(ADMIN, "comment", "2")], "1"),
        ("ticket.contact.replied", [of(USER, "comment", "1"), of(ADMIN, "ticket_state_updated", "2")], "1"),
    ],
)
def test_of_several_parts_the_one_that_fits_the_topic_is_told(
    topic: str, parts: list[dict[str, Any]], told: str
) -> None:
    """By what it is, and by whose: an answer is not the assignment that a rule makes of it at once."""
    assert one(notified(topic, conversation(*parts))).event_id == f"intercom:example:411:part:{told}"


def test_an_answer_that_a_rule_assigns_at_once_is_an_answer() -> None:
    """It is its author's, and of the instant when it was written."""
    parts = of(ADMIN, "comment", "1", created_at=NINE), of(BOT, "assignment", "2", created_at=NINE + 4)
    event = one(notified("conversation.admin.replied", conversation(*parts)))
    assert (event.type, event.author_role) == ("agent_replied", "agent")
    assert event.occurred_at == datetime(2026, 3, 27, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("conversation.admin.closed", "close"),
        ("conversation.admin.opened", "open"),
        ("conversation.admin.snoozed", "snoozed"),
        ("conversation.admin.unsnoozed", "unsnoozed"),
        ("conversation.admin.assigned", "assign_and_reopen"),
        ("conversation.priority.updated", "priority_changed"),
    ],
)
def test_an_action_is_of_its_own_parts_time(topic: str, kind: str) -> None:
    """Whatever else was done to the conversation before the notification was written."""
    parts = of(ADMIN, kind, "1", created_at=NINE - 3), of(ADMIN, "comment", "2", created_at=NINE)
    assert f"{one(notified(topic, conversation(*parts))).occurred_at:%H:%M:%S}" == "08:59:57"


def test_a_message_that_two_topics_tell_of_is_one_event() -> None:
    """A conversation that was made a ticket keeps its id, and its parts theirs."""
    inner = ticket("in_progress", id="411", updated_at=NINE)
    of_ticket = notified("ticket.admin.replied", {"ticket": inner, "ticket_part": part(ADMIN)}, id="notif_2")
    of_conversation = notified("conversation.admin.replied", conversation(part(ADMIN)))
    assert one(of_ticket).event_id == one(of_conversation).event_id == "intercom:example:411:part:8001"


def test_an_agents_own_conversation_is_created_and_closed_at_once() -> None:
    """Whoever writes first waits for nobody: Intercom itself has it closed until the customer answers."""
    item = conversation(state="closed", open=False, created_at=NINE, source={"author": ADMIN})
    event = one(notified("conversation.admin.single.created", item))
    assert (event.type, event.attributes["status"]) == ("created", "closed")


def test_a_conversation_that_is_made_a_ticket_becomes_one_when_that_is_told() -> None:
    """It was created long before, which it still says; its state of now was not so then."""
    item = ticket("submitted", created_at=NINE - 3600, updated_at=NINE)
    event = one(notified("ticket.created", item))
    assert event.occurred_at == datetime(2026, 3, 27, 9, 0, 1, tzinfo=UTC)
    assert event.attributes.items() >= {("status", "new"), ("created_at", "2026-03-27T08:00:00Z")}


@pytest.mark.parametrize(
    ("category", "ours"),
    [
        ("submitted", "new"),
        ("in_progress", "open"),
        ("waiting_on_customer", "pending"),
        ("resolved", "solved"),
    ],
)
def test_a_tickets_state_means_what_its_category_does(category: str, ours: str) -> None:
    """Accounts name states as they like; each is in one of four categories."""
    assert one(notified("ticket.state.updated", ticket(category))).attributes["status"] == ours


@pytest.mark.parametrize(
    ("members", "ours"),
    [
        ({"open": False}, "closed"),
        ({"open": True, "snoozed_until": NINE + 3600}, "pending"),
        ({"open": True, "snoozed_until": None}, "open"),
        ({"open": True}, "open"),
        ({"state": "closed"}, "closed"),
    ],
)
def test_a_ticket_that_is_closed_or_snoozed_is_so_whatever_its_state(
    members: dict[str, Any], ours: str
) -> None:
    """Closing is apart from states: a ticket may be closed while it still is in progress."""
    item = ticket("in_progress", **members)
    assert one(notified("ticket.attribute.updated", item)).attributes["status"] == ours


@pytest.mark.parametrize(
    ("state", "category", "ours"),
    [
        ("open", "waiting_on_customer", "pending"),
        ("open", None, "open"),
        ("snoozed", "in_progress", "pending"),
        ("closed", "in_progress", "closed"),
        ("closed", "resolved", "solved"),
    ],
)
def test_a_conversation_that_was_made_a_ticket_has_the_tickets_state(
    state: str, category: str | None, ours: str
) -> None:
    """So that the topics of either tell the same."""
    made = ticket(category) if category else None
    item = conversation(part(ADMIN), state=state, ticket=made)
    assert one(notified("conversation.admin.noted", item)).attributes["status"] == ours


def test_the_connections_words_win_and_what_nobody_knows_is_unknown() -> None:
    """A state by its label or its id, the state of a conversation or a priority by its word."""
    labelled = ticket(
        "in_progress", ticket_state={"category": "in_progress", "internal_label": "waiting on PARTS"}
    )
    numbered = ticket("in_progress", ticket_state={"category": "in_progress", "id": 450099})
    strange = conversation(part(ADMIN), state="parked", priority="P0")
    assert one(notified("ticket.state.updated", labelled), OWN).attributes["status"] == "on_hold"
    assert one(notified("ticket.state.updated", numbered), OWN).attributes["status"] == "on_hold"
    assert one(sample("conversation_snoozed"), OWN).attributes["status"] == "on_hold"
    assert one(sample("conversation_priority"), OWN).attributes["priority"] == "urgent"
    assert one(notified("conversation.admin.noted", strange)).attributes == {
        "status": "unknown",
        "status_raw": "parked",
        "priority": "unknown",
        "priority_raw": "P0",
    }


@pytest.mark.parametrize(
    ("before", "now", "type_"),
    [
        ("submitted", "in_progress", "status_changed"),
        ("in_progress", "resolved", "solved"),
        ("resolved", "in_progress", "reopened"),
        ("submitted", "submitted", "status_changed"),
        (None, "resolved", "solved"),
    ],
)
def test_a_change_of_a_tickets_state_is_named_by_what_it_leads_to(
    before: str | None, now: str, type_: str
) -> None:
    """Intercom also tells of changes that are none."""
    item = {"ticket": ticket(now), "ticket_part": part(ADMIN, previous_ticket_state=before, ticket_state=now)}
    assert one(notified("ticket.state.updated", item)).type == type_


@pytest.mark.parametrize(
    ("topic", "of_part", "type_", "status"),
    [
        ("conversation.admin.closed", {}, "closed", "closed"),
        ("conversation.admin.opened", {}, "reopened", "open"),
        ("conversation.admin.snoozed", {}, "status_changed", "pending"),
        ("conversation.admin.unsnoozed", {}, "status_changed", "open"),
        ("ticket.resolved", {}, "solved", "solved"),
        ("ticket.closed", {}, "closed", "closed"),
        ("ticket.state.updated", {"ticket_state": "resolved"}, "solved", "solved"),
    ],
)
def test_a_younger_state_is_not_told_as_that_of_the_event(
    topic: str, of_part: dict[str, Any], type_: str, status: str
) -> None:
    """Of what changed again before the notification was written, the topic or the part knows better."""
    late = {"updated_at": NINE + 6, "state": "snoozed", "admin_assignee_id": 1, "id": "411"}
    parts = {"ticket_parts": {"ticket_parts": [part(ADMIN, **of_part)]}}
    item = late | parts if topic.startswith("ticket.") else conversation(part(ADMIN, **of_part), **late)
    event = one(notified(topic, item))
    assert (event.type, event.attributes) == (type_, {"status": status})


@pytest.mark.parametrize(
    ("assigned", "attributes"),
    [
        ({"admin_assignee_id": 1, "team_assignee_id": "2"}, {"assignee": {"id": "1"}, "team": {"id": "2"}}),
        ({"admin_assignee_id": "0", "team_assignee_id": None}, {"assignee": None, "team": None}),
        ({"assignee": {"type": "admin", "id": "1"}}, {"assignee": {"id": "1"}}),
        ({"assignee": {"type": "team", "id": "2"}}, {"team": {"id": "2"}}),
        ({"assignee": {"type": "nobody_admin", "id": None}}, {"assignee": None}),
        ({}, {}),
    ],
)
def test_nobody_is_0_or_null(assigned: dict[str, Any], attributes: dict[str, Any]) -> None:
    """Two members nowadays, and one before API 2.0; what is left out is unknown."""
    assert one(notified("conversation.rating.added", conversation(**assigned))).attributes == attributes


@pytest.mark.parametrize(
    ("topic", "type_"),
    [
        ("conversation.rating.added", "field_changed"),
        ("conversation.read", "field_changed"),
        ("conversation.company.updated", "customer_changed"),
        ("conversation_part.tag.created", "tags_changed"),
        ("conversation_part.redacted", "field_changed"),
        ("conversation.something.new", "field_changed"),
    ],
)
def test_a_topic_that_no_clock_hears_still_brings_its_conversation(topic: str, type_: str) -> None:
    """Its last part is some other event's, so its time is the notification's."""
    tags = {"tags": [{"name": "vip"}, {"name": None}]}
    event = one(notified(topic, conversation(part(USER, created_at=NINE - 600), state="open", tags=tags)))
    assert (event.type, event.attributes) == (type_, {"status": "open", "tags": ["vip"]})
    assert event.occurred_at == datetime(2026, 3, 27, 9, 0, 1, tzinfo=UTC)
    assert event.event_id == "intercom:example:notif_1"


def test_members_are_found_by_the_connections_paths() -> None:
    """Tickets keep whatever an account likes in attributes."""
    item = ticket("submitted", ticket_attributes={"Service": "exports"})
    assert one(notified("ticket.created", item), OWN).attributes["service"] == "exports"


@pytest.mark.parametrize(
    "topic",
    [
        "ping",
        "contact.user.created",
        "company.updated",
        "article.published",
        "admin.away_mode_updated",
        "conversation.contact.attached",
        "ticket.contact.detached",
        "conversation.admin.replied.translated",
    ],
)
def test_what_is_no_tickets_event_is_ignored(topic: str) -> None:
    """A ping's id is null; who else reads a conversation moves no clock."""
    assert read(notified(topic, {"type": "other"}, id=None)) == Mapped((), ignored=1)


REPLIED = "conversation.admin.replied"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff", "the body is not text in UTF-8"),
        (7, "the body is no object"),
        ({}, "/topic: is missing"),
        ({"topic": []}, "/topic: is of another type"),
        ({"topic": "ticket.created"}, "/created_at: is missing"),
        (notified("ticket.created", {}), "/data/item/id: is missing"),
        (notified("ticket.created", []), "/data/item: is of another type"),
        (notified("ticket.created", {"id": {}}), "/data/item/id: is of another type"),
        (notified("ticket.created", {"id": 1}, id=None), "/id: is missing"),
        (notified("ticket.created", {"id": 1}, created_at="now"), "/created_at: is of another type"),
        (
            notified("ticket.created", {"id": 1}, created_at=NINE + 200_000),
            "/occurred_at: is more than a day",
        ),
        (
            notified("ticket.created", {"id": 1, "created_at": -1}),
            "/data/item/created_at: is no time between",
        ),
        (notified("ticket.closed", {"ticket": {}}), "/data/item/ticket/id: is missing"),
        (notified("ticket.closed", {"ticket": []}), "/data/item/ticket: is of another type"),
        (notified(REPLIED, conversation()), "/conversation_parts/conversation_parts/0/id: is missing"),
        (notified(REPLIED, conversation(part(id=None))), "/conversation_parts/0/id: is missing"),
        (notified(REPLIED, conversation(part(author=[]))), "/conversation_parts/0/author: is of another"),
        (notified(REPLIED, {"id": 1, "conversation_parts": []}), "/conversation_parts: is of another type"),
        (notified(REPLIED, conversation(part(), state=1)), "/data/item/state: is of another type"),
        (notified(REPLIED, conversation(part(), open="no")), "/data/item/open: is of another type"),
        (notified(REPLIED, conversation(part(), tags=[])), "/data/item/tags: is of another type"),
        (notified(REPLIED, conversation(part(), priority=1)), "/data/item/priority: is of another type"),
    ],
)
def test_what_cannot_be_mapped_says_which_member_is_wrong(body: Any, reason: str) -> None:
    """It goes to quarantine with a reason that a person can act on, and that quotes no value."""
    with pytest.raises(Unmappable, match=re.escape(reason)):
        read(body)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "events/intercom").glob("*.json")), ids=lambda path: path.stem
)
def test_nothing_personal_is_kept(path: Path) -> None:
    """Names, mail addresses, titles, texts and the ids of contacts stay out of the log."""
    body = json.loads(path.read_text(encoding="utf-8"))["body"]
    kept = "".join(json.dumps(event_to_json(event)) for event in read(body, OWN).events)
    assert not [
        word for word in ("Ada", "Grace", "@acme", "export stops", "69c1ada0", "looking") if word in kept
    ]
