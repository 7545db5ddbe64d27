"""What holds a clock back: the pauses of a ticket's past, and exclusions entered later (rules 14 and 27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.conditions import value_of
from slaclock.domain.learning import shown, told
from slaclock.domain.ticket import GONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from slaclock.domain.agreement import Target
    from slaclock.domain.clock import Pause, Span, Terms
    from slaclock.domain.metric import Metric
    from slaclock.domain.ticket import Ticket


def held_when(ticket: Ticket, terms: Terms) -> str:
    """Why a clock does not run now, `status is pending`; "" where it does."""
    metric, target = terms.metric, terms.target
    if not terms.pauses or not metric.holds_back(ticket.attributes, target):
        return ""
    return why(ticket, metric.holding)


def why(ticket: Ticket, members: Iterable[str]) -> str:
    """What some members now are, for people: `status is pending`."""
    said = (told(name, f"is {shown(value_of(name, ticket.attributes))}") for name in sorted(members))
    return ", ".join(said)


def held_spans(ticket: Ticket, metric: Metric, target: Target, since: datetime) -> tuple[Pause, ...]:
    """The spans since `since` in which a clock would not have run; the last may be open.

    While the ticket was gone, and between its stop and the reopening, a promise does not run either; but what
    stops the clock in this very event does not hold it as well.
    """
    stopped = metric.stopped if metric.repeat == "reopened" else None
    gaps = stopped if stopped and not stopped(ticket.attributes, target) else None

    def held(members: Mapping[str, Any]) -> bool:
        away = (members.get(GONE) and not ticket.gone) or (gaps and gaps(members, target))
        return bool(away) or metric.holds_back(members, target)

    return tuple(
        (max(begin, since), end) for begin, end in ticket.stretches(held) if end is None or end > since
    )


def excluded_spans(ticket: Ticket, agreement: str, target: str) -> tuple[Span, ...]:
    """The exclusions entered later that count for a clock, in order."""
    if not ticket.exclusions:
        return ()
    return tuple(
        sorted((each.begins, each.ends) for each in ticket.exclusions if each.covers(agreement, target))
    )
