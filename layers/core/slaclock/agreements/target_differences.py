"""What changes in the promises of a frozen agreement, and whether that is tighter or looser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.agreements.clock_differences import goal, levels, orders, pauses, reminders
from slaclock.agreements.comparing import Difference, arrow, of_members, or_else, unequal, written
from slaclock.agreements.measuring import BY_DEFAULT, measured
from slaclock.agreements.promises import budgets_by, is_joint
from slaclock.agreements.tables import DEFAULT
from slaclock.agreements.telling import TOLD, told_differences
from slaclock.agreements.values import NO_BUDGET
from slaclock.agreements.wording import covered_words, value_words
from slaclock.domain.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from slaclock.agreements.wording import Frozen

ALL = "all tickets"
_TABLES = {f"{table}{part}" for table in ("budgets", "calendars") for part in ("", "_by", "_order")}
_APART = _TABLES | {"reminders", "escalation", "goal", "pause_on", *TOLD}
_PROMISED = "promised now"


def target_differences(old: Frozen, new: Frozen) -> Iterator[Difference]:
    """Give what changes in each promise, row by row of its tables."""
    before, after = ({target["name"]: target for target in each["targets"]} for each in (old, new))
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in after:
            yield Difference(ALL, f"{name} is no longer promised")
        elif name not in before:
            yield Difference(ALL, f"{name} is {_PROMISED}, measured as {after[name]['metric']}")
            yield from _rows(name, {**after[name], "budgets": {}}, after[name])
        elif before[name] != after[name]:
            yield from _target(name, (old, before[name]), (new, after[name]))
    if [*before] != [*after] and sorted(before) == sorted(after):
        yield Difference(ALL, f"promises are listed in another order: {', '.join(after)}")


def metric_differences(old: Frozen, new: Frozen) -> Iterator[Difference]:
    """Give what changes in the agreement's own metrics."""
    before, after = old.get("metrics", {}), new.get("metrics", {})
    for name in sorted(before.keys() | after.keys()):
        whom = f"what is measured as {name}"
        if name not in after or name not in before:
            yield Difference(whom, "the metric is new" if name in after else "the metric is gone")
            continue
        words = (
            f"the clock {each}" for each in of_members(*(_declared(each[name]) for each in (before, after)))
        )
        yield from or_else(name, before, after, (Difference(whom, each) for each in words), whom)
    if unequal("metrics", old, new) and not (before or after):
        yield Difference(ALL, "metrics are written in another way, to the same effect")


def _declared(declared: Frozen) -> dict[str, str]:
    target = {"team": "of the promise", "pause_on": ["one that the promise pauses on"], "on_reopen": "resume"}
    return {what: words.removesuffix(BY_DEFAULT) for what, words in measured(declared, target)}


def _target(name: str, *sides: tuple[Frozen, Frozen]) -> Iterator[Difference]:
    old, new = (target for _, target in sides)
    found = list(_rows(name, old, new))
    found += [Difference(ALL, f"{name}: {each}") for each in orders(old, new)]
    if not found and any(unequal(member, old, new) for member in _TABLES):
        found = [Difference(ALL, f"{name}: its table is written in another way, to the same effect")]
    yield from found
    for member in sorted((old.keys() | new.keys()) - _APART):
        if unequal(member, old, new):
            yield Difference(ALL, f"{name}: {member} {arrow(old.get(member), new.get(member))}")
    yield from (Difference(ALL, f"{name}: {each}") for each in told_differences(old, new))
    for member, sentences in (
        ("pause_on", pauses(*sides)),
        ("reminders", reminders(old["reminders"], new["reminders"])),
        ("escalation", levels(old["escalation"], new["escalation"])),
        ("goal", goal(old.get("goal"), new.get("goal"))),
    ):
        if unequal(member, old, new):
            words = list(sentences) or [f"{member} are written in another way, to the same effect"]
            yield from (Difference(ALL, f"{name}: {each}") for each in words)


def _rows(name: str, old: Frozen, new: Frozen) -> Iterator[Difference]:
    """Give each row of the tables that differs: whom it concerns, its budget and its calendar."""
    by = {budgets_by(side) for side in (old, new) if side["budgets"]}
    if len(by) > 1 or not (is_joint(old) and is_joint(new)):
        yield from _one_table(name, "budgets", "budget", old, new)
        yield from _one_table(name, "calendars", "calendar", old, new)
        return
    values = {**old["budgets"], **new["budgets"]}
    values |= {**old["calendars"], **new["calendars"]} if "default" in values else {}
    for whom, value in _values(by.copy().pop(), values):
        if (was := _row(old, value)) != (now := _row(new, value)):
            yield Difference(whom, f"{name} {_change(was, now)}")


def _values(by: str, values: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give the values of tables, the default last, each with those for whom it is on both sides."""
    for value in sorted(values, key=lambda value: value == DEFAULT):
        if value != DEFAULT:
            yield value_words(by, value), value
        elif whom := covered_words(by, values):
            yield whom, value


def _one_table(name: str, table: str, what: str, old: Frozen, new: Frozen) -> Iterator[Difference]:
    """Give what differs in one of two tables that are by different members."""
    by = [side.get(f"{table}_by", "priority") for side in (old, new) if side[table]]
    if len(set(by)) > 1:
        sides = (f"by {each.get(f'{table}_by', 'priority')}: {written(each[table])}" for each in (old, new))
        yield Difference(ALL, f"{name} {what} {arrow(*sides)}")
        return
    values = {**old[table], **new[table]}
    for whom, value in _values(by[0], values):
        was, now = (side[table].get(value, side[table].get(DEFAULT)) for side in (old, new))
        if was != now:
            yield Difference(whom, f"{name} {what} {arrow(was, now)}")


def _row(target: Frozen, value: str) -> tuple[str, str]:
    budgets, calendars = target["budgets"], target["calendars"]
    budget = budgets.get(value, budgets.get("default", NO_BUDGET))
    return budget, calendars.get(value, calendars["default"]) if budget != NO_BUDGET else ""


def _change(was: tuple[str, str], now: tuple[str, str]) -> str:
    if NO_BUDGET in (was[0], now[0]):
        kept = now if was[0] == NO_BUDGET else was
        return f"{_PROMISED if kept is now else 'no longer promised, was'}: {kept[0]} ({kept[1]})"
    budget = arrow(was[0], now[0]) if was[0] != now[0] else now[0]
    return (
        f"{budget} ({arrow(was[1], now[1])})"
        if was[1] != now[1]
        else f"{budget} ({now[1]}){_judged(was[0], now[0])}"
    )


def _judged(was: str, now: str) -> str:
    """Say which of two budgets of one calendar is tighter, where they count alike."""
    before, after = parse_duration(was), parse_duration(now)
    if before.unit != after.unit or before.unit in ("field", "date"):
        return ""
    sizes = [(each.length, each.days, each.end_of_day) for each in (before, after)]
    return "" if sizes[0] == sizes[1] else ", tighter" if sizes[1] < sizes[0] else ", looser"
