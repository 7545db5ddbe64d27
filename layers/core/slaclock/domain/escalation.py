"""Reminders before a deadline and levels after it: when each is to be told."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from operator import is_not
from typing import TYPE_CHECKING, Literal, NamedTuple

from slaclock.domain.altered import altered
from slaclock.domain.deadlines import budget_end, moment_worked, reaches, target_length
from slaclock.domain.durations import Duration
from slaclock.domain.errors import OutOfWorkingTime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slaclock.domain.agreement import Level
    from slaclock.domain.clock import Clock, Terms
    from slaclock.domain.durations import Share


class Moment(NamedTuple):
    """When a clock next has something to say: a reminder, its deadline, or a level and its repeat.

    `through` is the last repeat that this message stands for: more than its own where a pause held several.
    `others` are the reminders before this one that waited for the same instant, and are not told themselves.
    """

    at: datetime
    kind: Literal["reminder", "deadline", "level"]
    number: int = 0
    repeat: int = 0
    through: int = 0
    others: frozenset[int] = frozenset()


def next_moment(clock: Clock, terms: Terms) -> Moment | None:
    """The next moment of a clock; None where a pause keeps it off, or it has nothing more to say."""
    if not clock.waiting or (clock.paused and clock.outcome == "breached"):
        return None
    if clock.outcome == "breached":
        return min(_levels(clock, terms), key=lambda moment: (moment.at, moment.number), default=None)
    due = budget_end(clock, terms)
    moment = min(_reminders(clock, terms, due), key=lambda each: each.at, default=Moment(due, "deadline"))
    return moment if reaches(clock, terms, moment.at) else None


def arm(clock: Clock, terms: Terms, at: datetime) -> tuple[Clock, Moment | None]:
    """Arm the reminders of a new budget at `at`; answers the clock and the one reminder to tell at once.

    Of those whose moment is past only the nearest to the deadline is told, and only while the deadline is
    ahead (rule 20). The others are marked, so that they are never told for this budget. Where reminders have
    hours, and this is none of them, all wait for the next.
    """
    if not reminders_of(terms):
        return clock, None
    counted = clock.resume(at) if clock.paused else clock
    due = budget_end(counted, terms)
    if terms.gate and not terms.gate.is_open(at):
        late = any(moment.at <= at for moment in _moments(counted, terms, due))
        return altered(clock, remind_from=at) if late else clock, None
    past = [moment for moment in _reminders(counted, terms, due) if moment.at <= at]
    if not past:
        return clock, None
    marked = altered(clock, reminded=clock.reminded.union(*map(stands_for, past)))
    return marked, max(past, key=lambda moment: moment.at)._replace(at=at) if due > at else None


def stands_for(moment: Moment) -> frozenset[int]:
    """The numbers of the reminders that one message is told for, its own among them."""
    return moment.others | {moment.number}


def reminders_of(terms: Terms) -> Sequence[Duration | Share]:
    """The reminders of a promise, then those of its goal; a reminder's number is its place."""
    goal = terms.target.goal
    return terms.target.reminders + goal.reminders if goal and terms.goal else terms.target.reminders


def goal_end(clock: Clock, terms: Terms) -> datetime | None:
    """When the goal of a clock, if it has one, is used up."""
    return budget_end(clock, terms, terms.goal) if terms.goal else None


def _reminders(clock: Clock, terms: Terms, due: datetime) -> list[Moment]:
    """The reminders still to be told before `due`."""
    if not reminders_of(terms):
        return []
    of = (clock.pauses, clock.excluded, clock.started_at, clock.remind_from, terms)
    kept = clock.__dict__.get("_reminders")
    if kept is None or any(map(is_not, kept[0], of)):
        kept = clock.__dict__["_reminders"] = of, _all_reminders(clock, terms, due)
    moments: list[Moment] = kept[1]
    return [each for each in moments if each.number not in clock.reminded]


