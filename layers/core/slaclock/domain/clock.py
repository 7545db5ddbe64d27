"""One clock: one cycle of one promise on one ticket, its deadline and the time worked on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from slaclock.domain.agreement import Agreement, Agreements, Target
from slaclock.domain.calendar import ALWAYS, Calendar
from slaclock.domain.durations import Duration, parse_duration
from slaclock.domain.metrics import METRICS, Metric

Pause = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock's state. `pauses` are in order, the last one open (`None`) while it is paused.

    `outcome` is None, `met`, `breached` or `cancelled`; `stopped_at` is when it was met, cancelled, or, after
    a breach, when its stop came at last. `reminded` lists the reminders that are no longer to be told for
    this budget, `levels` how many messages each level has sent.
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
    budget_set: str = ""  # the mark of the input that set this budget; "" for the first
    pauses: tuple[Pause, ...] = ()
    reminded: frozenset[int] = frozenset()
    outcome: str | None = None
    due_at: datetime | None = None  # of a breach: the deadline that passed
    customer: str | None = None  # of a breach: whose promise it was
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    reason: str | None = None
    levels: tuple[int, ...] = ()
    acknowledged_at: datetime | None = None

    @property
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

    def pause(self, at: datetime) -> "Clock":
        return replace(self, pauses=(*self.pauses, (at, None)))

    def resume(self, at: datetime) -> "Clock":
        """Close the open pause; one that took no time is forgotten."""
        begin = self.pauses[-1][0]
        return replace(self, pauses=self.pauses[:-1] + (((begin, at),) if begin < at else ()))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock is held to: `calendar` counts its budget, `hours` is the calendar that its target names.

    The two differ for a budget in wall time.
    """

    agreement: Agreement
    target: Target
    budget: Duration
    calendar: Calendar
    hours: Calendar
    metric: Metric


def terms_of(clock: Clock, agreements: Agreements) -> Terms:
    """The terms that a clock runs under: those of its own agreement version."""
    agreement = agreements.get(clock.agreement, clock.version)
    budget, hours = parse_duration(clock.budget), agreement.calendars[clock.calendar]
    calendar = ALWAYS if budget.unit == "wall" else hours
    return Terms(agreement, agreement.targets[clock.target], budget, calendar, hours, METRICS[clock.metric])


def deadline(clock: Clock, terms: Terms) -> datetime | None:
    """When the clock falls due: the budget from its start, then the working time of each pause in turn.

    None while it is paused (rule 14), but a pause at or after the deadline undoes nothing (rule 9).
    """
    due = budget_end(clock, terms)
    return due if reaches(clock, due) else None


def budget_end(clock: Clock, terms: Terms) -> datetime:
    """When the clock would fall due if the pause that it is in, if any, took no time."""
    return _in_turn(_first_deadline(clock, terms), clock, terms, end_of_day=terms.budget.end_of_day)


def reaches(clock: Clock, moment: datetime) -> bool:
    """Whether time comes to `moment` as far as is known: a pause that goes on is not in its way."""
    return not clock.paused or moment <= clock.pauses[-1][0]


def moment_worked(clock: Clock, terms: Terms, amount: timedelta) -> datetime:
    """When `amount` of the calendar's time has been worked on the clock, pauses left out."""
    return _in_turn(terms.calendar.due_at(clock.started_at, amount), clock, terms)


def worked(clock: Clock, terms: Terms, until: datetime, since: datetime | None = None) -> timedelta:
    """The calendar's time from the start (or `since`) to `until`, pauses and exclusions left out."""
    start = since or clock.started_at
    paused = (terms.calendar.worked(max(a, start), min(b, until)) for a, b in _held(clock, terms, until))
    return terms.calendar.worked(start, until) - sum(paused, timedelta())


def target_length(clock: Clock, terms: Terms) -> timedelta:
    """The budget as the calendar's time; for working days, what lies between the start and that deadline."""
    if terms.budget.unit != "days":
        return terms.budget.length
    return terms.calendar.worked(clock.started_at, _first_deadline(clock, terms))


def _first_deadline(clock: Clock, terms: Terms) -> datetime:
    budget = terms.budget
    if budget.unit == "days":
        return terms.calendar.due_in_days(clock.started_at, budget.days, end_of_day=budget.end_of_day)
    return terms.calendar.due_at(clock.started_at, budget.length)


def _in_turn(due: datetime, clock: Clock, terms: Terms, *, end_of_day: bool = False) -> datetime:
    for begin, end in _held(clock, terms, None):
        if begin >= due:
            break
        lost = terms.calendar.worked(max(begin, clock.started_at), end)
        due = terms.calendar.due_at(due, lost)
        if end_of_day and lost:
            due = terms.calendar.close_of_day(due)
    return due


def _held(clock: Clock, terms: Terms, until: datetime | None) -> Iterator[tuple[datetime, datetime]]:
    """The spans that do not count: pauses and the agreement's exclusions, merged where they overlap."""
    pauses = ((begin, end or until) for begin, end in clock.pauses)
    closed = [(begin, end) for begin, end in pauses if end is not None]
    spans = sorted([*closed, *terms.agreement.exclusions]) if terms.agreement.exclusions else closed
    return _merged((a, b) for a, b in spans if b > clock.started_at and (until is None or a < until))


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    current: tuple[datetime, datetime] | None = None
    for begin, end in spans:
        if current and begin <= current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (begin, end)
    if current:
        yield current
