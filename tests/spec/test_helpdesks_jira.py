"""What a delivery of Jira Service Management means, from Cloud and from Data Center."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.cli.connection_kinds import helpdesks
from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, generic, jira
from slaclock.helpdesks.connection import Connection
from slaclock.intake import unmapped

SATURDAY = datetime(2026, 3, 28, 12, tzinfo=UTC)
EVENTS = Path(__file__).parents[2] / "events/jira"
CONNECTION = Connection("jira-local", "jira", "example", "local/jira")
AGENT = "712020:1c2f9d3e-7a4b-4c8d-9e60-2f5a7b8c9d01"
CUSTOMER = "qm:5f0c9a7e-2b1d-4c6e-8f3a-9d7b1e2c4a60:1"
# Of every delivery with the whole issue.
ALWAYS = {
    "key": "HELP-311",
    "ticket_type": "[System] Incident",
    "team": {"id": "10040", "name": "First line"},
    "tags": ["export"],
    "created_at": "2026-03-27T14:05:00.317Z",
}


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))["body"]


def changed(name: str, path: str, value: Any) -> Any:
    """A sample with one member set to something else; `...` takes it away."""
    body = sample(name)
    *steps, last = path.split(".")
    inner = body
    for step in steps:
        inner = inner[step]
    inner[last] = value
    if value is ...:
        del inner[last]
    return body


def read(body: Any, connection: Connection = CONNECTION, received_at: datetime = SATURDAY) -> Mapped:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return jira.read(Delivery(raw, {}, received_at), connection)


def one(body: Any, connection: Connection = CONNECTION) -> TicketEvent:
    (event,) = read(body, connection).events
    return event


def document(event: TicketEvent) -> dict[str, Any]:
    written = event_to_json(event)
    for constant in ("schema", "source", "connection", "account", "received_at", "known"):
        del written[constant]
    return written


def test_a_created_issue_carries_all_that_its_fields_say() -> None:
    """It begins when Jira says that it was created, not when the delivery was made."""
    assert event_to_json(one(sample("issue_created"))) == {
        "schema": "ticket-event/1",
        "event_id": "jira:example:24711:created",
        "source": "jira",
        "connection": "jira-local",
        "account": "example",
        "ticket_id": "24711",
        "type": "created",
        "occurred_at": "2026-03-27T14:05:00.317Z",
        "time_quality": "event",
        "received_at": "2026-03-28T12:00:00Z",
        "ticket": {"status": "new", "priority": "high", "assignee": None, **ALWAYS},
        "known": [
            "assignee",
            "created_at",
            "key",
            "priority",
            "status",
            "tags",
            "team",
            "ticket_type",
        ],
    }


@pytest.mark.parametrize(
    ("name", "type_", "event_id", "at", "members"),
    [
        (
            "assigned",
            "assignee_changed",
            "change:88102",
            "2026-03-27T14:30:00.25Z",
            {"status": "new", "priority": "high"},
        ),
        (
            "waiting_for_customer",
            "status_changed",
            "change:88103",
            "2026-03-27T14:40:00.7Z",
            {"status": "pending", "priority": "high"},
        ),
        (
            "waiting_for_support",
            "status_changed",
            "change:88104",
            "2026-03-27T15:10:00.33Z",
            {"status": "open", "priority": "high"},
        ),
        (
            "priority_changed",
            "priority_changed",
            "change:88105",
            "2026-03-27T15:15:00.05Z",
            {"status": "open", "priority": "urgent"},
        ),
        (
            "resolved",
            "solved",
            "change:88106",
            "2026-03-27T16:02:00.48Z",
            {"status": "solved", "priority": "urgent"},
        ),
        (
            "reopened",
            "reopened",
            "change:88107",
            "2026-03-27T16:30:00.12Z",
            {"status": "open", "priority": "urgent"},
        ),
        (
            "issue_deleted",
            "deleted",
            "24711:deleted",
            "2026-03-27T17:00:00.9Z",
            {"status": "deleted", "priority": "urgent"},
        ),
    ],
)
def test_each_change_is_an_event_under_the_changelogs_id(
    name: str, type_: str, event_id: str, at: str, members: dict[str, str]
) -> None:
    """At `timestamp`, with the issue as it stands: a lost delivery is mended by the next."""
    assert document(one(sample(name))) == {
        "event_id": f"jira:example:{event_id}",
        "ticket_id": "24711",
        "type": type_,
        "occurred_at": at,
        "time_quality": "event",
        "order": {"group": "", "position": 1},
        "ticket": {**members, "assignee": {"id": AGENT}, **ALWAYS},
    }


@pytest.mark.parametrize(
    ("name", "type_", "event_id", "at", "comment"),
    [
        (
            "comment_by_customer",
            "customer_replied",
            "comment:30501",
            "2026-03-27T14:20:10.12Z",
            {"public": True, "author": {"role": "customer"}},
        ),
        (
            "comment_by_agent",
            "agent_replied",
            "comment:30502",
            "2026-03-27T14:31:40.655Z",
            {"public": True, "author": {"role": "agent"}},
        ),
        (
            "comment_by_rule",
            "note_added",
            "comment:30500",
            "2026-03-27T14:05:03.111Z",
            {"public": True, "author": {"role": "bot"}},
        ),
        (
            "internal_note",
            "note_added",
            "comment:30503",
            "2026-03-27T14:33:00.208Z",
            {"public": False, "author": {"role": "agent"}},
        ),
    ],
)
def test_clouds_comments_are_events_of_their_own(
    name: str, type_: str, event_id: str, at: str, comment: dict[str, Any]
) -> None:
    """They bring a few fields of the issue, its reporter not among them; the rest stays unknown (rule 29)."""
    told = document(one(sample(name)))
    assert set(told.pop("ticket")) == {"key", "status", "priority", "ticket_type", "assignee"}
    assert told == {
        "event_id": f"jira:example:{event_id}",
        "ticket_id": "24711",
        "type": type_,
        "occurred_at": at,
        "time_quality": "event",
        "comment": comment,
    }


@pytest.mark.parametrize("kind", ["comment_updated", "comment_deleted"])
def test_a_comment_that_is_edited_or_deleted_is_no_reply(kind: str) -> None:
    """It only brings the issue as it stands, under an id made of the body: Jira gives it none."""
    event = one(changed("comment_updated", "webhookEvent", kind))
    assert (event.type, event.author_role, event.public) == ("field_changed", None, None)
    assert event.event_id.startswith("jira:example:24711:field_changed:")
    assert event.occurred_at == datetime(2026, 3, 27, 14, 34, 0, 410000, UTC)
    assert event.attributes["status"] == "new"


def test_data_centers_comment_with_a_transition_is_a_reply_and_a_change() -> None:
    """The reply comes first, with what did not change; the new status holds from the change on."""
    reply, change = read(sample("server_comment_and_status")).events
    unchanged = {"priority": "high", "assignee": {"id": "JIRAUSER10301"}, **ALWAYS}
    assert document(reply) == {
        "event_id": "jira:example:comment:40901",
        "ticket_id": "24711",
        "type": "agent_replied",
        "occurred_at": "2026-03-27T14:50:00.021Z",
        "time_quality": "event",
        "comment": {"public": None, "author": {"role": "agent"}},
        "ticket": unchanged,
    }
    assert document(change) == {
        "event_id": "jira:example:change:91020",
        "ticket_id": "24711",
        "type": "status_changed",
        "occurred_at": "2026-03-27T14:50:00.266Z",
        "time_quality": "event",
        "order": {"group": "", "position": 1},
        "ticket": {"status": "pending", **unchanged},
    }


def test_data_centers_comment_alone_is_a_reply_that_brings_the_issue() -> None:
    """Nothing changed but the comment, so there is nothing else to tell."""
    event = one(changed("server_comment_and_status", "changelog", ...))
    assert (event.type, event.attributes["status"]) == ("agent_replied", "pending")


def test_data_centers_own_comment_event_is_ignored() -> None:
    """It holds no issue, hence not whose comment it is; `jira:issue_updated` tells of the same comment."""
    body = changed("server_comment_and_status", "webhookEvent", "comment_created")
    del body["issue"], body["changelog"]
    assert (read(body).events, read(body).ignored) == ((), 1)


@pytest.mark.parametrize(
    "name", ["issue_comment_edited", "issue_comment_deleted", "comment_updated", "comment_deleted"]
)
def test_data_centers_edited_comment_is_no_reply(name: str) -> None:
    """It comes by `jira:issue_updated`, too, and only `issue_event_type_name` tells it from a new one."""
    body = changed("server_comment_and_status", "issue_event_type_name", name)
    del body["changelog"]
    assert one(body).type == "field_changed"


def test_one_comment_told_of_by_two_webhooks_is_one_event() -> None:
    """Its id is Jira's own, and not of the header, which nobody signed."""
    first, second = sample("comment_by_agent"), changed("comment_by_agent", "timestamp", 1774621900999)
    delivery = Delivery(
        json.dumps(first).encode(), {"x-atlassian-webhook-identifier": "of-an-attacker"}, SATURDAY
    )
    (event,) = jira.read(delivery, CONNECTION).events
    assert event.event_id == one(second).event_id == "jira:example:comment:30502"


