"""How a cycle ends: met, breached, cancelled, or a breach that ends at last; each fact explains itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slaclock.domain.altered import altered
from slaclock.domain.deadlines import deadline, target_length, worked
from slaclock.domain.escalation import Moment, goal_end
from slaclock.domain.facts import input_mark
from slaclock.domain.instants import format_instant
from slaclock.domain.notifying import escalate, promise, runbook, told_to

if TYPE_CHECKING:
    from slaclock.domain.clock import Clock, Terms
    from slaclock.domain.fold import Fold

_MOST_BROKEN = 9  # of underpinning promises, after the first


def breach(fold: Fold, clock: Clock, at: datetime, due: datetime, reason: str) -> Clock:
    """Tell that a deadline passed: at the deadline itself, or at the change that put it into the past."""
    terms = fold.terms(clock)
    silent = (0,) * len(terms.target.escalation)
    breached = altered(
        clock, outcome="breached", due_at=due, breached_at=at, levels=silent, customer=fold.customer
    )
    noticed = {"detected_at": format_instant(fold.now), "detected_by": fold.by}
    beyond = {"beyond_horizon": True} if terms.agreement.horizon and due > terms.agreement.horizon else {}
    details = {
        **_outcome(clock, terms, min(due, at)),
        **noticed,
        **beyond,
        **_goal(clock, terms, due),
        **_broke_first(fold, clock, at),
        **runbook(terms.target.runbook),
        "told": told_to(fold, breached),
    }
    fold.tell("clock_breached", breached, at, due_at=due, reason=reason, **details)
    fold.put(breached)
    _keep_broken(fold, clock, terms, at)
    return breached


def meet(fold: Fold, clock: Clock, at: datetime) -> None:
    """Tell that a clock's stop came at or before its deadline."""
    terms = fold.terms(clock)
    due = deadline(clock, terms)
    details = {**_outcome(clock, terms, at), "wall_seconds": _wall(clock, at), **_goal(clock, terms, at)}
    fold.tell("clock_met", clock, at, due_at=due, **details)
    fold.put(altered(clock, outcome="met", stopped_at=at))


def cancel(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Tell that a running clock has nothing more to measure."""
    terms = fold.terms(clock)
    details = _outcome(clock, terms, at)
    fold.tell("clock_cancelled", clock, at, due_at=deadline(clock, terms), reason=reason, **details)
    fold.put(altered(clock, outcome="cancelled", stopped_at=at, reason=reason, customer=fold.customer))


def end_breach(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Tell that the stop of a breached clock came at last; its first level is told before."""
    if clock.levels and not clock.levels[0]:
        clock = escalate(fold, clock, Moment(at, "level"))
    terms = fold.terms(clock)
    assert clock.due_at is not None, "a breach has its deadline"  # noqa: S101  (for the type checker)
    late = worked(clock, terms, at, since=clock.due_at) if clock.due_at < at else timedelta()
    fold.tell(
        "breach_ended",
        clock,
        at,
        due_at=clock.due_at,
        mark=input_mark(fold.cause),
        reason=reason,
        worked_seconds=_seconds(worked(clock, terms, at)),
        wall_seconds=_wall(clock, at),
        late_seconds=_seconds(late),
        late_wall_seconds=max(0, _seconds(at - clock.due_at)),
        budget=clock.budget,
        told=told_to(fold, clock),
    )
    fold.put(altered(clock, stopped_at=at, reason=reason))


def _broke_first(fold: Fold, clock: Clock, at: datetime) -> dict[str, Any]:
    """Of the internal and supplier promises beside the customer's, the one that broke first."""
    broken = [each for each in fold.ticket.broken if clock.started_at <= each[0] <= at]
    if clock.slot or not broken:
        return {}
    when, agreement, kind, target = min(broken)
    found = {"agreement": agreement, "kind": kind, "target": target, "at": format_instant(when)}
    return {"broke_first": found}


def _keep_broken(fold: Fold, clock: Clock, terms: Terms, at: datetime) -> None:
    """Keep that an internal or supplier promise was missed: a customer's may be, because of it."""
    if clock.slot:
        broken = (*fold.ticket.broken, (at, clock.agreement, terms.agreement.kind, clock.target))
        first, latest = broken[:1], broken[1:][-_MOST_BROKEN:]
        fold.ticket = altered(fold.ticket, broken=(*first, *latest))


def _outcome(clock: Clock, terms: Terms, until: datetime) -> dict[str, Any]:
    """What every outcome records, so that it explains itself; also that a reopening began its cycle."""
    again = {"reopened": True} if clock.cycle > 1 and terms.metric.repeat == "reopened" else {}
    return {
        **promise(clock, terms),
        "target_seconds": _seconds(target_length(clock, terms)),
        "worked_seconds": _seconds(worked(clock, terms, until)),
        **again,
    }


def _goal(clock: Clock, terms: Terms, until: datetime) -> dict[str, Any]:
    """The goal beside the promise, and whether it was reached."""
    end = goal_end(clock, terms)
    return {"goal": clock.goal, "goal_met": until <= end} if end else {}


def _wall(clock: Clock, at: datetime) -> int:
    """Elapsed seconds from the start to the stop; where work is carried over, from where it began."""
    return max(0, _seconds(at - clock.started_at))


def _seconds(length: timedelta) -> int:
    """Whole seconds; a fraction of a second is not counted as worked."""
    return int(length.total_seconds() // 1)
