"""One clock: one cycle of one promise on one ticket, its deadline and the time worked on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from operator import is_not
from typing import Any

from slaclock.domain.agreement import Agreement, Target
from slaclock.domain.altered import altered
from slaclock.domain.calendar import ALWAYS, Calendar
from slaclock.domain.choosing import Agreements
from slaclock.domain.durations import Duration, parse_duration
from slaclock.domain.metric import Metric

Pause = tuple[datetime, datetime | None]
Span = tuple[datetime, datetime]
_NONE = timedelta()


@dataclass(frozen=True)
class Clock:
    """A clock's state. `pauses` are in order, the last one open (`None`) while it is paused.

    `outcome` is None, `met`, `breached` or `cancelled`; `stopped_at` is when it was met, cancelled, or, after
    a breach, when its stop came at last. `excluded` are the exclusions entered later that count for it.
    `reminded` lists the reminders that are no longer to be told for this budget, `levels` how many messages
    each level has sent.
    """

    slot: str
    agreement: str
    version: int
    target: str
    metric: str
    budget: str
    calendar: str
    started_at: datetime
    cycle: int = 1
    revision: int = 0
    goal: str = ""  # the budget of the stricter goal beside the promise
    dated: bool = False  # its start is the date that the ticket's own field gives
    budget_set: str = ""  # the mark of the input that set this budget; "" for the first
    pauses: tuple[Pause, ...] = ()
    excluded: tuple[Span, ...] = ()
    reminded: frozenset[int] = frozenset()
    outcome: str | None = None
    due_at: datetime | None = None  # of a breach: the deadline that passed
    customer: str | None = None  # of a breach: whose promise it was
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    reason: str | None = None
    levels: tuple[int, ...] = ()
    acknowledged_at: datetime | None = None

    @cached_property
    def lane(self) -> str:
        """The clock's name on its ticket, the same whichever agreement governs it."""
        return f"{self.slot}/{self.target}" if self.slot else self.target

    @property
    def running(self) -> bool:
        """Whether it still has a deadline to come, paused or not."""
        return self.outcome is None

    @property
    def waiting(self) -> bool:
        """Whether its stop is still to come: before its deadline, or after a breach."""
        return self.stopped_at is None

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1][1] is None

    def held_to(self, **terms: Any) -> "Clock":
        """The clock under another agreement, budget or calendar."""
        return altered(self, **terms, _terms=None)

    def pause(self, at: datetime) -> "Clock":
        return altered(self, pauses=(*self.pauses, (at, None)))

    def resume(self, at: datetime) -> "Clock":
        """Close the open pause; one that took no time is forgotten."""
        begin = self.pauses[-1][0]
        return altered(self, pauses=self.pauses[:-1] + (((begin, at),) if begin < at else ()))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock is held to: `calendar` counts its budget, `hours` is the calendar that its target names.

    The two differ for a budget in wall time.
    """

    agreement: Agreement
    target: Target
    budget: Duration
    goal: Duration | None
    calendar: Calendar
    hours: Calendar
    metric: Metric

    @property
    def pauses(self) -> bool:
        """Whether anything pauses the clock: nothing moves a date that the ticket itself gives."""
        return self.budget.unit != "date"


def terms_of(clock: Clock, agreements: Agreements) -> Terms:
    """The terms that a clock runs under: those of its own agreement version."""
    kept: tuple[Agreements, Terms] | None = clock.__dict__.get("_terms")
    if kept is not None and kept[0] is agreements:
        return kept[1]
    key = (clock.agreement, clock.version, clock.target, clock.budget, clock.calendar, clock.goal)
    terms: Terms | None = agreements.terms.get(key)
    if terms is None:
        terms = agreements.terms[key] = _terms(clock, agreements.get(clock.agreement, clock.version))
    clock.__dict__["_terms"] = agreements, terms  # asked for at every step; copies of the clock have it too
    return terms


def _terms(clock: Clock, agreement: Agreement) -> Terms:
    budget, hours = parse_duration(clock.budget), agreement.calendars[clock.calendar]
    target = agreement.targets[clock.target]
    return Terms(
        agreement=agreement,
        target=target,
        budget=budget,
        goal=parse_duration(clock.goal) if clock.goal else None,
        calendar=ALWAYS if budget.unit == "wall" else hours,
        hours=hours,
        metric=agreement.metric_of(target),
    )


def deadline(clock: Clock, terms: Terms) -> datetime | None:
    """When the clock falls due: the budget from its start, then the working time of each pause in turn.

    None while it is paused (rule 14), but a pause at or after the deadline undoes nothing (rule 9).
    """
    due = budget_end(clock, terms)
    return due if reaches(clock, terms, due) else None


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