AUTHOR = {"accountId": "5b10", "accountType": "atlassian", "emailAddress": "Ann@Support.example"}
LISTED = replace(CONNECTION, agents=frozenset({"5b10", "jirauser1", "ann", "@support.example"}))
OTHERS = replace(CONNECTION, agents=frozenset({"5b99"}))


@pytest.mark.parametrize(
    ("author", "reporter", "connection", "role", "type_"),
    [
        ({"accountId": "5b10", "accountType": "atlassian"}, None, CONNECTION, "unknown", "agent_replied"),
        ({"accountId": "5b10"}, None, CONNECTION, "unknown", "agent_replied"),
        ({"accountId": "5b10"}, {"accountId": "5b11"}, CONNECTION, "agent", "agent_replied"),
        ({"accountId": "5b10"}, {"accountId": "5b10"}, CONNECTION, "customer", "customer_replied"),
        ({"accountId": "5b10"}, {"accountId": "5b10"}, LISTED, "agent", "agent_replied"),
        ({"accountId": "5b10"}, None, LISTED, "agent", "agent_replied"),
        ({"accountId": "5b10"}, None, OTHERS, "customer", "customer_replied"),
        ({"accountId": "5b10"}, {"accountId": "5b11"}, OTHERS, "customer", "customer_replied"),
        ({"accountId": "7", "accountType": "customer"}, None, CONNECTION, "customer", "customer_replied"),
        ({"accountId": "7", "accountType": "app"}, None, CONNECTION, "bot", "note_added"),
        ({"accountId": "7", "accountType": "app"}, None, OTHERS, "bot", "note_added"),
        ({"accountId": "5b10", "accountType": "app"}, None, LISTED, "agent", "agent_replied"),
        ({"key": "JIRAUSER1", "name": "x"}, {"key": "JIRAUSER1"}, CONNECTION, "customer", "customer_replied"),
        ({"key": "JIRAUSER1", "name": "x"}, {"key": "JIRAUSER2"}, LISTED, "agent", "agent_replied"),
        ({"name": "Ann"}, {"name": "bob"}, LISTED, "agent", "agent_replied"),
        ({"name": "bob"}, {"name": "bob"}, LISTED, "customer", "customer_replied"),
        ({"name": "eve", "emailAddress": "Eve@Support.example"}, None, LISTED, "agent", "agent_replied"),
    ],
)
def test_whose_comment_it_is(
    author: dict[str, str], reporter: dict[str, str] | None, connection: Connection, role: str, type_: str
) -> None:
    """Rule 10: the agents listed, then customers' and apps' accounts, then the reporter.

    Where agents are listed, others are none; where they are not, whoever is not the reporter is one.
    """
    body = changed("comment_by_agent", "comment.author", author)
    body["issue"]["fields"]["reporter"] = reporter
    event = one(body, connection)
    assert (event.author_role, event.type) == (role, type_)


