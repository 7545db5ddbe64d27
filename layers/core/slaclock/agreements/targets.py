"""The targets of an agreement document: budgets, reminders and escalation, in short form or long."""

from __future__ import annotations

from typing import Any

from slaclock.agreements.checks import (
    BUDGET,
    IDENTIFIER,
    Check,
    items,
    mapping,
    members,
    not_so,
    one_of,
    scalar,
    text,
    whole,
)
from slaclock.agreements.nodes import Members, Node, Scalar
from slaclock.agreements.problems import Problems, suggest
from slaclock.domain.durations import parse_delay, parse_reminder
from slaclock.domain.errors import InvalidAgreement
from slaclock.domain.metrics import METRICS

PRIORITIES = ("urgent", "high", "normal", "low", "none", "default")
STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")


def _read_reminder(written: str) -> str:
    parse_reminder(written)
    return written


def _read_delay(written: str) -> str:
    parse_delay(written)
    return written


def _read_interval(written: str) -> str:
    if not parse_delay(written).length:
        raise InvalidAgreement(f"{written!r}: a message is repeated after some time, such as 15m wall")
    return written


_BY_PRIORITY = one_of("priority", PRIORITIES)
_DELAY = scalar("a delay such as 30m or 1h wall", _read_delay)
_REPEAT = members(
    {
        "times": whole(1, 9),
        "every": scalar("a delay such as 15m wall", _read_interval),
    },
    required={"times": "how many messages after the first, from 1 to 9", "every": "a delay such as 15m wall"},
)
_LEVEL = members(
    {
        "after": _DELAY,
        "notify": IDENTIFIER,
        "until": one_of("ending", ("stopped", "acknowledged")),
        "repeat": _REPEAT,
    },
    required={"after": "a delay after the breach, such as 0m", "notify": "an audience such as oncall-1"},
)

PAUSE_ON = items(one_of("status", STATUSES), at_most=len(STATUSES))
REMINDERS = items(scalar("a reminder such as 75% or 15m before", _read_reminder), at_most=10)
ESCALATION = items(_LEVEL, at_most=10)

_WITHOUT_CALENDAR: dict[str, Check] = {
    "metric": one_of("metric", METRICS),
    "team": text(128),
    "pause_on": PAUSE_ON,
    "on_reopen": one_of("way to reopen", ("resume", "restart", "ignore")),
    "clause": text(64),
    "reminders": REMINDERS,
    "escalation": ESCALATION,
}
_LONG_FORM = ("budget", "calendar", *_WITHOUT_CALENDAR)


def budgets(node: Node, problems: Problems) -> Any:
    """Check a budget for all priorities, given as `default`, or one for each."""
    if isinstance(node, Scalar):
        return {"default": BUDGET(node, problems)}
    return _by_priority(BUDGET, "a duration such as 8h, or one by priority")(node, problems)


def calendar_of(names: tuple[str, ...]) -> Check:
    """Make the check of a calendar's name; where the calendars are missing, any name passes."""
    return one_of("calendar", names) if names else IDENTIFIER


def targets(calendars: tuple[str, ...]) -> Check:
    """Make the check of all targets, for a document that has these calendars."""
    every = mapping(IDENTIFIER, _target(calendars), at_most=20, at_least=1)

    def check(node: Node, problems: Problems) -> Any:
        found = every(node, problems)
        for name, (place, value) in node.members.items() if isinstance(node, Members) else ():
            if name not in METRICS and not (isinstance(value, Members) and "metric" in value.members):
                problems.add(place, f"unknown metric {name!r}: {suggest(name, METRICS)}")
        return found

    return check


def _target(calendars: tuple[str, ...]) -> Check:
    one = calendar_of(calendars)
    by_priority = _by_priority(one, "a calendar's name, or one by priority")

    def calendar(node: Node, problems: Problems) -> Any:
        if isinstance(node, Scalar):
            return {"default": one(node, problems)}
        return by_priority(node, problems)

    known = {"budget": budgets, "calendar": calendar, **_WITHOUT_CALENDAR}
    long_form = members(known, required={"budget": "a duration such as 8h, or one by priority"})

    def check(node: Node, problems: Problems) -> Any:
        if isinstance(node, Members) and not node.members.keys().isdisjoint(_LONG_FORM):
            return long_form(node, problems)
        return {"budget": budgets(node, problems)}

    return check


def _by_priority(value: Check, expected: str) -> Check:
    every = mapping(_priority, value, at_most=len(PRIORITIES), at_least=1)

    def check(node: Node, problems: Problems) -> Any:
        if isinstance(node, Members):
            return every(node, problems)
        return problems.add(node.place, not_so(node, expected))

    return check


def _priority(node: Node, problems: Problems) -> None:
    """Check a priority, where one who meant the long form may have mistyped a member of it."""
    if isinstance(node, Scalar) and node.text not in PRIORITIES:
        close = suggest(node.text, (*PRIORITIES, *_LONG_FORM))
        meant = close if close.startswith("did") else suggest(node.text, PRIORITIES)
        problems.add(node.place, f"unknown priority {node.text!r}: {meant}")
