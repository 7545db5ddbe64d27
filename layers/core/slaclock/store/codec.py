"""A ticket's state as JSON, small: members that have their default are left out."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slaclock.domain.clock import Clock
from slaclock.domain.hearing import Heard
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.ticket import Ticket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.exclusion import Exclusion

_INSTANTS = frozenset(
    {
        "created_at",
        "waiting_since",
        "told_at",
        "quiet_before",
        "started_at",
        "remind_from",
        "due_at",
        "breached_at",
        "stopped_at",
        "acknowledged_at",
        "succeeded_at",
    }
)


# The members of a ticket that are written and read in a way of their own.
_NESTED = frozenset({"broken", "clocks", "past", "heard", "exclusions", "position", "next_moments"})


def ticket_to_json(ticket: Ticket) -> dict[str, Any]:
    """Write a ticket's state; its next moments are kept beside it, as the wakes that its schedules have."""
    position = ticket.position
    nested = {
        "clocks": [_short_clock(clock) for clock in ticket.clocks],
        "past": [[format_instant(at), _short_change(members)] for at, members in ticket.past],
        "heard": _heard_to_json(ticket.heard),
        "broken": [[format_instant(at), *what] for at, *what in ticket.broken],
        "exclusions": [_excluded(each, ticket) for each in ticket.exclusions],
        "position": [format_instant(position[0]), *position[1:]] if position else None,
    }
    return {**_plain(ticket), **{name: value for name, value in nested.items() if value}}


def ticket_from_json(document: Mapping[str, Any]) -> Ticket:
    """Read a ticket's state."""
    position = document.get("position")
    special = {
        "clocks": tuple(_clock(each) for each in document.get("clocks", ())),
        "past": tuple((parse_instant(at), _change(each)) for at, each in document.get("past", ())),
        "heard": _heard_from_json(document.get("heard", [])),
        "broken": tuple((parse_instant(at), *what) for at, *what in document.get("broken", ())),
        "chosen": tuple((name, version) for name, version in document.get("chosen", ())),
        "ended": tuple(document.get("ended", ())),
        "exclusions": _excluded_from_json(document),
        "position": (parse_instant(position[0]), *position[1:]) if position else None,
    }
    return Ticket(**{**_instants(document), **special})


def _heard_to_json(heard: Heard) -> list[Any]:
    """The agent's times, the customer's, who was heard last and since when; empty where nobody was."""
    if heard.since is None:
        return []
    agent, customer = (sorted(map(format_instant, set(each or ()))) for each in (heard.agent, heard.customer))
    return [agent, customer, heard.side.removesuffix("_reply"), format_instant(heard.since)]


def _heard_from_json(written: list[Any]) -> Heard:
    if not written:
        return Heard()
    agent, customer, side, since = written
    return Heard(_times(agent), _times(customer), f"{side}_reply", parse_instant(since))


def _times(written: list[str]) -> tuple[datetime, datetime] | None:
    return (parse_instant(written[0]), parse_instant(written[-1])) if written else None


def _excluded(exclusion: Exclusion, ticket: Ticket) -> dict[str, Any]:
    """An exclusion as its ticket keeps it: without what the ticket says already."""
    from slaclock.domain.exclusion import exclusion_to_json

    document = {**exclusion_to_json(exclusion), "ticket_id": exclusion.ticket_id}
    common = _common({"account": ticket.account, "ticket_id": ticket.ticket_id, "subject": ticket.subject})
    return {name: value for name, value in document.items() if common.get(name) != value}


def _excluded_from_json(ticket: Mapping[str, Any]) -> tuple[Exclusion, ...]:
    if not ticket.get("exclusions"):
        return ()
    from slaclock.domain.exclusion import exclusion_from_json

    return tuple(exclusion_from_json({**_common(ticket), **each}) for each in ticket["exclusions"])


def _common(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """What a ticket's exclusions say, unless they say otherwise."""
    named = {"account": ticket["account"], "ticket_id": ticket["ticket_id"]}
    return {**named, "schema": "exclusion/1", "subject": ticket.get("subject", "ticket"), "scope": {}}


def _short_change(members: Mapping[str, Any]) -> Any:
    """A change of a ticket's members; a text is what it mostly is: another status."""
    status = members.get("status")
    return status if members.keys() == {"status"} and isinstance(status, str) else dict(members)


def _change(written: Any) -> Mapping[str, Any]:
    return {"status": written} if isinstance(written, str) else written


def _short_clock(clock: Clock) -> dict[str, Any]:
    """A clock without what most of them have: the customer's slot, and a target named after its metric."""
    usual = {"slot": "", "metric": clock.target}
    return {name: value for name, value in _plain(clock).items() if name not in usual or value != usual[name]}


def _clock(document: Mapping[str, Any]) -> Clock:
    lists = {
        "pauses": tuple((parse_instant(begin), _instant(end)) for begin, end in document.get("pauses", ())),
        "excluded": tuple((parse_instant(a), parse_instant(b)) for a, b in document.get("excluded", ())),
        "reminded": frozenset(document.get("reminded", ())),
        "hushed": frozenset(document.get("hushed", ())),
        "heard": frozenset(document.get("heard", ())),
        "levels": tuple(document.get("levels", ())),
    }
    usual = {"slot": "", "metric": document["target"]}
    return Clock(**{**usual, **_instants(document), **lists})


def _instants(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _instant(value) if name in _INSTANTS else value for name, value in document.items()}


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _plain(state: Ticket | Clock) -> dict[str, Any]:
    """The members that differ from their defaults; the ticket's nested ones are written by its caller."""
    nested = _NESTED if isinstance(state, Ticket) else frozenset()
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
