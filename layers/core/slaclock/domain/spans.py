"""The spans of a clock's time, one after the other: running, paused or excluded. Anyone can add them up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from slaclock.domain.causes import Cause, Causes
from slaclock.domain.clock import Clock, Terms
from slaclock.domain.ticket import Ticket

State = Literal["running", "paused", "excluded"]

_IN_DOCUMENT = Cause("excluded by the agreement")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one state, half-open; `counted` is the calendar's time in it, left out or not."""

    begin: datetime
    end: datetime
    state: State
    because: Cause
    counted: timedelta


@dataclass(frozen=True, slots=True)
class _Held:
    begin: datetime
    end: datetime
    state: State
    because: Cause


def spans_of(clock: Clock, terms: Terms, ticket: Ticket, causes: Causes, until: datetime) -> tuple[Span, ...]:
    """The clock's time from its start to `until`, without a gap; the running spans add up to what was worked.

    Where a pause and an exclusion overlap, the exclusion is shown: it counts for nobody. Of an instant there
    is one span, of no length.
    """
    until = max(until, clock.started_at)
    held = [*_exclusions(clock, terms, ticket), *_pauses(clock, terms, causes, until)]
    edges = {clock.started_at, until, *(edge for each in held for edge in (each.begin, each.end))}
    cuts = sorted(edge for edge in edges if clock.started_at <= edge <= until)
    pieces = list(pairwise(cuts)) or [(until, until)]
    counted = terms.calendar.worked
    return tuple(
        Span(begin, end, each.state, each.because, counted(begin, end))
        for begin, end, each in _joined(pieces, held, _Running(clock, terms, ticket, causes))
    )


def begun_by(clock: Clock, terms: Terms, ticket: Ticket, causes: Causes) -> Cause:
    """What a clock began with: the event at its start, or which gave its date, or that it started."""
    field = terms.metric.starts_at if clock.dated else None
    if field and ticket.position and (gave := causes.gave(field, clock.stopped_at or ticket.position[0])):
        return replace(gave, text=f"the date in {field}: {gave.text}")
    created = clock.started_at == ticket.created_at
    return causes.at(clock.started_at) or Cause("the ticket was created" if created else "the clock started")


@dataclass(frozen=True, slots=True)
class _Running:
    """Why a clock runs from some instant on."""

    clock: Clock
    terms: Terms
    ticket: Ticket
    causes: Causes

    def since(self, begin: datetime, before: _Held | None) -> Cause:
        if before and before.state == "excluded":
            return Cause(f"the exclusion ended: {before.because.text}")
        if before is None:
            return begun_by(self.clock, self.terms, self.ticket, self.causes)
        return self.causes.at(begin, self.terms.metric.reads) or Cause("the clock goes on")


def _joined(
    pieces: list[tuple[datetime, datetime]], held: list[_Held], running: _Running
) -> Iterator[tuple[datetime, datetime, _Held]]:
    """The pieces, those of one pause, exclusion or run put together."""
    began, before, current = pieces[0][0], None, None
    for begin, end in pieces:
        found = next((each for each in held if each.begin <= begin < each.end), None)
        if current is not None and (found is current or (found is None and current.state == "running")):
            current = replace(current, end=end) if current.state == "running" else current
            continue
        if current is not None:
            yield began, begin, current
        before, began = current, begin
        current = found or _Held(begin, end, "running", running.since(begin, before))
    if current is not None:
        yield began, pieces[-1][1], current


def _pauses(clock: Clock, terms: Terms, causes: Causes, until: datetime) -> Iterator[_Held]:
    for begin, end in clock.pauses if terms.pauses else ():
        why = causes.at(begin, terms.metric.reads | {"status"}) or Cause("the ticket was created")
        if not why.changes and begin <= clock.started_at:
            why = replace(why, text=f"{why.text}, paused from the start")
        yield _Held(begin, end or until, "paused", why)


def _exclusions(clock: Clock, terms: Terms, ticket: Ticket) -> Iterator[_Held]:
    for begin, end in terms.agreement.exclusions:
        yield _Held(begin, end, "excluded", _IN_DOCUMENT)
    for begin, end in clock.excluded:
        yield _Held(begin, end, "excluded", _entered(clock, ticket, begin, end))


def _entered(clock: Clock, ticket: Ticket, begin: datetime, end: datetime) -> Cause:
    """Who entered an exclusion, when and why; its span on the clock may be a part of it."""
    for each in ticket.exclusions:
        if each.begins <= begin and end <= each.ends and each.covers(clock.agreement, clock.target):
            return Cause(each.reason, exclusion=each.exclusion_id, by=each.by, entered_at=each.entered_at)
    return Cause("an exclusion entered later")
