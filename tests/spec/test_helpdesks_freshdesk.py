"""What a delivery of Freshdesk means: a webhook of an automation rule, or an event that an app forwards."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, freshdesk
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.freshdesk_rules import Trigger, trigger_of

ROOT = Path(__file__).parents[2]
FRIDAY = datetime(2026, 3, 27, 14, 6, 40, tzinfo=UTC)
CONNECTION = Connection("freshdesk-local", "freshdesk", "example", "local/freshdesk")
OWN = Connection(
    "freshdesk-local",
    "freshdesk",
    "example",
    "local/freshdesk",
    statuses={"Waiting for parts": "on_hold", "6": "pending"},
    priorities={"Urgent": "high"},
    customers={"Acme": "acme", "48001234": "acme"},
    plans={"Acme": "gold", "48001234": "gold"},
    ticket_url="https://example.freshdesk.com/a/tickets/{ticket_id}",
    agents=frozenset({"48000777", "@helpers.example"}),
)


def read(body: Any, connection: Connection = CONNECTION, at: datetime = FRIDAY) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return freshdesk.read(Delivery(raw, {}, at), connection)


def one(body: Any, connection: Connection = CONNECTION, at: datetime = FRIDAY) -> TicketEvent:
    (event,) = read(body, connection, at).events
    return event


def rule(triggered_event: str | None = None, **members: Any) -> dict[str, Any]:
    given = {"ticket_id": "2041", "triggered_event": triggered_event, **members}
    return {"freshdesk_webhook": {name: value for name, value in given.items() if value is not None}}


def sample(name: str) -> Any:
    return json.loads((ROOT / f"events/freshdesk/{name}.json").read_text(encoding="utf-8"))["body"]


def app(name: str, **data: Any) -> dict[str, Any]:
    return {"event": name, "timestamp": 1774602000326, "data": data}


def updated(changes: dict[str, Any], **ticket: Any) -> dict[str, Any]:
    return app("onTicketUpdate", ticket={"id": 2043, "changes": changes, **ticket})


def test_our_own_template_tells_all_that_a_rule_can() -> None:
    """No placeholder has a time or an agent's id; digits of an agent's name stand for the agent."""
    assert event_to_json(one(sample("rule_reply_by_agent"), OWN)) == {
        "schema": "ticket-event/1",
        "event_id": "freshdesk:example:2041:agent_replied:4c4732569b50ebdb:20260327T1406",
        "source": "freshdesk",
        "connection": "freshdesk-local",
        "account": "example",
        "ticket_id": "2041",
        "type": "agent_replied",
        "occurred_at": "2026-03-27T14:06:40Z",
        "time_quality": "received",
        "received_at": "2026-03-27T14:06:40Z",
        "comment": {"public": True, "author": {"role": "agent"}},
        "ticket": {
            "status": "open",
            "priority": "normal",
            "ticket_type": "incident",
            "team": {"name": "First line"},
            "assignee": {"id": "0e14f7f0afb11678"},
            "customer": {"id": "acme"},
            "plan": "gold",
            "tags": ["export", "vip"],
            "channel": "email",
            "url": "https://example.freshdesk.com/a/tickets/2041",
        },
        "known": [
            "assignee",
            "channel",
            "customer",
            "plan",
            "priority",
            "status",
            "tags",
            "team",
            "ticket_type",
            "url",
        ],
    }


def test_the_template_to_paste_has_the_members_that_are_read() -> None:
    """Our own samples are made of it, and nothing but placeholders fills it."""
    template = json.loads((ROOT / "docs/helpdesks/freshdesk-rule.json").read_text(encoding="utf-8"))
    members = template["freshdesk_webhook"]
    assert set(members) == set(sample("rule_created")["freshdesk_webhook"])
    assert members.pop("replied_by") == ""
    assert all(
        re.fullmatch(r"\{\{(triggered_event|ticket\.[a-z_.]+)\}\}", value) for value in members.values()
    )
    assert read(template) == Mapped((), ignored=1)


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("{ticket_action:created}", Trigger("ticket_action", "", "created")),
        ("{status:{from:4,to:6}}", Trigger("status", "4", "6")),
        ("{ status : { from : 4 , to : 6 } }", Trigger("status", "4", "6")),
        ("{group_id:{from:,to:48000101}}", Trigger("group_id", "", "48000101")),
        ("{note_type:public}", Trigger("note_type", "", "public")),
        ("{{triggered_event}}", Trigger()),
        ("{status:{from:4}}", Trigger()),
        ("status", Trigger()),
        ("", Trigger()),
    ],
)
def test_the_triggered_event_is_read_as_far_as_its_form_is_known(text: str, trigger: Trigger) -> None:
    """It looks like JSON and is none."""
    assert trigger_of(text) == trigger


@pytest.mark.parametrize(
    ("triggered_event", "status", "type_", "ours"),
    [
        ("{ticket_action:created}", "Open", "created", "open"),
        ("{ticket_action:deleted}", "Open", "deleted", "deleted"),
        ("{ticket_action:marked_as_spam}", "Open", "deleted", "deleted"),
        ("{ticket_action:update}", "Open", "field_changed", "open"),
        ("{status:{from:2,to:3}}", "Pending", "status_changed", "pending"),
        ("{status:{from:2,to:4}}", "Resolved", "solved", "solved"),
        ("{status:{from:4,to:5}}", "Closed", "closed", "closed"),
        ("{status:{from:4,to:2}}", "Open", "reopened", "open"),
        ("{status:{from:5,to:6}}", "Waiting on Customer", "reopened", "pending"),
        ("{status:{from:6,to:7}}", "Waiting on Third Party", "status_changed", "on_hold"),
        ("{status:{from:2,to:4}}", "Gelöst", "solved", "solved"),
        ("{status:{from:2,to:3}}", "Closed", "status_changed", "pending"),
        ("{priority:{from:1,to:4}}", "Open", "priority_changed", "open"),
        ("{group_id:{from:1,to:2}}", "Open", "team_changed", "open"),
        ("{responder_id:{from:1,to:2}}", "Open", "assignee_changed", "open"),
        ("{ticket_type:{from:Question,to:Incident}}", "Open", "type_changed", "open"),
        ("{time_sheet_action:added}", "Open", "field_changed", "open"),
        ("something else", "Open", "field_changed", "open"),
        (None, "Open", "field_changed", "open"),
    ],
)
def test_a_rules_event_has_its_type_and_its_status(
    triggered_event: str | None, status: str, type_: str, ours: str
) -> None:
    """A code from 2 to 5 is what it is, however it was renamed; of any other, the label says."""
    event = one(rule(triggered_event, ticket_status=status))
    assert (event.type, event.attributes["status"]) == (type_, ours)


def test_an_accounts_own_status_is_the_connections_to_explain() -> None:
    """By its label or by its code; one that nobody explains is unknown, under its own name."""
    parts = rule("{status:{from:2,to:8}}", ticket_status="Waiting for Parts")
    coded = rule("{status:{from:2,to:6}}", ticket_status="Waiting on Ada")
    assert one(parts, OWN).attributes["status"] == "on_hold"
    assert one(coded, OWN).attributes["status"] == "pending"
    assert one(parts).attributes == {"status": "unknown", "status_raw": "Waiting for Parts"}
    assert one(updated({"status": [2, 6]})).attributes == {"status": "unknown", "status_raw": "6"}


@pytest.mark.parametrize(
    ("triggered_event", "replied_by", "type_", "role", "public"),
    [
        ("{reply_sent:sent}", "agent", "agent_replied", "agent", True),
        ("{reply_sent:sent}", "requester", "customer_replied", "customer", True),
        ("{note_type:public}", "agent", "agent_replied", "agent", True),
        ("{note_type:public}", "Requester", "customer_replied", "customer", True),
        ("{note_type:public}", "", "agent_replied", "agent", True),
        ("{note_type:public}", None, "agent_replied", "agent", True),
        ("{note_type:private}", None, "note_added", "agent", False),
        ("{note_type:private}", "agent", "note_added", "agent", False),
        (None, "agent", "agent_replied", "agent", True),
        ("{of a form that is not known}", "agent", "agent_replied", "agent", True),
    ],
)
def test_a_reply_is_told_by_a_rule_that_knows_whose_it_is(
    triggered_event: str | None, replied_by: str | None, type_: str, role: str, public: object
) -> None:
    """Rule 10: the author decides. Requesters write no notes, so a note of nobody's is an agent's."""
    event = one(rule(triggered_event, replied_by=replied_by))
    assert (event.type, event.author_role, event.public) == (type_, role, public)


def test_a_rule_for_replies_that_hears_of_a_status_tells_of_no_reply() -> None:
    """Whoever lets it wait for more must not have each change counted as an answer."""
    event = one(rule("{status:{from:2,to:3}}", ticket_status="Pending", replied_by="agent"))
    assert (event.type, event.author_role) == ("status_changed", None)


def test_the_same_body_within_a_minute_is_one_event_and_later_another() -> None:
    """Open to pending may happen twice with the very same bytes, and has neither id nor time."""
    body = rule("{status:{from:2,to:3}}", ticket_status="Pending")
    second, later = FRIDAY + timedelta(seconds=15), FRIDAY + timedelta(seconds=20)
    assert one(body, at=second).event_id == one(body).event_id
    assert one(body, at=later).event_id != one(body).event_id


def test_members_may_be_numbers_lists_and_without_a_wrapper() -> None:
    """Admins write what they like, as long as the names are Freshdesk's."""
    body = {
        "ticket_id": 7,
        "ticket_priority": 4,
        "ticket_status": 3,
        "ticket_source": 3,
        "ticket_tags": ["a"],
    }
    event = one(body)
    assert event.ticket_id == "7"
    assert event.attributes == {"status": "pending", "priority": "urgent", "channel": "phone", "tags": ["a"]}


