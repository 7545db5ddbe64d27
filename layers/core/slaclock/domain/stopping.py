"""Stopping clocks: what they wait for has come, or will not come any more (rules 9 and 18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.deadlines import deadline
from slaclock.domain.holding import why
from slaclock.domain.outcomes import breach, cancel, end_breach, meet

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.clock import Clock, Terms
    from slaclock.domain.fold import Fold
    from slaclock.domain.metric import Metric
    from slaclock.domain.ticket import Ticket

FIRST_SEEN = "first seen late"


def stop(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Met at or before the deadline; after it, a breach that ends (rule 9)."""
    clock = overtaken(fold, clock, at, FIRST_SEEN)
    if clock.outcome == "breached":
        end_breach(fold, clock, at, reason)
    else:
        meet(fold, clock, at)


def break_off(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Nothing is waited for any more: cancelled, or a breach that ends (rule 18)."""
    clock = overtaken(fold, clock, at, FIRST_SEEN)
    if clock.outcome == "breached":
        end_breach(fold, clock, at, reason)
    else:
        cancel(fold, clock, at, reason)


def stop_where_it_holds(fold: Fold, clock: Clock, terms: Terms, at: datetime) -> None:
    """Stop a clock if the state that it waits for holds now."""
    metric = terms.metric
    if metric.stopped and metric.stopped(fold.ticket.attributes, terms.target):
        stop(fold, clock, at, _why_stopped(fold.ticket, metric))


def cancel_where_it_holds(fold: Fold, clock: Clock, terms: Terms, at: datetime) -> None:
    """Cancel a clock if a state holds now in which there is nothing more to measure."""
    metric = terms.metric
    if clock.waiting and metric.cancelled and metric.cancelled(fold.ticket.attributes, terms.target):
        break_off(fold, clock, at, metric.cancel_reason)


def overtaken(fold: Fold, clock: Clock, at: datetime, reason: str) -> Clock:
    """The clock, breached now where its deadline is found to lie in the past (rule 16)."""
    if clock.outcome is not None or clock.lane not in fold.moved:
        return clock  # had it been due before, time would have told
    due = deadline(clock, fold.terms(clock))
    return breach(fold, clock, at, due, reason) if due is not None and due < at else clock


def _why_stopped(ticket: Ticket, metric: Metric) -> str:
    if "status" in metric.stopping and ticket.solved:
        return "the ticket was solved"
    return why(ticket, metric.stopping)
