"""ServiceNow, GLPI, osTicket and LiveAgent: what the mappings that are shipped make of each delivery."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import event_to_json
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, Unmappable, mapping
from slaclock.helpdesks.connection import Connection

ROOT = Path(__file__).parents[2]
SATURDAY = datetime(2026, 3, 28, 12, tzinfo=UTC)
SYSTEMS = ("glpi", "liveagent", "osticket", "servicenow")
INCIDENT = "6f1c2e9a1b3d4c50a1e7f0b2c4d6e8f0"


def sample(name: str) -> Any:
    return json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))["body"]


def read(system: str, body: Any, **members: Any) -> Mapped:
    connection = Connection("own", "mapping", "example", "ref", mapping=system, **members)
    return mapping.read(Delivery(json.dumps(body).encode(), {}, SATURDAY), connection)


def told(name: str, **members: Any) -> list[tuple[Any, ...]]:
    """Each event's id after the account, type, time, author's role and visibility."""
    events = read(name.partition("/")[0], sample(name), **members).events
    return [
        (
            event.event_id.split(":", 2)[2],
            event.type,
            format_instant(event.occurred_at),
            event.author_role,
            event.public,
        )
        for event in events
    ]


def state(name: str, *members: str, **settings: Any) -> tuple[Any, ...]:
    """Members of the ticket as the delivery's last event tells them."""
    event = read(name.partition("/")[0], sample(name), **settings).events[-1]
    return tuple(event.attributes.get(member, "unknown") for member in members)


def test_four_mappings_are_shipped() -> None:
    """Each compiles, and its events say which helpdesk they are of."""
    assert mapping.shipped_names() == list(SYSTEMS)
    assert [mapping.shipped(name).source for name in SYSTEMS] == list(SYSTEMS)


def test_servicenows_insert_in_full() -> None:
    """Raw times are UTC; the team and the company are told by id and name, people by id."""
    (event,) = read("servicenow", sample("servicenow/created")).events
    assert event_to_json(event) == {
        "schema": "ticket-event/1",
        "event_id": f"servicenow:example:{INCIDENT}:insert-0",
        "source": "servicenow",
        "connection": "own",
        "account": "example",
        "ticket_id": INCIDENT,
        "type": "created",
        "occurred_at": "2026-03-27T14:05:00Z",
        "time_quality": "event",
        "received_at": "2026-03-28T12:00:00Z",
        "order": {"group": "", "position": 1},
        "ticket": {
            "status": "new",
            "priority": "normal",
            "key": "INC0045017",
            "ticket_type": "software",
            "channel": "email",
            "service": "Reporting",
            "team": {"id": "d625dccec0a8016700a222a0f7900d06", "name": "Service Desk"},
            "assignee": None,
            "customer": {"id": "31bea3d53790200044e0bfc8bcbe5d6c", "name": "Acme"},
            "created_at": "2026-03-27T14:05:00Z",
        },
        "known": [
            "assignee", "channel", "created_at", "customer", "key", "priority", "service", "status", "team",
            "ticket_type",
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("assigned", [("update-1", "field_changed", "14:07:10", None, None)]),
        (
            "reply_by_agent",
            [
                ("reply:2", "agent_replied", "14:20:00", "agent", True),
                ("update-2", "field_changed", "14:20:00", None, None),
            ],
        ),
        (
            "reply_by_caller",
            [
                ("reply:4", "customer_replied", "14:50:00", "customer", True),
                ("update-4", "field_changed", "14:50:00", None, None),
            ],
        ),
        (
            "work_note",
            [
                ("reply:5", "note_added", "14:55:00", "agent", False),
                ("update-5", "field_changed", "14:55:00", None, None),
            ],
        ),
        ("resolved", [("update-7", "field_changed", "15:30:00", None, None)]),
    ],
)
def test_servicenows_updates(name: str, events: list[tuple[Any, ...]]) -> None:
    """A comment first, then the record; both are named by the record's count of changes."""
    assert told(f"servicenow/{name}") == [
        (f"{INCIDENT}:{what}", type_, f"2026-03-27T{at}Z", role, public)
        for what, type_, at, role, public in events
    ]


def test_servicenows_deletion_is_at_its_own_time() -> None:
    """The record still shows its last update, whose name and time it must not take."""
    assert told("servicenow/deleted") == [
        (f"{INCIDENT}:delete-7", "deleted", "2026-03-28T08:00:00Z", None, None)
    ]
    assert state("servicenow/deleted", "status") == ("deleted",)


def test_servicenows_states_and_priorities() -> None:
    """The out-of-the-box codes; the connection's words come first."""
    body = sample("servicenow/created")
    codes = [("state", "status", "1236789"), ("priority", "priority", "123456")]
    said = {
        name: [read("servicenow", body | {theirs: code}).events[0].attributes[name] for code in given]
        for theirs, name, given in codes
    }
    assert said == {
        "status": ["new", "open", "on_hold", "solved", "closed", "closed", "unknown"],
        "priority": ["urgent", "high", "normal", "low", "low", "unknown"],
    }
    assert state("servicenow/on_hold", "status", statuses={"3": "pending"}) == ("pending",)