def test_an_empty_member_is_known_to_be_empty_and_one_left_out_is_unknown() -> None:
    """Rule 29, with Freshdesk's placeholders: a ticket that nobody has, has an empty agent."""
    empty = {
        "ticket_type": "",
        "ticket_group_name": "",
        "ticket_agent_name": "",
        "ticket_company_name": "",
        "ticket_tags": "",
        "ticket_priority": "",
        "ticket_source": "",
    }
    assert one(rule(**empty)).attributes == {
        "ticket_type": None,
        "team": None,
        "assignee": None,
        "customer": None,
        "tags": [],
        "priority": "none",
        "channel": None,
    }
    assert one(rule()).attributes == {}


def test_an_app_tells_of_a_ticket_by_numbers() -> None:
    """Statuses, priorities and channels by their codes; its creation is when the ticket says."""
    assert event_to_json(one(sample("app_created"), OWN)) == {
        "schema": "ticket-event/1",
        "event_id": "freshdesk:example:2043:created:4df22dbdba4a86f6",
        "source": "freshdesk",
        "connection": "freshdesk-local",
        "account": "example",
        "ticket_id": "2043",
        "type": "created",
        "occurred_at": "2026-03-27T09:00:00Z",
        "time_quality": "event",
        "received_at": "2026-03-27T14:06:40Z",
        "ticket": {
            "status": "open",
            "priority": "high",
            "ticket_type": "incident",
            "team": {"id": "48000101"},
            "assignee": None,
            "customer": {"id": "acme"},
            "plan": "gold",
            "tags": ["export", "vip"],
            "channel": "email",
            "created_at": "2026-03-27T09:00:00Z",
            "url": "https://example.freshdesk.com/a/tickets/2043",
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
            "ticket_type",
            "url",
        ],
    }


