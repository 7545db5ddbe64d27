"""The targets of an agreement document: budgets, reminders and escalation, in short form or long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.audiences import REMIND, REMIND_DURING, RUNBOOK
from slaclock.agreements.checks import Check, either, items, mapping, members, one_of
from slaclock.agreements.conditions import PRIORITIES, STATUSES
from slaclock.agreements.nodes import Items, Members, Node, Scalar
from slaclock.agreements.tables import table
from slaclock.agreements.values import (
    BUDGET,
    DELAY,
    GOAL,
    GOAL_REMINDER,
    IDENTIFIER,
    INTERVAL,
    REMINDER,
    text,
    whole,
)
from slaclock.domain.durations import parse_goal_reminder
from slaclock.domain.metrics import BUILT_IN

if TYPE_CHECKING:
    from slaclock.agreements.problems import Problems

BY_PRIORITY = "a duration such as 8h, or one by priority"
PAUSED = ("pending", "on_hold")  # unless a document says otherwise
ONE_CALENDAR = "a calendar's name, or one by priority"

_REPEAT = members(
    {
        "times": whole(1, 9).said("How many messages after the first."),
        "every": INTERVAL.said("Between one message and the next.", "15m wall"),
    },
    required={"times": "how many messages after the first, from 1 to 9", "every": "a delay such as 15m wall"},
)
_LEVEL = members(
    {
        "after": DELAY.said("How long after the breach.", "0m", "30m", "2h wall"),
        "notify": IDENTIFIER.said("The audience that is told, or a rota.", "oncall-1"),
        "until": one_of("ending", ("stopped", "acknowledged")).said(
            "Told until the clock stops (the default), or until somebody acknowledges the breach."
        ),
        "repeat": _REPEAT,
        "runbook": RUNBOOK,
    },
    required={"after": "a delay after the breach, such as 0m", "notify": "an audience such as oncall-1"},
)


def _once(node: Node, values: Any, problems: Problems) -> Any:
    """What is written twice would be told once: the second one is a slip, also as `50.0%` beside `50%`."""
    first: dict[Any, str] = {}
    for value, item in zip(values, node.items if isinstance(node, Items) else (), strict=False):
        means = parse_goal_reminder(value)._replace(text="")
        if means in first:
            same = "" if first[means] == value else f", first as {first[means]!r}"
            problems.add(item.place, f"{value!r} is given twice{same}")
        first.setdefault(means, value)
    return values


PAUSE_ON = items(one_of("status", STATUSES), at_most=len(STATUSES)).said(
    "Statuses in which the clock does not run.", ["pending", "on_hold"]
)
REMINDERS = (
    items(REMINDER, at_most=10)
    .then(_once)
    .said("Messages before the deadline, at a share of the budget or a time before.", ["50%", "15m before"])
)
ESCALATION = items(_LEVEL, at_most=10).said("Whom to tell after a breach, step by step.")

_GOAL_FORM = members(
    {
        "budget": table(GOAL, BY_PRIORITY).said("The stricter budget.", "2h"),
        "reminders": items(GOAL_REMINDER, at_most=10).then(_once).said("Before the goal.", ["0m before"]),
    },
    required={"budget": BY_PRIORITY},
)
_GOAL_TABLE = table(GOAL, BY_PRIORITY, ("budget", "reminders"))


def _goal(node: Node, problems: Problems) -> Any:
    """A goal in short form is its budget alone."""
    if (
        isinstance(node, Members)
        and {"budget", "reminders"} & node.members.keys()
        and "by" not in node.members
    ):
        return _GOAL_FORM(node, problems)
    return {"budget": _GOAL_TABLE(node, problems)}


_METRIC = Check(IDENTIFIER.judge, {"anyOf": [{"enum": list(BUILT_IN)}, IDENTIFIER.schema]})
_FORM = {
    "budget": table(BUDGET, BY_PRIORITY).said(
        "How long it may take: working time (90m), working days (2d, 2d end of day), elapsed time (2h wall), "
        "or the date of a field (custom.last_day); `none` for no clock.",
        "8h",
        {"urgent": "4h", "default": "3d"},
        {"by": "region", "emea": "4h"},
    ),
    "calendar": table(IDENTIFIER, ONE_CALENDAR).said("Which calendar counts.", "office"),
    "goal": either(_goal, _GOAL_TABLE, _GOAL_FORM).said(
        "A stricter aim beside the promise, told by reminders only.", "2h"
    ),
    "metric": _METRIC.said("What is measured; the target's name unless it says otherwise.", *BUILT_IN),
    "team": text(128).said("The team that the metric is about, by id or name.", "tier2"),
    "pause_on": PAUSE_ON,
    "on_reopen": one_of("way to reopen", ("resume", "restart", "ignore")).said(
        "What reopening a ticket does: go on with the time worked, begin anew, or nothing."
    ),
    "clause": text(64).said("Where the contract says it.", "§4.2"),
    "reminders": REMINDERS,
    "remind": REMIND,
    "remind_during": REMIND_DURING,
    "escalation": ESCALATION,
    "runbook": RUNBOOK,
}
_LONG_FORM = members(_FORM)
_SHORT_FORM = table(BUDGET, BY_PRIORITY, tuple(_FORM))


def _without_priorities(node: Members, problems: Problems) -> Members:
    """Tell of `{budget: 8h, urgent: 4h}`, whose priorities belong under `budget`, and leave them out."""
    found = {name: each for name, each in node.members.items() if name in (*PRIORITIES, "default")}
    if not found:
        return node
    place, _ = next(iter(found.values()))
    rows = (f"{name}: {each.text if isinstance(each, Scalar) else '…'}" for name, (_, each) in found.items())
    problems.add(place, f"put priorities under budget: {{{', '.join(rows)}}}")
    return Members(node.place, {name: each for name, each in node.members.items() if name not in found})


def _target(node: Node, problems: Problems) -> Any:
    """A target in short form is its budget alone; a table that says what it is by is one, too."""
    if isinstance(node, Members) and not node.members.keys().isdisjoint(_FORM) and "by" not in node.members:
        return _LONG_FORM(_without_priorities(node, problems), problems)
    return {"budget": _SHORT_FORM(node, problems)}


_TARGET = either(_target, _SHORT_FORM, Check(_target, {**_LONG_FORM.schema, "minProperties": 1}))
TARGETS = mapping(IDENTIFIER, _TARGET, at_most=20, at_least=1)
