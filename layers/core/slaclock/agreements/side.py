"""One of two agreements that are compared: what it allows a ticket, and when that is due from each hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slaclock.agreements.values import NO_BUDGET
from slaclock.domain.durations import Duration, parse_duration
from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.frozen import agreement_from
from slaclock.domain.instants import parse_instant
from slaclock.domain.metrics import BUILT_IN

if TYPE_CHECKING:
    from slaclock.domain.calendar import Calendar

Frozen = Mapping[str, Any]
Terms = tuple[str, str]
"""A budget, and the calendar that counts it."""

HOURS = 7 * 24  # the starts that are tried: each hour of a week


class Side:
    """One of the two agreements, and the deadlines worked out under it so far."""

    def __init__(self, frozen: Frozen, published: datetime) -> None:
        self.frozen = frozen
        self.agreement = agreement_from(frozen, version=1, content_hash="")
        begins = frozen.get("effective", {}).get("from")
        self.first = max(published, parse_instant(begins)) if begins else published
        self._deadlines: dict[tuple[Terms, datetime], list[datetime | None]] = {}

    def declared(self, target: Frozen) -> Frozen:
        """Give the declaration of a target's metric."""
        own = self.frozen.get("metrics", {})
        declared: Frozen = own.get(target["metric"]) or BUILT_IN[target["metric"]]
        return declared

    def paused(self, target: Frozen) -> set[str] | None:
        """Give the statuses that pause a target's clock; None where a condition says when it pauses."""
        pause = self.declared(target).get("pause", "pausing")
        return set(target["pause_on"]) if pause == "pausing" else set() if pause == "never" else None

    def deadlines(self, terms: Terms, first: datetime) -> list[datetime | None]:
        """Give the deadline of each hour's start; None where time runs out."""
        key = (terms, first)
        if key not in self._deadlines:
            budget, calendar = parse_duration(terms[0]), self.agreement.calendars[terms[1]]
            starts = (first + timedelta(hours=hour) for hour in range(HOURS))
            self._deadlines[key] = [_due(calendar, budget, start) for start in starts]
        return self._deadlines[key]


def terms_of(said: Sequence[str | None]) -> Terms | None:
    """Give what a table of budgets and one of calendars say; None where no duration is promised."""
    budget, calendar = said
    if not budget or not calendar or budget == NO_BUDGET or parse_duration(budget).unit == "field":
        return None
    return budget, calendar


def _due(calendar: Calendar, budget: Duration, start: datetime) -> datetime | None:
    try:
        if budget.unit == "wall":
            return start + budget.length
        if budget.unit == "days":
            return calendar.due_in_days(start, budget.days, end_of_day=budget.end_of_day)
        return calendar.due_at(start, budget.length)
    except InvalidCalendar:
        return None