@pytest.mark.parametrize(
    ("changes", "type_", "attributes"),
    [
        ({"status": [2, 4]}, "solved", {"status": "solved"}),
        ({"status": [4, 5]}, "closed", {"status": "closed"}),
        ({"status": [5, 2]}, "reopened", {"status": "open"}),
        ({"status": [2, 3]}, "status_changed", {"status": "pending"}),
        ({"priority": [1, 4]}, "priority_changed", {"priority": "urgent"}),
        ({"group_id": [1, 2]}, "team_changed", {"team": {"id": "2"}}),
        ({"group_id": [1, None]}, "team_changed", {"team": None}),
        ({"responder_id": [None, 5]}, "assignee_changed", {"assignee": {"id": "5"}}),
        ({"company_id": [1, 2]}, "customer_changed", {"customer": {"id": "2"}}),
        ({"ticket_type": ["Question", "Incident"]}, "type_changed", {"ticket_type": "incident"}),
        ({"tags": [["a"], ["a", "b"]]}, "tags_changed", {"tags": ["a", "b"]}),
        ({"deleted": [False, True]}, "deleted", {"status": "deleted"}),
        ({"spam": [False, True]}, "deleted", {"status": "deleted"}),
        ({"deleted": [True, False]}, "restored", {}),
        ({"priority": [1, 2], "status": [2, 4]}, "solved", {"status": "solved", "priority": "normal"}),
        ({"due_by": ["a", "b"]}, "field_changed", {}),
        ({}, "field_changed", {}),
    ],
)
def test_an_update_is_called_after_its_most_telling_change(
    changes: dict[str, Any], type_: str, attributes: dict[str, Any]
) -> None:
    """Of a change and the ticket beside it, the change knows better."""
    event = one(updated(changes))
    assert (event.type, event.attributes) == (type_, attributes)
    assert event.occurred_at == datetime(2026, 3, 27, 9, 0, 0, 326000, tzinfo=UTC)


