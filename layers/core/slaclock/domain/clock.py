"""One clock: one cycle of one promise on one ticket, and the terms that it is held to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.altered import altered
from slaclock.domain.calendar import ALWAYS
from slaclock.domain.durations import parse_duration

if TYPE_CHECKING:
    from slaclock.domain.agreement import Agreement, Target
    from slaclock.domain.calendar import Calendar
    from slaclock.domain.choosing import Agreements
    from slaclock.domain.durations import Duration
    from slaclock.domain.metric import Metric

Pause = tuple[datetime, datetime | None]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Clock:
    """A clock's state. `pauses` are in order, the last one open (`None`) while it is paused.

    `outcome` is None, `met`, `breached` or `cancelled`; `stopped_at` is when it was met, cancelled, or, after
    a breach, when its stop came at last. `excluded` are the exclusions entered later that count for it.
    `reminded` lists the reminders that are no longer to be told for this budget, `levels` how many messages
    each level has sent; `hushed` are those of its audiences who do not know of the breach, since it was told
    quietly. `heard` are those told whom no ladder names: a rota did, or it was handed over to them. No
    reminder is told before `remind_from`.
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
    remind_from: datetime | None = None
    outcome: str | None = None
    due_at: datetime | None = None  # of a breach: the deadline that passed
    customer: str | None = None  # of a breach or a cancellation: of whom it was told
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    reason: str | None = None
    levels: tuple[int, ...] = ()
    hushed: frozenset[str] = frozenset()
    heard: frozenset[str] = frozenset()
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

    def held_to(self, **terms: Any) -> Clock:
        """The clock under another agreement, budget or calendar."""
        return altered(self, **terms, _terms=None)

    def pause(self, at: datetime) -> Clock:
        return altered(self, pauses=(*self.pauses, (at, None)))

    def resume(self, at: datetime) -> Clock:
        """Close the open pause; one that took no time is forgotten."""
        begin = self.pauses[-1][0]
        return altered(self, pauses=self.pauses[:-1] + (((begin, at),) if begin < at else ()))


class Terms(NamedTuple):
    """What a clock is held to: `calendar` counts its budget, `hours` is the calendar that its target names.

    The two differ for a budget in wall time. `gate` is the calendar in whose hours reminders are told.
    """

    agreement: Agreement
    target: Target
    budget: Duration
    goal: Duration | None
    calendar: Calendar
    hours: Calendar
    metric: Metric
    gate: Calendar | None = None

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


def state_of(clock: Clock, terms: Terms) -> str:
    """`ended` is a breach whose stop has come; `breached`, one that still waits for it."""
    if clock.outcome is None:
        return "paused" if clock.paused and terms.pauses else "running"
    return "ended" if clock.outcome == "breached" and not clock.waiting else clock.outcome


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
        gate=agreement.calendars[target.remind_during] if target.remind_during else None,
    )
