"""Budgets in working days: `2d` and `2d end of day` (rule 6).

A working day is a date on which a window opens, and its hours run to the end of its last window, next
morning included. Each function gives None where the calendar has no such day left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.epoch import DAY, NOTHING, date_of, day_number, instant_of, second_of

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from slaclock.domain.working_days import WorkingDays
    from slaclock.domain.years import Years


def days_later(years: Years, start: datetime, count: int) -> datetime | None:
    """Give the local time of start, that many working days later, moved into that day's hours.

    A start outside hours counts from the next opening.
    """
    begun = years.latest(start.year, years.worked(start))
    if begun is None or not count:
        return begun
    date, time = _wall(years.days, begun)
    day = _working_day(years, date, count)
    return None if day is None else _moved(years.days, day, time)


def close_days_later(years: Years, start: datetime, count: int) -> datetime | None:
    """Give the close of the working day that `days_later` finds."""
    begun = years.latest(start.year, years.worked(start))
    if begun is None:
        return None
    date, _ = _wall(years.days, begun)
    if not count and not years.days.opens_on(date):  # in the tail of a shift that began the day before
        return next_close(years, begun)
    day = _working_day(years, date, count) if count else date
    return None if day is None else close_of(years.days, day)


def next_close(years: Years, instant: datetime) -> datetime | None:
    """Give the first close of a working day at or after the instant."""
    day: int | None = _wall(years.days, instant)[0] - 2  # a day's hours reach into the next one
    while day is not None:
        day = _working_day(years, day, 1)
        if day is not None and (close := close_of(years.days, day)) >= instant:
            return close
    return None


def _wall(days: WorkingDays, instant: datetime) -> tuple[int, timedelta]:
    """Give the date that the calendar's zone shows, and the time of day."""
    second = second_of(instant)
    offset = days.offsets.at(second)
    date = (second + offset) // DAY
    return date, instant - instant_of(date * DAY - offset)


def _working_day(years: Years, date: int, count: int) -> int | None:
    """Go that many working days, one or more, on from a date: day by day to the year's end, then by years."""
    days, year = years.days, date_of(date).year
    while date < days.last:
        date += 1
        if date_of(date).year > year:
            year += 1
            while year < years.last and count > years.openings(year):
                count -= years.openings(year)
                year += 1
            date = max(date, day_number(year, 1, 1))
        count -= days.opens_on(date)
        if not count:
            return date
    return None


def _moved(days: WorkingDays, day: int, time: timedelta) -> datetime:
    """Give the instant at which that date first shows that time, moved into the date's hours."""
    wanted = first_shown(days, day, time)
    for opening, closing in days.hours_of(day):
        if wanted < instant_of(closing):
            return max(wanted, instant_of(opening))
    return close_of(days, day)


def first_shown(days: WorkingDays, day: int, time: timedelta = NOTHING) -> datetime:
    """Give the first instant of a date that shows the time, or what follows the gap if clocks skip it."""
    midnight = day * DAY
    for since, until, offset in days.offsets.between(midnight - 2 * DAY, midnight + 3 * DAY):
        shown = instant_of(midnight - offset) + time
        if shown < instant_of(until):
            return max(shown, instant_of(since))
    raise AssertionError(f"day {day} never shows {time}")  # pragma: no cover: five days show it


def close_of(days: WorkingDays, day: int) -> datetime:
    return instant_of(days.hours_of(day)[-1][1])
