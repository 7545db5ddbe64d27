"""The passing of time: every moment that has come is told, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.altered import altered
from slaclock.domain.escalation import next_moment
from slaclock.domain.notifying import escalate, remind
from slaclock.domain.outcomes import breach

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.clock import Clock
    from slaclock.domain.escalation import Moment
    from slaclock.domain.fold import Fold

PASSED = "the deadline passed"


def advance(fold: Fold, until: datetime, *, inclusive: bool = False) -> None:
    """Tell every moment before `until` (or at it), in order."""
    while moments := fold.next_moments():
        first = min(moments.values())
        if first > until or (first == until and not inclusive):
            return
        # What underpins a promise comes before it.
        lane = min(("/" not in lane, lane) for lane, at in moments.items() if at == first)[1]
        clock = fold.ticket.clock(lane)
        moment = next_moment(clock, fold.terms(clock)) if clock else None
        if clock is None or moment is None or moment.at != first:
            fold.correct(lane, moment)
        else:
            _fire(fold, clock, moment)


def _fire(fold: Fold, clock: Clock, moment: Moment) -> None:
    fold.cause = ""
    if moment.kind == "reminder":
        remind(fold, clock, moment)
    elif moment.kind == "deadline":
        breach(fold, clock, moment.at, moment.at, PASSED)
    else:
        escalate(fold, clock, moment)
    fold.ticket = altered(fold.ticket, told_at=moment.at)
