"""When a cycle of a promise starts, by what its metric declares."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from slaclock.domain.agreement import Agreement, Target
from slaclock.domain.clock import Clock
from slaclock.domain.durations import day_or_instant, field_time
from slaclock.domain.events import TicketEvent
from slaclock.domain.metric import WAIT, Metric, State
from slaclock.domain.ticket import Ticket


def start_of(
    ticket: Ticket, agreement: Agreement, target: Target, event: TicketEvent, occurred: str
) -> datetime | None:
    """When the next cycle of a promise starts, if that has come; None where there is nothing to measure.

    A clock whose stop has come before its promise was known is not begun: there was nothing to keep. A
    ticket's first event begins its clocks all the same, so that what it also tells is measured.
    """
    metric, clock = agreement.metric_of(target), ticket.clock(agreement.lane_of(target))
    if metric.start == WAIT:
        return _wait(ticket, agreement, metric, clock)
    since = _since(ticket, agreement, target, clock, event, occurred)
    if since is None:
        return None
    fresh = ticket.position is None and metric.start == "created" and metric.runs is None
    return since if fresh or not over(ticket, metric, target, since) else None


def over(ticket: Ticket, metric: Metric, target: Target, since: datetime) -> bool:
    """Whether what a clock from `since` would wait for has come already."""
    if metric.start == WAIT:
        return ticket.waiting_since is None or ticket.waiting_since > since
    heard = ticket.heard.get(metric.stop)
    if heard is not None and heard > since:
        return True
    if metric.stopped and metric.stopped(ticket.attributes, target):
        return True
    if metric.start in ("agent_reply", "customer_reply"):
        return False  # said of a ticket that is solved, it begins all the same
    if metric.ended(ticket.attributes, target):
        return True
    ever = not metric.repeat and (metric.stopped or metric.cancelled)
    return bool(ever) and any(
        end is None or end > since
        for _, end in ticket.stretches(lambda members: metric.ended(members, target))
    )


def _since(
    ticket: Ticket,
    agreement: Agreement,
    target: Target,
    clock: Clock | None,
    event: TicketEvent,
    occurred: str,
) -> datetime | None:
    metric = agreement.metric_of(target)
    if clock is not None and metric.repeat == "state":
        return _streak(ticket, metric.again, target, event, clock.stopped_at)
    if metric.start == "created":
        since: datetime | None = ticket.created_at
    elif metric.start:
        since = event.occurred_at if occurred == metric.start else _heard(ticket, metric, clock)
    elif metric.starts_at:
        calendar = agreement.calendars[target.calendar_for(ticket.attributes)]
        since = field_start(metric, ticket.attributes, calendar.day_begins)
    else:
        answered = ticket.heard.get(metric.stop)
        after = max((at for at in (answered, clock and clock.stopped_at) if at), default=None)
        since = _streak(ticket, metric.started, target, event, after if metric.repeat else None)
    return _running(ticket, metric.runs, target, event, since) if since and metric.runs else since


def field_start(
    metric: Metric, attributes: Mapping[str, Any], day_begins: Callable[[date], datetime]
) -> datetime | None:
    """The instant that a ticket's field gives for the start, or the beginning of the date that it gives."""
    said = field_time(metric.starts_at or "", attributes)
    on = day_or_instant(said) if said else None
    return on if on is None or isinstance(on, datetime) else day_begins(on)


def _wait(ticket: Ticket, agreement: Agreement, metric: Metric, clock: Clock | None) -> datetime | None:
    """The oldest message without an answer, where no clock measures that wait already (rule 11)."""
    since = ticket.waiting_since
    if since is None or (clock and clock.started_at >= since):
        return None
    rivals = [each for each in ticket.clocks if each.slot == agreement.slot and each.metric == metric.unless]
    measured = any(each.waiting or since == ticket.created_at for each in rivals)
    return None if measured else since


def _heard(ticket: Ticket, metric: Metric, clock: Clock | None) -> datetime | None:
    """The occurrence that a clock known late would have started with."""
    return ticket.heard.get(metric.start) if clock is None else None


def _streak(
    ticket: Ticket, state: State | None, target: Target, event: TicketEvent, after: datetime | None
) -> datetime | None:
    """Since when a state that holds now has held, but not before `after`."""
    if state is None or not state(ticket.attributes, target):
        return None
    *_, (since, until) = [
        (event.occurred_at, None),
        *ticket.stretches(lambda each: bool(state(each, target))),
    ]
    since = event.occurred_at if until else _from_creation(ticket, since)
    return max(since, after) if after else since


def _running(
    ticket: Ticket, runs: State, target: Target, event: TicketEvent, since: datetime
) -> datetime | None:
    """The first instant from `since` on at which the clock runs; None where it has not come."""
    for begin, end in ticket.stretches(lambda each: bool(runs(each, target))):
        if end is None or end > since:
            return max(_from_creation(ticket, begin), since)
    return event.occurred_at if runs(ticket.attributes, target) else None


def _from_creation(ticket: Ticket, since: datetime) -> datetime:
    """What a ticket is first known to be, it is taken to have been from the start (rule 16)."""
    return ticket.created_at if ticket.past and since == ticket.past[0][0] else since
