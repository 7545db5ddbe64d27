"""Explanations for people: which agreement applies and why, and a table of each clock's time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slaclock.agreements.page import entry
from slaclock.agreements.wording import budget_words
from slaclock.cli.worktime_week import hours_and_minutes, local
from slaclock.domain.budget_left import whole_seconds
from slaclock.domain.clock import state_of
from slaclock.domain.explained import considered_to_json, in_seconds
from slaclock.domain.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from slaclock.domain.causes import Cause
    from slaclock.domain.choosing import Agreements
    from slaclock.domain.explaining import Explanation
    from slaclock.domain.ticket import Ticket


def written(
    ticket: Ticket, explained: Iterable[Explanation], agreements: Agreements, now: datetime
) -> Iterator[str]:
    """Write what there is to say of a ticket, line by line."""
    about = ", ".join(filter(None, (ticket.status, ticket.priority)))
    yield f"{ticket.subject} {ticket.ticket_id} of {ticket.account} at {format_instant(now)}: {about}"
    yield from ("", "AGREEMENTS, in the order of asking")
    yield from _agreements(ticket, agreements, now)
    for each in explained:
        yield ""
        yield from _clock(each)


def _agreements(ticket: Ticket, agreements: Agreements, now: datetime) -> Iterator[str]:
    if not ticket.chosen:
        yield "  no agreement applies"
    for each in considered_to_json(ticket, agreements, now):
        what = "applies" if each["applies"] else "does not apply"
        yield f"  {each['agreement']}, version {each['version']}: {what}"
        for reason in each["reasons"]:
            yield from entry("", reason, 4, 0)
        for less in each.get("without_clock", ()):
            yield from entry("", f"{less['target']} has no clock: {less['reason']}", 4, 0)


def _clock(explained: Explanation) -> Iterator[str]:
    clock, terms = explained.clock, explained.terms
    zone = terms.agreement.timezone
    clause = f", {terms.target.clause}" if terms.target.clause else ""
    cycle = f", cycle {clock.cycle}" if clock.cycle > 1 else ""
    under = f"{clock.agreement}, version {clock.version}{clause}{cycle}"
    yield f"{clock.target} ({under}): {_state(explained)}"
    for label, words in _terms(explained, zone):
        yield from entry(label, words)
    yield ""
    yield from _table(explained, zone)
    yield from entry("", _sum(explained), 2, 0)


def _state(explained: Explanation) -> str:
    """The state; of a breach that has ended both words, since `ended` alone sounds well."""
    if explained.ahead and explained.clock.waiting:
        return f"begins at {_instant(explained.clock.started_at, explained.terms.agreement.timezone)}"
    state = state_of(explained.clock, explained.terms)
    if state != "ended":
        return state
    late = whole_seconds(explained.late or timedelta())
    return f"breached, ended {_length(late)} late" if late else "breached, ended"


def _table(explained: Explanation, zone: str) -> Iterator[str]:
    """The spans, one after the other, and where they lead."""
    rows = list(in_seconds(explained.spans))
    times = _times([*(span.begin for span, _ in rows), explained.at], zone)
    heads = (f"since, in {zone}", "UTC")
    widths = [
        max(least, *map(len, column))
        for least, column in zip((28, 24), zip(heads, *times, strict=True), strict=True)
    ]
    total = 0
    yield _row(heads, widths, "state", "worked", "sum")
    for (span, seconds), at in zip(rows, times, strict=False):
        running = span.state == "running"
        total += seconds if running else 0
        amount = _length(seconds) if running else f"({_length(seconds)})"
        yield _row(at, widths, "begins" if explained.ahead else span.state, amount, _length(total))
        yield from entry("", _because(span.because), 6, 0)
    stopped = "now" if explained.clock.waiting else "stopped"
    yield _row(times[-1], widths, stopped, "", _length(total))
    if explained.ended:
        yield from entry("", _because(explained.ended), 6, 0)


def _times(instants: Sequence[datetime], zone: str) -> list[tuple[str, str]]:
    """Instants by the zone's clocks and in UTC: in whole seconds, unless that would make two of them one."""
    whole = [each.replace(microsecond=0) for each in instants]
    shown = whole if len(set(whole)) == len(set(instants)) else instants
    return [(local(each, zone), format_instant(each)) for each in shown]


def _terms(explained: Explanation, zone: str) -> Iterator[tuple[str, str]]:
    clock, terms = explained.clock, explained.terms
    yield "Promise", f"{budget_words(clock.budget)}, measured as {clock.metric}"
    if explained.spans[0].state == "excluded":
        yield "Began", _because(explained.begun_by)
    if explained.set_by:
        yield "", f"since {_because(explained.set_by)}"
    yield "Calendar", _calendar(clock.calendar, terms.agreement.calendar_specs[clock.calendar])
    if terms.budget.unit == "wall":
        yield "", "it is not asked: elapsed time counts"
    if explained.closed:
        yield "Unusual dates", ", ".join(explained.closed)
    if due := _due(explained.due_at, explained, zone):
        yield "Due", due
    if clock.goal:
        yield "Goal", ": ".join(filter(None, (clock.goal, _due(explained.goal_at, explained, zone))))
    if explained.coming:
        yield "Next", f"{explained.coming.what}: {_instant(explained.coming.at, zone)}"


def _due(at: datetime | None, explained: Explanation, zone: str) -> str:
    """When something is due; that a pause keeps it back is said of clocks that still wait."""
    if at is None:
        return "not while it is paused" if explained.clock.waiting else ""
    return _instant(at, zone)


def _calendar(name: str, spec: Mapping[str, object]) -> str:
    hours = spec["hours"]
    said = (
        "; ".join(f"{days} {', '.join(windows) or 'closed'}" for days, windows in hours.items())
        if isinstance(hours, dict)
        else "around the clock"
    )
    return f"{name}, {spec['timezone']}: {said}"


def _row(at: tuple[str, str], widths: Sequence[int], state: str, amount: str, total: str) -> str:
    there, utc = (text.ljust(width) for text, width in zip(at, widths, strict=True))
    return f"  {there}  {utc}  {state:8}  {amount:>12}  {total:>12}".rstrip()


def _because(cause: Cause) -> str:
    """Why, and the input that one can look up."""
    if cause.event:
        return f"{cause.text} (event {cause.event}, {cause.type})"
    if cause.exclusion and cause.entered_at:
        entered = f"entered by {cause.by} at {format_instant(cause.entered_at)}"
        return f"{cause.text} (exclusion {cause.exclusion}, {entered})"
    return cause.text


def _sum(explained: Explanation) -> str:
    worked, target = whole_seconds(explained.worked), whole_seconds(explained.target)
    said = f"{_length(worked)} worked of {_length(target)}: {_length(explained.left_seconds)} left"
    return said if explained.late is None else f"{said}, {_length(whole_seconds(explained.late))} late"


def _length(seconds: int) -> str:
    return hours_and_minutes(timedelta(seconds=seconds))


def _instant(instant: datetime, zone: str) -> str:
    return f"{local(instant, zone)} {zone} ({format_instant(instant)})"
