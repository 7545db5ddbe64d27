"""Reopening: promises whose stop no longer holds go on, as their targets say (rule 12)."""

from datetime import datetime

from slaclock.domain.altered import altered
from slaclock.domain.clock import Clock, Pause, Terms
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import input_mark
from slaclock.domain.fold import Fold
from slaclock.domain.notifying import told_to
from slaclock.domain.retargeting import UNPROMISED, promised
from slaclock.domain.starting import start
from slaclock.domain.ticket import Ticket


def reopen(fold: Fold, event: TicketEvent, before: Ticket) -> bool:
    """Go on with what waits again for its stop; answers whether it was reopened or any did."""
    reopened = bool(before.gone or before.solved) and not fold.ticket.solved
    stopped = [clock for clock in fold.ticket.clocks if clock.stopped_at is not None]
    going_on = [clock for clock in stopped if _goes_on(fold, clock, reopened=reopened)]
    for clock in going_on:
        _go_on(fold, clock, event)
    return reopened or bool(going_on)


def _goes_on(fold: Fold, clock: Clock, *, reopened: bool) -> bool:
    """Whether a stopped clock waits again; one that was cancelled does only when the ticket is reopened."""
    if clock.reason == UNPROMISED or (clock.outcome == "cancelled" and not reopened):
        return False
    terms, members = fold.terms(clock), fold.ticket.attributes
    metric, target = terms.metric, terms.target
    if metric.repeat != "reopened" or target.on_reopen == "ignore" or metric.ended(members, target):
        return False
    return metric.runs is None or bool(metric.runs(members, target))


def _go_on(fold: Fold, clock: Clock, event: TicketEvent) -> None:
    terms, at = fold.terms(clock), event.occurred_at
    if terms.target.on_reopen == "resume" and clock.outcome == "breached":
        opened = altered(clock, stopped_at=None, reason=None, pauses=_with_gap(clock, terms, at))
        fold.put(opened)
        told, mark = told_to(fold, opened), input_mark(fold.cause)
        fold.tell("breach_reopened", opened, at, due_at=clock.due_at, mark=mark, reason="reopened", told=told)
        return
    anew = promised(fold, clock, event.known_at) or clock
    anew = anew if anew == clock else altered(anew, reminded=frozenset())
    start(fold, _next_cycle(anew, terms, at), at, "reopened")


def _next_cycle(clock: Clock, terms: Terms, at: datetime) -> Clock:
    """A new cycle: with the work of the one before and without the gap since, or from zero."""
    restart = terms.target.on_reopen == "restart"
    return Clock(
        slot=clock.slot,
        agreement=clock.agreement,
        version=clock.version,
        target=clock.target,
        metric=clock.metric,
        budget=clock.budget,
        calendar=clock.calendar,
        started_at=at if restart else clock.started_at,
        cycle=clock.cycle + 1,
        goal=clock.goal,
        pauses=() if restart else _with_gap(clock, terms, at),
        excluded=clock.excluded,
        reminded=frozenset() if restart else clock.reminded,
    )


def _with_gap(clock: Clock, terms: Terms, at: datetime) -> tuple[Pause, ...]:
    """The pauses, and the time since the clock stopped."""
    if not terms.pauses:
        return ()
    if clock.paused:
        return (*clock.pauses[:-1], (clock.pauses[-1][0], at))
    return (*clock.pauses, (clock.stopped_at or at, at))
