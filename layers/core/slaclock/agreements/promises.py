"""One promise of a frozen agreement in words: who gets which budget, and what its clock does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.measuring import REOPENING, declaration_of, measured
from slaclock.agreements.page import entry
from slaclock.agreements.telling import level_words, reminded_words
from slaclock.agreements.values import NO_BUDGET
from slaclock.agreements.wording import (
    Frozen,
    budget_words,
    order_words,
    reminder_words,
    value_words,
)
from slaclock.domain.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TABLE = 4


def promise(frozen: Frozen, target: Frozen) -> Iterator[str]:
    """Write a promise: its budgets, what its clock does, who is told, and where the agreement says so."""
    clause = f", {target['clause']}" if "clause" in target else ""
    metric = f", measured as {target['metric']}" if target["metric"] != target["name"] else ""
    yield f"  {target['name']}{metric}{clause}"
    rows = list(budgets(target))
    width = max(len(label) for label, _ in rows) + 2
    for label, words in rows:
        yield from entry(label, words, _TABLE, width)
    for label, words in orders(target):
        yield from _entry(label, words)
    yield from _clock(frozen, target)
    for text in target["reminders"]:
        yield from _entry("reminder", f"{reminder_words(text)}, {reminded_words(target)}")
    if not target["reminders"]:
        yield from _entry("reminder", "none")
    yield from _goal(target)
    for number, level in enumerate(target["escalation"], 1):
        yield from _entry(f"level {number}", level_words(level))
    if not target["escalation"]:
        yield from _entry("escalation", "no ladder: of a breach the team and legal are told")
    if "runbook" in target:
        yield from _entry("runbook", target["runbook"])
    yield ""


def budgets(target: Frozen) -> Iterator[tuple[str, str]]:
    """Give each row of a target's table: for whom, and the budget with the calendar that counts it."""
    by, calendars, joint = budgets_by(target), target["calendars"], is_joint(target)
    values = dict.fromkeys(target["budgets"])
    if joint and "default" in values:
        values |= dict.fromkeys(calendars)
    for value in _in_order(target, "budgets", values):
        budget = target["budgets"].get(value, target["budgets"].get("default"))
        calendar = f", calendar {calendars.get(value, calendars['default'])}" if joint else ""
        yield value_words(by, value, alone=len(values) == 1), f"{budget_words(budget)}{calendar}"
    if "default" not in target["budgets"]:
        yield "all other tickets", budget_words(NO_BUDGET)
    for value in () if joint else _in_order(target, "calendars", calendars):
        yield value_words(target["calendars_by"], value), f"calendar {calendars[value]}"


def orders(frozen: Frozen) -> Iterator[tuple[str, str]]:
    """Give what the order of a table means, where there is one to mind: of which table, and the words."""
    for name, label in (("budgets", "order"), ("calendars", "calendar order")):
        if len(frozen.get(f"{name}_order", ())) > 1:
            yield label, order_words(frozen[f"{name}_by"])


def budgets_by(target: Frozen) -> str:
    """Name the member that a target's budgets are by."""
    return str(target.get("budgets_by", "priority"))


def is_joint(target: Frozen) -> bool:
    """Whether a row of budgets has one calendar: both tables are by one member, or there is one calendar.

    Where the order of the values counts, it must be the same.
    """
    one, by = target["calendars"].keys() == {"default"}, target.get("calendars_by", "priority")
    alike = target.get("budgets_order") == target.get("calendars_order")
    return one or bool(by == budgets_by(target) and alike)


def _clock(frozen: Frozen, target: Frozen) -> Iterator[str]:
    declared = declaration_of(frozen, target)
    dates = all(
        parse_duration(text).unit == "field" for text in target["budgets"].values() if text != NO_BUDGET
    )
    for what, words in measured(declared, target):
        if what != "pauses while" or not dates:
            yield from _entry(what, words)
    if declared.get("repeat") != "reopened" and target["on_reopen"] != "resume":
        yield from _entry("on reopening", f"{REOPENING[target['on_reopen']]}; of no effect on this metric")
    if "team" in target and "in_team" not in declared.values():
        yield from _entry("team", target["team"])


def _goal(target: Frozen) -> Iterator[str]:
    goal = target.get("goal")
    if not goal or not goal["budgets"]:
        return
    for value in _in_order(goal, "budgets", goal["budgets"]):
        whom = value_words(budgets_by(goal), value, alone=len(goal["budgets"]) == 1)
        words = budget_words(goal["budgets"][value])
        yield from _entry("goal", f"{whom}: {words}, our own aim: missing it is no breach")
    for _, words in orders(goal):
        yield from _entry("goal order", words)
    for text in goal["reminders"]:
        yield from _entry("goal reminder", f"{reminder_words(text, 'goal')}, {reminded_words(target)}")


def _entry(label: str, words: str) -> Iterator[str]:
    yield from entry(label, words, _TABLE)


def _in_order(frozen: Frozen, name: str, values: Mapping[str, Any]) -> list[str]:
    """Give the values of a table, the default last; where their order counts, in that."""
    order = {value: number for number, value in enumerate(frozen.get(f"{name}_order", ()))}
    return sorted(values, key=lambda value: (value == "default", order.get(value, len(order))))
