"""Frappe's `HD Ticket`: a document as a snapshot.

Its source: helpdesk/helpdesk/doctype/hd_ticket/hd_ticket.py and hd_ticket.json.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, paths, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import Members, load
from slaclock.helpdesks.people import identity
from slaclock.helpdesks.snapshots import Snapshot
from slaclock.helpdesks.times import beside, lately, local

# Admins add statuses, each in one of three categories; of the four installed, two are in the same.
CATEGORIES = {"open": "open", "paused": "pending", "resolved": "solved"}
STATUSES = {"open": "open", "replied": "pending", "resolved": "solved", "closed": "closed"}
PRIORITIES = {"urgent": "urgent", "high": "high", "medium": "normal", "low": "low"}

_TICKED, _UNTICKED = (1, "1"), (0, "0", None)
_REPLIED = "replied"

Stamps = Callable[[str], datetime | None]  # an older stamp of a document, by its name


def snapshot_of(document: Members, delivery: Delivery, connection: Connection, *, gone: bool) -> Snapshot:
    """A ticket as it stands; `gone` is one that was just deleted, of which nothing says when."""
    ticket_id = words.needed(document.identity("name"), f"{document.pointer}/name")
    zone, arrived_at = connection.timezone, delivery.received_at
    at = local(document, "modified", zone, lately(arrived_at))
    fresh = beside(at or arrived_at)

    def stamp(name: str) -> datetime | None:
        return local(document, name, zone, fresh)

    attributes = _attributes(document, stamp, connection) | words.url(ticket_id, connection)
    attributes |= paths.members(document.values, connection, attributes)
    merged = _is_ticked(document, "is_merged")
    return Snapshot(
        source="frappe",
        ticket_id=ticket_id,
        at=at,
        attributes=attributes,
        agent_replied_at=_agent_replied_at(document, stamp),
        customer_replied_at=stamp("last_customer_response"),
        gone="deleted" if gone else "merged" if merged else None,
        merged_into=document.identity("merged_with") if merged else None,
        time_quality="received" if gone else "ticket_updated_at",
        requester=identity(document, "raised_by"),
    )


def _attributes(document: Members, stamp: Stamps, connection: Connection) -> dict[str, Any]:
    """Read the members that the document carries; what an admin left out stays unknown (rule 29)."""
    members = _status(document, connection)
    if document.has("priority"):
        members |= words.priority(document.text("priority"), connection, PRIORITIES)
    if document.has("agent_group"):
        members["team"] = words.reference(document.identity("agent_group"))
    if document.has("_assign"):
        members["assignee"] = _assignee(document)
    if document.has("customer"):
        members |= words.customer(document.identity("customer"), connection)
    if document.has("ticket_type"):
        members["ticket_type"] = document.text("ticket_type")
    if document.has("_user_tags"):
        tags = (document.text("_user_tags", 4096) or "").split(",")
        members["tags"] = [tag.strip() for tag in tags if tag.strip()]
    if created_at := stamp("creation"):
        members["created_at"] = format_instant(created_at)
    return members


def _status(document: Members, connection: Connection) -> dict[str, Any]:
    """A status by the connection's map, else by its category, else by its name as installed."""
    word, meaning = document.text("status"), _meaning(document)
    if not word:
        return {}
    return words.status(word, connection, {word.casefold(): meaning} if meaning else {})


def _meaning(document: Members) -> str | None:
    word, category = document.text("status"), (document.text("status_category") or "").lower()
    known = STATUSES.get((word or "").lower())
    meaning = CATEGORIES.get(category, known)
    return known if meaning == "solved" and known == "closed" else meaning


def _agent_replied_at(document: Members, stamp: Stamps) -> datetime | None:
    """The last reply; of helpdesks older than 2026 the first, unless it may be something else's stamp.

    Frappe stamps `first_responded_on` when a ticket is first replied to, paused or resolved. So it is that of
    a reply while the ticket is open, or `Replied`, as a reply leaves it; whoever sets that by hand is taken
    at their word.
    """
    if document.has("last_agent_response"):
        return stamp("last_agent_response")
    replied = (document.text("status") or "").lower() == _REPLIED or _meaning(document) == "open"
    return stamp("first_responded_on") if replied else None


def _assignee(document: Members) -> dict[str, str] | None:
    """The first of those assigned, in JSON within the JSON.

    A user is called by a mail address, which is not kept: digits of its hash tell one from another.
    """
    value, pointer = document.values["_assign"], f"{document.pointer}/_assign"
    try:
        assigned = load(value.encode()) if isinstance(value, str) else value
    except InvalidEvent:
        raise InvalidEvent("is not JSON", pointer) from None
    if not isinstance(assigned, list | None) or not all(isinstance(each, str) for each in assigned or []):
        raise InvalidEvent("is no list of users", pointer)
    first = assigned[0] if assigned else None
    return {"id": hashlib.sha256(first.encode()).hexdigest()[:16]} if first else None


def _is_ticked(document: Members, name: str) -> bool:
    value = document.values.get(name)
    if isinstance(value, bool) or value in _TICKED or value in _UNTICKED:
        return value in _TICKED
    raise InvalidEvent("is neither 0 nor 1", f"{document.pointer}/{name}")
