"""What may stand in an agreement document: its members, and how they hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.applies_to import applies_to
from slaclock.agreements.calendars import CALENDARS
from slaclock.agreements.checks import (
    DAY,
    IDENTIFIER,
    INSTANT,
    SHARE,
    TRUTH,
    Check,
    items,
    matching,
    members,
    not_yet,
    one_of,
    text,
    whole,
    within,
)
from slaclock.agreements.nodes import Members, Node
from slaclock.agreements.targets import ESCALATION, PAUSE_ON, REMINDERS, calendar_of, targets
from slaclock.domain.instants import parse_instant

if TYPE_CHECKING:
    from slaclock.agreements.problems import Problems

LAST_ORDER = 999_999  # an agreement without an order is asked after every one that has one

_PARTY = text(128)
_CREDITS = members(
    {
        "period": one_of("period", ("month", "quarter", "year")),
        "fee": members(
            {
                "amount": matching(r"[0-9]{1,12}(?:\.[0-9]{1,4})?", 'an amount such as "12000.00"'),
                "currency": matching("[A-Z]{3}", "a currency's three capital letters, such as DKK"),
            },
            required={"amount": 'an amount such as "12000.00"', "currency": "a currency such as DKK"},
        ),
        "bands": items(
            members(
                {"below": SHARE, "credit": SHARE},
                required={
                    "below": "the attainment below which it is due, such as 99%",
                    "credit": "such as 5%",
                },
            ),
            at_least=1,
            at_most=20,
        ),
        "cap": SHARE,
    },
    required={"period": "month, quarter or year", "bands": "a list such as [{below: 99%, credit: 5%}]"},
)
_DAYS = members({"from": DAY, "until": DAY})
_SPAN = members(
    {"from": INSTANT, "to": INSTANT, "reason": text()},
    required={"from": "the first instant", "to": "the first instant after it", "reason": "why"},
)
_REQUIRED = {
    "agreement": "an id such as acme-gold",
    "calendars": "at least one, such as always: {timezone: UTC, hours: 24x7}",
    "targets": "at least one, such as resolution: 8h",
}


def agreement(root: Node, problems: Problems) -> Any:
    """Check a whole document; the calendars' names are needed first, since other members refer to them."""
    calendars = _names(root, "calendars")
    values = members(_members(calendars), _REQUIRED)(root, problems)
    if isinstance(root, Members) and values and "calendar" not in values and calendars:
        if len(calendars) > 1:
            place = within(root.place, "calendar")
            problems.add(
                place, f"missing: write which calendar is the default, one of {', '.join(calendars)}"
            )
        values["calendar"] = calendars[0]
    return values


def _members(calendars: tuple[str, ...]) -> dict[str, Check]:
    return {
        "agreement": IDENTIFIER,
        "title": text(),
        "kind": one_of("kind", ("customer", "internal", "supplier")),
        "level": one_of("level", ("corporate", "customer", "service")),
        "parties": members({"provider": _PARTY, "customer": _PARTY, "supplier": _PARTY}),
        "effective": _effective,
        "order": whole(0, LAST_ORDER),
        "applies_to": applies_to,
        "applies_to_open": TRUTH,
        "horizon": DAY,
        "calendars": CALENDARS,
        "calendar": calendar_of(calendars),
        "pause_on": PAUSE_ON,
        "targets": targets(calendars),
        "reminders": REMINDERS,
        "escalation": ESCALATION,
        "exclusions": items(_exclusion, at_most=100),
        "credits": _CREDITS,
        "extends": not_yet,
    }


def _effective(node: Node, problems: Problems) -> Any:
    days = _DAYS(node, problems) or {}
    first, last = days.get("from"), days.get("until")
    if first and last and last < first:  # ISO dates sort as text
        problems.add(node.place, f"until {last} comes before from {first}")
    return days


def _exclusion(node: Node, problems: Problems) -> Any:
    before = len(problems.found)
    span = _SPAN(node, problems)
    if len(problems.found) == before and parse_instant(span["to"]) <= parse_instant(span["from"]):
        problems.add(node.place, f"to {span['to']} does not come after from {span['from']}")
    return span


def _names(root: Node, member: str) -> tuple[str, ...]:
    value = root.members[member][1] if isinstance(root, Members) and member in root.members else None
    return tuple(value.members) if isinstance(value, Members) else ()