def _all_reminders(clock: Clock, terms: Terms, due: datetime) -> list[Moment]:
    """The reminders before `due`, when they may be told."""
    moments = _moments(clock, terms, due)
    return (
        moments if terms.gate is None and clock.remind_from is None else _gathered(moments, clock, terms, due)
    )


def _moments(clock: Clock, terms: Terms, due: datetime) -> list[Moment]:
    """The reminders before `due`, each at its own moment, the goal's own counted from the goal."""
    promised, goal = len(terms.target.reminders), goal_end(clock, terms)
    moments = []
    for number, each in enumerate(reminders_of(terms)):
        budget, end = (terms.budget, due) if number < promised or goal is None else (terms.goal, goal)
        at = _reminder(each, clock, terms, end, budget)
        if at < due:
            moments.append(Moment(at, "reminder", number))
    return moments


def _gathered(moments: list[Moment], clock: Clock, terms: Terms, due: datetime) -> list[Moment]:
    """Reminders put off to when they may be told; what others at that instant say better is not told."""
    gathered: dict[datetime, list[Moment]] = {}
    for moment in sorted(moments, key=lambda each: each.at):
        at = _put_off(moment.at, clock, terms)
        if at is not None and at < due:
            gathered.setdefault(at, []).append(moment)
    return [each for at, together in gathered.items() for each in _told_together(at, together)]


def _told_together(at: datetime, together: list[Moment]) -> list[Moment]:
    """Of reminders for one instant those whose own it is, or else the last; the others stand aside."""
    own = [each for each in together if each.at == at] or together[-1:]
    aside = frozenset(each.number for each in together if each not in own)
    return [*own[:-1], own[-1]._replace(at=at, others=aside)]


def _put_off(at: datetime, clock: Clock, terms: Terms) -> datetime | None:
    """When a reminder of that moment may be told: in its hours, and in no pause; None for never."""
    at = max(at, clock.remind_from or at)
    if terms.gate is None:
        return at
    try:
        at = terms.gate.next_open(at)
        for begin, end in clock.pauses:
            if end is not None and begin <= at < end:
                at = terms.gate.next_open(end)
    except OutOfWorkingTime:
        return None
    return at


def _reminder(
    reminder: Duration | Share, clock: Clock, terms: Terms, due: datetime, budget: Duration | None
) -> datetime:
    if isinstance(reminder, Duration):
        return terms.calendar.shift(due, -reminder.length) if reminder.length else due
    share = ceil(target_length(clock, terms, budget).total_seconds() * reminder.of_budget)
    return moment_worked(clock, terms, timedelta(seconds=share))


def _levels(clock: Clock, terms: Terms) -> list[Moment]:
    """The next message of each level that may still speak (rules 21 and 22)."""
    ladder = enumerate(zip(terms.target.escalation, clock.levels, strict=True))
    return [
        _message(number, level, told, clock, terms)
        for number, (level, told) in ladder
        if told <= level.times and not (level.until == "acknowledged" and clock.acknowledged_at)
    ]


def _message(number: int, level: Level, told: int, clock: Clock, terms: Terms) -> Moment:
    """The next message of a level; messages that fall into a pause are told once, when it ends."""
    through, at = told, _nominal(level, told, clock, terms)
    for begin, end in clock.pauses:
        if end is not None and begin <= at < end:
            while through < level.times and _nominal(level, through + 1, clock, terms) <= end:
                through += 1
            at = end
    return Moment(at, "level", number, told, through)


def _nominal(level: Level, repeat: int, clock: Clock, terms: Terms) -> datetime:
    assert clock.breached_at is not None, "levels count from a breach"  # noqa: S101  (for the type checker)
    at = _later(clock.breached_at, level.after, 1, terms)
    return _later(at, level.every, repeat, terms)


def _later(at: datetime, delay: Duration, times: int, terms: Terms) -> datetime:
    """`delay`, `times` over, in wall time or in the working time of the target's calendar."""
    span = delay.length * times
    return at + span if delay.unit == "wall" or not span else terms.hours.due_at(at, span)
