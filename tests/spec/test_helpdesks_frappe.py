"""What a delivery of Frappe Helpdesk means."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, frappe
from slaclock.helpdesks.connection import Connection

EVENTS = Path(__file__).parents[2] / "events" / "frappe"
SATURDAY = datetime(2026, 3, 28, 12, tzinfo=UTC)
CONNECTION = Connection(
    id="frappe-local",
    kind="frappe",
    account="example",
    secret="local/frappe",
    timezone="Europe/Copenhagen",
    ticket_url="https://desk.example/helpdesk/tickets/{ticket_id}",
)
AGENT_REPLIED, CUSTOMER_REPLIED = "2026-03-27T13:20:00.404201Z", "2026-03-27T13:30:00.212009Z"
TICKET = {
    "status": "open",
    "priority": "normal",
    "team": {"id": "First line"},
    "assignee": {"id": "d449aa18cce72688"},
    "customer": {"id": "Acme"},
    "ticket_type": "Incident",
    "tags": [],
    "created_at": "2026-03-27T13:05:00.118204Z",
    "url": "https://desk.example/helpdesk/tickets/1204",
}


def body_of(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))["body"]
    return body


def changed(name: str, **members: Any) -> dict[str, Any]:
    body = body_of(name)
    return {**body, "doc": {**body["doc"], **members}} if "doc" in body else {**body, **members}


def read(body: Any, connection: Connection = CONNECTION, at: datetime = SATURDAY) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return frappe.read(Delivery(raw, {}, at), connection)


def state(body: Any, connection: Connection = CONNECTION, at: datetime = SATURDAY) -> TicketEvent:
    """The event that says what the ticket looks like."""
    (event,) = [each for each in read(body, connection, at).events if "status" in each.attributes]
    return event


def told(body: Any, connection: Connection = CONNECTION) -> list[tuple[str, str]]:
    events = [event_to_json(each) for each in read(body, connection).events]
    return [(each["type"], each["occurred_at"]) for each in events]


def test_a_new_ticket_carries_all_that_the_document_says() -> None:
    """Times are the site's own, in the connection's zone; the message that opened it is no reply."""
    (event,) = read(body_of("created")).events
    assert event_to_json(event) == {
        "schema": "ticket-event/1",
        "event_id": f"frappe:example:1204:created:{event.event_id[-16:]}",
        "source": "frappe",
        "connection": "frappe-local",
        "account": "example",
        "ticket_id": "1204",
        "type": "created",
        "occurred_at": "2026-03-27T13:05:00.118204Z",
        "time_quality": "ticket_updated_at",
        "received_at": "2026-03-28T12:00:00Z",
        "order": {"group": "", "position": 108},
        "ticket": {**TICKET, "assignee": None},
        "known": sorted(TICKET),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("created", [("created", "2026-03-27T13:05:00.118204Z")]),
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
            "priority_raised",
            [
                ("agent_replied", AGENT_REPLIED),
                ("customer_replied", CUSTOMER_REPLIED),
                ("snapshot", "2026-03-27T13:35:00.007Z"),
            ],
        ),
        (
            "resolved",
            [
                ("customer_replied", CUSTOMER_REPLIED),
                ("agent_replied", "2026-03-27T14:10:00.50012Z"),
                ("agent_replied", "2026-03-27T14:10:00.50012Z"),
            ],
        ),
        ("merged", [("merged", "2026-03-27T13:40:00.09Z")]),
        (
            "deleted",
            [
                ("agent_replied", AGENT_REPLIED),
                ("customer_replied", CUSTOMER_REPLIED),
                ("deleted", "2026-03-28T12:00:00Z"),
            ],
        ),
        ("communication_sent", [("agent_replied", "2026-03-27T13:20:00.3Z")]),
        ("communication_received", [("customer_replied", "2026-03-27T13:30:00.1Z")]),
        ("communication_automated", []),
        ("comment", []),
    ],
)
def test_what_a_delivery_tells_and_when(name: str, expected: list[tuple[str, str]]) -> None:
    """Each reply at its own instant; the state at its last change, with its reply, or on arrival."""
    assert told(body_of(name)) == expected
    assert read(body_of(name)).ignored == (not expected)


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("reply_by_agent", {"status": "pending"}),
        ("reply_by_customer", {"status": "open"}),
        ("priority_raised", {"priority": "urgent"}),
        ("transferred", {"priority": "urgent", "team": {"id": "Second line"}, "assignee": None}),
        ("resolved", {"status": "solved"}),
        ("closed", {"status": "closed"}),
        ("waiting_for_a_supplier", {"status": "pending"}),
        ("deleted", {"status": "deleted"}),
    ],
)
def test_what_a_ticket_looks_like(name: str, members: dict[str, Any]) -> None:
    """The members that are not named here are as in the others."""
    assert state(body_of(name)).attributes == {**TICKET, **members}


def test_a_merged_ticket_says_which_took_it_in() -> None:
    """Frappe closes what it merges, and keeps the other's name."""
    event = state(body_of("merged"))
    assert (event.ticket_id, event.merged_into, event.attributes["status"]) == ("1205", "1204", "closed")


