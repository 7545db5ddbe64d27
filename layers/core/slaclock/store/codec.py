"""A ticket's state as JSON, small: members that have their default are left out."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any

from slaclock.domain.clock import Clock
from slaclock.domain.events import (
    Given,
    TicketEvent,
    acknowledgement_from_json,
    acknowledgement_to_json,
    event_from_json,
    event_to_json,
)
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.ticket import Ticket

_INSTANTS = frozenset(
    {
        "created_at",
        "waiting_since",
        "told_at",
        "started_at",
        "due_at",
        "breached_at",
        "stopped_at",
        "acknowledged_at",
    }
)


def ticket_to_json(ticket: Ticket) -> dict[str, Any]:
    """Write a ticket's state; its next moments are kept beside it, as the wakes that its schedules have."""
    return {
        **_plain(ticket),
        "clocks": [_plain(clock) for clock in ticket.clocks],
        "statuses": [[format_instant(at), status] for at, status in ticket.statuses],
        "position": [format_instant(ticket.position[0]), *ticket.position[1:]] if ticket.position else None,
    }


def ticket_from_json(document: Mapping[str, Any]) -> Ticket:
    """Read a ticket's state."""
    position = document["position"]
    special = {
        "clocks": tuple(_clock(each) for each in document["clocks"]),
        "statuses": tuple((parse_instant(at), status) for at, status in document["statuses"]),
        "chosen": tuple((name, version) for name, version in document.get("chosen", ())),
        "position": (parse_instant(position[0]), *position[1:]) if position else None,
    }
    return Ticket(**{**_instants(document), **special})


def given_to_json(given: Given) -> dict[str, Any]:
    """Write an input as the log keeps it."""
    return event_to_json(given) if isinstance(given, TicketEvent) else acknowledgement_to_json(given)


def given_from_json(document: Mapping[str, Any]) -> Given:
    """Read an input of the log."""
    if document["schema"] == "acknowledgement/1":
        return acknowledgement_from_json(document)
    return event_from_json(document)


def _clock(document: Mapping[str, Any]) -> Clock:
    pauses = tuple((parse_instant(begin), _instant(end)) for begin, end in document.get("pauses", ()))
    lists = {"reminded": frozenset(document.get("reminded", ())), "levels": tuple(document.get("levels", ()))}
    return Clock(**{**_instants(document), **lists, "pauses": pauses})


def _instants(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _instant(value) if name in _INSTANTS else value for name, value in document.items()}


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _plain(state: Ticket | Clock) -> dict[str, Any]:
    """The members that differ from their defaults; the ticket's nested ones are written by its caller."""
    nested = {"clocks", "statuses", "next_moments", "position"} if isinstance(state, Ticket) else set()
    members = ((member, getattr(state, member.name)) for member in fields(state) if member.name not in nested)
    return {member.name: _jsonable(value) for member, value in members if value != _default(member)}


def _default(member: Any) -> Any:
    return member.default_factory() if member.default_factory is not MISSING else member.default


def _jsonable(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return [_jsonable(each) for each in value] if isinstance(value, tuple) else value
