"""Beginning clocks: when what starts them comes, or late, where they would have started (rule 15)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from slaclock.domain.agreement import Agreement, Target
from slaclock.domain.clock import Clock, deadline
from slaclock.domain.durations import parse_duration
from slaclock.domain.escalation import arm
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import input_mark
from slaclock.domain.fold import Fold
from slaclock.domain.holding import excluded_spans, held_spans, held_when
from slaclock.domain.instants import format_instant
from slaclock.domain.metric import WAIT, Metric
from slaclock.domain.notifying import remind
from slaclock.domain.starts import start_of

FIRST_SEEN = "first seen late"
_NOT_AGAIN = ("", "reopened")


def begin_due(fold: Fold, event: TicketEvent, occurred: str = "") -> None:
    """Begin a cycle of every promise whose start has come and which no clock measures.

    `occurred` is what the event was for the metrics that start with an occurrence.
    """
    clocks = {clock.lane: clock for clock in fold.ticket.clocks}
    for agreement in _candidates(fold, event):
        if agreement.lanes and clocks.keys() >= agreement.lanes:
            continue  # all that it promises has begun
        for lane, target, metric in agreement.promises:
            clock = clocks.get(lane)
            if clock and (clock.stopped_at is None or metric.repeat in _NOT_AGAIN):
                continue
            since = start_of(fold.ticket, agreement, target, event, occurred)
            if since is not None and agreement in governing(fold, since, event.known_at):
                _begin(fold, agreement, target, since, event, cycle=clock.cycle + 1 if clock else 1)


def governing(fold: Fold, start: datetime, known_at: datetime) -> Collection[Agreement]:
    """The agreements that a clock from `start` begins under: those chosen, while in effect (rule 26)."""
    agreements, ticket = fold.agreements, fold.ticket
    chosen, under = agreements.all_of(ticket.chosen), ticket.under
    if agreements.unbounded or all(agreements.may_start(each, start, known_at, under) for each in chosen):
        return chosen
    return agreements.choose(ticket.attributes, start, known_at, ticket.ended, under)


def start(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Tell that a clock started, paused where the ticket's state holds it back, and arm its reminders."""
    terms = fold.terms(clock)
    due = None if clock.paused or held_when(fold.ticket, terms) else deadline(clock, terms)
    since = {} if clock.started_at == at else {"started_at": format_instant(clock.started_at)}
    fold.tell("clock_started", clock, at, due_at=due, budget=clock.budget, reason=reason, **since)
    if clock.paused:
        mark, why = input_mark(fold.cause), held_when(fold.ticket, terms)
        fold.tell("clock_paused", clock, at, due_at=None, mark=mark, budget=clock.budget, reason=why)
    rearm(fold, clock, at)


def rearm(fold: Fold, clock: Clock, at: datetime) -> None:
    """Arm the reminders of a budget that is new, and tell the one that is due at once (rule 20)."""
    armed, moment = arm(clock, fold.terms(clock), at)
    fold.put(armed)
    if moment:
        remind(fold, armed, moment)


def _candidates(fold: Fold, event: TicketEvent) -> Iterable[Agreement]:
    """The agreements chosen, and those in effect at other starts, where one of the chosen is bounded."""
    ticket, agreements = fold.ticket, fold.agreements
    chosen = agreements.all_of(ticket.chosen)
    if agreements.unbounded:
        return chosen
    found = {(each.id, each.version): each for each in chosen}
    for at in {ticket.created_at, ticket.waiting_since or ticket.created_at, event.occurred_at}:
        found |= {(each.id, each.version): each for each in governing(fold, at, event.known_at)}
    return found.values()


def _begin(
    fold: Fold, agreement: Agreement, target: Target, since: datetime, event: TicketEvent, cycle: int
) -> None:
    ticket = fold.ticket
    budget = target.budget_for(ticket.attributes)
    if budget is None:
        return
    metric = agreement.metric_of(target)
    pauses = () if parse_duration(budget).unit == "date" else held_spans(ticket, metric, target, since)
    clock = Clock(
        slot=agreement.slot,
        agreement=agreement.id,
        version=agreement.version,
        target=target.name,
        metric=target.metric,
        budget=budget,
        calendar=target.calendar_for(ticket.attributes),
        started_at=since,
        cycle=cycle,
        goal=target.goal_for(ticket.attributes),
        pauses=pauses,
        excluded=excluded_spans(ticket, agreement.id, target.name),
    )
    start(fold, clock, event.occurred_at, _why(fold, metric, event))


def _why(fold: Fold, metric: Metric, event: TicketEvent) -> str:
    if metric.start == WAIT:
        return "the customer waits for an answer"
    if event.type == "created":
        return "the ticket was created"
    if fold.ticket.position is None:
        return FIRST_SEEN
    return (
        "promised from now on" if metric.start == "created" and metric.runs is None else "its start has come"
    )
