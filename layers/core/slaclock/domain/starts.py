"""When a cycle of a promise starts, by what its metric declares."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from slaclock.domain.durations import day_or_instant, field_time
from slaclock.domain.metric import WAIT
from slaclock.domain.ticket import GONE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slaclock.domain.agreement import Agreement, Target
    from slaclock.domain.clock import Clock
    from slaclock.domain.metric import Metric, State
    from slaclock.domain.occasion import Occasion
    from slaclock.domain.ticket import Ticket


def start_of(ticket: Ticket, agreement: Agreement, target: Target, occasion: Occasion) -> datetime | None:
    """When the next cycle of a promise starts, if that has come; None where there is nothing to measure.

    A clock whose stop has come before its promise was known is not begun: there was nothing to keep. What
    first says anything of a ticket begins its clocks all the same, so that what it also tells is measured.
    """
    metric, clock = agreement.metric_of(target), ticket.clock(agreement.lane_of(target))
    before = clock if clock and clock.metric == target.metric else None
    if metric.start == WAIT:
        return _wait(ticket, agreement, target, before)
    since = _since(ticket, agreement, target, before, occasion)
    if since is None:
        return None
    fresh = occasion.first and before is None and metric.start == "created" and metric.runs is None
    begins = not _heard_since(ticket, metric, since) if fresh else not over(ticket, metric, target, since)
    return since if begins else None


def over(ticket: Ticket, metric: Metric, target: Target, since: datetime) -> bool:
    """Whether what a clock from `since` would wait for has come already."""
    if metric.start == WAIT:
        return ticket.waiting_since is None or ticket.waiting_since > since
    if _heard_since(ticket, metric, since):
        return True
    if metric.stopped and metric.stopped(ticket.attributes, target):
        return True
    if metric.start in ("agent_reply", "customer_reply"):
        return False  # said of a ticket that is solved, it begins all the same
    if metric.ended(ticket.attributes, target):
        return True
    once = not metric.repeat or (metric.repeat == "reopened" and target.on_reopen == "ignore")
    return once and any(
        end is None or end > since
        for _, end in ticket.stretches(lambda members: metric.ended(members, target))
    )


def _heard_since(ticket: Ticket, metric: Metric, since: datetime) -> bool:
    heard = ticket.heard.last(metric.stop)
    return heard is not None and heard > since


def _since(
    ticket: Ticket, agreement: Agreement, target: Target, before: Clock | None, occasion: Occasion
) -> datetime | None:
    metric = agreement.metric_of(target)
    if before is not None and metric.repeat == "state":
        return _streak(ticket, metric, metric.again, target, occasion, before.stopped_at)
    if metric.start == "created":
        since = restarted_at(ticket, metric, target) or ticket.created_at if before is None else None
    elif metric.start:
        since = occasion.at if occasion.reply == metric.start else _heard(ticket, metric, before)
    elif metric.starts_at:
        since = _dated(ticket, agreement, target, before)
    elif metric.repeat:
        after = max(
            (at for at in (ticket.heard.last(metric.stop), before and before.stopped_at) if at), default=None
        )
        since = _streak(ticket, metric, metric.started, target, occasion, after)
    else:
        since = _first(ticket, metric.started, target, occasion)
    return _running(ticket, metric.runs, target, occasion, since) if since and metric.runs else since


def restarted_at(ticket: Ticket, metric: Metric, target: Target) -> datetime | None:
    """When a promise that begins from zero at each reopening last did; None where it never had to."""
    stopped = metric.stopped
    if metric.repeat != "reopened" or target.on_reopen != "restart" or stopped is None:
        return None
    gaps = ticket.stretches(lambda members: bool(members.get(GONE) or stopped(members, target)))
    return max((end for _, end in gaps if end), default=None)


def _dated(ticket: Ticket, agreement: Agreement, target: Target, before: Clock | None) -> datetime | None:
    """The date that the ticket's field gives; a further cycle needs another date, after the one before."""
    calendar = agreement.calendars[target.calendar_for(ticket.attributes)]
    since = field_start(agreement.metric_of(target), ticket.attributes, calendar.day_begins)
    if since is None or before is None:
        return since
    stopped_at = before.stopped_at or since
    return since if since > stopped_at and since != before.started_at else None


def field_start(
    metric: Metric, attributes: Mapping[str, Any], day_begins: Callable[[date], datetime]
) -> datetime | None:
    """The instant that a ticket's field gives for the start, or the beginning of the date that it gives."""
    said = field_time(metric.starts_at or "", attributes)
    on = day_or_instant(said) if said else None
    return on if on is None or isinstance(on, datetime) else day_begins(on)


def _wait(ticket: Ticket, agreement: Agreement, target: Target, before: Clock | None) -> datetime | None:
    """The oldest message without an answer, where no clock measures that wait already (rule 11)."""
    since, metric = ticket.waiting_since, agreement.metric_of(target)
    if since is None or (before and before.started_at >= since):
        return None
    if metric.stopped and metric.stopped(ticket.attributes, target):
        return None
    rivals = [each for each in ticket.clocks if each.slot == agreement.slot and each.metric == metric.unless]
    measured = any(each.waiting or since == ticket.created_at for each in rivals)
    return None if measured else since


def _heard(ticket: Ticket, metric: Metric, before: Clock | None) -> datetime | None:
    """The occurrence that a clock known late would have started with.

    That is the first one; of a metric that repeats, the first that has had no answer since.
    """
    if not metric.repeat:
        return ticket.heard.first(metric.start)
    since, stopped_at = ticket.heard.unanswered(metric.start), before.stopped_at if before else None
    return None if since and stopped_at and since <= stopped_at else since


def _first(ticket: Ticket, state: State | None, target: Target, occasion: Occasion) -> datetime | None:
    """When a state first held."""
    if state is None:
        return None
    held = next(ticket.stretches(lambda members: bool(state(members, target))), None)
    if held:
        return _from_creation(ticket, held[0])
    return occasion.at if state(ticket.attributes, target) else None


def _streak(
    ticket: Ticket,
    metric: Metric,
    state: State | None,
    target: Target,
    occasion: Occasion,
    after: datetime | None,
) -> datetime | None:
    """Since when a state that holds now has held in a ticket that was there, but not before `after`."""

    def begins(members: Mapping[str, Any]) -> bool:
        held = state is not None and state(members, target)
        return bool(held) and not members.get(GONE) and not metric.ended(members, target)

    if not begins(ticket.attributes):
        return None
    *_, (since, until) = [(occasion.at, None), *ticket.stretches(begins)]
    since = occasion.at if until else _from_creation(ticket, since)
    return max(since, after) if after else since


def _running(
    ticket: Ticket, runs: State, target: Target, occasion: Occasion, since: datetime
) -> datetime | None:
    """The first instant from `since` on at which the clock runs; None where it has not come."""
    for begin, end in ticket.stretches(lambda members: bool(runs(members, target))):
        if end is None or end > since:
            return max(begin, since)
    return occasion.at if runs(ticket.attributes, target) else None


def _from_creation(ticket: Ticket, since: datetime) -> datetime:
    """What a ticket is first known to be, it is taken to have been from the start (rule 16)."""
    return ticket.created_at if ticket.past and since == ticket.past[0][0] else since
