"""Beginning clocks: with the ticket, with a wait, or late, where they would have started (rule 15)."""

from collections.abc import Iterable
from datetime import datetime

from slaclock.domain.agreement import Agreement, Target
from slaclock.domain.clock import Clock, Pause, deadline
from slaclock.domain.escalation import arm
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import input_mark
from slaclock.domain.fold import Fold
from slaclock.domain.instants import format_instant
from slaclock.domain.metrics import METRICS, Metric
from slaclock.domain.ticket import SOLVED, Ticket

FIRST_SEEN = "first seen late"


def begin_missing(fold: Fold, event: TicketEvent) -> None:
    """Begin every clock that the chosen agreements promise and the ticket lacks."""
    for agreement in governing(fold, fold.ticket.created_at, event):
        for target in agreement.targets.values():
            if METRICS[target.metric].starts == "created":
                _begin_created(fold, agreement, target, event)
    begin_waits(fold, event)


def begin_waits(fold: Fold, event: TicketEvent) -> None:
    """Begin a cycle of each clock that measures the customer's wait, where nothing measures it (rule 11)."""
    since = fold.ticket.waiting_since
    if since is None:
        return
    for agreement in governing(fold, since, event):
        for target in agreement.targets.values():
            if METRICS[target.metric].starts == "wait" and not _measured(
                fold.ticket, agreement, target, since
            ):
                clock = fold.ticket.clock(lane_of(agreement, target))
                _begin(fold, agreement, target, since, event, cycle=clock.cycle + 1 if clock else 1)


def governing(fold: Fold, start: datetime, event: TicketEvent) -> Iterable[Agreement]:
    """The agreements that a clock from `start` begins under: those chosen, while in effect (rule 26)."""
    chosen = [fold.agreements.get(*each) for each in fold.ticket.chosen]
    if all(each.covers(start) for each in chosen):
        return chosen
    return fold.agreements.choose(fold.ticket.attributes, start, event.known_at)


def lane_of(agreement: Agreement, target: Target) -> str:
    """The lane of the clock that a target has on a ticket."""
    return f"{agreement.slot}/{target.name}" if agreement.slot else target.name


def start(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Tell that a clock started, paused where the ticket's status pauses it, and arm its reminders."""
    paused = clock.paused or fold.ticket.status in fold.terms(clock).target.pause_on
    due = None if paused else deadline(clock, fold.terms(clock))
    since = {} if clock.started_at == at else {"started_at": format_instant(clock.started_at)}
    fold.tell("clock_started", clock, at, due_at=due, budget=clock.budget, reason=reason, **since)
    if clock.paused:
        mark, why = input_mark(fold.cause), f"status is {fold.ticket.status}"
        fold.tell("clock_paused", clock, at, due_at=None, mark=mark, budget=clock.budget, reason=why)
    rearm(fold, clock, at)


def rearm(fold: Fold, clock: Clock, at: datetime) -> None:
    """Arm the reminders of a budget that is new, and tell the one that is due at once (rule 20)."""
    armed, moment = arm(clock, fold.terms(clock), at)
    fold.put(armed)
    if moment:
        fold.remind(armed, moment)


def over(ticket: Ticket, metric: Metric, since: datetime) -> bool:
    """Whether what a clock from `since` would wait for has come already."""
    if metric.stops == "solved":
        return ticket.solved
    return ticket.waiting_since is None or ticket.waiting_since > since


def held_in(target: Target) -> frozenset[str]:
    """The statuses whose time a clock does not count."""
    return target.pause_on | (SOLVED if METRICS[target.metric].reopens else frozenset())


def held_spans(ticket: Ticket, held: frozenset[str], since: datetime) -> tuple[Pause, ...]:
    """The spans since `since` in which the ticket's status was one of `held`; the last may be open."""
    ends = [at for at, _ in ticket.statuses[1:]]
    spans = zip(ticket.statuses, [*ends, None], strict=True)
    return tuple(
        (max(at, since), end) for (at, status), end in spans if status in held and _after(end, since)
    )


def _begin_created(fold: Fold, agreement: Agreement, target: Target, event: TicketEvent) -> None:
    """A clock whose stop has come before its promise was known is not begun: there was nothing to keep."""
    ticket = fold.ticket
    known = ticket.position is None or not over(ticket, METRICS[target.metric], ticket.created_at)
    if known and ticket.clock(lane_of(agreement, target)) is None:
        _begin(fold, agreement, target, ticket.created_at, event)


def _begin(
    fold: Fold, agreement: Agreement, target: Target, since: datetime, event: TicketEvent, cycle: int = 1
) -> None:
    budget, ticket = target.budget_for(fold.ticket.priority), fold.ticket
    if budget is None or not agreement.covers(since):
        return
    clock = Clock(
        slot=agreement.slot,
        agreement=agreement.id,
        version=agreement.version,
        target=target.name,
        metric=target.metric,
        budget=budget.text,
        calendar=target.calendar_for(ticket.priority),
        started_at=since,
        cycle=cycle,
        pauses=held_spans(ticket, held_in(target) - _current_end(ticket), since),
    )
    start(fold, clock, event.occurred_at, _why(ticket, target, event))


def _current_end(ticket: Ticket) -> frozenset[str]:
    """A status that stops the clock in this very event does not hold it as well."""
    return frozenset({ticket.status} & SOLVED)


def _why(ticket: Ticket, target: Target, event: TicketEvent) -> str:
    if METRICS[target.metric].starts == "wait":
        return "the customer waits for an answer"
    if event.type == "created":
        return "the ticket was created"
    return FIRST_SEEN if ticket.position is None else "promised from now on"


def _measured(ticket: Ticket, agreement: Agreement, target: Target, since: datetime) -> bool:
    """Whether the wait that began at `since` has a clock already: this one, or the one it yields to."""
    own = ticket.clock(lane_of(agreement, target))
    if own and (own.waiting or own.started_at >= since):
        return True
    first = METRICS[target.metric].unless
    rivals = [clock for clock in ticket.clocks if clock.slot == agreement.slot and clock.metric == first]
    return any(clock.waiting or since == ticket.created_at for clock in rivals)


def _after(end: datetime | None, since: datetime) -> bool:
    return end is None or end > since
