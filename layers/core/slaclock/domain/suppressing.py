"""Whether a message still has something true to say when its turn comes, and why not (rule 22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.breach_news import TELLS_OF_A_BREACH

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.clock import Clock
    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket

# Why a message is held back.
MET, CANCELLED, MISSED = "met", "cancelled", "missed"  # the clock of a reminder
ENDED, WITHDRAWN, ACKNOWLEDGED = "ended", "withdrawn", "acknowledged"  # the breach of a later level
OVERTAKEN = "overtaken"  # by its deadline, another budget or cycle, or what says it better
UNTOLD = "nobody_was_told"  # an end, or a withdrawal, of what its audience never heard of
INTERNAL = "internal"  # not for a customer
_OUTCOMES = {"met": MET, "cancelled": CANCELLED, "breached": MISSED}


def why_not(fact: Fact, ticket: Ticket | None, now: datetime) -> str | None:
    """Why a message has nothing to say any more; None where it is told.

    A reminder of a clock that is paused is told: it is neither met, nor ended, nor cancelled. The breach and
    its first message always are, what else tells of a breach only while it is open. `fact` is as it stands.
    """
    clock = _of_its_cycle(fact, ticket)
    if fact.fact == "reminder_due":
        return _why_no_reminder(fact, clock, now)
    later = fact.fact == "escalation_due" and (fact.details["level"], fact.details["repeat"]) != (1, 0)
    if not later and fact.fact != "escalation_handed_over":
        return None
    if clock is None:
        return ENDED
    return become_of(fact, ticket) or (_why_no_level(fact, clock) if later else None)


def become_of(fact: Fact, ticket: Ticket | None) -> str | None:
    """What has become of the breach that a fact tells of: `ended`, `withdrawn`; None while it is open.

    A cycle that the ticket does not know never began, as is known by now.
    """
    if ticket is None or fact.fact not in TELLS_OF_A_BREACH:
        return None
    clock = ticket.clock(fact.lane)
    if clock is None or clock.cycle < fact.cycle:
        return WITHDRAWN
    if clock.cycle == fact.cycle and clock.revision > fact.revision:
        return WITHDRAWN
    return ENDED if clock.cycle > fact.cycle or not clock.waiting else None


def _of_its_cycle(fact: Fact, ticket: Ticket | None) -> Clock | None:
    clock = ticket.clock(fact.lane) if ticket else None
    return clock if clock and clock.cycle == fact.cycle else None


def _why_no_reminder(fact: Fact, clock: Clock | None, now: datetime) -> str | None:
    if clock is None:
        return OVERTAKEN
    if clock.outcome:
        return _OUTCOMES[clock.outcome]
    of_this_budget = fact.key.split(":")[3].startswith(f"b{clock.budget_set or 0}.")
    passed = fact.due_at is not None and fact.due_at <= now
    return OVERTAKEN if passed or not of_this_budget else None


def _why_no_level(fact: Fact, clock: Clock) -> str | None:
    """A later message of an open breach: not where somebody has it in hand, or its repeat is due already."""
    level, repeat = fact.details["level"] - 1, fact.details["repeat"]
    if fact.details["until"] == "acknowledged" and clock.acknowledged_at is not None:
        return ACKNOWLEDGED
    overtaken = repeat > 0 and level < len(clock.levels) and clock.levels[level] > repeat + 1
    return OVERTAKEN if overtaken else None
