"""The members of a ticket as Intercom writes a conversation or a ticket, in our words.

What is left out stays unknown (rule 29); null and `0` are knowledge. Contacts, authors, titles and texts are
not kept; attributes of tickets are for the connection's paths.
"""

from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.helpdesks import times, words
from slaclock.helpdesks.connection import Connection, translate
from slaclock.helpdesks.payload import Members

# The states of conversations, and the categories that an account's own states of tickets are in.
STATUSES = {
    "open": "open",
    "snoozed": "pending",
    "closed": "closed",
    "submitted": "new",
    "in_progress": "open",
    "waiting_on_customer": "pending",
    "resolved": "solved",
}
PRIORITIES = {"priority": "high", "not_priority": "normal"}


def ticket_id_of(item: Members) -> str:
    """The id that a conversation and the ticket made of it share."""
    identity = item.identity("id") or item.identity("conversation_id")
    return words.needed(identity, f"{item.pointer}/id")


def lasting(item: Members, ticket_id: str, connection: Connection) -> dict[str, Any]:
    """Members that never change."""
    members: dict[str, Any] = dict(words.url(ticket_id, connection))
    if created_at := times.seconds(item, "created_at"):
        members["created_at"] = format_instant(created_at)
    if channel := item.text("channel") or item.object("source").text("type"):
        members["channel"] = channel
    if key := item.identity("ticket_id"):
        members["key"] = key
    return members


def standing(item: Members, connection: Connection) -> dict[str, Any]:
    """Members that tell how it stood when it was written down."""
    members = _status(item, connection) | _assigned(item)
    if item.has("priority"):
        members |= words.priority(item.text("priority"), connection, PRIORITIES)
    if item.has("company_id"):
        members |= words.customer(item.identity("company_id"), connection)
    elif item.has("company"):
        company = item.object("company")
        members |= words.customer(company.identity("id"), connection, company.text("name"))
    if item.has("tags"):
        members["tags"] = [name for tag in item.object("tags").objects("tags") if (name := tag.text("name"))]
    if item.has("ticket_type"):
        members["ticket_type"] = item.object("ticket_type").text("name")
    return members


def status_of(word: str | None, connection: Connection) -> dict[str, Any]:
    """What a state means, as the connection or Intercom itself has it."""
    return words.status(word, connection, STATUSES)


def _status(item: Members, connection: Connection) -> dict[str, Any]:
    state, ticket = _state(item), item.object("ticket") if item.has("ticket") else item
    own = ticket.object("ticket_state")
    category = own.text("category")
    # A ticket that nobody works on any more is closed whatever its own state says, but solved where that is.
    if category is None or (state in {"closed", "snoozed"} and category != "resolved"):
        return status_of(state, connection)
    for word in (own.text("internal_label"), own.identity("id")):
        if word and (ours := translate(word, connection.statuses, {})) != "unknown":
            return {"status": ours}
    return status_of(category, connection)


def _state(item: Members) -> str | None:
    """Open, closed or snoozed; a ticket has no state of that name."""
    if state := item.text("state"):
        return state
    if item.flag("open") is False:
        return "closed"
    return "snoozed" if times.seconds(item, "snoozed_until") else None


def _assigned(item: Members) -> dict[str, Any]:
    """Team and assignee: two members of today's, or one that is either of them (before API 2.0)."""
    members: dict[str, Any] = {}
    if item.has("team_assignee_id"):
        members["team"] = words.reference(item.identity("team_assignee_id"))
    if item.has("admin_assignee_id"):
        members["assignee"] = words.reference(item.identity("admin_assignee_id"))
    elif item.has("assignee"):
        either = item.object("assignee")
        member = "team" if either.text("type") == "team" else "assignee"
        members[member] = words.reference(either.identity("id"))
    return members
