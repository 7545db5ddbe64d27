"""What one input does to a ticket, step by step, in the order of rule 28."""

from dataclasses import replace
from datetime import datetime

from slaclock.domain.clock import Clock, Pause, deadline
from slaclock.domain.events import Acknowledgement, TicketEvent
from slaclock.domain.facts import input_mark
from slaclock.domain.fold import Fold
from slaclock.domain.learning import changed_members, learn, reason_of, speaker
from slaclock.domain.metrics import METRICS
from slaclock.domain.retargeting import UNPROMISED, promised, retarget
from slaclock.domain.starting import FIRST_SEEN, begin_missing, begin_waits, start
from slaclock.domain.ticket import Ticket


def take(fold: Fold, event: TicketEvent) -> None:
    """Fold one event into the ticket."""
    before, first = fold.ticket, fold.ticket.position is None
    fold.cause, fold.ticket = event.event_id, learn(before, event)
    changed = changed_members(before, fold.ticket)
    rechosen = _choose(fold, event, changed)
    if first:
        begin_missing(fold, event)
    if fold.ticket.gone:
        _go(fold, event.occurred_at)
    else:
        _reply(fold, event)
        _solve(fold, event.occurred_at, before)
        reopened = _reopen(fold, event, before)
        reason = reason_of(changed & fold.agreements.reads, fold.ticket) or "a new version applies"
        if not first and (rechosen or reopened):
            retarget(fold, event, reason)
        _pause(fold, event.occurred_at)
        _breach_overdue(fold, event.occurred_at, FIRST_SEEN if first else reason)
    fold.ticket = replace(fold.ticket, position=event.position)


def acknowledge(fold: Fold, given: Acknowledgement) -> None:
    """Take a breach in hand; where none waits for it, nothing happens."""
    fold.cause, mark = given.id, input_mark(given.id)
    for clock in fold.ticket.clocks:
        if (
            clock.outcome == "breached"
            and clock.waiting
            and not clock.acknowledged_at
            and _names(given, clock)
        ):
            taken = replace(clock, acknowledged_at=given.at)
            fold.put(taken)
            fold.tell("breach_acknowledged", taken, given.at, due_at=clock.due_at, mark=mark, by=given.by)
    fold.ticket = replace(fold.ticket, position=given.position)


def _choose(fold: Fold, event: TicketEvent, changed: frozenset[str]) -> bool:
    """Choose the ticket's agreements where it is new, a member that the choice reads changed, or they did."""
    renewed = fold.agreements.renewed(fold.ticket.chosen, event.known_at)
    if fold.ticket.position is not None and not renewed and not changed & fold.agreements.reads:
        return False
    chosen = fold.agreements.choose(fold.ticket.attributes, fold.ticket.created_at, event.known_at)
    fold.ticket = replace(fold.ticket, chosen=tuple((each.id, each.version) for each in chosen))
    return True


def _go(fold: Fold, at: datetime) -> None:
    """Merged or deleted: nothing more is measured, and a breach still open is closed (rules 18, 19)."""
    for clock in fold.ticket.clocks:
        if clock.waiting:
            _break_off(fold, clock, at, fold.ticket.gone or "")
    fold.ticket = replace(fold.ticket, waiting_since=None)


def _reply(fold: Fold, event: TicketEvent) -> None:
    who = speaker(fold.ticket, event)
    if who == "agent":
        _stop_all(fold, "agent_reply", event.occurred_at, "an agent replied")
        fold.ticket = replace(fold.ticket, waiting_since=None)
    elif who == "customer":
        since = fold.ticket.waiting_since or event.occurred_at
        fold.ticket = replace(fold.ticket, waiting_since=since)
        begin_waits(fold, event)


def _solve(fold: Fold, at: datetime, before: Ticket) -> None:
    """Solving stops the resolution and cancels the response clocks that run (rule 18)."""
    if not fold.ticket.solved or (before.statuses and before.status == fold.ticket.status):
        return
    _stop_all(fold, "solved", at, "the ticket was solved")
    for clock in fold.ticket.clocks:
        why = METRICS[clock.metric].solving
        if why and clock.waiting:
            _break_off(fold, clock, at, why)
    fold.ticket = replace(fold.ticket, waiting_since=None)


def _stop_all(fold: Fold, stop: str, at: datetime, reason: str) -> None:
    for clock in fold.ticket.clocks:
        if clock.waiting and METRICS[clock.metric].stops == stop:
            _stop(fold, clock, at, reason)


