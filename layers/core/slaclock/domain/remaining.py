"""How far off a running clock's deadline is, kept beside a ticket for whoever has no agreements at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from slaclock.domain.clock import terms_of
from slaclock.domain.deadlines import deadline, target_length, worked
from slaclock.domain.escalation import goal_end, reminders_of
from slaclock.domain.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.clock import Clock, Terms
    from slaclock.domain.durations import Duration
    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket


class Remaining(NamedTuple):
    """When a clock's budget ends, and its goal if it has one; while it is paused, what is left of each.

    What is left is the calendar's time, from when the clock goes on.
    """

    due_at: datetime | None = None
    left: timedelta | None = None
    goal_due_at: datetime | None = None
    goal_left: timedelta | None = None


def remaining(ticket: Ticket, agreements: Agreements) -> Iterator[tuple[str, Remaining]]:
    """What remains of each running clock, by its lane, as far as anybody is reminded of it."""
    for clock in ticket.clocks:
        terms = terms_of(clock, agreements)
        if clock.running and reminders_of(terms):
            yield clock.lane, _of(clock, terms)


def as_it_stands(fact: Fact, ticket: Ticket | None, remains: Remaining | None) -> Fact:
    """A reminder with the deadlines that its clock has now; any other fact as it is.

    Of a clock that is paused it has none (rule 14): `paused` says so, and `left_seconds` what is left once it
    goes on. Without `remains` nothing more is known than that.
    """
    clock = ticket.clock(fact.lane) if ticket else None
    if fact.fact != "reminder_due" or clock is None or clock.cycle != fact.cycle or not clock.running:
        return fact
    if remains is None:
        return _paused(fact, None) if clock.paused else fact
    if remains.due_at is None:
        return _paused(fact, remains.goal_left if of_goal(fact) else remains.left)
    return _due(fact, remains.due_at, remains.goal_due_at)


def of_goal(fact: Fact) -> bool:
    """Whether a reminder is of the goal beside a promise, which is nobody's business outside."""
    return "goal_due_at" in fact.details


def _paused(fact: Fact, left: timedelta | None) -> Fact:
    seconds = {} if left is None else {"left_seconds": int(left.total_seconds())}
    return _due(fact, None, None, paused=True, **seconds)


def _due(fact: Fact, due_at: datetime | None, goal_due_at: datetime | None, **more: int) -> Fact:
    goal = {"goal_due_at": goal_due_at and format_instant(goal_due_at)} if of_goal(fact) else {}
    return replace(fact, due_at=due_at, details={**fact.details, **goal, **more})


def _of(clock: Clock, terms: Terms) -> Remaining:
    due, goal = deadline(clock, terms), goal_end(clock, terms)
    if due is not None:
        return Remaining(due, goal_due_at=goal)
    goal_left = _left(clock, terms, terms.goal) if terms.goal else None
    return Remaining(left=_left(clock, terms), goal_left=goal_left)


def _left(clock: Clock, terms: Terms, budget: Duration | None = None) -> timedelta:
    """What was not worked yet when the pause began; never less than nothing."""
    until = max(clock.pauses[-1][0], clock.started_at)
    return max(target_length(clock, terms, budget) - worked(clock, terms, until), timedelta())
