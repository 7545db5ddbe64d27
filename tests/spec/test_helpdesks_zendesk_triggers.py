"""What a payload means that a trigger of Zendesk made, from a body that an admin wrote."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import event_to_json
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, Unmappable, zendesk
from slaclock.helpdesks.connection import Connection

ROOT = Path(__file__).parents[2]
TEMPLATE = json.loads((ROOT / "docs" / "helpdesks" / "zendesk-trigger.json").read_text(encoding="utf-8"))
FRIDAY = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
CONNECTION = Connection(
    "desk", "zendesk", "example", "ref", customers={"360001234567": "acme"}, statuses={"Offen": "open"}
)
MINUTE = "2026-03-27T13:00Z"  # as the documentation writes it
OURS = {
    "ticket_id": "4714",
    "ticket_status": "Open",
    "ticket_priority": "High",
    "ticket_type": "Incident",
    "tags": "export vip",
    "group_name": "First line",
    "assignee_id": "360007700301",
    "organization_id": "360001234567",
    "created_at": "2026-03-27T13:40:00Z",
    "updated_at": "2026-03-27T13:52:10Z",
    "replied_by": "",
}


def read(body: Any, connection: Connection = CONNECTION, received_at: datetime = FRIDAY) -> Mapped:
    return zendesk.read(Delivery(json.dumps(body).encode(), {}, received_at), connection)


def state(body: Any, connection: Connection = CONNECTION) -> dict[str, Any]:
    """The ticket as the payload tells of it."""
    return dict(read(body, connection).events[-1].attributes)


def test_our_body_tells_all_that_the_placeholders_know() -> None:
    """The ticket as it stood at its last update, under an id that is a function of just that."""
    (event,) = read(OURS).events
    written = event_to_json(event)
    assert re.fullmatch(r"zendesk:example:4714:snapshot:[0-9a-f]{16}", written.pop("event_id"))
    assert written.pop("order")
    assert written == {
        "schema": "ticket-event/1",
        "source": "zendesk",
        "connection": "desk",
        "account": "example",
        "ticket_id": "4714",
        "type": "snapshot",
        "occurred_at": "2026-03-27T13:52:10Z",
        "time_quality": "ticket_updated_at",
        "received_at": "2026-03-27T14:06:00Z",
        "ticket": {
            "status": "open",
            "priority": "high",
            "ticket_type": "incident",
            "tags": ["export", "vip"],
            "team": {"name": "First line"},
            "assignee": {"id": "360007700301"},
            "customer": {"id": "acme"},
            "created_at": "2026-03-27T13:40:00Z",
        },
        "known": [
            "assignee", "created_at", "customer", "priority", "status", "tags", "team", "ticket_type",
        ],
    }  # fmt: skip


def test_the_body_to_paste_has_the_members_that_are_read_and_documented_placeholders_only() -> None:
    """Those of https://support.zendesk.com/hc/en-us/articles/4408886858138; nothing that breaks a string."""
    assert TEMPLATE.keys() == OURS.keys()
    assert TEMPLATE.pop("replied_by") == ""
    assert {value.strip("{}") for value in TEMPLATE.values()} == {
        "ticket.id",
        "ticket.status",
        "ticket.priority",
        "ticket.ticket_type",
        "ticket.tags",
        "ticket.group.name",
        "ticket.assignee.id",
        "ticket.organization.id",
        "ticket.created_at_with_timestamp",
        "ticket.updated_at_with_timestamp",
    }


def test_a_blank_placeholder_is_known_to_be_empty() -> None:
    """A placeholder is blank where the field has no value: nobody is assigned, and no priority is set."""
    blank = ("ticket_priority", "ticket_type", "tags", "group_name", "assignee_id", "organization_id")
    attributes = state({**OURS, **dict.fromkeys(blank, "")})
    assert attributes["priority"] == "none"
    assert attributes["tags"] == []
    assert [attributes[name] for name in ("ticket_type", "team", "assignee", "customer")] == [None] * 4