def _stop(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Met at or before the deadline; after it, a breach that ends (rule 9)."""
    clock = _overtaken(fold, clock, at, FIRST_SEEN)
    if clock.outcome == "breached":
        fold.end_breach(clock, at, reason)
    else:
        fold.meet(clock, at)


def _break_off(fold: Fold, clock: Clock, at: datetime, reason: str) -> None:
    """Nothing is waited for any more: cancelled, or a breach that ends (rule 18)."""
    clock = _overtaken(fold, clock, at, FIRST_SEEN)
    if clock.outcome == "breached":
        fold.end_breach(clock, at, reason)
    else:
        fold.cancel(clock, at, reason)


def _overtaken(fold: Fold, clock: Clock, at: datetime, reason: str) -> Clock:
    """The clock, breached now where its deadline is found to lie in the past (rule 16)."""
    due = deadline(clock, fold.terms(clock)) if clock.running else None
    return fold.breach(clock, at, due, reason) if due is not None and due < at else clock


def _reopen(fold: Fold, event: TicketEvent, before: Ticket) -> bool:
    """Reopening goes on with the clocks that solving stopped, as their targets say (rule 12)."""
    if not (before.gone or before.solved) or fold.ticket.solved:
        return False
    for clock in fold.ticket.clocks:
        if METRICS[clock.metric].reopens and not clock.waiting and clock.reason != UNPROMISED:
            _resume_work(fold, clock, event)
    return True


def _resume_work(fold: Fold, clock: Clock, event: TicketEvent) -> None:
    mode, at = fold.terms(clock).target.on_reopen, event.occurred_at
    if mode == "resume" and clock.outcome == "breached":
        opened = replace(clock, stopped_at=None, reason=None, pauses=_with_gap(clock, at))
        fold.put(opened)
        told, mark = fold.told(opened), input_mark(fold.cause)
        fold.tell("breach_reopened", opened, at, due_at=clock.due_at, mark=mark, reason="reopened", told=told)
    elif mode != "ignore":
        anew = promised(fold, clock, event) or clock
        anew = anew if anew == clock else replace(anew, reminded=frozenset())
        start(fold, _next_cycle(anew, mode, at), at, "reopened")


def _next_cycle(clock: Clock, mode: str, at: datetime) -> Clock:
    """A new cycle: with the work of the one before and without the gap since, or from zero."""
    anew = Clock(
        slot=clock.slot,
        agreement=clock.agreement,
        version=clock.version,
        target=clock.target,
        metric=clock.metric,
        budget=clock.budget,
        calendar=clock.calendar,
        started_at=clock.started_at,
        cycle=clock.cycle + 1,
        pauses=_with_gap(clock, at),
        reminded=clock.reminded,
    )
    return replace(anew, started_at=at, pauses=(), reminded=frozenset()) if mode == "restart" else anew


def _with_gap(clock: Clock, at: datetime) -> tuple[Pause, ...]:
    """The pauses, and the time since the clock stopped."""
    if clock.paused:
        return (*clock.pauses[:-1], (clock.pauses[-1][0], at))
    return (*clock.pauses, (clock.stopped_at or at, at))


def _pause(fold: Fold, at: datetime) -> None:
    """Pause and resume as the status now says (rule 14)."""
    why = f"status is {fold.ticket.status}"
    for clock in fold.ticket.clocks:
        held = fold.ticket.status in fold.terms(clock).target.pause_on
        if not clock.waiting or held == clock.paused:
            continue
        moved = clock.pause(at) if held else clock.resume(at)
        fold.put(moved)
        due = clock.due_at or deadline(moved, fold.terms(moved))
        fact = "clock_paused" if held else "clock_resumed"
        fold.tell(fact, moved, at, due_at=due, mark=input_mark(fold.cause), budget=clock.budget, reason=why)


def _breach_overdue(fold: Fold, at: datetime, reason: str) -> None:
    """A deadline that this change put into the past breaches now (rule 16)."""
    for clock in fold.ticket.clocks:
        _overtaken(fold, clock, at, reason)


def _names(given: Acknowledgement, clock: Clock) -> bool:
    """Whether an acknowledgement means this clock: by a fact about its cycle, or by agreement and metric."""
    if given.fact_key:
        _, lane, cycle, *_ = given.fact_key.split(":")
        return lane == clock.lane and cycle.split(".")[0] == str(clock.cycle)
    return given.agreement == clock.agreement and given.metric in (clock.metric, clock.target)
