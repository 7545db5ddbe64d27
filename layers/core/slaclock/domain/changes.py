"""What one event does to a ticket, step by step, in the order of rule 28."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.altered import altered
from slaclock.domain.deadlines import deadline
from slaclock.domain.facts import input_mark
from slaclock.domain.holding import excluded_spans, why
from slaclock.domain.learning import learn, reason_of, speaker
from slaclock.domain.occasion import occasion_of
from slaclock.domain.outcomes import breach
from slaclock.domain.rating import rate
from slaclock.domain.reopening import reopen
from slaclock.domain.retargeting import retarget
from slaclock.domain.starting import begin_due
from slaclock.domain.stopping import (
    FIRST_SEEN,
    break_off,
    cancel_where_it_holds,
    stop,
    stop_where_it_holds,
)

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.clock import Clock
    from slaclock.domain.events import TicketEvent
    from slaclock.domain.fold import Fold
    from slaclock.domain.occasion import Occasion

_MOST_EXCLUSIONS = 100
# A clock pauses so many times in a cycle, then runs on: its ticket has to fit into one item.
MOST_PAUSES = 200
_REPLY_OF = {"agent": "agent_reply", "customer": "customer_reply"}
_WHY_STOPPED = {"agent_reply": "an agent replied", "customer_reply": "the customer replied"}


def take(fold: Fold, event: TicketEvent) -> None:
    """Fold one event into the ticket."""
    before, at, first = fold.ticket, event.occurred_at, fold.ticket.unseen
    fold.cause = event.event_id
    fold.ticket, changed = learn(before, event, fold.agreements.watched(event.known_at))
    rechosen = _choose(fold, event, changed)
    _exclude(fold, event)
    occasion = occasion_of(event, first=first)
    if first:
        begin_due(fold, occasion)
        _breach_overdue(fold, event, changed, first=first)
    if fold.ticket.gone:
        _go(fold, at)
    else:
        replied = _reply(fold, event, occasion)
        if changed:
            _end(fold, at, changed)
        reopened = reopen(fold, event, before)
        if not first and (rechosen or reopened):
            retarget(fold, at, event.known_at, _reason(fold, changed))
        if changed or replied or rechosen or reopened:
            begin_due(fold, occasion)
            _pause(fold, at)
        _breach_overdue(fold, event, changed, first=first)
    rate(fold, event)


def _reason(fold: Fold, changed: frozenset[str]) -> str:
    """Why clocks are set anew."""
    return reason_of(changed & fold.agreements.reads, fold.ticket) or "a new version applies"


def _choose(fold: Fold, event: TicketEvent, changed: frozenset[str]) -> bool:
    """Choose the ticket's agreements where it is new, a member that the choice reads changed, or they did."""
    agreements, ticket = fold.agreements, fold.ticket
    asked = ticket.position is None or not changed.isdisjoint(agreements.reads)
    if not asked and not agreements.renewed(ticket.chosen, event.known_at):
        return False
    start, known_at = ticket.created_at, event.known_at
    chosen = agreements.choose(ticket.attributes, start, known_at, ticket.ended, ticket.under)
    fold.ticket = altered(ticket, chosen=tuple((each.id, each.version) for each in chosen))
    return True


def _exclude(fold: Fold, event: TicketEvent) -> None:
    """Give a ticket that has come into the scope of exclusions what of them may concern it (rule 27)."""
    if not fold.agreements.exclusions:
        return
    ticket = fold.ticket
    known = {each.exclusion_id for each in ticket.exclusions}
    found = [
        each.on(ticket.ticket_id, ticket.subject)
        for each in fold.agreements.exclusions
        if each.exclusion_id not in known
        and each.concerns(ticket.account)
        and each.entered_at <= event.known_at
        and each.ends > ticket.created_at
        and each.matches(ticket.attributes, ticket.ticket_id)
    ]
    if not found:
        return
    fold.ticket = altered(ticket, exclusions=(*ticket.exclusions, *found)[:_MOST_EXCLUSIONS])
    for clock in fold.ticket.clocks:
        if clock.waiting:
            fold.put(altered(clock, excluded=excluded_spans(fold.ticket, clock.agreement, clock.target)))


def _go(fold: Fold, at: datetime) -> None:
    """Merged or deleted: nothing more is measured, and a breach still open is closed (rules 18, 19)."""
    for clock in fold.ticket.clocks:
        if clock.waiting:
            break_off(fold, clock, at, fold.ticket.gone or "")
    fold.ticket = altered(fold.ticket, waiting_since=None)


def _reply(fold: Fold, event: TicketEvent, occasion: Occasion) -> bool:
    """A reply stops what waits for it, and begins what starts with it; answers whether it was one."""
    who, at = speaker(fold.ticket, event), event.occurred_at
    if who is None:
        return False
    reply = _REPLY_OF[who]
    for clock in fold.ticket.clocks:
        if clock.stopped_at is None and fold.terms(clock).metric.stop == reply:
            stop(fold, clock, at, _WHY_STOPPED[reply])
    ticket = fold.ticket
    waits = None if who == "agent" else ticket.waiting_since or at
    fold.ticket = altered(ticket, heard=ticket.heard.again(reply, at), waiting_since=waits)
    begin_due(fold, occasion.heard(reply))
    return True


def _end(fold: Fold, at: datetime, changed: frozenset[str]) -> None:
    """Stop what waits for a state that now holds, then cancel what has nothing more to measure."""
    waiting = [(clock, fold.terms(clock)) for clock in fold.ticket.clocks if clock.stopped_at is None]
    for clock, terms in waiting:
        stop_where_it_holds(fold, clock, terms, at)
    for clock, terms in waiting:
        if not changed.isdisjoint(terms.metric.cancelling):
            cancel_where_it_holds(fold, fold.ticket.clock(clock.lane) or clock, terms, at)
    if fold.ticket.solved and "status" in changed:
        fold.ticket = altered(fold.ticket, waiting_since=None)


def _pause(fold: Fold, at: datetime) -> None:
    """Pause and resume as the ticket's state now says (rule 14)."""
    for clock in fold.ticket.clocks:
        if clock.stopped_at is not None:
            continue
        terms = fold.terms(clock)
        held = terms.metric.holds_back(fold.ticket.attributes, terms.target)
        if held != clock.paused and not (held and len(clock.pauses) >= MOST_PAUSES):
            _hold(fold, clock, at, held=held)


def _hold(fold: Fold, clock: Clock, at: datetime, *, held: bool) -> None:
    moved, terms = clock.pause(at) if held else clock.resume(at), fold.terms(clock)
    fold.put(moved)
    if not terms.pauses:
        return  # it is kept for a budget that comes later; this deadline stays where it is
    due = clock.due_at or deadline(moved, terms)
    fact, mark = "clock_paused" if held else "clock_resumed", input_mark(fold.cause)
    reason = why(fold.ticket, terms.metric.holding)
    fold.tell(fact, moved, at, due_at=due, mark=mark, budget=clock.budget, reason=reason)


def _breach_overdue(fold: Fold, event: TicketEvent, changed: frozenset[str], *, first: bool) -> None:
    """A deadline that this change put into the past breaches now (rule 16); what underpins another first."""
    at = event.occurred_at
    for clock in sorted(fold.ticket.clocks, key=lambda each: not each.slot):
        if clock.outcome is None and clock.lane in fold.moved:
            due = deadline(clock, fold.terms(clock))
            if due is not None and due < at:
                breach(fold, clock, at, due, FIRST_SEEN if first else _reason(fold, changed))
