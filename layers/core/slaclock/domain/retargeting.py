"""Choosing anew: what a change of the ticket does to clocks that run (rule 15)."""

from dataclasses import replace
from datetime import datetime

from slaclock.domain.clock import Clock, deadline
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import fact_key, input_mark
from slaclock.domain.fold import Fold
from slaclock.domain.starting import begin_missing, governing, held_in, held_spans, over, rearm, start

UNPROMISED = "no target applies any more"


def retarget(fold: Fold, event: TicketEvent, reason: str) -> None:
    """Hold every running clock to the agreements now chosen; cancel, regain and begin what they say."""
    for clock in fold.ticket.clocks:
        anew = promised(fold, clock, event)
        if clock.running:
            _move(fold, clock, anew, event.occurred_at, reason)
        elif (
            anew
            and clock.reason == UNPROMISED
            and not over(fold.ticket, fold.terms(anew).metric, clock.started_at)
        ):
            _regain(fold, clock, anew, event.occurred_at, reason)
    begin_missing(fold, event)


def promised(fold: Fold, clock: Clock, event: TicketEvent) -> Clock | None:
    """The clock under the agreement that now governs it; None where that promises nothing."""
    by_slot = {each.slot: each for each in governing(fold, clock.started_at, event)}
    agreement, priority = by_slot.get(clock.slot), fold.ticket.priority
    target = agreement.targets.get(clock.target) if agreement else None
    budget = target.budget_for(priority) if target and target.metric == clock.metric else None
    if agreement is None or target is None or budget is None:
        return None
    calendar = target.calendar_for(priority)
    return replace(
        clock, agreement=agreement.id, version=agreement.version, budget=budget.text, calendar=calendar
    )


def _move(fold: Fold, clock: Clock, anew: Clock | None, at: datetime, reason: str) -> None:
    if anew is None:
        fold.cancel(clock, at, UNPROMISED)
    elif anew != clock:
        old, new = fold.terms(clock), fold.terms(anew)
        fresh = (old.budget, old.calendar, old.target.reminders) != (
            new.budget,
            new.calendar,
            new.target.reminders,
        )
        moved = replace(anew, budget_set=input_mark(fold.cause)[:8], reminded=frozenset()) if fresh else anew
        fold.put(moved)
        mark = input_mark(fold.cause)
        due = deadline(moved, new)
        fold.tell("clock_retargeted", moved, at, due_at=due, mark=mark, budget=moved.budget, reason=reason)
        if fresh:
            rearm(fold, moved, at)


def _regain(fold: Fold, clock: Clock, anew: Clock, at: datetime, reason: str) -> None:
    """A promise regained goes on with the same cycle: its cancellation is withdrawn."""
    withdraw(fold, clock, "clock_cancelled", at, reason)
    since = clock.stopped_at or at
    held = held_spans(fold.ticket, held_in(fold.terms(anew).target), since)
    pauses = (*anew.pauses[:-1], (anew.pauses[-1][0], since)) if anew.paused else anew.pauses
    regained = replace(
        anew, outcome=None, stopped_at=None, reason=None, revision=clock.revision + 1, pauses=(*pauses, *held)
    )
    fold.put(regained)
    start(fold, regained, at, reason)


def withdraw(fold: Fold, clock: Clock, outcome: str, at: datetime, reason: str) -> None:
    """Tell that an outcome told before does not hold; the fact itself stays (rule 17)."""
    wrong = fact_key(outcome, clock.lane, clock.cycle, clock.revision)
    mark = input_mark(fold.cause)
    fold.tell(
        "outcome_corrected",
        clock,
        at,
        due_at=None,
        mark=mark,
        corrects=fold.id_of(wrong),
        because=reason,
        told=[],
    )