def test_a_deletion_is_told_by_the_event_that_an_admin_writes() -> None:
    """The document of a deleted ticket looks like any other; without the word it is one."""
    body = body_of("deleted")
    assert state(body).type == "deleted"
    assert state({**body, "event": "on_update"}).type == "customer_replied"
    assert state(body["doc"]).type == "customer_replied"
    later = datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert state(body).event_id == state(body, at=later).event_id


@pytest.mark.parametrize(
    ("word", "category", "status"),
    [
        ("Open", "Open", "open"),
        ("Replied", "Paused", "pending"),
        ("Resolved", "Resolved", "solved"),
        ("Closed", "Resolved", "closed"),
        ("Replied", None, "pending"),
        ("Closed", None, "closed"),
        ("Replied", "Open", "open"),
        ("With the supplier", "Paused", "pending"),
        ("Fixed", "Resolved", "solved"),
        ("Duplicate", "Resolved", "deleted"),
        ("With the supplier", None, "unknown"),
        ("With the supplier", "Elsewhere", "unknown"),
    ],
)
def test_a_status_means_its_category(word: str, category: str | None, status: str) -> None:
    """But the connection's map wins, and of what no category is known the name counts."""
    connection = replace(CONNECTION, statuses={"duplicate": "deleted"})
    attributes = state(changed("created", status=word, status_category=category), connection).attributes
    assert attributes["status"] == status
    assert attributes.get("status_raw") == (word if status == "unknown" else None)


def test_chosen_fields_are_a_ticket_too() -> None:
    """The table of fields gives a flat object, without a doctype; what is not in it is unknown (rule 29)."""
    attributes = state(body_of("chosen_fields_of_an_older_site")).attributes
    assert attributes == {
        "status": "pending",
        "priority": "normal",
        "team": {"id": "First line"},
        "customer": {"id": "Acme"},
        "ticket_type": "Incident",
        "created_at": "2026-03-27T13:05:00.118204Z",
        "url": "https://desk.example/helpdesk/tickets/1206",
    }


@pytest.mark.parametrize(
    ("change", "replied"),
    [
        ({}, True),
        ({"status": "Resolved", "status_category": "Resolved"}, False),
        ({"status": "With the supplier", "status_category": "Paused"}, False),
        ({"status": "With the supplier", "status_category": None}, False),
        ({"status": "Answered", "status_category": "Open"}, True),
        ({"status": "Open", "status_category": None}, True),
        ({"status": "replied", "status_category": "Paused"}, True),
        ({"status": None}, False),
        ({"last_agent_response": None}, False),
        ({"first_responded_on": None}, False),
    ],
)
def test_the_first_response_of_an_older_site_is_a_reply_unless_it_may_be_the_end(
    change: dict[str, Any],
    replied: bool,  # noqa: FBT001
) -> None:
    """Frappe stamps it for a pause and for a resolving, too. Where the last reply is kept, that counts."""
    types = {each.type for each in read(changed("chosen_fields_of_an_older_site", **change)).events}
    assert ("agent_replied" in types) is replied


def test_what_a_template_leaves_empty_is_nothing() -> None:
    """Jinja writes None for what is not set, and "" where an admin guards against that."""
    body = changed("created", agent_group="None", customer="", last_agent_response="None", ticket_type="None")
    attributes = state(body).attributes
    assert (attributes["team"], attributes["customer"], attributes["ticket_type"]) == (None, None, None)


@pytest.mark.parametrize(
    ("assigned", "assignee"),
    [
        (None, None),
        ("", None),
        ("[]", None),
        ([], None),
        ('["grace@desk.example"]', {"id": "d449aa18cce72688"}),
        (["grace@desk.example", "ada@acme.example"], {"id": "d449aa18cce72688"}),
    ],
)
def test_an_assignee_is_told_from_others_and_not_kept(assigned: Any, assignee: Any) -> None:
    """A user is called by a mail address: digits of its hash stand for it."""
    assert state(changed("created", _assign=assigned)).attributes["assignee"] == assignee


def test_tags_and_the_connections_paths_are_read() -> None:
    """Tags are one text with commas; an account's own fields are named by the connection."""
    connection = replace(
        CONNECTION,
        customers={"Acme": "acme"},
        plans={"Acme": "gold"},
        paths={"service": "custom_service", "custom.machine": "custom_machine"},
    )
    body = changed("created", _user_tags=",vip,export", custom_service="exports", custom_machine="M-7")
    attributes = state(body, connection).attributes
    assert attributes["tags"] == ["vip", "export"]
    assert (attributes["customer"], attributes["plan"]) == ({"id": "acme"}, "gold")
    assert (attributes["service"], attributes["custom"]) == ("exports", {"machine": "M-7"})