def test_servicenows_own_scripts_are_read_as_far_as_they_go() -> None:
    """A script that names its events, and has no count of changes, is named by its bytes."""
    body = {
        "event_type": "incident.created",
        "sys_id": "abc",
        "state": "1",
        "priority": 2,
        "opened_at": "2026-03-27 14:05:00",
        "timestamp": "27-03-2026 15:05:00",
    }
    (event,) = read("servicenow", body).events
    assert (event.type, format_instant(event.occurred_at)) == ("created", "2026-03-27T14:05:00Z")
    assert event.event_id == "servicenow:example:abc:created:c125047deef46c97"


def test_glpis_new_ticket_in_full() -> None:
    """A whole ticket: people by reference, groups and entities by name, nobody where none is assigned."""
    (event,) = read("glpi", sample("glpi/ticket_new")).events
    assert event_to_json(event) == {
        "schema": "ticket-event/1",
        "event_id": event.event_id,
        "source": "glpi",
        "connection": "own",
        "account": "example",
        "ticket_id": "5120",
        "type": "created",
        "occurred_at": "2026-03-27T14:05:00Z",
        "time_quality": "ticket_updated_at",
        "received_at": "2026-03-28T12:00:00Z",
        "order": {"group": "", "position": event.sequence},
        "ticket": {
            "status": "new",
            "priority": "normal",
            "ticket_type": "incident",
            "channel": "E-Mail",
            "team": None,
            "assignee": None,
            "customer": {"id": "3", "name": "Acme"},
            "created_at": "2026-03-27T14:05:00Z",
            "custom": {"category": "Reporting"},
        },
        "known": [
            "assignee", "channel", "created_at", "custom", "customer", "priority", "status", "team",
            "ticket_type",
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "at", "members"),
    [
        ("ticket_assigned", "2026-03-27T14:12:00Z", ("snapshot", "open", "normal")),
        ("ticket_pending", "2026-03-27T14:20:30Z", ("snapshot", "pending", "normal")),
        ("ticket_urgent", "2026-03-27T14:40:00Z", ("snapshot", "open", "urgent")),
        ("ticket_solved", "2026-03-27T15:30:00Z", ("snapshot", "solved", "urgent")),
        ("ticket_deleted", "2026-03-28T08:00:00Z", ("deleted", "deleted", "normal")),
    ],
)
def test_glpis_updates_are_the_ticket_at_its_last_change(name: str, at: str, members: Any) -> None:
    """Whatever changed: a group and a technician are found among the team."""
    (event,) = read("glpi", sample(f"glpi/{name}")).events
    assert (event.type, event.attributes["status"], event.attributes["priority"]) == members
    assert format_instant(event.occurred_at) == at
    assert event.attributes["team"] == {"id": "/front/group.form.php?id=7", "name": "Second line"}
    assert event.attributes["assignee"] == {"id": "/front/user.form.php?id=12"}


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("technician", ("5120:reply:9001", "agent_replied", "2026-03-27T14:20:00Z", "agent", True)),
        ("requester", ("5120:reply:9002", "customer_replied", "2026-03-27T14:35:00Z", "customer", True)),
        ("private", ("5120:reply:9003", "note_added", "2026-03-27T14:36:00Z", "agent", False)),
    ],
)
def test_glpis_followups_are_comments_of_their_ticket(name: str, event: Any) -> None:
    """ITILFollowup: who is assigned is an agent, requesters and observers are customers."""
    names = {"technician": "followup_by_technician", "requester": "followup_by_requester"}
    assert told(f"glpi/{names.get(name, 'followup_private')}") == [event]


def test_a_technician_who_is_not_assigned_yet_is_an_agent() -> None:
    """Often it is a technician's first reply; nobody but the people of a ticket and technicians may write."""
    body = sample("glpi/followup_by_technician")
    body["item"]["user"] = {"id": 99, "name": "nina"}
    assert read("glpi", body).events[0].type == "agent_replied"


def test_a_followup_that_names_nobody_waits_for_the_agents_to_be_told() -> None:
    """Early versions of GLPI 11 leave its author out: kept, and never guessed."""
    body = sample("glpi/followup_by_technician")
    del body["item"]["user"]
    with pytest.raises(Unmappable, match="tells neither an agent nor a customer"):
        read("glpi", body)


@pytest.mark.parametrize(
    "name",
    [
        "glpi/followup_edited",
        "glpi/followup_of_a_change",
        "osticket/nothing",
        "liveagent/agent_rated",
        "servicenow/ping",
    ],
)
def test_what_is_no_tickets_event_is_ignored(name: str) -> None:
    """No event, nothing to look at."""
    assert read(name.partition("/")[0], sample(name)) == Mapped((), ignored=1)


