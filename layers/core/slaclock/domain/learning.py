"""What an event says of its ticket: members, status, and whose message it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.altered import altered
from slaclock.domain.instants import parse_instant
from slaclock.domain.ticket import GONE, Ticket, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from slaclock.domain.events import TicketEvent
    from slaclock.domain.ticket import Past

# What a ticket keeps of what it is told, so that its item stays far below DynamoDB's 400 KB.
_MOST_FIELDS, _LONGEST_FIELD, _MOST_CHANGES = 64, 1024, 100
_STATUS_OF_TYPE = {
    "solved": "solved",
    "closed": "closed",
    "deleted": "deleted",
    "reopened": "open",
    "restored": "open",
}

_SPEAKER_OF_TYPE = {"agent_replied": "agent", "customer_replied": "customer"}
_UNKNOWN = "unknown"
_REFERENCES = frozenset({"team", "assignee", "customer", "service"})
_PRIVATE = ("custom", "assignee")


def open_ticket(event: TicketEvent) -> Ticket:
    """The ticket that a first event makes: created when its source says so, else at the event (rule 16)."""
    stated = event.attributes.get("created_at")
    created = min(parse_instant(stated), event.occurred_at) if stated else event.occurred_at
    return Ticket(event.account, event.ticket_id, created, event.subject, waiting_since=created)


def learn(ticket: Ticket, event: TicketEvent, watched: AbstractSet[str]) -> tuple[Ticket, frozenset[str]]:
    """The ticket with what the event says of it, and the members that changed.

    What is unknown changes nothing, and an empty text, or something without id and name, says nothing (rule
    29). Of the members `watched`, changes are remembered.
    """
    old, said = ticket.attributes, event.attributes
    news = {
        name: value
        for name, value in said.items()
        if (name not in old or old[name] != value) and not _is_nameless(name, value)
    }
    if isinstance(custom := news.get("custom"), dict):
        news["custom"] = _bounded({**(old.get("custom") or {}), **custom})
    news["status"] = status = _status(ticket, event, said.get("status"))
    changed = frozenset(
        [name for name, value in news.items() if value != _UNKNOWN and old.get(name) != value]
    )
    gone, opening = _gone(ticket, event, status), event.group if event.type == "created" else ticket.opening
    if not changed and (gone, opening) == (ticket.gone, ticket.opening):
        return ticket, changed
    news = {name: news[name] for name in changed}
    seen = {name: news[name] for name in changed & watched}
    past = _remembered(ticket, event, seen if gone == ticket.gone else {**seen, GONE: gone})
    return altered(ticket, attributes={**old, **news}, past=past, opening=opening, gone=gone), changed


def reason_of(changed: Iterable[str], ticket: Ticket) -> str:
    """Why a clock was set anew, for people: `priority is now urgent`."""
    said = (told(name, f"is now {shown(ticket.attributes.get(name))}") for name in sorted(changed))
    return "; ".join(said)


def speaker(ticket: Ticket, event: TicketEvent) -> str | None:
    """Whose message the event is, `agent` or `customer`, where it counts as one (rule 10).

    The comment's author beats the event's actor. The opening message is none: it comes with the creation, or
    not after it. One that was heard at this instant is heard: snapshots tell of a reply again and again.
    """
    opening = event.type == "created" or event.occurred_at <= ticket.created_at
    if opening or (event.group and event.group == ticket.opening) or event.public is False:
        return None
    if event.type in ("note_added", "rated"):  # what is said with a rating asks for no answer
        return None
    role, typed = event.author_role or event.actor_role or "unknown", _SPEAKER_OF_TYPE.get(event.type)
    who = typed if role == "unknown" else role
    seen = event.public or typed == "agent" or (typed and who == "customer")
    heard = ticket.heard.last(f"{who}_reply") == event.occurred_at
    return who if seen and not heard and who in {"agent", "customer"} else None


def told(name: str, how: str) -> str:
    """What is told of a member; of one that may name somebody, or hold anything, only that it changed."""
    return f"{name} changed" if name.startswith(_PRIVATE) else f"{name} {how}"


def shown(value: Any) -> str:
    """A member's value for people."""
    if value is None:
        return "unknown"
    if isinstance(value, dict):
        return str(name_of(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _is_nameless(name: str, value: Any) -> bool:
    if name in _REFERENCES and isinstance(value, dict):
        return not (value.get("id") or value.get("name"))
    return bool(value == "")


def _status(ticket: Ticket, event: TicketEvent, carried: str | None) -> str:
    carried = None if carried == _UNKNOWN else carried
    if event.type == "restored" and carried in (None, "deleted"):
        return "open"
    return carried or _STATUS_OF_TYPE.get(event.type) or ticket.status


def _remembered(ticket: Ticket, event: TicketEvent, changes: Mapping[str, Any]) -> Past:
    """The past with these changes; beyond a hundred, the oldest are told as one."""
    if not changes:
        return ticket.past
    since: datetime = event.occurred_at
    if not ticket.past and event.type == "created":
        since = ticket.created_at
    past = (*ticket.past, (since, changes))
    if len(past) <= _MOST_CHANGES:
        return past
    (_, oldest), (at, older), *rest = past
    return ((at, {**oldest, **older}), *rest)


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
