"""Why a clock stands where it does: its terms, every span of its time, and what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from slaclock.domain.budget_left import seconds_left, to_work
from slaclock.domain.calendar_spec import is_holiday
from slaclock.domain.causes import Cause, Causes
from slaclock.domain.choosing import Agreements
from slaclock.domain.clock import Clock, Terms, terms_of
from slaclock.domain.deadlines import deadline, reaches, worked
from slaclock.domain.durations import Duration
from slaclock.domain.epoch import date_of, day_number
from slaclock.domain.escalation import Moment, goal_end, next_moment, reminders_of
from slaclock.domain.inputs import Given
from slaclock.domain.spans import Span, begun_by, spans_of
from slaclock.domain.ticket import Ticket
from slaclock.domain.zones import zone

_REPLIES = {"agent_reply": "an agent replied", "customer_reply": "the customer replied"}


@dataclass(frozen=True, slots=True)
class Coming:
    """What a clock says next, and when."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock at `at`, which is now, or when it stopped.

    `until` is the same, or the clock's start, where that lies ahead. `ended` is why it stopped. `late` is the
    calendar's time since the deadline of a breach. `begun_by` is what the clock began with, which no span
    says where it began within an exclusion. `set_by` is what set the budget anew, where it was; `closed` are
    the holidays and other exceptional dates between the start and the end.
    """

    clock: Clock
    terms: Terms
    at: datetime
    until: datetime
    spans: tuple[Span, ...]
    target: timedelta
    worked: timedelta
    left_seconds: int
    late: timedelta | None
    due_at: datetime | None
    goal_at: datetime | None
    coming: Coming | None
    begun_by: Cause
    ended: Cause | None
    set_by: Cause | None
    closed: tuple[str, ...]

    @property
    def ahead(self) -> bool:
        """Whether its start lies ahead, or lay ahead as it stopped."""
        return self.clock.started_at > self.at


def explain(ticket: Ticket, log: Iterable[Given], agreements: Agreements, now: datetime) -> list[Explanation]:
    """Every clock of a ticket, from its log; instants before `now` count, later ones do not."""
    causes = Causes(log, agreements)
    return [_explain(clock, ticket, causes, agreements, now) for clock in ticket.clocks]


def _explain(
    clock: Clock, ticket: Ticket, causes: Causes, agreements: Agreements, now: datetime
) -> Explanation:
    terms, at = terms_of(clock, agreements), clock.stopped_at or now
    until = max(at, clock.started_at)
    due = clock.due_at or deadline(clock, terms)
    goal = goal_end(clock, terms)
    return Explanation(
        clock=clock,
        terms=terms,
        at=at,
        until=until,
        spans=spans_of(clock, terms, ticket, causes, until),
        target=to_work(clock, terms, until),
        worked=worked(clock, terms, until),
        left_seconds=seconds_left(clock, terms, until),
        late=_late(clock, terms, until),
        due_at=due,
        goal_at=goal if goal and reaches(clock, terms, goal) else None,
        coming=_coming(clock, terms),
        begun_by=begun_by(clock, terms, ticket, causes),
        ended=_ended(clock, terms, causes),
        set_by=causes.marked(clock.budget_set) if clock.budget_set else None,
        closed=_closed(terms, clock.started_at, max(until, due or until)),
    )


def _ended(clock: Clock, terms: Terms, causes: Causes) -> Cause | None:
    """Why a clock stopped, and the event that stopped it, where one did."""
    if clock.stopped_at is None:
        return None
    found = causes.at(clock.stopped_at, terms.metric.reads) or Cause("what it waited for came")
    return replace(found, text=clock.reason or _REPLIES.get(terms.metric.stop or "", found.text))


def _late(clock: Clock, terms: Terms, until: datetime) -> timedelta | None:
    if clock.outcome != "breached" or clock.due_at is None:
        return None
    return worked(clock, terms, until, since=clock.due_at) if clock.due_at < until else timedelta()


def _coming(clock: Clock, terms: Terms) -> Coming | None:
    moment = next_moment(clock, terms)
    return Coming(moment.at, _said(moment, clock, terms)) if moment else None


def _said(moment: Moment, clock: Clock, terms: Terms) -> str:
    if moment.kind == "deadline":
        return "deadline"
    if moment.kind == "level":
        again = f", message {moment.repeat + 1}" if moment.repeat else ""
        notify = terms.target.escalation[moment.number].notify
        told = terms.agreement.audience_at(notify, moment.at)
        by_rota = f" ({notify})" if told != notify else ""
        return f"level {moment.number + 1} to {told}{by_rota}{again}"
    reminder = reminders_of(terms)[moment.number]
    of_goal = f" of the goal {clock.goal}" if moment.number >= len(terms.target.reminders) else ""
    before = (
        f"{reminder.text.removesuffix(' before')} before" if isinstance(reminder, Duration) else reminder.text
    )
    return f"reminder {before}{of_goal}"


def _closed(terms: Terms, start: datetime, end: datetime) -> tuple[str, ...]:
    """The dates on which the calendar does not keep its usual hours, a hundred of them at most."""
    rules, local = terms.calendar.rules, zone(terms.calendar.timezone)
    begin, last = start.astimezone(local).date(), end.astimezone(local).date()
    first, final = (day_number(day.year, day.month, day.day) for day in (begin, last))
    exceptions = {day for day, _ in rules.exceptions}
    found = (day for day in range(first, final + 1) if day in exceptions or is_holiday(rules, day))
    return tuple(date_of(day).isoformat() for _, day in zip(range(100), found, strict=False))