@pytest.mark.parametrize(
    "body",
    [
        {"item": {"id": 1}, "event": "new"},
        {"item": {"id": 7, "status": {"id": 1}, "priority": 3}, "event": "new"},
        {"item": "text", "event": "new"},
        {"sys_id": INCIDENT},
        {"approved": True, "crNumber": "CHG0001"},
        [],
        {},
        "text",
    ],
)
@pytest.mark.parametrize("system", SYSTEMS)
def test_other_shapes_are_nobodys_business(system: str, body: Any) -> None:
    """A change or a problem of GLPI, a doorbell of ServiceNow, no object at all."""
    assert read(system, body) == Mapped((), ignored=1)


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("opening_message", ["created"]),
        ("ticket_created", ["created"]),
        ("assigned", ["snapshot"]),
        ("response", ["agent_replied", "snapshot"]),
        ("message", ["customer_replied", "snapshot"]),
        ("note", ["note_added", "snapshot"]),
        ("emergency", ["snapshot"]),
        ("deleted", ["deleted"]),
        ("other_plugin", ["snapshot"]),
    ],
)
def test_osticket_hands_over_the_ticket_with_each_signal(name: str, events: list[str]) -> None:
    """A response is an agent's, a message the customer's, a note private; the opening message is no reply."""
    assert [event[1] for event in told(f"osticket/{name}")] == events


def test_ostickets_opening_message_and_its_creation_are_one_event() -> None:
    """The message is stored first, and told of first."""
    assert told("osticket/opening_message") == told("osticket/ticket_created")


def test_ostickets_ticket() -> None:
    """Departments are teams; nobody is an empty text."""
    members = ("status", "priority", "team", "assignee", "key", "customer")
    assert state("osticket/transferred", *members) == (
        "open", "urgent", {"id": "6", "name": "Development"}, None, "731904", {"id": "5", "name": "Acme"},
    )  # fmt: skip
    assert state("osticket/resolved", "status", "assignee") == ("solved", {"id": "4"})


@pytest.mark.parametrize(
    ("name", "events", "status"),
    [
        ("ticket_created", [("created", None, None)], "new"),
        ("transferred", [("team_changed", None, None)], "open"),
        ("agent_message", [("agent_replied", "agent", True), ("field_changed", None, None)], "pending"),
        ("customer_message", [("customer_replied", "customer", True), ("field_changed", None, None)], "open"),
        ("note_added", [("note_added", "agent", False), ("field_changed", None, None)], "open"),
        ("postponed", [("status_changed", None, None)], "on_hold"),
        ("tags_changed", [("tags_changed", None, None)], "open"),
        ("resolved", [("status_changed", None, None)], "solved"),
        ("deleted", [("deleted", None, None)], "deleted"),
    ],
)
def test_liveagents_rules_say_what_happened(name: str, events: Any, status: str) -> None:
    """Each rule names its trigger, and tells of the ticket as it stands."""
    assert [(each[1], *each[3:]) for each in told(f"liveagent/{name}")] == events
    assert state(f"liveagent/{name}", "status") == (status,)


@pytest.mark.parametrize("event", ["Agent message", "AGENT MESSAGE", "agent message"])
def test_liveagents_triggers_are_named_in_any_case(event: str) -> None:
    """Whoever writes a rule names its trigger by hand."""
    events = read("liveagent", sample("liveagent/agent_message") | {"event": event}).events
    assert [(each.type, each.author_role) for each in events] == [
        ("agent_replied", "agent"),
        ("field_changed", None),
    ]


def test_liveagents_times_are_those_of_the_account() -> None:
    """They name no offset: the connection's zone counts."""
    ((_, _, at, _, _),) = told("liveagent/resolved", timezone="Europe/Bratislava")
    assert at == "2026-03-27T14:30:00Z"


@pytest.mark.parametrize(
    ("theirs", "ours"), [("64", "urgent"), ("2", "high"), ("1", "normal"), ("1/64", "low")]
)
def test_liveagents_priorities_are_shares(theirs: str, ours: str) -> None:
    """From 64 down to 1/64, where 1 is the usual one."""
    body = sample("liveagent/ticket_created") | {"priority": theirs}
    assert read("liveagent", body).events[0].attributes["priority"] == ours


@pytest.mark.parametrize("system", SYSTEMS)
def test_titles_texts_and_people_are_not_kept(system: str) -> None:
    """Of people, an id at most."""
    for path in (ROOT / "events" / system).glob("*.json"):
        mapped = read(system, json.loads(path.read_text(encoding="utf-8"))["body"])
        kept = json.dumps([event_to_json(event) for event in mapped.events])
        for personal in ("nightly export", "Since Monday", "Andy", "Cora", "andy", "cora"):
            assert personal not in kept
