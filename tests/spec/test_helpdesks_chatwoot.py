"""What a delivery of Chatwoot means: a conversation's changes, and its messages."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, chatwoot
from slaclock.helpdesks.connection import Connection

ROOT = Path(__file__).parents[2]
FRIDAY = datetime(2026, 3, 27, 14, 6, 40, tzinfo=UTC)
CONNECTION = Connection("chatwoot-local", "chatwoot", "example", "local/chatwoot")
OWN = Connection(
    "chatwoot-local",
    "chatwoot",
    "example",
    "local/chatwoot",
    statuses={"Pending": "new"},
    priorities={"medium": "low"},
    ticket_url="https://chat.example/app/accounts/3/conversations/{ticket_id}",
    agents=frozenset({"911", "@helpers.example"}),
    paths={"plan": "custom_attributes.plan || conversation.custom_attributes.plan"},
)
NINE = 1774602000  # 2026-03-27T09:00:00Z


def read(body: Any, connection: Connection = CONNECTION) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return chatwoot.read(Delivery(raw, {}, FRIDAY), connection)


def one(body: Any, connection: Connection = CONNECTION) -> TicketEvent:
    (event,) = read(body, connection).events
    return event


def sample(name: str) -> Any:
    return json.loads((ROOT / f"events/chatwoot/{name}.json").read_text(encoding="utf-8"))["body"]


def conversation(event: str = "conversation_updated", **members: Any) -> dict[str, Any]:
    return {"event": event, "id": 318, "created_at": NINE, "updated_at": NINE + 60.25, **members}


def changed(name: str, before: Any, now: Any, **members: Any) -> dict[str, Any]:
    change = {name: {"previous_value": before, "current_value": now}}
    return conversation(changed_attributes=[change], **members)


def message(kind: Any = "incoming", sender: Any = None, **members: Any) -> dict[str, Any]:
    return {
        "event": "message_created",
        "id": 8101,
        "message_type": kind,
        "created_at": "2026-03-27T09:20:00.250Z",
        "private": False,
        "sender": sender,
        "conversation": {"id": 318, "created_at": NINE, "updated_at": NINE + 1200.3, "status": "open"},
        **members,
    }


USER = {"id": 31, "name": "Grace Hopper", "email": "grace@example.com", "type": "user"}
CONTACT = {"id": 912, "name": "Ada Lovelace", "email": "ada@acme.example"}


def test_a_created_conversation_carries_all_that_its_snapshot_says() -> None:
    """Its display id names it; team and assignee are in `meta`, a plan is where the connection says."""
    assert event_to_json(one(sample("conversation_created"), OWN)) == {
        "schema": "ticket-event/1",
        "event_id": "chatwoot:example:318:created",
        "source": "chatwoot",
        "connection": "chatwoot-local",
        "account": "example",
        "ticket_id": "318",
        "type": "created",
        "occurred_at": "2026-03-27T09:00:00Z",
        "time_quality": "event",
        "received_at": "2026-03-27T14:06:40Z",
        "ticket": {
            "status": "open",
            "priority": "high",
            "team": {"id": "7", "name": "first line"},
            "assignee": None,
            "tags": ["export"],
            "plan": "gold",
            "channel": "webwidget",
            "created_at": "2026-03-27T09:00:00Z",
            "url": "https://chat.example/app/accounts/3/conversations/318",
        },
        "known": [
            "assignee",
            "channel",
            "created_at",
            "plan",
            "priority",
            "status",
            "tags",
            "team",
            "url",
        ],
    }


def test_a_conversation_and_its_opening_message_are_one_event() -> None:
    """The opening message is no reply: it comes with the creation, and whichever is told first counts."""
    opening = one(sample("opening_message"))
    assert opening == one(sample("conversation_created"))
    assert (opening.type, opening.author_role, opening.public) == ("created", None, None)


@pytest.mark.parametrize(
    ("kind", "sender", "created_at", "type_"),
    [
        ("incoming", CONTACT, "2026-03-27T09:00:01.999Z", "created"),
        ("incoming", CONTACT, "2026-03-27T09:00:02.000Z", "customer_replied"),
        ("outgoing", USER, "2026-03-27T09:00:00.200Z", "created"),
        ("outgoing", {"type": "agent_bot", "id": 5}, "2026-03-27T09:00:00.200Z", "note_added"),
        ("template", None, "2026-03-27T09:00:00.200Z", "note_added"),
    ],
)
def test_a_message_in_the_same_breath_as_its_conversation_opened_it(
    kind: str, sender: Any, created_at: str, type_: str
) -> None:
    """Within two seconds, since the conversation's own time has no fraction. A greeting opens none."""
    assert one(message(kind, sender, created_at=created_at)).type == type_


