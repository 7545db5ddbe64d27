"""What a partner event of Zendesk in EventBridge means."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.helpdesks import Delivery, Mapped, Unmappable, zendesk
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.zendesk_events import TYPES
from slaclock.helpdesks.zendesk_partner import kind_of

SAMPLES = Path(__file__).parents[2] / "events" / "zendesk"
FRIDAY = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
CONNECTION = Connection(
    "zendesk-local", "zendesk", "example", "local/zendesk", customers={"360001234567": "acme"}
)


def sample(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["body"]
    return body


def read(body: Any) -> Mapped:
    return zendesk.read(Delivery(json.dumps(body).encode(), {}, FRIDAY), CONNECTION)


def one(body: Any) -> TicketEvent:
    (event,) = read(body).events
    return event


def told(title: str, ticket: Any = None, **members: Any) -> TicketEvent:
    """An event of that title, about the ticket of the sample."""
    body = sample("partner_status")
    event = body["detail"]["ticket_event"]
    kept = {"meta": event["meta"], "ticket": event["ticket"] | (ticket or {})}
    detail = {"ticket_event": {**kept, "type": title, **members}}
    return one({**body, "detail-type": f"Support Ticket: {title}", "detail": detail})


def test_a_created_ticket_says_what_a_subscription_says_of_it() -> None:
    """Numbers become ids, words in lower case are the same words; the time is that of the action."""
    assert event_to_json(one(sample("partner_created"))) == {
        "schema": "ticket-event/1",
        "event_id": "zendesk:example:5f3c1a90-0d3e-4c57-9b7a-000000000001",
        "source": "zendesk",
        "connection": "zendesk-local",
        "account": "example",
        "ticket_id": "4716",
        "type": "created",
        "occurred_at": "2026-03-27T09:12:00.204118Z",
        "time_quality": "event",
        "received_at": "2026-03-27T14:06:00Z",
        "order": {"group": "5E1B0000000000000000000000000001", "position": 1},
        "ticket": {
            "status": "new",
            "priority": "normal",
            "ticket_type": "question",
            "team": {"id": "360004400101"},
            "assignee": None,
            "customer": {"id": "acme"},
            "tags": ["export"],
            "created_at": "2026-03-27T09:12:00Z",
            "channel": "web",
        },
        "known": [
            "assignee", "channel", "created_at", "customer", "priority", "status", "tags", "team",
            "ticket_type",
        ],
    }  # fmt: skip


# As the documentation lists them, and what a subscription calls the same thing.
TITLES = [
    ("Agent Assignment Changed", "agent_assignment_changed", "assignee_changed"),
    ("Attachment Linked to Comment", "attachment_linked_to_comment", "field_changed"),
    ("Attachment Redacted from Comment", "attachment_redacted_from_comment", "field_changed"),
    ("Brand Changed", "brand_changed", "field_changed"),
    ("Comment Made Private", "comment_made_private", "field_changed"),
    ("Comment Redacted", "comment_redacted", "field_changed"),
    ("Custom Field Changed", "custom_field_changed", "field_changed"),
    ("Description Changed", "description_changed", "field_changed"),
    ("Email CCs Changed", "email_ccs_changed", "field_changed"),
    ("External ID Changed", "external_id_changed", "field_changed"),
    ("Followers Changed", "followers_changed", "field_changed"),
    ("Form Changed", "form_changed", "field_changed"),
    ("Group Assignment Changed", "group_assignment_changed", "team_changed"),
    ("Organization Changed", "organization_changed", "customer_changed"),
    ("Priority Changed", "priority_changed", "priority_changed"),
    ("Problem Link Changed", "problem_link_changed", "field_changed"),
    ("Requester Changed", "requester_changed", "field_changed"),
    ("Subject Changed", "subject_changed", "field_changed"),
    ("Submitter Changed", "submitter_changed", "field_changed"),
    ("Tags Changed", "tags_changed", "tags_changed"),
    ("Task Due At Changed", "task_due_at_changed", "field_changed"),
    ("Ticket Created", "created", "created"),
    ("Ticket Marked as Spam", "marked_as_spam", "deleted"),
    ("Ticket Merged", "merged", "merged"),
    ("Ticket Permanently Deleted", "permanently_deleted", "deleted"),
    ("Ticket Soft Deleted", "soft_deleted", "deleted"),
    ("Ticket Type Changed", "type_changed", "type_changed"),
    ("Ticket Undeleted", "undeleted", "restored"),
]


@pytest.mark.parametrize(("title", "kind", "type_"), TITLES)
def test_each_title_has_the_meaning_of_its_subscription(title: str, kind: str, type_: str) -> None:
    """All that the connector sends, but for comments and statuses, which say more."""
    assert (kind_of(title), told(title).type) == (kind, type_)


def test_no_meaning_of_a_subscription_is_without_its_title() -> None:
    """Both tables change together."""
    assert {kind for _, kind, _ in TITLES} >= TYPES.keys()


@pytest.mark.parametrize(
    ("before", "after", "type_"),
    [
        ("open", "pending", "status_changed"),
        ("open", "solved", "solved"),
        ("solved", "closed", "closed"),
        ("solved", "open", "reopened"),
        ("deleted", "open", "restored"),
    ],
)
def test_a_change_of_status_is_named_by_what_it_leads_to(before: str, after: str, type_: str) -> None:
    """`current` beats the ticket beside it."""
    event = told("Status Changed", {"status": "new"}, previous=before, current=after)
    assert (event.type, event.attributes["status"]) == (type_, after)


def test_a_comment_is_the_event_that_a_subscription_would_have_told() -> None:
    """The same id by both ways, so that a reply that both tell of is one."""
    event = one(sample("partner_comment"))
    assert (event.type, event.author_role, event.public) == ("agent_replied", "agent", True)
    assert event.event_id == "zendesk:example:comment:360055500101"


def test_the_same_state_by_both_ways_differs_in_nothing_that_the_fold_reads() -> None:
    """An admin should use one way; who uses both has each state folded in twice, which changes nothing."""
    by_bus = one(sample("partner_status"))
    detail = {**sample("partner_status")["detail"]["ticket_event"]["ticket"], "status": "SOLVED"}
    subscribed = one(
        {
            "type": "zen:event-type:ticket.status_changed",
            "id": "x",
            "time": "2026-03-27T11:48:52.015500071Z",
            "detail": detail | {"type": "QUESTION", "priority": "NORMAL"},
            "event": {
                "current": "SOLVED",
                "previous": "OPEN",
                "meta": {"sequence": {"id": "5E1B0000000000000000000000000003", "position": 1}},
            },
        }
    )
    assert replace(subscribed, event_id=by_bus.event_id) == by_bus


@pytest.mark.parametrize("about", ["Support User: Created", "Support Organization: Created", None])
def test_what_is_about_other_things_is_ignored(about: str | None) -> None:
    """One bus carries all that the connector was asked for."""
    mapped = read({**sample("partner_created"), "detail-type": about})
    assert (mapped.events, mapped.ignored) == ((), 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "^/id: is missing"),
        ({"detail": None}, "^/detail/ticket_event/meta/occurred_at: is missing"),
        ({"detail": {"ticket_event": []}}, "^/detail/ticket_event: is of another type"),
        ({"detail-type": 7}, "^/detail-type: is of another type"),
    ],
)
def test_what_cannot_be_mapped_says_which_member_is_wrong(change: dict[str, Any], reason: str) -> None:
    """Pointers go into the event as EventBridge handed it over."""
    with pytest.raises(Unmappable, match=reason):
        read({**sample("partner_created"), **change})


def test_a_ticket_without_an_id_is_named_as_such() -> None:
    """Nothing can be said of it."""
    with pytest.raises(Unmappable, match=r"^/detail/ticket_event/ticket/id: is missing"):
        told("Ticket Created", {"id": None})
