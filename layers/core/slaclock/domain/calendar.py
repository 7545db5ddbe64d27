"""Working time: when a budget is used up, how much was worked between two instants (rules 1 to 8).

Instants go in as aware datetimes of any zone and come out in UTC, exact to the microsecond. Budgets and
answers of elapsed time are timedeltas. `docs/working-time.md` states the rules for users.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from slaclock.domain.calendar_spec import WHOLE_DAY, name_of, parse, shown
from slaclock.domain.day_budget import close_days_later, close_of, days_later, first_shown, next_close
from slaclock.domain.epoch import NOTHING, day_number, in_utc, instant_of, second_of
from slaclock.domain.errors import OutOfWorkingTime
from slaclock.domain.years import years_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.calendar_spec import Rules

INSTANT = timedelta(microseconds=1)  # time has no smaller step here
MOST_DAYS = 36_600  # of a budget in working days: a hundred years, were every day one


class Calendar:
    """Opening hours in a time zone, less holidays; made by `from_spec`, never changed.

    Where a calendar has too little working time for an answer, that is OutOfWorkingTime; an instant
    without a time zone is a ValueError.
    """

    __slots__ = ("_years", "name", "rules", "timezone")

    def __init__(self, rules: Rules, name: str = "") -> None:
        self.rules = rules
        self.timezone = rules.timezone
        self.name = name
        self._years = years_of(rules)

    @staticmethod
    def from_spec(spec: Mapping[str, Any]) -> Calendar:
        """Make the calendar that a spec describes; InvalidCalendar names the value that breaks a rule.

        Equal specs share one built calendar. A spec may carry a `name`, for messages.

        >>> week = {"mon-fri": ["09:00-17:00"]}
        >>> office = Calendar.from_spec({"timezone": "Europe/Copenhagen", "hours": week})
        >>> str(office.due_at(datetime(2026, 3, 27, 15, tzinfo=UTC), timedelta(hours=2)))
        '2026-03-30 08:00:00+00:00'
        """
        return _calendar(parse(spec), name_of(spec))

    def due_at(self, start: datetime, budget: timedelta) -> datetime:
        """Give the earliest instant by which the budget has been worked since start; zero gives start.

        A negative budget is a ValueError.
        """
        if start.tzinfo is not UTC or budget <= NOTHING:
            start = in_utc(start)
            if budget < NOTHING:
                raise ValueError(f"a budget of {budget} is negative")
            if not budget:
                return start
        opens, dead, after = self._years[start.year]
        number = bisect_right(opens, start)
        worked = start - dead[number]
        if worked > after[number]:  # noqa: PLR1730  min() costs a tenth of the answer
            worked = after[number]
        worked += budget
        try:
            return dead[bisect_left(after, worked)] + worked
        except IndexError:  # not this year
            return self._found(self._years.earliest(start.year, worked), f"{budget} after", start)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Give the working time of start..end; nothing where end comes before start."""
        if start.tzinfo is not UTC or end.tzinfo is not UTC:
            start, end = in_utc(start), in_utc(end)
        if end <= start:
            return NOTHING
        opens, dead, after = self._years[start.year]
        number = bisect_right(opens, start)
        before = start - dead[number]
        if before > after[number]:  # noqa: PLR1730
            before = after[number]
        opens, dead, after = self._years[end.year]
        number = bisect_right(opens, end)
        worked = end - dead[number]
        return (worked if worked < after[number] else after[number]) - before  # noqa: FURB136

    def shift(self, instant: datetime, offset: timedelta) -> datetime:
        """Go `offset` of working time ahead, as `due_at` does, or back if it is negative.

        Back means to the latest instant with that much working time left until `instant`.
        """
        if offset >= NOTHING:
            return self.due_at(instant, offset)
        instant = in_utc(instant)
        worked = self._years.worked(instant) + offset
        return self._found(self._years.latest(instant.year, worked), f"{-offset} before", instant)

    def due_in_days(self, start: datetime, days: int, *, end_of_day: bool = False) -> datetime:
        """Give the same local time that many working days later, moved into that day's hours.

        A start outside hours counts from the next opening. With `end_of_day`, that day's close. Days that
        are no whole number are a TypeError; negative ones, or more than 36,600, a ValueError.
        """
        if not isinstance(days, int):
            raise TypeError(f"days: {shown(days)} is no whole number of working days")
        if not 0 <= days <= MOST_DAYS:
            wrong = "negative" if days < 0 else f"more than {MOST_DAYS}"
            raise ValueError(f"{shown(days)} working days are {wrong}")
        start = in_utc(start)
        later = close_days_later if end_of_day else days_later
        return self._found(later(self._years, start, days), f"{days} working days after", start)

    def close_of_day(self, instant: datetime) -> datetime:
        """Give the first close of a working day at or after the instant.

        That is where `end of day` moves a deadline; one that fell exactly on a close stays there.
        """
        instant = in_utc(instant)
        return self._found(next_close(self._years, instant), "a working day after", instant)

    def day_begins(self, day: date) -> datetime:
        """Give the first instant of that date in the calendar's zone."""
        return first_shown(self._years.days, day_number(day.year, day.month, day.day))

    def day_ends(self, day: date) -> datetime:
        """Give the close of that date's hours; on a date without any, the end of the date itself."""
        days, number = self._years.days, day_number(day.year, day.month, day.day)
        return close_of(days, number) if days.opens_on(number) else first_shown(days, number + 1)

    def is_open(self, instant: datetime) -> bool:
        """Tell whether an instant is working time; a window's last instant is the one before its end."""
        return bool(self.windows(instant, instant + INSTANT))

    def next_open(self, instant: datetime) -> datetime:
        """Give the earliest instant, from this one on, that is working time."""
        return self.due_at(instant, INSTANT) - INSTANT

    def windows(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """List the working time of start..end as windows, merged where they touch, cut at both ends."""
        low, high = in_utc(start), in_utc(end)
        spans = self._years.days.spans(second_of(low), second_of(high) + 1) if low < high else []
        windows = [(max(low, instant_of(since)), min(high, instant_of(until))) for since, until in spans]
        return [window for window in windows if window[0] < window[1]]

    def _found(self, answer: datetime | None, wanted: str, instant: datetime) -> datetime:
        if answer is None:
            raise OutOfWorkingTime(f"{self} has no {wanted} {instant:%Y-%m-%dT%H:%M:%SZ}")
        return answer

    def __repr__(self) -> str:
        return (
            f"calendar {shown(self.name)} in {self.timezone}"
            if self.name
            else f"a calendar in {self.timezone}"
        )


class AroundTheClock(Calendar):
    """A calendar whose every second is working time: elapsed time, with nothing to look up."""

    __slots__ = ()

    def due_at(self, start: datetime, budget: timedelta) -> datetime:
        """Give the instant that much later."""
        if start.tzinfo is not UTC or budget < NOTHING:
            start = in_utc(start)
            if budget < NOTHING:
                raise ValueError(f"a budget of {budget} is negative")
        return self.shift(start, budget)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Give the time from start to end; nothing where end comes before start."""
        if start.tzinfo is not UTC or end.tzinfo is not UTC:
            start, end = in_utc(start), in_utc(end)
        return end - start if start < end else NOTHING

    def shift(self, instant: datetime, offset: timedelta) -> datetime:
        """Give the instant that much later, or earlier."""
        if instant.tzinfo is not UTC:
            instant = in_utc(instant)
        try:
            return instant + offset
        except OverflowError:
            return self._found(None, f"{offset} after", instant)


@lru_cache(maxsize=256)
def _calendar(rules: Rules, name: str) -> Calendar:
    closed = rules.holidays or rules.yearly or rules.exceptions
    kind = Calendar if closed or any(windows != WHOLE_DAY for windows in rules.week) else AroundTheClock
    return kind(rules, name)


ALWAYS = Calendar.from_spec({"name": "24x7", "timezone": "UTC", "hours": "24x7"})
"""Elapsed time as a calendar: what `2h wall` counts in."""