@pytest.mark.parametrize(
    ("who", "type_", "role"),
    [("agent", "agent_replied", "agent"), ("end-user", "customer_replied", "customer")],
)
def test_a_reply_is_told_by_a_trigger_of_its_own(who: str, type_: str, role: str) -> None:
    """The reply at the second of the update, named by it, and the ticket as it stands since."""
    events = read({**OURS, "replied_by": who}).events
    assert {(event.type, event.author_role, event.public) for event in events} == {(type_, role, True)}
    assert f"zendesk:example:4714:{type_}:2026-03-27T13:52:10Z" in {event.event_id for event in events}
    assert {format_instant(event.occurred_at) for event in events} == {OURS["updated_at"]}
    assert [event.attributes["status"] for event in events if "status" in event.attributes] == ["open"]


def test_the_same_payload_again_is_the_same_events() -> None:
    """Zendesk tries again up to three times; the second arrival is told apart by nothing."""
    later = datetime(2026, 3, 27, 14, 7, tzinfo=UTC)
    first, again = (
        read({**OURS, "replied_by": "agent"}),
        read({**OURS, "replied_by": "agent"}, CONNECTION, later),
    )
    assert [each.event_id for each in first.events] == [each.event_id for each in again.events]


@pytest.mark.parametrize(
    "body",
    [
        {"ticket_id": "7", "ticket_status": "Open", "ticket_priority": "Normal", "updated_at": MINUTE},
        {"ticketId": "7", "status": "Open", "priority": "Normal", "updatedAt": "2026-03-27T13:00:00Z"},
        {"id": 7, "status": "Open", "priority": "Normal",
         "updated_at_with_timestamp": "2026-03-27T14:00:00+01:00"},
        {"event": "x", "ticket": {"id": 7, "status": "open", "priority": "normal", "updated_at": MINUTE}},
        {"id": "hook-1", "Ticket-ID": "7", "status": "sent", "ticket_status": "OPEN",
         "TICKET_PRIORITY": "NORMAL", "last_updated_at": "2026-03-27T13:00:00.000Z"},
    ],
)  # fmt: skip
def test_other_peoples_members_are_read_by_what_they_are_called(body: dict[str, Any]) -> None:
    """In any case, with or without `ticket` and underscores, at the top or inside `ticket`."""
    at = datetime(2026, 3, 27, 13, tzinfo=UTC)
    (event,) = read(body, received_at=at).events
    assert (event.ticket_id, event.occurred_at) == ("7", at)
    assert event.attributes == {"status": "open", "priority": "normal"}


@pytest.mark.parametrize(
    ("arrived_at", "replied_by", "happened_at"),
    [
        ("13:00:20", "", "13:00:20Z"),
        ("13:00:20", "agent", "13:00:15Z"),
        ("13:00:20", "end-user", "13:00:15Z"),
        ("13:00:03", "agent", "13:00:00Z"),  # not before its minute
        ("13:01:30", "", "13:01:30Z"),
        ("13:01:31", "", "13:00:59.999999Z"),  # late: it was by the end of its minute
        ("13:01:31", "agent", "13:00:59.999999Z"),
        ("12:59:58", "", "13:00:00Z"),  # its clock is ahead
    ],
)
def test_without_seconds_a_time_is_that_of_the_arrival_within_its_minute(
    arrived_at: str, replied_by: str, happened_at: str
) -> None:
    """A reply is five seconds older than its request: two triggers of one update overtake each other."""
    body = {**OURS, "created_at": "2026-03-27T12:40Z", "updated_at": MINUTE, "replied_by": replied_by}
    told = read(body, received_at=datetime.fromisoformat(f"2026-03-27T{arrived_at}Z")).events
    assert {format_instant(each.occurred_at) for each in told} == {f"2026-03-27T{happened_at}"}
    assert [each.event_id for each in told] == [each.event_id for each in read(body).events]