@pytest.mark.parametrize(
    ("author", "assignee", "connection", "role"),
    [
        ({"accountId": "5b10", "accountType": "atlassian"}, {"accountId": "5b10"}, CONNECTION, "agent"),
        ({"accountId": "5b10", "accountType": "atlassian"}, {"accountId": "5b10"}, OTHERS, "agent"),
        ({"accountId": "5b10", "accountType": "atlassian"}, {"accountId": "5b11"}, CONNECTION, "unknown"),
        ({"accountId": "5b10", "accountType": "atlassian"}, {"accountId": "5b11"}, OTHERS, "customer"),
        ({"accountId": "5b10", "accountType": "atlassian"}, None, CONNECTION, "unknown"),
        ({"accountId": "5b10", "accountType": "app"}, {"accountId": "5b10"}, CONNECTION, "bot"),
        ({"name": "ann"}, {"key": "JIRAUSER1", "name": "ann"}, CONNECTION, "agent"),
    ],
)
def test_whoever_has_the_issue_is_an_agent(
    author: dict[str, str], assignee: dict[str, str] | None, connection: Connection, role: str
) -> None:
    """Also one who was not listed yet; Cloud brings the assignee with a comment, though not the reporter."""
    body = changed("comment_by_agent", "comment.author", author)
    body["issue"]["fields"]["assignee"] = assignee
    assert one(body, connection).author_role == role


