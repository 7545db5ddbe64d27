"""Reopening: promises whose stop no longer holds go on, as their targets say (rule 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.altered import altered
from slaclock.domain.clock import Clock
from slaclock.domain.facts import input_mark
from slaclock.domain.notifying import told_to
from slaclock.domain.retargeting import UNPROMISED, promised
from slaclock.domain.starting import start

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.clock import Pause
    from slaclock.domain.events import TicketEvent
    from slaclock.domain.fold import Fold
    from slaclock.domain.ticket import Ticket

_WHY_GONE = ("merged", "deleted")


def reopen(fold: Fold, event: TicketEvent, before: Ticket) -> bool:
    """Go on with what waits again for its stop; answers whether it was reopened or any did."""
    reopened = bool(before.gone or before.solved) and not fold.ticket.solved
    stopped = [clock for clock in fold.ticket.clocks if clock.stopped_at is not None]
    going_on = [clock for clock in stopped if _goes_on(fold, clock, reopened=reopened)]
    for clock in going_on:
        _go_on(fold, clock, event)
    return reopened or bool(going_on)


def _goes_on(fold: Fold, clock: Clock, *, reopened: bool) -> bool:
    """Whether a stopped clock waits again.

    One that was cancelled does only when the ticket is reopened, or once it runs again in a ticket that is
    back; one that an occurrence stopped, only when the ticket is reopened.
    """
    terms, members = fold.terms(clock), fold.ticket.attributes
    metric, target = terms.metric, terms.target
    if metric.repeat != "reopened" or target.on_reopen == "ignore" or clock.reason == UNPROMISED:
        return False
    back = clock.outcome != "cancelled" or clock.reason in _WHY_GONE
    if not reopened and (not back or metric.stopped is None):
        return False
    runs = metric.runs is None or bool(metric.runs(members, target))
    return runs and not metric.ended(members, target)


def _go_on(fold: Fold, clock: Clock, event: TicketEvent) -> None:
    """For a promise that is no longer made nothing goes on; one that stands in for it begins from zero."""
    terms, at = fold.terms(clock), event.occurred_at
    restart = terms.target.on_reopen == "restart" or clock.agreement in fold.ticket.ended
    if clock.outcome == "breached" and not restart:
        _open_again(fold, clock, at)
        return
    begun = altered(clock, started_at=at, dated=False) if restart else clock
    if anew := promised(fold, begun, event.known_at):
        kept = clock.reminded if anew == clock else frozenset()
        start(fold, _next_cycle(altered(anew, reminded=kept), at, restart=restart), at, "reopened")


def _open_again(fold: Fold, clock: Clock, at: datetime) -> None:
    opened = altered(clock, stopped_at=None, reason=None, pauses=_with_gap(clock, at), hushed=frozenset())
    fold.put(opened)
    fold.tell(
        "breach_reopened",
        opened,
        at,
        due_at=clock.due_at,
        mark=input_mark(fold.cause),
        reason="reopened",
        budget=clock.budget,
        told=told_to(fold, opened),
    )


def _next_cycle(clock: Clock, at: datetime, *, restart: bool) -> Clock:
    """A new cycle: with the work of the one before and without the gap since, or from zero."""
    return Clock(
        slot=clock.slot,
        agreement=clock.agreement,
        version=clock.version,
        target=clock.target,
        metric=clock.metric,
        budget=clock.budget,
        calendar=clock.calendar,
        started_at=clock.started_at,
        cycle=clock.cycle + 1,
        goal=clock.goal,
        dated=clock.dated,
        pauses=() if restart else _with_gap(clock, at),
        excluded=clock.excluded,
        reminded=frozenset() if restart else clock.reminded,
    )


def _with_gap(clock: Clock, at: datetime) -> tuple[Pause, ...]:
    """The pauses, and the time since the clock stopped."""
    if clock.paused:
        return (*clock.pauses[:-1], (clock.pauses[-1][0], at))
    return (*clock.pauses, (clock.stopped_at or at, at))