@pytest.mark.parametrize(
    ("kind", "sender", "members", "type_", "role", "public"),
    [
        ("incoming", CONTACT, {}, "customer_replied", "customer", True),
        (0, CONTACT, {}, "customer_replied", "customer", True),
        ("incoming", {"id": 911}, {}, "agent_replied", "agent", True),
        ("incoming", {"id": 1, "email": "Bo@Helpers.Example"}, {}, "agent_replied", "agent", True),
        ("outgoing", USER, {}, "agent_replied", "agent", True),
        (1, USER, {}, "agent_replied", "agent", True),
        ("outgoing", {"id": "1", "name": "Agent"}, {}, "agent_replied", "agent", True),
        ("outgoing", USER, {"private": True}, "note_added", "agent", False),
        ("outgoing", {"id": 5, "type": "agent_bot"}, {}, "note_added", "bot", True),
        ("outgoing", {"id": 5, "type": "captain_assistant"}, {}, "note_added", "bot", True),
        ("outgoing", None, {"content_attributes": {"automation_rule_id": 9}}, "note_added", "bot", True),
        ("outgoing", None, {"content_attributes": {"external_echo": True}}, "agent_replied", "unknown", True),
        ("template", None, {}, "note_added", "bot", True),
        (3, None, {}, "note_added", "bot", True),
        ("activity", None, {}, "note_added", "system", False),
    ],
)
def test_a_message_is_a_reply_or_a_note_by_its_side_and_its_author(
    kind: Any, sender: Any, members: dict[str, Any], type_: str, role: str, public: object
) -> None:
    """Rule 10: what a bot, a rule or a template wrote is no reply. A contact at the top has no type."""
    event = one(message(kind, sender, **members), OWN)
    assert (event.type, event.author_role, event.public) == (type_, role, public)
    assert event.event_id == "chatwoot:example:318:message:8101"


def test_a_message_brings_the_state_of_its_conversation_as_it_was_then() -> None:
    """A snapshot of more than five seconds later would solve the ticket before it was solved."""
    resolved = {"id": 318, "created_at": NINE, "status": "resolved"}
    soon, later = (
        message(conversation=resolved | {"updated_at": NINE + 1205.25}),
        message(conversation=resolved | {"updated_at": NINE + 1205.26}),
    )
    assert one(soon).attributes == {"created_at": "2026-03-27T09:00:00Z", "status": "solved"}
    assert one(later).attributes == {"created_at": "2026-03-27T09:00:00Z"}


@pytest.mark.parametrize(
    ("created_at", "instant"),
    [
        ("2026-03-27T09:20:00.250Z", datetime(2026, 3, 27, 9, 20, 0, 250000, tzinfo=UTC)),
        ("2026-03-27 09:20:00 UTC", datetime(2026, 3, 27, 9, 20, tzinfo=UTC)),
        (NINE + 1200, datetime(2026, 3, 27, 9, 20, tzinfo=UTC)),
        (NINE + 1200.5, datetime(2026, 3, 27, 9, 20, 0, 500000, tzinfo=UTC)),
    ],
)
def test_times_are_seconds_or_text(created_at: Any, instant: datetime) -> None:
    """Within one payload even."""
    assert one(message(created_at=created_at)).occurred_at == instant


def test_a_message_without_a_time_is_when_it_arrives() -> None:
    """It has an id, so it is one event all the same."""
    event = one(message(created_at=None))
    assert (event.occurred_at, event.time_quality) == (FRIDAY, "received")
    assert event.event_id == "chatwoot:example:318:message:8101"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("open", "open"), ("pending", "pending"), ("snoozed", "pending"), ("resolved", "solved")],
)
def test_statuses_become_ours(theirs: str, ours: str) -> None:
    """Chatwoot has four."""
    assert one(conversation(status=theirs)).attributes["status"] == ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("urgent", "urgent"), ("high", "high"), ("medium", "normal"), ("low", "low"), (None, "none")],
)
def test_priorities_become_ours(theirs: str | None, ours: str) -> None:
    """Most conversations have none."""
    assert one(conversation(priority=theirs)).attributes["priority"] == ours


def test_the_connections_words_win_and_what_nobody_knows_is_unknown() -> None:
    """Its own name tells what to map."""
    assert one(conversation(status="pending", priority="medium"), OWN).attributes.items() >= {
        ("status", "new"),
        ("priority", "low"),
    }
    assert one(conversation(status="parked")).attributes.items() >= {
        ("status", "unknown"),
        ("status_raw", "parked"),
    }


