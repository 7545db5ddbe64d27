"""Choosing anew: what a change of the ticket does to clocks that run (rule 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.altered import altered
from slaclock.domain.deadlines import deadline
from slaclock.domain.escalation import reminders_of
from slaclock.domain.facts import fact_key, input_mark
from slaclock.domain.holding import excluded_spans, held_spans
from slaclock.domain.instants import format_instant
from slaclock.domain.outcomes import cancel
from slaclock.domain.starting import governing, rearm, start
from slaclock.domain.starts import field_start, over, restarted_at
from slaclock.domain.stopping import cancel_where_it_holds, stop_where_it_holds

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.agreement import Agreement, Target
    from slaclock.domain.clock import Clock, Pause, Terms
    from slaclock.domain.fold import Fold

UNPROMISED = "no target applies any more"


def retarget(fold: Fold, at: datetime, known_at: datetime, reason: str) -> None:
    """Hold every running clock to the agreements now chosen; cancel and regain what they say."""
    for clock in fold.ticket.clocks:
        if not clock.running and clock.reason != UNPROMISED:
            continue
        anew = promised(fold, clock, known_at)
        if clock.running:
            _move(fold, clock, anew, at, reason)
        elif anew and not _over(fold, anew):
            _regain(fold, clock, _from_zero(fold, anew), at, reason)


def promised(fold: Fold, clock: Clock, known_at: datetime) -> Clock | None:
    """The clock under the agreement that now governs it; None where that promises nothing."""
    by_slot = {each.slot: each for each in governing(fold, clock.started_at, known_at)}
    agreement, attributes = by_slot.get(clock.slot), fold.ticket.attributes
    target = agreement.targets.get(clock.target) if agreement else None
    budget = target.budget_for(attributes) if target and target.metric == clock.metric else None
    started_at = _started_at(agreement, target, clock, fold) if agreement and target else None
    if agreement is None or target is None or budget is None or started_at is None:
        return None
    return clock.held_to(
        agreement=agreement.id,
        version=agreement.version,
        budget=budget,
        goal=target.goal_for(attributes),
        calendar=target.calendar_for(attributes),
        started_at=started_at,
        excluded=excluded_spans(fold.ticket, agreement.id, target.name),
    )


def _started_at(agreement: Agreement, target: Target, clock: Clock, fold: Fold) -> datetime | None:
    """A clock keeps its start, but for one that starts when the ticket's own field says so."""
    metric, attributes = agreement.metric_of(target), fold.ticket.attributes
    if not (metric.starts_at and clock.dated):
        return clock.started_at
    calendar = agreement.calendars[target.calendar_for(attributes)]
    return field_start(metric, attributes, calendar.day_begins)


def _from_zero(fold: Fold, clock: Clock) -> Clock:
    """A clock that would have begun from zero at a reopening since its start begins there."""
    terms = fold.terms(clock)
    since = restarted_at(fold.ticket, terms.metric, terms.target)
    return altered(clock, started_at=since) if since and since > clock.started_at else clock


def _over(fold: Fold, clock: Clock) -> bool:
    terms = fold.terms(clock)
    return over(fold.ticket, terms.metric, terms.target, clock.started_at)


def _move(fold: Fold, clock: Clock, anew: Clock | None, at: datetime, reason: str) -> None:
    if anew is None:
        cancel(fold, clock, at, UNPROMISED)
    elif anew != clock:
        old, new = fold.terms(clock), fold.terms(anew)
        armed = moved = _armed_anew(fold, clock, anew)
        if anew.started_at != clock.started_at:
            moved = altered(moved, pauses=held_spans(fold.ticket, new.metric, new.target, anew.started_at))
        if armed is anew and old.gate is not new.gate:
            moved = altered(moved, remind_from=at)  # what waited for the old hours is not told as of then
        fold.put(moved)
        mark, due = input_mark(fold.cause), deadline(moved, new)
        fold.tell("clock_retargeted", moved, at, due_at=due, mark=mark, budget=moved.budget, reason=reason)
        if armed is not anew:
            rearm(fold, moved, at)
        if old.metric.declared != new.metric.declared:
            _judge_anew(fold, clock.lane, new, at)


def _judge_anew(fold: Fold, lane: str, terms: Terms, at: datetime) -> None:
    """What a version declares otherwise may be over already: nothing will change to say so."""
    for judge in (stop_where_it_holds, cancel_where_it_holds):
        clock = fold.ticket.clock(lane)
        if clock and clock.waiting:
            judge(fold, clock, terms, at)


def _armed_anew(fold: Fold, clock: Clock, anew: Clock) -> Clock:
    """The clock with all its reminders to come, where what they hang on is new (rule 20)."""
    if _armed(clock, fold.terms(clock)) == _armed(anew, fold.terms(anew)):
        return anew
    return altered(anew, budget_set=input_mark(fold.cause)[:8], reminded=frozenset(), remind_from=None)


def _armed(clock: Clock, terms: Terms) -> tuple[object, ...]:
    """What a clock's reminders hang on: where it is new, they are armed anew (rule 20)."""
    return terms.budget, terms.goal, terms.calendar, reminders_of(terms), clock.started_at


def _regain(fold: Fold, clock: Clock, anew: Clock, at: datetime, reason: str) -> None:
    """A promise regained goes on with the same cycle: its cancellation is withdrawn."""
    _withdraw(fold, clock, at, reason)
    regained = altered(
        _armed_anew(fold, clock, anew),
        outcome=None,
        customer=None,
        stopped_at=None,
        reason=None,
        revision=clock.revision + 1,
        pauses=_regained_pauses(fold, clock, anew, at),
    )
    fold.put(regained)
    start(fold, regained, at, reason)


def _regained_pauses(fold: Fold, clock: Clock, anew: Clock, at: datetime) -> tuple[Pause, ...]:
    """The pauses up to the cancellation, and those since, which nobody kept then."""
    terms, since = fold.terms(anew), clock.stopped_at or at
    if anew.started_at != clock.started_at:
        return held_spans(fold.ticket, terms.metric, terms.target, anew.started_at)
    pauses = (*anew.pauses[:-1], (anew.pauses[-1][0], since)) if anew.paused else anew.pauses
    return (*pauses, *held_spans(fold.ticket, terms.metric, terms.target, since))


def _withdraw(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Tell that a cancellation told before does not hold; the fact itself stays (rule 17).

    It is told of the day and of the customer of which the cancellation was.
    """
    wrong = fact_key("clock_cancelled", clock.lane, clock.cycle, clock.revision)
    due = deadline(clock, fold.terms(clock))
    paused_at = {} if due or clock.stopped_at is None else {"of_at": format_instant(clock.stopped_at)}
    fold.tell(
        "outcome_corrected",
        clock,
        at,
        due_at=due,
        mark=input_mark(fold.cause),
        customer=clock.customer,
        corrects=fold.id_of(wrong),
        because=reason,
        **paused_at,
        told=[],
    )