@pytest.mark.parametrize(
    ("written", "received_at", "read_as"),
    [
        ("2026-10-25 01:59:00", "2026-10-24T23:59:01Z", "2026-10-24T23:59:00Z"),
        ("2026-10-25 02:30:00", "2026-10-25T00:30:01Z", "2026-10-25T00:30:00Z"),  # the first time
        ("2026-10-25 02:30:00", "2026-10-25T01:30:01Z", "2026-10-25T01:30:00Z"),  # the second
        ("2026-10-25 02:30:00", "2026-10-25T01:27:00Z", "2026-10-25T01:30:00Z"),  # its clock is ahead
        ("2026-10-25 02:30:00", "2026-10-25T02:29:59Z", "2026-10-25T01:30:00Z"),
        ("2026-10-25 02:30:00", "2026-10-25T01:24:59Z", "2026-10-25T00:30:00Z"),  # the second is to come
        ("2026-10-25 02:30:00", "2026-10-25T07:30:00Z", "2026-10-25T01:30:00Z"),  # late: the second
        ("2026-10-25 03:00:00", "2026-10-25T02:00:01Z", "2026-10-25T02:00:00Z"),
        ("2026-03-29 02:30:00", "2026-03-29T01:30:01Z", "2026-03-29T01:30:00Z"),  # skipped
        ("2026-07-01 12:00:00+00:00", "2026-07-01T12:00:01Z", "2026-07-01T12:00:00Z"),
        ("2026-10-25 02:30:00+02:00", "2026-10-25T07:30:00Z", "2026-10-25T00:30:00Z"),  # says which
    ],
)
def test_a_time_of_the_repeated_hour_is_the_one_that_just_was(
    written: str, received_at: str, read_as: str
) -> None:
    """Rule 2: seconds are real, also when the clocks go back; the arrival tells which hour it was."""
    body = {"name": "1", "modified": written, "status": "Open"}
    event = state(body, at=datetime.fromisoformat(received_at))
    assert event.occurred_at == datetime.fromisoformat(read_as)


@pytest.mark.parametrize(
    ("modified", "arrived_at", "stamp", "read_as"),
    [
        ("02:31:59", "2026-10-25T00:32:00Z", "02:30:00", "2026-10-25T00:30:00Z"),
        ("02:31:59", "2026-10-25T01:32:00Z", "02:30:00", "2026-10-25T01:30:00Z"),
        ("02:32:01", "2026-10-25T01:32:02Z", "02:30:00", None),
        ("03:00:30", "2026-10-25T02:00:31Z", "02:59:50", "2026-10-25T01:59:50Z"),
        ("02:00:10", "2026-10-25T01:00:11Z", "02:59:50", "2026-10-25T00:59:50Z"),  # across the change
        ("08:00:00", "2026-10-25T07:00:01Z", "02:30:00", None),
        ("08:00:00", "2026-10-25T07:00:01Z", "03:00:00", "2026-10-25T02:00:00Z"),
        ("08:00:00", "2026-10-25T07:00:01Z", "01:59:00", "2026-10-24T23:59:00Z"),
    ],
)
def test_an_older_stamp_of_the_repeated_hour_is_read_while_it_is_fresh(
    modified: str, arrived_at: str, stamp: str, read_as: str | None
) -> None:
    """Within two minutes of the last change, and left out of later documents: so it never moves."""
    body = {"name": "1", "modified": f"2026-10-25 {modified}", "status": "Open"}
    replied = {"creation": "2026-10-24 12:00:00", "last_agent_response": f"2026-10-25 {stamp}"}
    arrived = datetime.fromisoformat(arrived_at)
    events = read({**body, **replied}, at=arrived).events
    heard = {each.occurred_at for each in events if each.author_role == "agent"}
    assert heard == ({datetime.fromisoformat(read_as)} if read_as else set())
    created = state({**body, "creation": f"2026-10-25 {stamp}"}, at=arrived).attributes.get("created_at")
    assert created == read_as


def test_a_communication_is_one_reply_by_its_name() -> None:
    """With the creation of its ticket, which an admin may add: a ticket first heard of starts there."""
    (event,) = read(body_of("communication_sent")).events
    assert event_to_json(event) == {
        "schema": "ticket-event/1",
        "event_id": "frappe:example:1206:communication:a1b2c3d4e5",
        "source": "frappe",
        "connection": "frappe-local",
        "account": "example",
        "ticket_id": "1206",
        "type": "agent_replied",
        "occurred_at": "2026-03-27T13:20:00.3Z",
        "time_quality": "event",
        "received_at": "2026-03-28T12:00:00Z",
        "comment": {"public": True, "author": {"role": "agent"}},
        "ticket": {"created_at": "2026-03-27T13:05:00.118204Z"},
        "known": ["created_at"],
    }