@pytest.mark.parametrize(
    ("before", "now", "type_"),
    [
        ("open", "resolved", "solved"),
        ("resolved", "open", "reopened"),
        ("resolved", "pending", "reopened"),
        ("open", "snoozed", "status_changed"),
        ("snoozed", "open", "status_changed"),
        ("pending", "open", "status_changed"),
    ],
)
def test_a_change_of_status_is_named_by_what_it_leads_to(before: str, now: str, type_: str) -> None:
    """Whether it comes as a change of status or as any change."""
    body = changed("status", before, now, status=now)
    assert one(body).type == type_
    assert one({**body, "event": "conversation_status_changed"}).type == type_


@pytest.mark.parametrize(
    ("event", "status", "type_"),
    [
        ("conversation_status_changed", "resolved", "solved"),
        ("conversation_status_changed", "open", "status_changed"),
        ("conversation_resolved", "resolved", "solved"),
        ("conversation_opened", "open", "status_changed"),
    ],
)
def test_where_no_change_is_told_the_status_names_the_event(event: str, status: str, type_: str) -> None:
    """`changed_attributes` is null as often as not."""
    assert one(conversation(event, status=status, changed_attributes=None)).type == type_


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("priority", "priority_changed"),
        ("team_id", "team_changed"),
        ("assignee_id", "assignee_changed"),
        ("label_list", "tags_changed"),
        ("custom_attributes", "field_changed"),
        ("waiting_since", "field_changed"),
    ],
)
def test_an_update_is_called_after_what_changed(name: str, type_: str) -> None:
    """It is of the instant that its snapshot names, however late that was written down."""
    event = one(changed(name, "1", "2", status="open"))
    assert (event.type, event.attributes["status"]) == (type_, "open")
    assert event.occurred_at == datetime(2026, 3, 27, 9, 1, 0, 250000, tzinfo=UTC)
    assert event.time_quality == "ticket_updated_at"


def test_what_was_solved_and_reopened_before_it_was_told_was_solved_first() -> None:
    """Chatwoot's queue wrote both once the conversation was open again, at one time, in either order."""
    reopened = changed("status", "resolved", "open", status="open")
    solved = one(changed("status", "open", "resolved", status="open"))
    assert (solved.type, solved.attributes["status"]) == ("solved", "solved")
    assert (one(reopened).type, one(reopened).attributes["status"]) == ("reopened", "open")
    assert sorted([one(reopened), solved], key=lambda event: event.position) == [solved, one(reopened)]


@pytest.mark.parametrize(
    ("name", "now", "attributes", "sequence"),
    [
        ("status", "parked", {"status": "unknown", "status_raw": "parked"}, -1),
        ("priority", "urgent", {"priority": "urgent"}, -1),
        ("priority", None, {"priority": "none"}, -1),
        ("team_id", 8, {"team": {"id": "8"}}, -1),
        ("team_id", 7, {"team": {"id": "7", "name": "first line"}}, 0),
        ("team_id", None, {"team": None}, -1),
        ("assignee_id", 32, {"assignee": {"id": "32"}}, -1),
        ("assignee_id", 31, {"assignee": {"id": "31"}}, 0),
        ("label_list", ["vip"], {"tags": []}, 0),
    ],
)
def test_a_change_knows_better_than_the_conversation_beside_it(
    name: str, now: Any, attributes: dict[str, Any], sequence: int
) -> None:
    """The conversation is as it stood when the delivery was written, and may have moved on; labels are its.

    What disagrees with it was earlier, so it comes first among what has the same time.
    """
    meta = {"team": {"id": 7, "name": "first line"}, "assignee": USER}
    event = one(changed(name, None, now, status="open", priority="low", labels=[], meta=meta))
    assert event.attributes.items() >= attributes.items()
    assert event.sequence == sequence


def test_a_change_that_does_not_say_what_it_leads_to_leaves_that_to_the_conversation() -> None:
    """Older versions name the member alone."""
    change = {"status": {"previous_value": "open"}, "team_id": {}}
    event = one(conversation(changed_attributes=[change], status="resolved"))
    assert (event.type, event.attributes["status"], event.sequence) == ("solved", "solved", 0)


def test_a_creation_that_is_told_late_tells_of_the_instant_that_it_knows() -> None:
    """Its status of a minute later was not so at the creation, which `created_at` still tells."""
    event = one(conversation("conversation_created", status="resolved"))
    assert event.occurred_at == datetime(2026, 3, 27, 9, 1, 0, 250000, tzinfo=UTC)
    assert event.attributes == {"created_at": "2026-03-27T09:00:00Z", "status": "solved"}