def test_a_reporter_with_an_account_is_known_for_a_customer_only_by_the_list_of_agents() -> None:
    """Cloud says neither that they reported the issue nor what they are: unlisted, their message answers."""
    author = {"accountId": "5b77", "accountType": "atlassian"}
    body = changed("comment_by_agent", "comment.author", author)
    unlisted, listed = one(body), one(body, LISTED)
    assert (unlisted.type, unlisted.author_role) == ("agent_replied", "unknown")
    assert (listed.type, listed.author_role) == ("customer_replied", "customer")


def test_the_steps_say_to_list_the_agents_and_why() -> None:
    """Nobody would guess that it is needed."""
    (step,) = [each for each in helpdesks()["jira"].steps if "--agent" in each]
    assert "reporter" in step


@pytest.mark.parametrize(
    ("members", "public", "type_"),
    [
        ({"jsdPublic": True}, True, "agent_replied"),
        ({"jsdPublic": False}, False, "note_added"),
        ({"jsdPublic": True, "visibility": {"type": "role", "value": "Agents"}}, True, "agent_replied"),
        ({"visibility": {"type": "role", "value": "Agents"}}, False, "note_added"),
        ({"visibility": {"type": "group", "value": "staff"}}, False, "note_added"),
        ({"visibility": None}, None, "agent_replied"),
        (
            {"properties": [{"key": "sd.public.comment", "value": {"internal": True}}]},
            False,
            "note_added",
        ),
        (
            {"properties": [{"key": "other"}, {"key": "sd.public.comment", "value": {"internal": False}}]},
            True,
            "agent_replied",
        ),
        ({"properties": [{"key": "sd.public.comment", "value": {}}]}, None, "agent_replied"),
        ({"properties": [{"key": "other", "value": {"internal": True}}]}, None, "agent_replied"),
        ({}, None, "agent_replied"),
    ],
)
def test_who_can_see_a_comment(members: dict[str, Any], public: bool | None, type_: str) -> None:  # noqa: FBT001
    """Cloud's flag, else a service desk's property, else whether it is kept to a role or a group."""
    body = changed("comment_by_agent", "comment.jsdPublic", ...)
    body["comment"] |= members
    event = one(body)
    assert (event.public, event.type) == (public, type_)


@pytest.mark.parametrize(
    ("name", "category", "ours"),
    [
        ("Open", "new", "new"),
        ("To Do", "new", "new"),
        ("In Progress", "indeterminate", "open"),
        ("Waiting for support", "indeterminate", "open"),
        ("WAITING FOR CUSTOMER", "indeterminate", "pending"),
        ("Pending", "indeterminate", "pending"),
        ("On hold", "indeterminate", "on_hold"),
        ("Escalated", "indeterminate", "open"),
        ("Reopened", "new", "open"),
        ("Resolved", "done", "solved"),
        ("Done", "done", "solved"),
        ("Declined", "done", "solved"),
        ("Closed", "done", "closed"),
        ("Canceled", "done", "closed"),
        ("Cancelled", "done", "closed"),
        ("Geschlossen", "done", "solved"),
        ("Straße", "new", "new"),
        ("Pending", None, "pending"),
    ],
)
def test_a_status_means_what_its_name_says_or_else_its_category(
    name: str, category: str | None, ours: str
) -> None:
    """Names that Jira's workflows bring have a meaning; every other is in one of three categories."""
    status = {"id": "77", "name": name, "statusCategory": {"key": category}}
    assert one(changed("issue_created", "issue.fields.status", status)).attributes["status"] == ours


