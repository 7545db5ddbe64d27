"""One of two agreements that are compared: what it allows a ticket, and when that is due from each hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slaclock.domain.agreement import Table
from slaclock.domain.durations import Duration, parse_duration
from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.frozen import agreement_from
from slaclock.domain.instants import parse_instant
from slaclock.domain.metrics import BUILT_IN

if TYPE_CHECKING:
    from slaclock.domain.calendar import Calendar

Frozen = Mapping[str, Any]

HOURS = 7 * 24  # the starts that are tried: each hour of a week


class Side:
    """One of the two agreements, and the deadlines worked out under it so far."""

    def __init__(self, frozen: Frozen, published: datetime) -> None:
        self.frozen = frozen
        self.agreement = agreement_from(frozen, version=1, content_hash="")
        begins = frozen.get("effective", {}).get("from")
        self.first = max(published, parse_instant(begins)) if begins else published
        self._deadlines: dict[tuple[tuple[str, str], datetime], list[datetime | None]] = {}

    def declared(self, target: Frozen) -> Frozen:
        """Give the declaration of a target's metric."""
        own = self.frozen.get("metrics", {})
        declared: Frozen = own.get(target["metric"]) or BUILT_IN[target["metric"]]
        return declared

    def terms(self, target: Frozen, attributes: Mapping[str, Any]) -> tuple[str, str] | None:
        """Give the budget and the calendar for such a ticket; None where no duration is promised."""
        budget = Table(target["budgets"], target["budgets_by"]).choose(attributes)
        calendar = Table(target["calendars"], target["calendars_by"]).choose(attributes)
        if not budget or not calendar or budget == "none" or parse_duration(budget).unit == "field":
            return None
        return budget, calendar

    def deadlines(self, terms: tuple[str, str] | None, first: datetime) -> list[datetime | None]:
        """Give the deadline of each hour's start; none at all without terms, None where time runs out."""
        if terms is None:
            return []
        key = (terms, first)
        if key not in self._deadlines:
            budget, calendar = parse_duration(terms[0]), self.agreement.calendars[terms[1]]
            starts = (first + timedelta(hours=hour) for hour in range(HOURS))
            self._deadlines[key] = [_due(calendar, budget, start) for start in starts]
        return self._deadlines[key]


def _due(calendar: Calendar, budget: Duration, start: datetime) -> datetime | None:
    try:
        if budget.unit == "wall":
            return start + budget.length
        if budget.unit == "days":
            return calendar.due_in_days(start, budget.days, end_of_day=budget.end_of_day)
        return calendar.due_at(start, budget.length)
    except InvalidCalendar:
        return None
