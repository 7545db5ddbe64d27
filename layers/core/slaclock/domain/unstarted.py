"""Why a promise of an agreement that applies has no clock on a ticket, in words for people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slaclock.domain.agreement import NO_CLOCK, Agreement, Target
from slaclock.domain.conditions import Attributes, Condition, failing, value_of
from slaclock.domain.durations import parse_duration
from slaclock.domain.instants import format_instant
from slaclock.domain.learning import shown
from slaclock.domain.metric import OCCURRENCES, SOLVED, WAIT, Metric, State
from slaclock.domain.starts import field_start, over
from slaclock.domain.ticket import Ticket

_NOBODY = {"agent_reply": "no agent has replied", "customer_reply": "the customer has not replied"}
_SUCCESSOR = "its start came before the end of the agreement that this one stands in for"


def unstarted(ticket: Ticket, agreement: Agreement, seen: Attributes) -> list[tuple[str, str]]:
    """Each target that never had a clock under the agreement, and why.

    The clock of one that was ended is not a clock of the one that stands in for it. `seen` are the ticket's
    members as they may be shown.
    """
    return [
        (target.name, _why(ticket, agreement, target, seen))
        for lane, target, _ in agreement.promises
        if (clock := ticket.clock(lane)) is None or clock.agreement != agreement.id
    ]


def _why(ticket: Ticket, agreement: Agreement, target: Target, seen: Attributes) -> str:
    if (agreement.id, agreement.version) not in ticket.chosen:
        return "what the ticket is under was chosen before this could be"
    if missing := _no_budget(ticket, target, seen):
        return missing
    since = _start(ticket, agreement, target)
    if since is None:
        return f"its start has not come: {_awaited(agreement.metric_of(target), target, seen)}"
    return _not_from(since, ticket, agreement, target, seen)


def _not_from(since: datetime, ticket: Ticket, agreement: Agreement, target: Target, seen: Attributes) -> str:
    """Why nothing began at a start that has come."""
    metric = agreement.metric_of(target)
    if not agreement.covers(since):
        return f"not in effect at its start, {format_instant(since)}"
    if ticket.succeeded_at and not agreement.slot and since < ticket.succeeded_at:
        return _SUCCESSOR
    rivals = {clock.metric for clock in ticket.clocks if clock.slot == agreement.slot}
    if metric.start == WAIT and metric.unless in rivals:
        return f"{metric.unless} measures this wait already"
    return _over(ticket, metric, target, seen) if over(ticket, metric, target, since) else "nothing began it"


def _no_budget(ticket: Ticket, target: Target, seen: Attributes) -> str:
    """Why there is no budget for such a ticket; "" where there is one."""
    text, by = target.budgets.choose(ticket.attributes), target.budgets.by
    if text is None or text == NO_CLOCK:
        value = value_of(by, seen)
        known = shown(value) if value is not None else "none" if by == "priority" else "unknown"
        return f"no budget for {by} {known}"
    if target.budget_for(ticket.attributes) is None:
        return _undated(parse_duration(text).field, seen)
    return ""


def _undated(field: str, seen: Attributes) -> str:
    return f"{field} is {'unknown' if value_of(field, seen) is None else 'no date'}"


def _start(ticket: Ticket, agreement: Agreement, target: Target) -> datetime | None:
    """When the first clock of a promise would have started; None where that has not come."""
    metric = agreement.metric_of(target)
    if metric.start == WAIT:
        return ticket.waiting_since
    if metric.starts_at:
        calendar = agreement.calendars[target.calendar_for(ticket.attributes)]
        since = field_start(metric, ticket.attributes, calendar.day_begins)
    elif metric.start == "created":
        since = ticket.created_at
    elif metric.start:
        since = ticket.heard.first(metric.start)
    else:
        since = _held(ticket, metric.started, target, always=not metric.repeat)
    if since is None or metric.runs is None:
        return since
    runs = _held(ticket, metric.runs, target, always=True)
    return None if runs is None else max(since, runs)


def _held(ticket: Ticket, state: State | None, target: Target, *, always: bool) -> datetime | None:
    """When a state first held; unless that counts `always`, it must hold now."""

    def holds(members: Mapping[str, Any]) -> bool:
        return bool(state and state(members, target))

    if not (always or holds(ticket.attributes)):
        return None
    stretch = next(ticket.stretches(holds), None)
    return stretch[0] if stretch else ticket.created_at if holds(ticket.attributes) else None


def _awaited(metric: Metric, target: Target, seen: Attributes) -> str:
    """What has not come, where the start has not."""
    start, runs = metric.declared.get("start"), metric.declared.get("while")
    if metric.start == WAIT:
        return "no message of the customer waits for an answer"
    if metric.starts_at and value_of(metric.starts_at, seen) is None:
        return _undated(metric.starts_at, seen)
    if metric.start in _NOBODY:
        return _NOBODY[metric.start]
    found = [] if metric.start or metric.starts_at else _unmet(start, target, seen)
    found = found or (_unmet(runs, target, seen) if runs else [])
    return "; ".join(found) or (
        _undated(metric.starts_at, seen) if metric.starts_at else "it has not held yet"
    )


def _unmet(said: Any, target: Target, seen: Attributes) -> list[str]:
    """Why a state of a declaration does not hold now."""
    conditions: dict[str, Condition] = {
        "in_team": {"team": {"any": [target.team]}},
        "pausing": {"status": {"any": sorted(target.pause_on)}},
        "solved": {"status": {"any": sorted(SOLVED)}},
    }
    if isinstance(said, Mapping):
        return failing(said, seen)
    if said == "pausing" and not target.pause_on:
        return ["nothing pauses it"]
    return failing(conditions[said], seen) if said in conditions else ["it never comes"]


def _over(ticket: Ticket, metric: Metric, target: Target, seen: Attributes) -> str:
    if metric.cancelled and metric.cancelled(ticket.attributes, target):
        return f"what would cancel it holds already: {metric.cancel_reason}"
    if metric.stopped and metric.stopped(ticket.attributes, target):
        held = ", ".join(f"{key} is {shown(value_of(key, seen))}" for key in sorted(metric.stopping))
        return f"what would stop it holds already: {held}"
    if metric.stop in OCCURRENCES:
        return f"what would stop it has come already: {metric.stop.replace('_', ' ')}"
    return "what would stop it held before it could begin"