def test_one_change_is_one_event_however_often_it_comes() -> None:
    """The body has its time in it; without any, the minute of its arrival is part of its name."""
    body = conversation("conversation_status_changed", status="open")
    assert re.fullmatch(r"chatwoot:example:318:status_changed:[0-9a-f]{16}", one(body).event_id)
    bare = one({"event": "conversation_status_changed", "id": 318, "status": "open"})
    assert re.fullmatch(r"chatwoot:example:318:status_changed:[0-9a-f]{16}:20260327T1406", bare.event_id)
    assert (bare.occurred_at, bare.time_quality, bare.attributes) == (FRIDAY, "received", {"status": "open"})


@pytest.mark.parametrize(
    ("meta", "attributes"),
    [
        ({}, {}),
        ({"assignee": None, "team": None}, {"assignee": None, "team": None}),
        ({"assignee": USER}, {"assignee": {"id": "31"}}),
        ({"assignee": {"id": 5, "type": "agent_bot"}}, {"assignee": None}),
        ({"assignee": {"id": 5}, "assignee_type": "AgentBot"}, {"assignee": None}),
        ({"team": {"id": 7, "name": "first line"}}, {"team": {"id": "7", "name": "first line"}}),
    ],
)
def test_a_bot_that_has_a_conversation_is_no_assignee(meta: Any, attributes: dict[str, Any]) -> None:
    """And where `meta` is left out, nothing is known (rule 29)."""
    expected = {"created_at": "2026-03-27T09:00:00Z", **attributes}
    assert one(conversation(meta=meta)).attributes == expected


@pytest.mark.parametrize(
    "event",
    [
        "message_updated",
        "webwidget_triggered",
        "contact_created",
        "contact_updated",
        "inbox_created",
        "conversation_typing_on",
        "conversation_typing_off",
        "automation_event.conversation_created",
    ],
)
def test_what_is_no_tickets_event_is_ignored(event: str) -> None:
    """An edited message was told of when it was written."""
    assert read({"event": event}) == Mapped((), ignored=1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "the body is not JSON"),
        ([], "the body is no object"),
        ({}, "/event: is missing"),
        ({"event": 7}, "/event: is of another type"),
        ({"event": "conversation_updated"}, "/id: is missing"),
        ({"event": "conversation_updated", "id": [318]}, "/id: is of another type"),
        (conversation(status=1), "/status: is of another type"),
        (conversation(meta=[]), "/meta: is of another type"),
        (conversation(meta={"team": "x"}), "/meta/team: is of another type"),
        (conversation(labels="x"), "/labels: is of another type"),
        (conversation(created_at=True), "/created_at: is of another type"),
        (conversation(created_at=-1), "/created_at: is no time between 1970 and 2199"),
        (conversation(updated_at="soon"), "/updated_at: is no date and time"),
        (conversation(updated_at=NINE + 200_000), "/occurred_at: is more than a day ahead"),
        (conversation(changed_attributes={}), "/changed_attributes: is of another type"),
        (conversation(changed_attributes=[1]), "/changed_attributes/0: is of another type"),
        (changed("status", 1, "open"), "/status/previous_value: is of another type"),
        (changed("status", "open", 2), "/status/current_value: is of another type"),
        (message(conversation=None), "/conversation/id: is missing"),
        (message(id=None), "/id: is missing"),
        (message("outbound"), "/message_type: is no type of message"),
        (message(4), "/message_type: is no type of message"),
        (message(-1), "/message_type: is no type of message"),
        (message(None), "/message_type: is no type of message"),
        (message(private="no"), "/private: is of another type"),
        (message(sender="Ada"), "/sender: is of another type"),
        (message(created_at="Ada"), "/created_at: is no date and time"),
    ],
)
def test_what_cannot_be_mapped_says_which_member_is_wrong(body: Any, reason: str) -> None:
    """It goes to quarantine with a reason that a person can act on, and that quotes no value."""
    with pytest.raises(Unmappable, match=re.escape(reason)):
        read(body)


def test_a_conversation_of_years_ago_is_called_by_its_display_id() -> None:
    """`id` is that nowadays; the first versions wrote both names."""
    assert one(message(conversation={"display_id": "1"})).ticket_id == "1"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "events/chatwoot").glob("*.json")), ids=lambda path: path.stem
)
def test_nothing_personal_is_kept(path: Path) -> None:
    """Names, mail addresses and texts of contacts and agents stay out of the log."""
    body = json.loads(path.read_text(encoding="utf-8"))["body"]
    kept = "".join(json.dumps(event_to_json(event)) for event in read(body, OWN).events)
    assert not [word for word in ("Ada", "Grace", "@acme", "@example", "export stops", "911") if word in kept]