@pytest.mark.parametrize(
    "other",
    [
        {"custom_fields": {"cf_plan": ["silver", "gold"]}},
        {"misc": None},
        {"model_changes": 7},
        {"due_by": "2026-03-27"},
    ],
)
def test_changes_of_what_is_not_read_here_may_be_of_any_shape(other: dict[str, Any]) -> None:
    """Custom fields are an object of their own; the status beside them is told all the same."""
    event = one(updated({"status": [2, 3], **other}))
    assert (event.type, event.attributes) == ("status_changed", {"status": "pending"})
    assert one(updated(other)).type == "field_changed"


def test_tags_may_be_told_as_added_and_removed() -> None:
    """Then the ticket has those of now, and where it has none they stay unknown (rule 29)."""
    tags = {"tags": {"added": ["vip"], "removed": []}}
    assert one(updated({"status": [2, 3], **tags})).attributes == {"status": "pending"}
    event = one(updated(tags, tags=["export", "vip"]))
    assert (event.type, event.attributes) == ("tags_changed", {"tags": ["export", "vip"]})


def test_changes_may_stand_beside_the_ticket() -> None:
    """Where an app puts them there, and the ticket is still the one from before."""
    event = one(app("onTicketUpdate", ticket={"id": 1, "status": 2}, changes={"status": [2, 4]}))
    assert (event.type, event.attributes) == ("solved", {"status": "solved"})


def test_a_ticket_in_the_bin_is_deleted_whatever_else_is_told_of_it() -> None:
    """And one that is deleted for good has nothing but its id."""
    assert one(updated({}, spam=True, status=2)).attributes == {"status": "deleted"}
    gone = one(app("onTicketDelete", ticket={"id": 2043}))
    assert (gone.type, gone.attributes) == ("deleted", {"status": "deleted"})


@pytest.mark.parametrize(
    ("conversation", "actor", "type_", "role", "public"),
    [
        ({"incoming": True}, {}, "customer_replied", "customer", True),
        ({"incoming": False}, {}, "agent_replied", "agent", True),
        ({"incoming": False, "private": True}, {}, "note_added", "agent", False),
        ({"incoming": False, "private": False}, {"type": "system"}, "note_added", "system", True),
        ({"incoming": True, "user_id": 48000777}, {}, "agent_replied", "agent", True),
        ({"incoming": True, "from_email": "Bo@helpers.example"}, {}, "agent_replied", "agent", True),
        ({"user_id": 48000777}, {}, "agent_replied", "agent", True),
    ],
)
def test_a_reply_that_an_app_tells_of_is_its_authors(
    conversation: dict[str, Any], actor: dict[str, Any], type_: str, role: str, public: object
) -> None:
    """`incoming` is a customer's, unless the connection counts whoever wrote it among the agents."""
    given = {"id": 9, "ticket_id": 2043, "created_at": "2026-03-27T08:59:58Z", **conversation}
    event = one(app("onConversationCreate", conversation=given, actor=actor), OWN)
    assert (event.type, event.author_role, event.public) == (type_, role, public)
    assert event.event_id == "freshdesk:example:2043:conversation:9"
    assert event.occurred_at == datetime(2026, 3, 27, 8, 59, 58, tzinfo=UTC)