@pytest.mark.parametrize(
    ("name", "category", "ours"),
    [
        ("Waiting for vendor", "indeterminate", "open"),
        ("Warten auf Kunden", "indeterminate", "open"),
        ("Parked", "new", "new"),
        ("Erledigt", "done", "solved"),
    ],
)
def test_a_status_that_only_its_category_explains_is_a_word_to_map(
    name: str, category: str, ours: str
) -> None:
    """It may wait for somebody, which no category tells: it counts as its category does, and is named."""
    status = {"id": "77", "name": name, "statusCategory": {"key": category}}
    event = one(changed("waiting_for_customer", "issue.fields.status", status))
    assert unmapped([event]) == []  # the change itself names another
    event = one(changed("issue_created", "issue.fields.status", status))
    assert (event.attributes["status"], event.attributes["status_raw"]) == (ours, name)
    assert unmapped([event]) == [("status", name)]
    for mapped in ({name: "on_hold"}, {"77": "on_hold"}):
        event = one(
            changed("issue_created", "issue.fields.status", status), replace(CONNECTION, statuses=mapped)
        )
        assert (event.attributes["status"], unmapped([event])) == ("on_hold", [])


@pytest.mark.parametrize(
    "name", ["Open", "To Do", "In Progress", "Work in progress", "Resolved", "Escalated"]
)
def test_a_status_of_jiras_own_is_no_word_to_map(name: str) -> None:
    """It means what it says, or what its category does."""
    status = {"id": "77", "name": name, "statusCategory": {"key": "indeterminate"}}
    assert unmapped([one(changed("issue_created", "issue.fields.status", status))]) == []


@pytest.mark.parametrize("category", [None, "undefined", "", "DONE"])
def test_a_status_that_nobody_knows_is_unknown_and_keeps_its_name(category: str | None) -> None:
    """It changes nothing, and its name tells what to map."""
    status = {"id": "77", "name": "Parked", "statusCategory": {"key": category}}
    said = one(changed("issue_created", "issue.fields.status", status)).attributes
    assert (said["status"], said["status_raw"]) == ("unknown", "Parked")


@pytest.mark.parametrize(
    "ours", [{"Resolved": "pending"}, {"5": "pending"}, {"5": "pending", "resolved": "closed"}]
)
def test_the_connections_map_beats_both_by_id_or_by_name(ours: dict[str, str]) -> None:
    """An id lasts when somebody renames the status, so it comes first."""
    event = one(sample("resolved"), replace(CONNECTION, statuses=ours))
    assert (event.type, event.attributes["status"]) == ("status_changed", "pending")


@pytest.mark.parametrize(
    ("before", "after", "type_"),
    [
        (("1", "Open"), ("5", "Resolved", "done"), "solved"),
        (("5", "Resolved"), ("6", "Closed", "done"), "closed"),
        (("1", "Open"), ("6", "Closed", "done"), "closed"),
        (("5", "Resolved"), ("8", "Done", "done"), "status_changed"),
        (("5", "Resolved"), ("1", "Open", "new"), "reopened"),
        (("6", "Closed"), ("9", "Pending", "indeterminate"), "reopened"),
        (("900", "Fixed"), ("1", "Open", "new"), "reopened"),
        (("7", "Erledigt"), ("1", "Open", "new"), "status_changed"),
        (("1", "Open"), ("3", "In Progress", "indeterminate"), "status_changed"),
        (("1", "Open"), ("77", "Parked", ""), "status_changed"),
        (("5", "Resolved"), ("77", "Parked", ""), "status_changed"),
        ((None, None), ("5", "Resolved", "done"), "solved"),
    ],
)
def test_a_change_of_status_is_named_by_what_it_leads_to(before: Any, after: Any, type_: str) -> None:
    """What it leads from is known by its name, or by the connection's map: `900` is solved there."""
    body, (id_, name, category) = sample("waiting_for_customer"), after
    body["issue"]["fields"]["status"] = {"id": id_, "name": name, "statusCategory": {"key": category}}
    body["changelog"]["items"][0] |= {
        "from": before[0],
        "fromString": before[1],
        "to": id_,
        "toString": name,
    }
    assert one(body, replace(CONNECTION, statuses={"900": "solved"})).type == type_