@pytest.mark.parametrize(
    ("updated_at", "replied_by", "types"),
    [
        (MINUTE, "agent", {"agent_replied"}),
        (MINUTE, "end-user", {"created"}),
        ("2026-03-27T13:00:01Z", "agent", {"created"}),
        ("2026-03-27T13:00:02Z", "agent", {"agent_replied"}),
    ],
)
def test_a_reply_told_with_its_minute_is_the_opening_message_only_if_it_is_the_requesters(
    updated_at: str, replied_by: str, types: set[str]
) -> None:
    """By the second, what anybody writes within two of the creation came with it."""
    body = {**OURS, "created_at": MINUTE, "updated_at": updated_at, "replied_by": replied_by}
    assert {each.type for each in read(body).events} == types


@pytest.mark.parametrize(
    "written",
    [
        "February 3, 2025",
        "Feb 3, 2025, 19:59",
        "03/02/2025 19:59",
        "2025-02-03",
        "2025-02-03T19:59:00",
        "",
        None,
    ],
)
def test_a_time_that_is_no_instant_leaves_the_arrival(written: str | None) -> None:
    """A date, a language, a missing zone: taken for one it would be hours off, so it says `received`."""
    (event,) = read({**OURS, "created_at": written, "updated_at": written}).events
    assert (event.occurred_at, event.time_quality) == (FRIDAY, "received")
    assert "created_at" not in event.attributes


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("On-hold", "on_hold"),
        ("On hold", "on_hold"),
        ("Hold", "on_hold"),
        ("Solved", "solved"),
        ("Offen", "open"),
    ],
)
def test_a_status_is_a_title_in_the_accounts_language(title: str, status: str) -> None:
    """English ones by themselves, others by the connection's map."""
    assert state({**OURS, "ticket_status": title})["status"] == status


def test_a_word_that_nobody_maps_is_unknown_and_kept_as_it_was() -> None:
    """It is counted per connection, and names what to map."""
    attributes = state({**OURS, "ticket_status": "Wartend"})
    assert (attributes["status"], attributes["status_raw"]) == ("unknown", "Wartend")


def test_people_and_words_are_not_kept() -> None:
    """Requester, title, description and the name of the assignee stay out, whatever the admin sends."""
    private = {
        "requester": "Ada Lovelace",
        "title": "Ada's",
        "assignee": "Grace",
        "current_user_email": "a@b.c",
    }
    assert state({**OURS, **private}) == state(OURS)


def test_a_test_whose_placeholders_were_not_filled_in_makes_no_ticket() -> None:
    """Zendesk's own test sends the body as it was written."""
    mapped = read({**OURS, "ticket_id": "{{ticket.id}}"})
    assert (mapped.events, mapped.ignored) == ((), 1)


def test_the_connections_paths_find_what_an_admin_put_beside() -> None:
    """A plan in a field of the account's own, by `{{ticket.ticket_field_…}}`."""
    found = replace(CONNECTION, paths={"plan": "sla_plan"})
    assert state({**OURS, "sla_plan": "gold"}, found)["plan"] == "gold"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ticket_id": ""}, "^/ticket_id: is missing"),
        ({"ticket_id": ["7"]}, "^/id: is of another type"),
        ({"tags": 7}, "^/tags: is of another type"),
        ({"tags": "a " * 251}, "^/tags: has more than 250 items"),
        ({"replied_by": "somebody"}, "^/replied_by: is neither agent nor end-user"),
        ({"updated_at": "2026-03-29T13:00:00Z"}, "is more than a day ahead of its delivery"),
        ({"created_at": "1969-01-01T13:00:00Z"}, "is no time between 1970 and 2199"),
    ],
)
def test_what_cannot_be_mapped_says_which_member_is_wrong(change: dict[str, Any], reason: str) -> None:
    """It goes to quarantine with a reason that a person can act on."""
    with pytest.raises(Unmappable, match=reason):
        read({**OURS, **change})


def test_a_late_payload_tells_of_its_own_time() -> None:
    """What the fold needs to put it where it belongs."""
    late = read(OURS, CONNECTION, datetime(2026, 3, 27, 20, tzinfo=UTC)).events[0]
    assert format_instant(late.occurred_at) == "2026-03-27T13:52:10Z"