def test_an_event_without_any_time_is_when_it_arrives() -> None:
    """Then the minute is part of its name, as for a rule's."""
    event = one({"event": "onTicketUpdate", "data": {"ticket": {"id": 1}}})
    assert (event.occurred_at, event.time_quality) == (FRIDAY, "received")
    assert event.event_id.endswith(":20260327T1406")


def test_members_are_found_by_the_connections_paths() -> None:
    """Last of all, so that the connection wins."""
    paths = {"plan": "data.ticket.custom_fields.cf_plan", "region": "region"}
    connection = Connection("c", "freshdesk", "example", "ref", paths=paths)
    body = updated({}, custom_fields={"cf_plan": "gold"}) | {"region": "EUC"}
    assert one(body, connection).attributes == {"plan": "gold", "region": "EUC"}


@pytest.mark.parametrize(
    "name", ["onAppInstall", "onConversationUpdate", "onConversationDelete", "onContactCreate"]
)
def test_what_is_no_tickets_event_is_ignored(name: str) -> None:
    """An app may forward all that it hears."""
    assert read(app(name, conversation={"id": 1})) == Mapped((), ignored=1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is not JSON"),
        ([], "the body is no object"),
        ({}, "neither a rule's webhook nor an app's event made this"),
        ({"event": 7, "data": {}}, "neither a rule's webhook nor an app's event made this"),
        ({"freshdesk_webhook": {}}, "/freshdesk_webhook/ticket_id: is missing"),
        ({"freshdesk_webhook": []}, "/freshdesk_webhook: is of another type"),
        ({"ticket_id": ""}, "/ticket_id: is missing"),
        ({"ticket_id": True}, "/ticket_id: is of another type"),
        (rule("{reply_sent:sent}"), "/freshdesk_webhook/replied_by: is missing"),
        (rule("{reply_sent:sent}", replied_by=""), "/freshdesk_webhook/replied_by: is missing"),
        (rule("{reply_sent:sent}", replied_by="bot"), "/replied_by: is neither agent nor requester"),
        ({"ticket_id": 1, "triggered_event": ["x"]}, "/triggered_event: is of another type"),
        (rule(ticket_tags=[1]), "/freshdesk_webhook/ticket_tags: is of another type"),
        (rule(ticket_tags={}), "/freshdesk_webhook/ticket_tags: is of another type"),
        (rule(ticket_status=[]), "/freshdesk_webhook/ticket_status: is of another type"),
        (app("onTicketCreate"), "/data/ticket/id: is missing"),
        (app("onTicketCreate", ticket=[]), "/data/ticket: is of another type"),
        (updated({"status": 4}), "/data/ticket/changes/status: is not what was and what is"),
        (updated({"status": [2, {}]}), "/data/ticket/status: is of another type"),
        (updated({"deleted": [False, "yes"]}), "/data/ticket/deleted: is of another type"),
        (updated({}, created_at="soon"), "/data/ticket/created_at: is no instant"),
        (app("onConversationCreate", conversation={"id": 1, "incoming": True}), "/ticket_id: is missing"),
        (app("onConversationCreate", conversation={"ticket_id": 1}), "/data/conversation/id: is missing"),
        (
            app("onConversationCreate", conversation={"id": 1, "ticket_id": 1}),
            "/data/conversation/incoming: is missing",
        ),
        ({**updated({}), "timestamp": "now"}, "/timestamp: is of another type"),
        ({**updated({}), "timestamp": 1774779000000}, "/occurred_at: is more than a day ahead"),
    ],
)
def test_what_cannot_be_mapped_says_which_member_is_wrong(body: Any, reason: str) -> None:
    """It goes to quarantine with a reason that a person can act on: who replied is not to be guessed."""
    with pytest.raises(Unmappable, match=re.escape(reason)):
        read(body)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "events/freshdesk").glob("*.json")), ids=lambda path: path.stem
)
def test_nothing_personal_is_kept(path: Path) -> None:
    """Names, mail addresses, titles and texts of requesters and agents stay out of the log."""
    body = json.loads(path.read_text(encoding="utf-8"))["body"]
    kept = "".join(json.dumps(event_to_json(event)) for event in read(body, OWN).events)
    private = {
        "Ada",
        "Grace",
        "ada@acme.example",
        "grace@example.com",
        "Export stops",
        "48000911",
        "looking into",
    }
    assert not [word for word in private if word in kept]
