"""Next up: a team's open tickets by the deadline that presses most, with the working time that is left."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

from slaclock.domain.budget_left import seconds_left, whole_seconds
from slaclock.domain.choosing import Agreements
from slaclock.domain.clock import Clock, terms_of
from slaclock.domain.deadlines import nearest_deadline, worked
from slaclock.domain.instants import format_instant
from slaclock.domain.ticket import Ticket
from slaclock.records.queue_query import QueueQuery
from slaclock.store.contract import Queues
from slaclock.workflow import versions_of

_SHOWN = ("key", "url", "ticket_type", "team", "customer")


class Known(Protocol):
    """Where agreements are asked for; the versions that are needed are among the answer."""

    def agreements(self, account: str, needed: Collection[tuple[str, int]] = ()) -> Agreements: ...


def next_up(store: Queues, known: Known, query: QueueQuery, now: datetime) -> dict[str, Any]:
    """A page of the queue, as JSON, at the cost of what is on it: so many index entries, and those tickets.

    One entry more is read, to know whether there is another page. A ticket that was closed a moment ago is
    left out, though the index may have it still. In a page the order is that of the tickets as they are.
    """
    found = store.queue(query.account, query.team, query.limit + 1, query.after)
    places, more = found[: query.limit], found[query.limit :]
    tickets = store.tickets([place.subject for place in places])
    needed = set().union(*(versions_of(ticket) for ticket in tickets.values())) if tickets else set()
    agreements = known.agreements(query.account, needed) if tickets else Agreements(())
    rows = [_row(tickets[each.subject], agreements, now) for each in places if each.subject in tickets]
    return {
        "account": query.account,
        "team": query.team,
        "tickets": [row for row in rows if row],
        "next": query.cursor(places[-1]) if more else None,
    }


def _row(ticket: Ticket, agreements: Agreements, now: datetime) -> dict[str, Any] | None:
    """A ticket that waits, with the clock that presses most; of paused ones, the one with the least left."""
    waiting = [clock for clock in ticket.clocks if clock.waiting]
    if not waiting:
        return None
    pressing = nearest_deadline(ticket, agreements)
    clock = pressing[1] if pressing else min(waiting, key=lambda each: _left(each, agreements, now))
    return {
        "account": ticket.account,
        "subject": ticket.subject,
        "ticket_id": ticket.ticket_id,
        "status": ticket.status,
        "priority": ticket.priority,
        **{name: ticket.attributes[name] for name in _SHOWN if ticket.attributes.get(name) is not None},
        "due_at": format_instant(pressing[0]) if pressing else None,
        "state": _state(clock, paused=pressing is None),
        "left_seconds": _left(clock, agreements, now),
        "late_seconds": _late(clock, agreements, pressing[0], now) if pressing else 0,
        "agreement": clock.agreement,
        "agreement_version": clock.version,
        "target": clock.target,
        "metric": clock.metric,
        "calendar": clock.calendar,
        "acknowledged_at": format_instant(clock.acknowledged_at) if clock.acknowledged_at else None,
    }


def _state(clock: Clock, *, paused: bool) -> str:
    return "breached" if clock.outcome == "breached" else "paused" if paused else "running"


def _left(clock: Clock, agreements: Agreements, now: datetime) -> int:
    """The calendar's time that may still be worked; while it is paused, if it went on now."""
    return seconds_left(clock, terms_of(clock, agreements), now)


def _late(clock: Clock, agreements: Agreements, due: datetime, now: datetime) -> int:
    """The calendar's time since a deadline that has passed, as the end of a breach tells it."""
    return whole_seconds(worked(clock, terms_of(clock, agreements), now, since=due))
