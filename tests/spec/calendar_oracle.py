"""Working time by brute force: slow, plain, and importing nothing from `slaclock`.

Whether an instant is working time is asked of the wall clock it shows. Spans come from asking at every
instant where the answer could change: each window's edge on each date, on both sides of a repeated hour,
and each change of the zone's offset, looked for hour by hour.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)

Spans = list[tuple[datetime, datetime]]


@cache
def zone(name: str) -> ZoneInfo:
    """Read a zone from the tzdata package, whatever the machine has."""
    with resources.files("tzdata.zoneinfo").joinpath(name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


class Oracle:
    """A calendar's spec with one weekday a key, read as literally as possible."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.zone = zone(spec["timezone"])
        self.week = [[_minutes(text) for text in spec["hours"].get(day, [])] for day in WEEKDAYS]
        self.holidays = set(spec.get("holidays", []))
        self.exceptions = {
            date.fromisoformat(key): [_minutes(text) for text in texts]
            for key, texts in spec.get("exceptions", {}).items()
        }

    def shows(self, instant: datetime) -> datetime:
        """Give the wall clock of the calendar's zone, without a zone."""
        return instant.astimezone(self.zone).replace(tzinfo=None)

    def owners(self, instant: datetime) -> list[date]:
        """Name the dates one of whose windows is open at the instant: today, the night before, or both."""
        wall = self.shows(instant)
        today, yesterday = wall.date(), wall.date() - DAY
        minute = wall.hour * 60 + wall.minute
        found = [today] if any(s <= minute < e for s, e in self._opening(today)) else []
        if today not in self.exceptions and not self._is_holiday(today):
            before = self.exceptions.get(yesterday, self.week[yesterday.weekday()])
            if any(minute < e - 1440 for _, e in before):
                found.append(yesterday)
        return found

    def spans(self, start: datetime, end: datetime, owner: date | None = None) -> Spans:
        """List the working time of start..end, all of it or that of one date's windows."""
        edges = self.edges(start, end)
        spans: Spans = []
        for since, until in pairwise(edges):
            owners = self.owners(since)
            if (owner in owners) if owner else owners:
                if spans and spans[-1][1] == since:
                    spans[-1] = (spans[-1][0], until)
                else:
                    spans.append((since, until))
        return spans

    def edges(self, start: datetime, end: datetime) -> list[datetime]:
        """List every instant of start..end at which the answer could change, both ends included."""
        found = {start, end, *self.changes(start, end)}
        day = self.shows(start).date() - DAY
        while day <= self.shows(end).date() + DAY:
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  the wall clock's
            windows = [*self.week[day.weekday()], *self.exceptions.get(day, []), (0, 1440)]
            for minute in {minute for window in windows for minute in window}:
                wall = midnight + timedelta(minutes=minute)
                for fold in (0, 1):
                    found.add(wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC))
            day += DAY
        return sorted(edge for edge in found if start <= edge <= end)

    def changes(self, start: datetime, end: datetime, step: timedelta = HOUR) -> list[datetime]:
        """Find the changes of offset between two instants to the second; none lasts less than a step."""
        found, low, offset = [], start, self._offset(start)
        while low < end:
            high = min(low + step, end)
            before, offset = offset, self._offset(high)
            if before != offset:
                found.append(self._change(low, high))
            low = high
        return found

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Add up the working time of start..end."""
        return sum((until - since for since, until in self.spans(start, end)), timedelta())

    def due_at(self, start: datetime, budget: timedelta, before: datetime) -> datetime | None:
        """Walk through the windows until the budget is used up; None if that is not before an instant."""
        if not budget:
            return start
        for since, until in self.spans(start, before):
            if budget <= until - since:
                return since + budget
            budget -= until - since
        return None

    def back(self, instant: datetime, amount: timedelta, after: datetime) -> datetime | None:
        """Walk back to the latest instant with that much working time left."""
        for since, until in reversed(self.spans(after, instant)):
            if amount <= until - since:
                return until - amount
            amount -= until - since
        return None

    def hours_of(self, day: date) -> Spans:
        """List the hours of one date: of the windows that open on it, next morning included."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        spans = self.spans(noon - 2 * DAY, noon + 3 * DAY, day)
        return spans if any(self.shows(since).date() == day for since, _ in spans) else []

    def due_in_days(self, start: datetime, days: int, *, end_of_day: bool) -> datetime:
        """Count working days date by date, then look for the local time second by second if need be."""
        begun = next(since for since, _ in self.spans(start, start + 60 * DAY))
        day = self.shows(begun).date()
        for _ in range(days):
            day += DAY
            while not self.hours_of(day):
                day += DAY
        hours = self.hours_of(day)
        if end_of_day:
            return hours[-1][1]
        wanted = self._first_shown(datetime.combine(day, self.shows(begun).time()))
        return next((max(wanted, since) for since, until in hours if wanted < until), hours[-1][1])

    def _first_shown(self, wall: datetime) -> datetime:
        first = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if self.shows(first) == wall:
            return first
        return self.changes(first - 26 * HOUR, first + 26 * HOUR)[0]  # it is skipped: what follows the gap

    def _opening(self, day: date) -> list[tuple[int, int]]:
        if day in self.exceptions:
            return self.exceptions[day]
        return [] if self._is_holiday(day) else self.week[day.weekday()]

    def _is_holiday(self, day: date) -> bool:
        return day.isoformat() in self.holidays or day.isoformat()[5:] in self.holidays

    def _offset(self, instant: datetime) -> timedelta | None:
        return instant.astimezone(self.zone).utcoffset()

    def _change(self, low: datetime, high: datetime) -> datetime:
        before = self._offset(low)
        low = low.replace(microsecond=0)
        seconds = range(1, int((high - low) / SECOND) + 1)
        after = bisect_left(seconds, x=True, key=lambda n: self._offset(low + n * SECOND) != before)
        return low + seconds[after] * SECOND


def _minutes(text: str) -> tuple[int, int]:
    opening, closing = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return opening, closing if closing > opening else closing + 1440
