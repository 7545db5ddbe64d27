"""Beginning clocks: when what starts them comes, or late, where they would have started (rule 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.clock import Clock
from slaclock.domain.deadlines import deadline
from slaclock.domain.escalation import arm
from slaclock.domain.facts import input_mark
from slaclock.domain.holding import excluded_spans, held_spans, held_when
from slaclock.domain.instants import format_instant
from slaclock.domain.metric import WAIT
from slaclock.domain.notifying import remind
from slaclock.domain.starts import start_of
from slaclock.domain.stopping import FIRST_SEEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from slaclock.domain.agreement import Agreement, Target
    from slaclock.domain.fold import Fold
    from slaclock.domain.metric import Metric
    from slaclock.domain.occasion import Occasion

_NOT_AGAIN = ("", "reopened")


def begin_due(fold: Fold, occasion: Occasion) -> None:
    """Begin a cycle of every promise whose start has come and which no clock measures."""
    begun = {(clock.lane, clock.metric) for clock in fold.ticket.clocks}
    for agreement in _candidates(fold, occasion):
        if agreement.lanes and begun >= agreement.lanes:
            continue  # all that it promises has begun
        for lane, target, metric in agreement.promises:
            clock = fold.ticket.clock(lane)
            if clock and (clock.stopped_at is None or _once(clock, target, metric)):
                continue
            since = start_of(fold.ticket, agreement, target, occasion)
            if since is not None and _may_begin(fold, agreement, since, occasion):
                _begin(fold, agreement, target, since, occasion)


def governing(fold: Fold, start: datetime, known_at: datetime) -> Collection[Agreement]:
    """The agreements that a clock from `start` begins under: those chosen, while in effect (rule 26)."""
    agreements, ticket = fold.agreements, fold.ticket
    chosen, under = agreements.all_of(ticket.chosen), ticket.under
    if agreements.unbounded or all(agreements.may_start(each, start, known_at, under) for each in chosen):
        return chosen
    return agreements.choose(ticket.attributes, start, known_at, ticket.ended, under)


def start(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Tell that a clock started, paused where the ticket's state holds it back, and arm its reminders."""
    terms, mark = fold.terms(clock), input_mark(fold.cause)
    paused, why = clock.paused and terms.pauses, held_when(fold.ticket, terms)
    due = None if paused or why else deadline(clock, terms)
    since = {} if clock.started_at == at else {"started_at": format_instant(clock.started_at)}
    fold.tell("clock_started", clock, at, due_at=due, budget=clock.budget, reason=reason, **since)
    if paused:
        fold.tell("clock_paused", clock, at, due_at=None, mark=mark, budget=clock.budget, reason=why)
    rearm(fold, clock, at)


def rearm(fold: Fold, clock: Clock, at: datetime) -> None:
    """Arm the reminders of a budget that is new, and tell the one that is due at once (rule 20)."""
    armed, moment = arm(clock, fold.terms(clock), at)
    fold.put(armed)
    if moment:
        remind(fold, armed, moment)


def _once(clock: Clock, target: Target, metric: Metric) -> bool:
    """Whether the cycle that was is the only one; a target may have come to measure something else."""
    return clock.metric == target.metric and metric.repeat in _NOT_AGAIN


def _may_begin(fold: Fold, agreement: Agreement, since: datetime, occasion: Occasion) -> bool:
    """Whether an agreement governs what starts then. What stands in for an ended one has no older starts."""
    succeeded_at = fold.ticket.succeeded_at
    if succeeded_at and not agreement.slot and since < succeeded_at:
        return False
    return agreement in governing(fold, since, occasion.known_at)


def _candidates(fold: Fold, occasion: Occasion) -> Iterable[Agreement]:
    """The agreements chosen, and those in effect at other starts, where one of the chosen is bounded."""
    ticket, agreements = fold.ticket, fold.agreements
    chosen = agreements.all_of(ticket.chosen)
    if agreements.unbounded:
        return chosen
    found = {(each.id, each.version): each for each in chosen}
    for at in {ticket.created_at, ticket.waiting_since or ticket.created_at, occasion.at}:
        found |= {(each.id, each.version): each for each in governing(fold, at, occasion.known_at)}
    return found.values()


def _begin(fold: Fold, agreement: Agreement, target: Target, since: datetime, occasion: Occasion) -> None:
    ticket = fold.ticket
    budget, before = target.budget_for(ticket.attributes), ticket.clock(agreement.lane_of(target))
    if budget is None:
        return
    metric = agreement.metric_of(target)
    clock = Clock(
        slot=agreement.slot,
        agreement=agreement.id,
        version=agreement.version,
        target=target.name,
        metric=target.metric,
        budget=budget,
        calendar=target.calendar_for(ticket.attributes),
        started_at=since,
        cycle=before.cycle + 1 if before else 1,
        goal=target.goal_for(ticket.attributes),
        dated=metric.starts_at is not None and (before is None or metric.repeat == "start"),
        pauses=held_spans(ticket, metric, target, since),
        excluded=excluded_spans(ticket, agreement.id, target.name),
    )
    start(fold, clock, occasion.at, _why(metric, occasion))


def _why(metric: Metric, occasion: Occasion) -> str:
    if metric.start == WAIT:
        return "the customer waits for an answer"
    if occasion.created:
        return "the ticket was created"
    if occasion.first:
        return FIRST_SEEN
    if metric.start == "created" and metric.runs is None:
        return "promised from now on"
    return "its start has come"
