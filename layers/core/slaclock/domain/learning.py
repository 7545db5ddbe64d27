"""What an event says of its ticket: members, status, and whose message it was."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from slaclock.domain.events import TicketEvent
from slaclock.domain.instants import parse_instant
from slaclock.domain.ticket import Ticket, name_of

# What a ticket keeps of what it is told, so that its item stays far below DynamoDB's 400 KB.
_MOST_FIELDS, _LONGEST_FIELD, _MOST_STATUSES = 64, 1024, 100
_STATUS_OF_TYPE = {
    "solved": "solved",
    "closed": "closed",
    "deleted": "deleted",
    "reopened": "open",
    "restored": "open",
}

_SPEAKER_OF_TYPE = {"agent_replied": "agent", "customer_replied": "customer"}


def open_ticket(event: TicketEvent) -> Ticket:
    """The ticket that a first event makes: created when its source says so, else at the event (rule 16)."""
    stated = event.attributes.get("created_at")
    created = min(parse_instant(stated), event.occurred_at) if stated else event.occurred_at
    return Ticket(event.account, event.ticket_id, created, event.subject, waiting_since=created)


def learn(ticket: Ticket, event: TicketEvent) -> Ticket:
    """The ticket with what the event says of it; what is unknown changes nothing (rule 29)."""
    news = {name: value for name, value in event.attributes.items() if value != "unknown"}
    if isinstance(custom := news.get("custom"), Mapping):
        news["custom"] = _bounded({**(ticket.attributes.get("custom") or {}), **custom})
    status = _status(ticket, event, news.pop("status", None))
    return replace(
        ticket,
        attributes={**ticket.attributes, **news, "status": status},
        statuses=_statuses(ticket, event, status),
        opening=event.group if event.type == "created" else ticket.opening,
        gone=_gone(ticket, event, status),
    )


def changed_members(before: Ticket, after: Ticket) -> frozenset[str]:
    """The members that an event changed."""
    old, new = before.attributes, after.attributes
    return frozenset(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def reason_of(changed: frozenset[str], ticket: Ticket) -> str:
    """Why a clock was set anew, for people: `priority is now urgent`."""
    return "; ".join(f"{name} is now {_shown(ticket.attributes.get(name))}" for name in sorted(changed))


def speaker(ticket: Ticket, event: TicketEvent) -> str | None:
    """Whose message the event is, `agent` or `customer`, where it counts as one (rule 10).

    The comment's author beats the event's actor. The opening message is none: it comes with the creation, or
    not after it.
    """
    opening = event.type == "created" or event.occurred_at <= ticket.created_at
    if opening or (event.group and event.group == ticket.opening) or event.public is False:
        return None
    if event.type == "note_added":
        return None
    role, typed = event.author_role or event.actor_role or "unknown", _SPEAKER_OF_TYPE.get(event.type)
    who = typed if role == "unknown" else role
    seen = event.public or typed == "agent" or (typed and who == "customer")
    return who if seen and who in {"agent", "customer"} else None


def _status(ticket: Ticket, event: TicketEvent, carried: str | None) -> str:
    if event.type == "restored" and carried in (None, "deleted"):
        return "open"
    return carried or _STATUS_OF_TYPE.get(event.type) or ticket.status


def _statuses(ticket: Ticket, event: TicketEvent, status: str) -> tuple[tuple[datetime, str], ...]:
    if ticket.statuses and ticket.status == status:
        return ticket.statuses
    first = not ticket.statuses and event.type == "created"
    since = ticket.created_at if first else event.occurred_at
    return (*ticket.statuses, (since, status))[-_MOST_STATUSES:]


def _gone(ticket: Ticket, event: TicketEvent, status: str) -> str | None:
    """Why the ticket is gone, if it is; restoring it, or a status that says so, brings it back."""
    if event.type == "merged":
        return "merged"
    if status == "deleted":
        return "deleted"
    back = event.type in ("restored", "reopened") or ticket.status == "deleted"
    return None if back else ticket.gone


def _bounded(custom: Mapping[str, Any]) -> dict[str, Any]:
    """The first custom fields that were seen, and of those the ones that are not long."""
    short = {name: value for name, value in custom.items() if len(repr(value)) <= _LONGEST_FIELD}
    return dict(list(short.items())[:_MOST_FIELDS])


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(name_of(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
