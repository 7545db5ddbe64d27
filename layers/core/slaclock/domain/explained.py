"""Explanations as JSON, the same over HTTP and from the command."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from slaclock.domain.budget_left import whole_seconds
from slaclock.domain.causes import Cause
from slaclock.domain.choosing import Agreements
from slaclock.domain.considering import Asked, Considered, considered
from slaclock.domain.explaining import Explanation
from slaclock.domain.instants import format_instant
from slaclock.domain.masking import masked
from slaclock.domain.spans import Span
from slaclock.domain.ticket import Ticket
from slaclock.domain.unstarted import unstarted


def explanation_to_json(explained: Explanation) -> dict[str, Any]:
    """Write an explanation, in whole seconds: those of the running spans add up to `worked_seconds`."""
    clock, terms = explained.clock, explained.terms
    late = {} if explained.late is None else {"late_seconds": whole_seconds(explained.late)}
    return {
        "agreement": clock.agreement,
        "agreement_version": clock.version,
        "target": clock.target,
        "clause": terms.target.clause,
        "metric": clock.metric,
        "budget": clock.budget,
        "budget_set_by": _cause(explained.set_by) if explained.set_by else None,
        "counts": "elapsed time" if terms.budget.unit == "wall" else "working time",
        "calendar": {"name": clock.calendar, **_calendar(explained)},
        "started_at": format_instant(clock.started_at),
        "begun_by": _cause(explained.begun_by),
        "until": format_instant(explained.until),
        "ended": {"reason": explained.ended.text, "event": explained.ended.event}
        if explained.ended
        else None,
        "spans": [_span(span, seconds) for span, seconds in in_seconds(explained.spans)],
        "target_seconds": whole_seconds(explained.target),
        "worked_seconds": whole_seconds(explained.worked),
        "left_seconds": explained.left_seconds,
        **late,
        "due_at": _written(explained.due_at),
        "goal": {"budget": clock.goal, "due_at": _written(explained.goal_at)} if clock.goal else None,
        "next": {"at": format_instant(explained.coming.at), "what": explained.coming.what}
        if explained.coming
        else None,
    }


def considered_to_json(ticket: Ticket, agreements: Agreements, now: datetime) -> list[dict[str, Any]]:
    """Every agreement in the order of asking, whether it applies to the ticket as it is now, and why.

    Of one that applies, `without_clock` has each target for which no clock ever began, with the reason.
    """
    running = dict(ticket.chosen)
    return [
        {
            "agreement": each.agreement.id,
            "version": each.agreement.version,
            "kind": each.agreement.kind,
            "applies": each.applies,
            "reasons": [*each.reasons, *_kept(each, running)],
            **({"without_clock": _without_clock(each, ticket, agreements)} if each.applies else {}),
        }
        for each in asked(ticket, agreements, now)
    ]


def asked(ticket: Ticket, agreements: Agreements, now: datetime) -> list[Considered]:
    """The agreements that were asked; no reason names what is nobody else's business."""
    attributes = masked(ticket.attributes, agreements.versions)
    asked_of = Asked(attributes, ticket.created_at, now, ticket.under, ticket.ended)
    return considered(agreements, asked_of)


def in_seconds(spans: Iterable[Span]) -> Iterator[tuple[Span, int]]:
    """The calendar's whole seconds of each span; a fraction goes to the span in which it makes a second.

    So the running ones add up to the whole seconds worked.
    """
    running = left_out = timedelta()
    for span in spans:
        if span.state == "running":
            yield span, whole_seconds(running + span.counted) - whole_seconds(running)
            running += span.counted
        else:
            yield span, whole_seconds(left_out + span.counted) - whole_seconds(left_out)
            left_out += span.counted


def _without_clock(each: Considered, ticket: Ticket, agreements: Agreements) -> list[dict[str, str]]:
    """Under the version that the ticket keeps, where it keeps one."""
    version = dict(ticket.chosen).get(each.agreement.id, each.agreement.version)
    agreement = agreements.get(each.agreement.id, version)
    seen = masked(ticket.attributes, agreements.versions)
    return [{"target": target, "reason": why} for target, why in unstarted(ticket, agreement, seen)]


def _kept(each: Considered, running: Mapping[str, int]) -> list[str]:
    """A ticket keeps the version that it started under, unless the newest is for open tickets (rule 25)."""
    kept, newest = running.get(each.agreement.id), each.agreement
    if not each.applies or kept is None or kept == newest.version:
        return []
    if newest.applies_to_open:
        from_when = "from the ticket's next event, or as soon as its publication has reached it"
        return [f"version {newest.version} counts {from_when}; until then version {kept} does"]
    return [f"the ticket keeps version {kept}, under which it started"]


def _calendar(explained: Explanation) -> dict[str, Any]:
    """The calendar that the budget counts: its hours as written, and the dates that are not as usual."""
    clock, agreement = explained.clock, explained.terms.agreement
    spec = agreement.calendar_specs[clock.calendar]
    exceptions = spec.get("exceptions", {})
    closed = [day for day in explained.closed if day not in exceptions]
    return {
        "timezone": spec["timezone"],
        "hours": spec["hours"],
        "holidays": closed,
        "exceptions": {day: exceptions[day] for day in explained.closed if day in exceptions},
    }


def _span(span: Span, seconds: int) -> dict[str, Any]:
    return {
        "from": format_instant(span.begin),
        "to": format_instant(span.end),
        "state": span.state,
        "because": _cause(span.because),
        "seconds": seconds,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    document = {
        "reason": cause.text,
        "event": cause.event,
        "type": cause.type,
        "changes": list(cause.changes) or None,
        "exclusion": cause.exclusion,
        "by": cause.by,
        "entered_at": _written(cause.entered_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def _written(instant: datetime | None) -> str | None:
    return format_instant(instant) if instant else None