def test_taking_the_resolution_off_is_a_reopening_whatever_the_status_was_called() -> None:
    """Only a name tells what a status was, and accounts name theirs as they like."""
    body = sample("reopened")
    body["changelog"]["items"][1] |= {"from": "77", "fromString": "Erledigt"}
    assert one(body).type == "reopened"


def test_the_changelog_beats_an_issue_that_has_moved_on() -> None:
    """Data Center makes a delivery after the change: the issue in it may be of a moment later."""
    body = changed(
        "waiting_for_customer", "issue.fields.status", sample("resolved")["issue"]["fields"]["status"]
    )
    body["issue"]["fields"]["priority"] = {"id": "5", "name": "Lowest"}
    body["changelog"]["items"].append({"field": "priority", "to": "1", "toString": "Highest"})
    event = one(body)
    assert (event.type, event.attributes["status"], event.attributes["priority"]) == (
        "status_changed",
        "pending",
        "urgent",
    )


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("Highest", "urgent"),
        ("high", "high"),
        ("Medium", "normal"),
        ("Low", "low"),
        ("Lowest", "low"),
        ("Blocker", "urgent"),
        ("Critical", "high"),
        ("Major", "normal"),
        ("Minor", "low"),
        ("Trivial", "low"),
        ("P1", "urgent"),
        ("Sev-0", "unknown"),
    ],
)
def test_priorities_become_ours(name: str, ours: str) -> None:
    """Jira's five, by both of their names; an account's own by its connection, by name or id."""
    body = changed("assigned", "issue.fields.priority", {"id": "10007", "name": name})
    said = one(body, replace(CONNECTION, priorities={"p1": "urgent"})).attributes
    assert (said["priority"], said.get("priority_raw")) == (ours, name if ours == "unknown" else None)
    assert one(body, replace(CONNECTION, priorities={"10007": "low"})).attributes["priority"] == "low"


def test_what_is_null_is_known_to_be_empty() -> None:
    """Nobody is assigned, there is no component, no label and no priority."""
    body, nothing = (
        sample("assigned"),
        {"assignee": None, "priority": None, "issuetype": None, "labels": None},
    )
    body["issue"]["fields"] |= nothing | {"components": []}
    said = one(body).attributes
    assert said["assignee"] is said["team"] is said["ticket_type"] is None
    assert (said["priority"], said["tags"]) == ("none", [])


@pytest.mark.parametrize("fields", [..., None, {}])
def test_what_is_left_out_stays_unknown(fields: object) -> None:
    """Rule 29. Without a time of its own, a change is of the delivery's; that says so."""
    body = changed("assigned", "issue.fields", fields)
    del body["timestamp"]
    event = one(body)
    assert event.attributes == {"key": "HELP-311"}
    assert (event.occurred_at, event.time_quality) == (SATURDAY, "received")


def test_a_delivery_without_its_time_is_of_the_issues_last_change() -> None:
    """`fields.updated`, which may be of a moment later."""
    event = one(changed("assigned", "timestamp", ...))
    assert (event.occurred_at, event.time_quality) == (
        datetime(2026, 3, 27, 14, 30, 0, 250000, UTC),
        "ticket_updated_at",
    )


@pytest.mark.parametrize(
    ("field", "type_"),
    [
        ("assignee", "assignee_changed"),
        ("Component", "team_changed"),
        ("Organizations", "customer_changed"),
        ("issuetype", "type_changed"),
        ("labels", "tags_changed"),
        ("resolution", "field_changed"),
        ("Impact", "field_changed"),
        (None, "field_changed"),
    ],
)
def test_each_changed_field_names_its_event(field: str | None, type_: str) -> None:
    """Of several changes the weightiest: a status, a priority, then these; others bring the issue, too."""
    body = changed("assigned", "changelog.items", [{"field": "description"}, {"field": field, "to": "7"}])
    event = one(body)
    assert (event.type, event.attributes["status"]) == (type_, "new")


