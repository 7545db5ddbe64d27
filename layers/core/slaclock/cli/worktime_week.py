"""A week of a calendar, drawn in half hours of the wall clock."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from slaclock.domain.calendar_spec import is_holiday
from slaclock.domain.epoch import day_number
from slaclock.domain.offsets import TZDATA_VERSION
from slaclock.domain.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.domain.calendar import Calendar

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
RULER = "00    03    06    09    12    15    18    21    24"
KEY = "# open  . closed  + partly  / skipped by the clocks  @ open twice  : closed twice"


def drawn(calendar: Calendar, monday: date) -> Iterator[str]:
    """Draw the seven days from a Monday, as lines."""
    year, week, _ = monday.isocalendar()
    yield f"{year}-W{week:02} in {calendar.timezone}, tzdata {TZDATA_VERSION}"
    yield ""
    yield f"{'':10}  {RULER}"
    worked = timedelta()
    for offset in range(7):
        day = _Day(calendar, monday + offset * DAY)
        worked += day.worked
        yield day.line()
    yield f"{'':10}  {'':48}  {hours_and_minutes(worked)} in the week"
    yield ""
    yield KEY


class _Day:
    """One local date: its real minutes, and which of them are working time."""

    def __init__(self, calendar: Calendar, day: date) -> None:
        self.calendar = calendar
        self.date = day
        self.minutes = _minutes(day, calendar.timezone)
        bounds = (self.minutes[0][1], self.minutes[-1][1] + MINUTE) if self.minutes else ()
        self.windows = calendar.windows(*bounds) if bounds else []
        self.worked = sum((until - since for since, until in self.windows), timedelta())

    def line(self) -> str:
        """Write the date, its half hours, its hours in words and what is special about it."""
        words = [*self._hours(), *self._special(), *self._clock_changes()]
        return f"{self.date:%a %d %b}  {self._half_hours()}  {', '.join(words)}".rstrip()

    def _half_hours(self) -> str:
        shown = Counter(wall // 30 for wall, _ in self.minutes)
        opened = Counter(
            wall // 30
            for wall, instant in self.minutes
            if any(since <= instant < until for since, until in self.windows)
        )
        return "".join(_sign(shown[half], opened[half]) for half in range(48))

    def _hours(self) -> Iterator[str]:
        tz = zone(self.calendar.timezone)
        midnight = self.date + DAY
        texts = [
            f"{since.astimezone(tz):%H:%M}-{_closing(until.astimezone(tz), midnight)}"
            for since, until in self.windows
        ]
        yield f"{' '.join(texts)} = {hours_and_minutes(self.worked)}" if texts else "closed"

    def _special(self) -> Iterator[str]:
        rules, day = self.calendar.rules, day_number(self.date.year, self.date.month, self.date.day)
        if any(day == exception for exception, _ in rules.exceptions):
            yield "exception"
        elif is_holiday(rules, day):
            yield "holiday"

    def _clock_changes(self) -> Iterator[str]:
        """Say where the wall clock jumps, and what it skips or repeats by that."""
        if not self.minutes:
            yield "the clocks skip this date"
        walls = [-1, *(wall for wall, _ in self.minutes), 1440]
        for before, after in pairwise(walls):
            if self.minutes and after > before + 1:
                yield f"the clocks skip {_clock(before + 1)}-{_clock(after)}"
            elif self.minutes and after <= before:
                yield f"the clocks repeat {_clock(after)}-{_clock(before + 1)}"


def local(instant: datetime, timezone: str) -> str:
    """Write an instant as the zone's clocks show it, with its offset.

    >>> local(datetime(2026, 3, 29, 1, tzinfo=UTC), "Europe/Copenhagen")
    'Sun 2026-03-29 03:00 +02:00'
    """
    shown = instant.astimezone(zone(timezone))
    finest = "auto" if shown.second or shown.microsecond else "minutes"
    wall = shown.replace(tzinfo=None).isoformat(" ", timespec=finest)
    return f"{shown:%a} {wall} {shown.isoformat()[-6:]}"


def hours_and_minutes(length: timedelta) -> str:
    """Write a length as agreements do, with seconds where there are some.

    >>> hours_and_minutes(timedelta(hours=8, minutes=30)), hours_and_minutes(timedelta(seconds=61))
    ('8h30m', '1m1s')
    """
    minutes, seconds = divmod(length, MINUTE)
    parts = ((minutes // 60, "h"), (minutes % 60, "m"), (round(seconds.total_seconds(), 6), "s"))
    return "".join(f"{number:g}{unit}" for number, unit in parts if number) or "0m"


def _minutes(day: date, timezone: str) -> list[tuple[int, datetime]]:
    """List the minutes that a local date really has, as (minute of the wall clock, instant)."""
    tz = zone(timezone)
    start = datetime.combine(day, time(), UTC) - DAY
    shown = ((instant.astimezone(tz), instant) for instant in (start + n * MINUTE for n in range(3 * 1440)))
    return [(wall.hour * 60 + wall.minute, instant) for wall, instant in shown if wall.date() == day]


def _sign(shown: int, opened: int) -> str:
    if not shown:
        return "/"
    if opened and opened < shown:
        return "+"
    signs = ".#" if shown <= 30 else ":@"
    return signs[bool(opened)]


def _closing(wall: datetime, midnight: date) -> str:
    return "24:00" if wall.date() == midnight else f"{wall:%H:%M}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
