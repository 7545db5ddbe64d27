"""What a ticket event of Zendesk means, by subscription or by EventBridge.

Every ticket event carries the ticket as it stood then besides what happened. An event that says nothing about
a clock is therefore still worth folding, as `field_changed`: Zendesk gives up after a few attempts, and the
next snapshot mends what a lost delivery left undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.events import TicketEvent
from slaclock.helpdesks import paths
from slaclock.helpdesks.connection import translate
from slaclock.helpdesks.deltas import status_type
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.opening import message_type
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.people import identity, people, within
from slaclock.helpdesks.words import needed
from slaclock.helpdesks.zendesk_tickets import STATUSES, attributes_of, ticket_id_of

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.helpdesks import Delivery
    from slaclock.helpdesks.connection import Connection

SOURCE = "zendesk"
SYSTEM_USER = "-1"
Meaning = tuple[str, str | None, bool | None]  # type, author's role, public

TYPES = {
    "created": "created",
    "agent_assignment_changed": "assignee_changed",
    "group_assignment_changed": "team_changed",
    "organization_changed": "customer_changed",
    "priority_changed": "priority_changed",
    "tags_changed": "tags_changed",
    "type_changed": "type_changed",
    "merged": "merged",
    "soft_deleted": "deleted",
    "permanently_deleted": "deleted",
    "marked_as_spam": "deleted",
    "undeleted": "restored",
}
# The member of the snapshot that `current` gives: of the two, the event knows better.
CHANGED = {
    "status_changed": "status",
    "custom_status_changed": "custom_status",
    "priority_changed": "priority",
    "type_changed": "type",
    "group_assignment_changed": "group_id",
    "agent_assignment_changed": "assignee_id",
    "organization_changed": "organization_id",
}
# A status beats a type, and the snapshot beside these may be from before. Zendesk closes what it merges.
CERTAIN = {"merged": "closed", "deleted": "deleted"}


class Told(NamedTuple):
    """One event as Zendesk tells it: its kind and id, when it was, what happened, the ticket as it stood."""

    kind: str
    id: str
    at: datetime
    event: Members
    ticket: Members


def event_of(told: Told, body: Any, delivery: Delivery, connection: Connection) -> TicketEvent:
    """The event in the canonical form; the connection's `paths` look into the whole body."""
    ticket = _after(told)
    attributes = attributes_of(ticket, connection)
    type_, role, public = _meaning(told, ticket, attributes.get("status"), connection)
    if type_ in CERTAIN:
        attributes["status"] = CERTAIN[type_]
    elif type_ == "restored" and attributes.get("status") == "deleted":
        del attributes["status"]
    sequence = told.event.object("meta").object("sequence")
    group = sequence.text("id") or ""
    if not group:  # else the fold knows the opening message by it
        type_ = message_type(type_, told.at, ticket.instant("created_at"))
    return TicketEvent(
        event_id=event_id(SOURCE, connection, *_name(told)),
        account=connection.account,
        ticket_id=ticket_id_of(ticket),
        type=type_,
        occurred_at=told.at,
        received_at=delivery.received_at,
        attributes=attributes | paths.members(body, connection),
        source=SOURCE,
        connection=connection.id,
        group=group,
        sequence=sequence.number("position") or 0,
        author_role=role,
        public=public,
        people=people(
            actor=identity(told.ticket, "actor_id"),
            author=identity(within(told.event, "comment", "author")),
            requester=identity(told.ticket, "requester_id"),
        ),
        merged_into=told.event.identity("target_ticket_id") if type_ == "merged" else None,
    )


def _name(told: Told) -> tuple[str, ...]:
    # A comment has an id of its own, so it is one event whichever way, and however often, it is told.
    comment = told.event.object("comment").identity("id") if told.kind == "comment_added" else None
    return ("comment", comment) if comment else (told.id,)


def _after(told: Told) -> Members:
    if told.kind not in CHANGED or not told.event.has("current"):
        return told.ticket
    changed = {CHANGED[told.kind]: told.event.values["current"]}
    return Members({**told.ticket.values, **changed}, told.ticket.pointer)


def _meaning(told: Told, ticket: Members, status: str | None, connection: Connection) -> Meaning:
    if told.kind == "comment_added":
        return _comment(told.event.object("comment"), ticket.identity("requester_id"), connection)
    if told.kind in {"status_changed", "custom_status_changed"}:
        before = translate(told.event.identity("previous") or "", connection.statuses, STATUSES)
        return status_type(before, status), None, None
    return TYPES.get(told.kind, "field_changed"), None, None


def _comment(comment: Members, requester: str | None, connection: Connection) -> Meaning:
    author, public = comment.object("author"), comment.flag("is_public")
    by = author.identity("id")
    if by == SYSTEM_USER:
        return "note_added", "system", public
    role, staff = _author(author, requester, connection)
    if staff and not needed(public, f"{comment.pointer}/is_public"):
        return "note_added", role, public
    return f"{role}_replied", role, public


def _author(author: Members, requester: str | None, connection: Connection) -> tuple[str, bool]:
    """Whose words these count as, and whether they are of somebody who can write notes."""
    by, flag = author.identity("id"), author.flag("is_staff")
    staff = True if connection.is_agent(by) else flag
    # An agent who asks for help is, on that ticket, the customer.
    if staff is False or (by and by == requester):
        return "customer", bool(staff)
    return "agent", needed(staff, f"{author.pointer}/is_staff")