@pytest.mark.parametrize("changelog", [..., None, {}, {"id": "7"}, {"items": []}])
def test_an_update_without_changes_still_brings_the_issue(changelog: object) -> None:
    """Worklogs and attachments make such; two of the same bytes are one event."""
    event = one(changed("assigned", "changelog", changelog))
    assert event.type == "field_changed"
    assert event.event_id == one(changed("assigned", "changelog", changelog)).event_id


def test_organisations_teams_and_services_are_found_where_the_connection_says() -> None:
    """Jira keeps them in custom fields that each site numbers as it likes; a team's path beats components."""
    connection = replace(
        CONNECTION,
        paths={
            "customer": "issue.fields.customfield_10002[0].{id: id, name: name}",
            "team": "issue.fields.customfield_10500.{id: id, name: name}",
            "service": "issue.fields.project.key",
            "channel": "issue.fields.customfield_10010.requestType.name",
        },
        customers={"Acme": "acme"},
        plans={"Acme": "gold"},
    )
    body = sample("issue_created")
    assert "team" not in one(body, connection).attributes
    body["issue"]["fields"]["customfield_10500"] = {"id": "31", "name": "Exports"}
    said = one(body, connection).attributes
    assert (said["customer"], said["plan"], said["team"]) == (
        {"id": "acme"},
        "gold",
        {"id": "31", "name": "Exports"},
    )
    assert (said["service"], said["channel"]) == ("HELP", "Report a system problem")


def test_a_ticket_is_found_by_its_key_which_people_know_and_kept_by_its_id() -> None:
    """An issue that moves to another project gets another key, and stays the same ticket."""
    connection = replace(CONNECTION, ticket_url="https://jira.example.com/browse/{ticket_id}")
    moved = one(changed("assigned", "issue.key", "OPS-9"), connection)
    assert (moved.ticket_id, moved.attributes["key"]) == ("24711", "OPS-9")
    assert moved.attributes["url"] == "https://jira.example.com/browse/OPS-9"
    assert "url" not in one(changed("assigned", "issue.key", ...), connection).attributes


@pytest.mark.parametrize(
    "kind",
    [
        "project_created",
        "user_updated",
        "jira:version_released",
        "sprint_started",
        "worklog_created",
        "issuelink_created",
        "attachment_created",
        "comment_deleted",
        "something_new",
    ],
)
def test_events_about_other_things_are_ignored(kind: str) -> None:
    """A webhook may hold more than issues: it is answered with 2xx and counted."""
    mapped = read({"timestamp": 1774621900902, "webhookEvent": kind})
    assert (mapped.events, mapped.ignored) == ((), 1)


