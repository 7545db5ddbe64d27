"""The members of a ticket as Zendesk's events carry it, in our words.

What is left out stays unknown (rule 29); null is knowledge. Requester, submitter and actor are people, and
no members; title and description are not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.instants import format_instant
from slaclock.helpdesks import words
from slaclock.helpdesks.connection import translate

if TYPE_CHECKING:
    from slaclock.helpdesks.connection import Connection
    from slaclock.helpdesks.payload import Members

STATUSES = {
    "new": "new",
    "open": "open",
    "pending": "pending",
    "hold": "on_hold",
    "solved": "solved",
    "closed": "closed",
    "archived": "closed",
    "deleted": "deleted",
    "scrubbed": "deleted",  # deleted for good
}
PRIORITIES = {"urgent": "urgent", "high": "high", "normal": "normal", "low": "low"}


def attributes_of(ticket: Members, connection: Connection) -> dict[str, Any]:
    """Read the members that a ticket carries; `InvalidEvent` points at one of the wrong type."""
    members = _status(ticket, connection) | words.url(ticket_id_of(ticket), connection)
    if ticket.has("priority"):
        members |= words.priority(ticket.text("priority"), connection, PRIORITIES)
    if ticket.has("organization_id"):
        members |= words.customer(ticket.identity("organization_id"), connection)
    if ticket.has("type"):
        members["ticket_type"] = (ticket.text("type") or "").lower() or None
    if ticket.has("group_id"):
        members["team"] = words.reference(ticket.identity("group_id"))
    if ticket.has("assignee_id"):
        members["assignee"] = words.reference(ticket.identity("assignee_id"))
    if ticket.has("tags"):
        members["tags"] = ticket.texts("tags") or []
    if created_at := ticket.instant("created_at"):
        members["created_at"] = format_instant(created_at)
    if ticket.object("via").has("channel"):
        members["channel"] = ticket.object("via").text("channel")
    return members


def ticket_id_of(ticket: Members) -> str:
    """The ticket's id, without which nothing can be said."""
    return words.needed(ticket.identity("id"), f"{ticket.pointer}/id")


def _status(ticket: Members, connection: Connection) -> dict[str, Any]:
    # Only the connection knows what an account's own statuses mean; `status` is the category they are in.
    own = translate(ticket.identity("custom_status") or "", connection.statuses, {})
    if own != "unknown":
        return {"status": own}
    return words.status(ticket.text("status"), connection, STATUSES)