@pytest.mark.parametrize(
    ("change", "type_"),
    [
        ({"doctype": None}, "agent_replied"),
        ({"communication_type": None}, "agent_replied"),
        ({"sent_or_received": "Received"}, "agent_replied"),  # the connection knows Grace
        ({"sent_or_received": "Received", "sender": "ada@acme.example"}, "customer_replied"),
        ({"communication_type": "Notification"}, None),
        ({"reference_doctype": "Lead"}, None),
        ({"event": "on_trash"}, None),
        ({"doctype": "ToDo"}, None),
    ],
)
def test_which_communications_are_replies(change: dict[str, Any], type_: str | None) -> None:
    """Those of people, about tickets. Whose they are says their way, but the connection knows better."""
    connection = replace(CONNECTION, agents=frozenset({"grace@desk.example"}))
    mapped = read(changed("communication_sent", **change), connection)
    assert [each.type for each in mapped.events] == ([type_] if type_ else [])
    assert mapped.ignored == (type_ is None)


def test_the_template_to_paste_writes_members_that_are_read() -> None:
    """By Frappe's own names; and of texts and people none but who is assigned."""
    template = (EVENTS.parents[1] / "docs" / "helpdesks" / "frappe-webhook.jinja").read_text(encoding="utf-8")
    names = re.findall(r'^  "(\w+)": ', template, re.MULTILINE)
    assert set(names) - {"event"} <= set(body_of("created")["doc"])
    assert {"event", "name", "creation", "modified", "status", "last_agent_response"} <= set(names)
    assert not {"subject", "description", "raised_by", "contact"} & set(names)


def test_the_template_for_deletions_differs_in_its_event_alone() -> None:
    """Nothing else in a body says that a ticket was deleted."""
    docs = EVENTS.parents[1] / "docs" / "helpdesks"
    saved = (docs / "frappe-webhook.jinja").read_text(encoding="utf-8")
    deleted = (docs / "frappe-webhook-on-trash.jinja").read_text(encoding="utf-8")
    assert deleted == saved.replace('"event": "on_update"', '"event": "on_trash"') != saved


def test_nothing_personal_is_kept() -> None:
    """Neither the title nor a name or mail address of anybody."""
    kept = [
        event_to_json(each)
        for name in ("resolved", "communication_received")
        for each in read(body_of(name)).events
    ]
    for personal in ("nightly", "Ada", "ada", "grace", "@"):
        assert personal not in json.dumps(kept)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "the body is not JSON"),
        (b"[]", "the body is no object"),
        ({}, "/name: is missing"),
        ({"doc": {}}, "/doc/name: is missing"),
        ({"doc": []}, "/doc: is of another type"),
        ({"event": 7, "doc": {"name": 1}}, "/event: is of another type"),
        ({"doctype": 7}, "/doctype: is of another type"),
        ({"name": "None"}, "/name: is missing"),
        ({"name": True}, "/name: is of another type"),
        ({"name": 1, "status": ["Open"]}, "/status: is of another type"),
        ({"name": 1, "modified": "soon"}, "/modified: is no date and time"),
        ({"name": 1, "modified": 1774620300}, "/modified: is of another type"),
        ({"name": 1, "modified": "2026-05-01 12:00:00"}, "more than a day ahead"),
        ({"name": 1, "modified": "9999-12-31 23:59:59"}, "between 1970 and 2199"),
        ({"name": 1, "is_merged": "perhaps"}, "/is_merged: is neither 0 nor 1"),
        ({"name": 1, "is_merged": {}}, "/is_merged: is neither 0 nor 1"),
        ({"name": 1, "_assign": "{"}, "/_assign: is not JSON"),
        ({"name": 1, "_assign": "[" * 900}, "/_assign: is not JSON"),
        ({"name": 1, "_assign": '["\\ud800"]'}, "/_assign: is not JSON"),
        ({"name": 1, "_assign": "7"}, "/_assign: is no list of users"),
        ({"name": 1, "_assign": [7]}, "/_assign: is no list of users"),
        ({"sent_or_received": "Sent"}, "/name: is missing"),
        ({"sent_or_received": "Sent", "name": "a"}, "/reference_name: is missing"),
        ({"sent_or_received": "Sent", "name": "a", "reference_name": "1"}, "/creation: is missing"),
        ({"sent_or_received": "Sold", "name": "a", "reference_name": "1"}, "neither Sent nor Received"),
    ],
)
def test_what_can_not_be_read_is_named(body: Any, complaint: str) -> None:
    """What an admin wrote otherwise goes to quarantine, with the member and without its value."""
    with pytest.raises(Unmappable, match=complaint):
        read(body)