def test_an_event_that_jira_adds_one_day_brings_its_issue() -> None:
    """Whatever happened, the issue is as it says."""
    event = one(changed("resolved", "webhookEvent", "jira:issue_archived") | {"changelog": None})
    assert (event.type, event.attributes["status"]) == ("field_changed", "solved")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is not JSON"),
        (b"\xff", "the body is not text in UTF-8"),
        ([], "the body is no object"),
        (None, "the body is no object"),
        ({}, "/webhookEvent: is missing"),
        ({"issue": {"id": "1"}}, "/webhookEvent: is missing"),
        ({"webhookEvent": 7}, "/webhookEvent: is of another type"),
        ({"webhookEvent": "jira:issue_created"}, "/issue/id: is missing"),
        ({"webhookEvent": "jira:issue_updated", "issue": None}, "/issue/id: is missing"),
        ({"webhookEvent": "comment_created", "issue": {}}, "/issue/id: is missing"),
        (changed("assigned", "issue", "24711"), "/issue: is of another type"),
        (changed("assigned", "issue.id", [1]), "/issue/id: is of another type"),
        (changed("assigned", "issue.id", "1" * 129), "/issue/id: is longer than 128"),
        (changed("assigned", "issue.key", 7), "/issue/key: is of another type"),
        (changed("assigned", "issue.fields", []), "/issue/fields: is of another type"),
        (changed("assigned", "issue.fields.status", "Open"), "/issue/fields/status: is of another type"),
        (changed("assigned", "issue.fields.labels", ["a"] * 251), "/issue/fields/labels: has more than 250"),
        (changed("assigned", "issue.fields.components", {}), "/issue/fields/components: is of another type"),
        (changed("assigned", "issue.fields.created", "soon"), "/issue/fields/created: is no instant"),
        (changed("assigned", "issue.fields.created", 1774621900902), "/issue/fields/created: is of another"),
        (
            changed("assigned", "issue.fields.created", "2201-01-01T00:00:00.000+0000"),
            "/ticket/created_at: is no time between 1970 and 2199",
        ),
        (changed("assigned", "timestamp", "now"), "/timestamp: is of another type"),
        (changed("assigned", "timestamp", -1), "/timestamp: is no time between 1970 and 2199"),
        (changed("assigned", "timestamp", 0.5), "/timestamp: is no whole number"),
        (changed("assigned", "timestamp", 1774785600001), "/occurred_at: is more than a day ahead"),
        (changed("assigned", "changelog", []), "/changelog: is of another type"),
        (changed("assigned", "changelog.items", {}), "/changelog/items: is of another type"),
        (changed("assigned", "changelog.items", [1]), "/changelog/items/0: is of another type"),
        (changed("assigned", "changelog.items", [{"field": 1}]), "/changelog/items/0/field: is of another"),
        (changed("comment_by_agent", "comment", ...), "/comment/author: is missing"),
        (changed("comment_by_agent", "comment.id", ...), "/comment/id: is missing"),
        (changed("comment_by_agent", "comment.author", None), "/comment/author: is missing"),
        (changed("comment_by_agent", "comment.author", {"displayName": "x"}), "/comment/author: is missing"),
        (changed("comment_by_agent", "comment.jsdPublic", "yes"), "/comment/jsdPublic: is of another type"),
        (changed("comment_by_agent", "comment.created", "x"), "/comment/created: is no instant"),
        (changed("server_comment_and_status", "comment", "x"), "/comment: is of another type"),
    ],
)
def test_what_cannot_be_mapped_says_which_member_is_wrong(body: Any, reason: str) -> None:
    """It goes to quarantine with a reason that a person can act on."""
    with pytest.raises(Unmappable, match=f"^{reason}"):
        read(body)


def test_a_day_ahead_is_as_far_as_a_clock_may_be_wrong() -> None:
    """To the millisecond."""
    assert one(changed("assigned", "timestamp", 1774785600000)).occurred_at == datetime(
        2026, 3, 29, 12, tzinfo=UTC
    )


def test_neither_events_nor_reasons_hold_personal_data() -> None:
    """Reporters, authors, names, titles and texts stay out of the log; a reason quotes no value at all."""
    private = {CUSTOMER, "A customer", "Support agent", "nightly export", "It stopped again"}
    kept = "".join(
        json.dumps(event_to_json(event))
        for name in ("issue_created", "comment_by_customer", "resolved")
        for event in read(sample(name)).events
    )
    assert not [word for word in private if word in kept]
    with pytest.raises(Unmappable) as refused:
        read(changed("assigned", "issue.fields.created", "A customer"))
    assert str(refused.value) == "/issue/fields/created: is no instant"


# A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@FUZZ
@given(
    st.sampled_from(["issue_created", "comment_by_agent", "resolved", "server_comment_and_status"]),
    st.sampled_from(
        [
            "timestamp",
            "issue",
            "issue.id",
            "issue.key",
            "issue.fields",
            "issue.fields.status",
            "issue.fields.priority",
            "issue.fields.assignee",
            "issue.fields.components",
            "issue.fields.labels",
            "issue.fields.created",
            "comment",
            "changelog",
            "webhookEvent",
        ]
    ),
    JSON,
)
def test_a_member_of_any_shape_is_mapped_or_quarantined(name: str, path: str, value: Any) -> None:
    """Whatever stands in a member, an event fits the contract or the delivery is quarantined."""
    try:
        mapped = read(changed(name, path, value))
    except Unmappable:
        return
    for found in mapped.events:
        again = generic.read(Delivery(json.dumps(event_to_json(found)).encode(), {}, SATURDAY), CONNECTION)
        assert again.events[0].position == found.position


@FUZZ
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_mapped_or_quarantined(body: Any) -> None:
    """Nothing that is posted can crash the way in."""
    with suppress(Unmappable):
        read(body)
