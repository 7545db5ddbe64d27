"""What can be written but not be meant: reminders before the start, goals that ask for nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slaclock.agreements.places import is_written
from slaclock.agreements.tables import DEFAULT, by_of, entries_of
from slaclock.agreements.values import NO_BUDGET
from slaclock.domain.durations import Duration, parse_duration, parse_goal_reminder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slaclock.agreements.whole import Target, Whole
    from slaclock.domain.metric import Metric

_DAY = timedelta(hours=24)
_SHORTEST_DAY = timedelta(hours=23)  # that on which summer time begins


def check_sense(whole: Whole) -> None:
    """Check every target, and the defaults that all of them share."""
    for name, target in whole.targets():
        _reminders(whole, target.get("reminders"), _lengths(target.get("budget")), ("targets", name))
        _pauses(whole, name, target)
        if isinstance(goal := target.get("goal"), dict):
            _goal(whole, name, target, goal)
    _shared_reminders(whole)
    _shared_pauses(whole)


@dataclass(frozen=True, slots=True)
class _Nobody:
    """No team, and no status that pauses."""

    team: str | None = None
    pause_on: frozenset[str] = frozenset()


def _ends(metric: Metric, status: str) -> bool:
    """Whether a status by itself stops or cancels the clock."""
    return metric.ended({"status": status}, _Nobody())


def _pauses(whole: Whole, name: str, target: Target) -> None:
    metric = whole.metric(name, target)
    for number, status in enumerate(target.get("pause_on") or ()):
        if metric and status and _ends(metric, status):
            whole.add(_no_pause(status, metric.name), "targets", name, "pause_on", number)


def _shared_pauses(whole: Whole) -> None:
    """A default is wrong where it is so for every target that takes it."""
    metrics = [whole.metric(name, each) for name, each in whole.targets() if "pause_on" not in each]
    for number, status in enumerate(whole.values.get("pause_on") or ()):
        if status and metrics and all(each and _ends(each, status) for each in metrics):
            named = ", ".join(dict.fromkeys(each.name for each in metrics if each))
            whole.add(_no_pause(status, named), "pause_on", number)


def _no_pause(status: str, metric: str) -> str:
    return f"{status!r} ends the clock of {metric}: it cannot pause there"


def _lengths(written: Any) -> list[Duration]:
    """Give the budgets of a table, those that are none left out."""
    return [parse_duration(text) for text in entries_of(written).values() if text and text != NO_BUDGET]


def _shared_reminders(whole: Whole) -> None:
    taking = [_lengths(each.get("budget")) for _, each in whole.targets() if "reminders" not in each]
    _reminders(whole, whole.values.get("reminders"), [each for budgets in taking for each in budgets], ())


def _reminders(whole: Whole, reminders: Any, budgets: list[Duration], path: tuple[str, ...]) -> None:
    for number, text in enumerate(reminders or ()):
        reminder = parse_goal_reminder(text) if text else None
        if isinstance(reminder, Duration) and _longer_than_all(reminder, budgets):
            longest = max(budgets, key=lambda each: each.length).text
            early = f"{text!r} is before the clock starts: the longest budget is {longest}"
            whole.add(early, *path, "reminders", number)


def _longer_than_all(reminder: Duration, budgets: list[Duration]) -> bool:
    counted = [each.length for each in budgets if each.unit in ("working", "wall")]
    return bool(counted) and len(counted) == len(budgets) and reminder.length > max(counted)


def _goal(whole: Whole, name: str, target: Target, goal: dict[str, Any]) -> None:
    path = ("targets", name, "goal")
    if any(each.unit == "field" for each in _lengths(target.get("budget"))):
        whole.add("a goal stands beside a duration, and this budget is a date of the ticket's", *path)
        return
    promised = list(entries_of(target.get("budget")).values())
    if promised and set(promised) == {NO_BUDGET}:
        if is_written(whole.root, path):  # one that is taken over goes with the budget
            whole.add("there is no budget, and so no clock for a goal", *path)
        return
    _reminders(whole, goal.get("reminders"), _lengths(goal.get("budget")), path)
    table = goal.get("budget")
    for value, reason in _aims(table, target.get("budget")):
        entry = (value,) if isinstance(table, dict) and value in entries_of(table) else ()
        whole.add(reason, *path, "budget", *entry) if entry else whole.add(reason, *path)


def _aims(goal: Any, budget: Any) -> Iterator[tuple[str, str]]:
    """Give the values for which a goal is not stricter than its budget, or has none beside it."""
    goals, budgets = entries_of(goal), entries_of(budget)
    if by_of(goal) != by_of(budget) and isinstance(goal, dict) and isinstance(budget, dict):
        yield from _against_all(goals, _lengths(budget))
        return
    for value in dict.fromkeys([*goals, *budgets]):
        aim, promise = (each.get(value, each.get(DEFAULT)) for each in (goals, budgets))
        if not aim or aim == NO_BUDGET:
            continue
        if value in goals and value != DEFAULT and promise in (None, NO_BUDGET):
            yield value, f"there is no budget for {value}, and so no clock for a goal"
        elif promise and promise != NO_BUDGET and not_stricter(parse_duration(aim), parse_duration(promise)):
            where = "" if value in goals else f" for {value}"
            yield value, f"{aim!r} is not stricter than the budget {promise}{where}"


def _against_all(goals: dict[str, Any], budgets: Iterable[Duration]) -> Iterator[tuple[str, str]]:
    """Where goal and budget go by different members, a goal must be stricter than some budget."""
    promised = list(budgets)
    for value, aim in goals.items():
        if aim and aim != NO_BUDGET and promised:
            looser = [not_stricter(parse_duration(aim), each) for each in promised]
            if all(looser):
                yield value, f"{aim!r} is not stricter than any budget"


def not_stricter(goal: Duration, budget: Duration) -> bool:
    """Whether a goal is as long as its budget or longer, on any calendar.

    In other units that is known only where it cannot be otherwise: working time takes as long as it is at
    least, and a working day has 24 hours at most.
    """
    if goal.unit == budget.unit == "days":
        return (goal.days, goal.end_of_day) >= (budget.days, budget.end_of_day)
    if budget.unit == "days":
        return goal.unit == "working" and goal.length >= (budget.days + 1) * _DAY
    if goal.unit == "days":
        return budget.unit == "wall" and (goal.days - 1) * _SHORTEST_DAY >= budget.length
    return budget.unit in (goal.unit, "wall") and goal.length >= budget.length
