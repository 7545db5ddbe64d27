"""When a clock falls due, and the time worked on it: pauses and exclusions left out (rules 9, 14 and 27)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from operator import is_not
from typing import TYPE_CHECKING

from slaclock.domain.clock import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slaclock.domain.calendar import Calendar
    from slaclock.domain.choosing import Agreements
    from slaclock.domain.clock import Clock, Span, Terms
    from slaclock.domain.durations import Duration
    from slaclock.domain.ticket import Ticket


def deadline(clock: Clock, terms: Terms) -> datetime | None:
    """When the clock falls due: the budget from its start, then the working time of each pause in turn.

    None while it is paused (rule 14), but a pause at or after the deadline undoes nothing (rule 9).
    """
    due = budget_end(clock, terms)
    return due if reaches(clock, terms, due) else None


def nearest_deadline(ticket: Ticket, agreements: Agreements) -> tuple[datetime, Clock] | None:
    """The deadline that presses most among a ticket's clocks that still wait, and its clock.

    That of a breach has passed, and presses until its stop comes. None where all are paused, or none waits.
    """
    waiting = [clock for clock in ticket.clocks if clock.waiting]
    found = [(_pressing(clock, terms_of(clock, agreements)), clock) for clock in waiting]
    due = [(at, clock) for at, clock in found if at is not None]
    return min(due, key=lambda each: (each[0], each[1].lane), default=None)


def _pressing(clock: Clock, terms: Terms) -> datetime | None:
    return clock.due_at if clock.outcome == "breached" else deadline(clock, terms)


def budget_end(clock: Clock, terms: Terms, budget: Duration | None = None) -> datetime:
    """When the clock would fall due if the pause that it is in, if any, took no time. Or its goal would."""
    if budget is not None:
        return _end_of(clock, terms, budget)
    kept, of = clock.__dict__.get("_end"), (clock.pauses, clock.excluded, clock.started_at, terms)
    if kept is None or any(map(is_not, kept[0], of)):
        kept = clock.__dict__["_end"] = of, _end_of(clock, terms, terms.budget)
    end: datetime = kept[1]
    return end


def _end_of(clock: Clock, terms: Terms, budget: Duration) -> datetime:
    due = _first_deadline(clock, terms, budget)
    return due if budget.unit == "date" else _in_turn(due, clock, terms, end_of_day=budget.end_of_day)


def reaches(clock: Clock, terms: Terms, moment: datetime) -> bool:
    """Whether time comes to `moment` as far as is known: a pause that goes on is not in its way."""
    return not clock.paused or not terms.pauses or moment <= clock.pauses[-1][0]


def moment_worked(clock: Clock, terms: Terms, amount: timedelta) -> datetime:
    """When `amount` of the calendar's time has been worked on the clock, pauses left out."""
    return _in_turn(terms.calendar.due_at(clock.started_at, amount), clock, terms)


def worked(clock: Clock, terms: Terms, until: datetime, since: datetime | None = None) -> timedelta:
    """The calendar's time from the start (or `since`) to `until`, pauses and exclusions left out."""
    start, calendar = since or clock.started_at, terms.calendar
    whole = calendar.worked(start, until)
    for begin, end in held(clock, terms, until):
        whole -= calendar.worked(max(begin, start), min(end, until))
    return whole


def target_length(clock: Clock, terms: Terms, budget: Duration | None = None) -> timedelta:
    """The budget as the calendar's time; for days and dates, what lies between the start and their end."""
    budget = budget or terms.budget
    if budget.unit in ("working", "wall"):
        return budget.length
    return terms.calendar.worked(clock.started_at, _first_deadline(clock, terms, budget))


def _first_deadline(clock: Clock, terms: Terms, budget: Duration) -> datetime:
    calendar, start = terms.calendar, clock.started_at
    if budget.unit in ("working", "wall"):
        return calendar.due_at(start, budget.length)
    if budget.unit == "days":
        return _due_in_days(calendar, start, budget)
    on = budget.on
    assert on is not None, "a clock's field is written out"  # noqa: S101  (for the type checker)
    if isinstance(on, datetime):
        return calendar.close_of_day(on) if budget.end_of_day else on
    return calendar.day_ends(on)


@lru_cache(maxsize=1024)
def _due_in_days(calendar: Calendar, start: datetime, budget: Duration) -> datetime:
    """A clock's first deadline in days, which is asked for at each step of its life."""
    return calendar.due_in_days(start, budget.days, end_of_day=budget.end_of_day)


def _in_turn(due: datetime, clock: Clock, terms: Terms, *, end_of_day: bool = False) -> datetime:
    calendar = terms.calendar
    for begin, end in held(clock, terms, None):
        if begin >= due:
            break
        lost = calendar.worked(max(begin, clock.started_at), end)
        due = calendar.due_at(due, lost)
        if end_of_day and lost:
            due = calendar.close_of_day(due)
    return due


def held(clock: Clock, terms: Terms, until: datetime | None) -> Sequence[Span]:
    """The spans that do not count: pauses and exclusions, in order, merged where they overlap."""
    excluded = (*terms.agreement.exclusions, *clock.excluded)
    own = clock.pauses if terms.pauses else ()
    if not own and not excluded:
        return ()
    pauses = [(begin, end or until) for begin, end in own]
    spans = [(begin, end) for begin, end in pauses if end is not None and end > clock.started_at]
    return _merged(sorted([*spans, *excluded]), clock.started_at, until) if excluded else spans


def _merged(spans: Iterable[Span], since: datetime, until: datetime | None) -> list[Span]:
    merged: list[Span] = []
    for begin, end in spans:
        if end <= since or (until is not None and begin >= until):
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged
