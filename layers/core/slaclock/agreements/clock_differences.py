"""What changes in what a promise's clock does: pauses, reminders, ladder, goal, and the order of tables."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from slaclock.agreements.comparing import arrow, unequal, written
from slaclock.agreements.measuring import declaration_of
from slaclock.agreements.telling import level_words
from slaclock.agreements.values import NO_BUDGET
from slaclock.agreements.wording import order_words, reminder_words
from slaclock.domain.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.agreements.wording import Frozen

PAUSING = "pausing"  # the state that `pause_on` says


def orders(old: Frozen, new: Frozen) -> Iterator[str]:
    """Give where the order of a table's values is another, and counts."""
    for table, what in (("budgets", "budget"), ("calendars", "calendar")):
        if unequal(f"{table}_order", old, new):
            sides = [each.get(f"{table}_order") for each in (old, new)]
            by = (new if sides[1] is not None else old).get(f"{table}_by", "priority")
            if max(len(each or ()) for each in sides) > 1:
                said = arrow(*(", ".join(each) if each else None for each in sides))
                yield f"{order_words(by)} for the {what}: {said}"


def pauses(*sides: tuple[Frozen, Frozen]) -> Iterator[str]:
    """Say which statuses pause a clock, or it runs in, where those of two agreements differ."""
    before, after = (set(target["pause_on"]) for _, target in sides)
    words = arrow(*(", ".join(target["pause_on"]) or None for _, target in sides))
    uses = {_use(*side) for side in sides}
    if before == after:
        return
    if uses == {""}:
        yield f"pause_on {words}, of no effect: its clock does not read it"
    elif uses == {"pauses"}:
        yield f"pauses on {words}{', tighter' if after < before else ', looser' if before < after else ''}"
    elif uses == {"runs"}:
        yield f"runs on {words}{', tighter' if before < after else ', looser' if after < before else ''}"
    else:
        yield f"pause_on {words}"


def _use(frozen: Frozen, target: Frozen) -> str:
    """Say what a clock does in the statuses of `pause_on`: it `pauses`, it `runs`, both, or neither.

    A date that the ticket gives is moved by no pause.
    """
    declared, budgets = declaration_of(frozen, target), set(target["budgets"].values()) - {NO_BUDGET}
    dates = all(parse_duration(each).unit == "field" for each in budgets)
    pauses = "pauses" if declared.get("pause", PAUSING) == PAUSING and not dates else ""
    said = [declared.get(each) for each in ("start", "while", "stop")]
    return pauses + ("runs" if PAUSING in [*said, declared.get("cancel", {}).get("when")] else "")


def reminders(old: list[str], new: list[str], what: str = "deadline") -> Iterator[str]:
    yield from (f"no longer reminds {reminder_words(each, what)}" for each in old if each not in new)
    yield from (f"also reminds {reminder_words(each, what)}" for each in new if each not in old)


def levels(old: list[Frozen], new: list[Frozen]) -> Iterator[str]:
    for number, (was, now) in enumerate(zip_longest(old, new), 1):
        if was != now:
            yield f"level {number} {arrow(*(level_words(each) if each else None for each in (was, now)))}"


def goal(old: Frozen | None, new: Frozen | None) -> Iterator[str]:
    old, new = (each if each and each["budgets"] else None for each in (old, new))
    if new is None:
        yield from ["no longer has a goal"] if old else []
        return
    if old is None:
        yield f"goal {arrow(*(None, written(new['budgets'])))}"
        return
    if any(unequal(member, old, new) for member in ("budgets", "budgets_by")):
        sides = (
            f"by {each.get('budgets_by', 'priority')}: {written(each['budgets'])}" for each in (old, new)
        )
        yield f"goal {arrow(*sides)}"
    yield from (f"goal: {each}" for each in orders({"calendars": {}, **old}, {"calendars": {}, **new}))
    yield from (f"the goal {each}" for each in reminders(old["reminders"], new["reminders"], "goal"))
