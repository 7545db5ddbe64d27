"""From what a calendar says on the wall to the seconds that really are working time (rules 2 and 3)."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from slaclock.domain.calendar_spec import is_holiday, works_forever
from slaclock.domain.epoch import DAY, LAST_DAY, day_number, year_of
from slaclock.domain.offsets import offsets_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slaclock.domain.calendar_spec import Rules, Windows

Span = tuple[int, int]
"""Seconds since 1970, half-open: of the wall clock where it says so, else real ones."""

_DATES_KEPT = 1024


class WorkingDays:
    """The dates of one calendar: which windows open on them and when those really are."""

    __slots__ = (
        *("_amounts", "_exceptions", "_ordinary", "_own", "_replaced", "_rules"),
        *("hours_of", "last", "offsets", "opens_on"),
    )

    def __init__(self, rules: Rules) -> None:
        self.offsets = offsets_of(rules.timezone)
        opened = (day for day, windows in rules.exceptions if windows)
        self.last = LAST_DAY if works_forever(rules) else min(max(opened), LAST_DAY)
        """The last date on which a window may open."""
        self._rules = rules
        self._exceptions = dict(rules.exceptions)
        mornings_after = (day + 1 for day in self._exceptions)
        self._replaced = sorted({*rules.holidays, *self._exceptions, *mornings_after})
        self._ordinary = [_joined(rules.week[weekday - 1], rules.week[weekday]) for weekday in range(7)]
        listed = [day * DAY for day in (*self._replaced[:1], *self._replaced[-1:])] + self.offsets.listed()
        self._own = year_of(min(listed, default=0)) - 1, year_of(max(listed, default=0)) + 1
        self._amounts = [_seconds(windows, DAY) for windows in self._ordinary]
        # Budgets in days ask for the same few dates over and over.
        self.hours_of = lru_cache(maxsize=_DATES_KEPT)(self._hours_of)
        """Give the windows that open on a date, to the last one's end, next morning included."""
        self.opens_on = lru_cache(maxsize=_DATES_KEPT)(self._opens_on)
        """Say whether a window opens on a date: whether it is a working day."""

    def alike(self, year: int) -> tuple[int, ...]:
        """Give a key that years share which have the same hours on the same dates.

        Years with dates or changes of clocks that are listed one by one are like no other. Before and after
        them only the weekdays and 29 February differ, so that there are fourteen kinds of years.
        """
        first, last = self._own
        if first <= year <= last or not date.min.year < year < date.max.year:
            return (year,)
        start = day_number(year, 1, 1)
        return int(year > last), start % 7, day_number(year, 12, 31) - start

    def spans(self, start: int, end: int) -> list[Span]:
        """Give the working time of start..end, merged where windows touch."""
        merged: list[Span] = []
        for since, until, offset in self.offsets.between(start, end):
            for span in _clipped(self._wall(since + offset, until + offset), since, until, offset):
                if merged and merged[-1][1] == span[0]:
                    merged[-1] = (merged[-1][0], span[1])
                else:
                    merged.append(span)
        return merged

    def amount(self, start: int, end: int) -> int:
        """Count the seconds of working time of start..end, without listing them."""
        stretches = self.offsets.between(start, end)
        return sum(self._amount(since + offset, until + offset) for since, until, offset in stretches)

    def _hours_of(self, day: int) -> list[Span]:
        cut = DAY if self._is_replaced(day + 1) else 2 * DAY
        wall = [(day * DAY + start, day * DAY + min(end, cut)) for start, end in self._opening(day)]
        return self._real(wall)

    def _opens_on(self, day: int) -> bool:
        midnight = day * DAY
        return bool(
            self._real([(midnight + start, midnight + end) for start, end in _head(self._opening(day))])
        )

    def _real(self, wall: list[Span]) -> list[Span]:
        """Give the real seconds in which the wall clock shows one of these, which are within two days."""
        if not wall:
            return []
        low, high = wall[0][0] - 2 * DAY, wall[-1][1] + 2 * DAY
        return [
            span
            for since, until, offset in self.offsets.between(low, high)
            for span in _clipped(wall, since, until, offset)
        ]

    def _wall(self, start: int, end: int) -> list[Span]:
        first, last = start // DAY, (end - 1) // DAY
        replaced = self._replaced_between(first, last + 1)
        return [
            (day * DAY + opening, day * DAY + closing)
            for day in range(first, last + 1)
            for opening, closing in (self._on(day) if day in replaced else self._ordinary[(day + 3) % 7])
        ]

    def _amount(self, start: int, end: int) -> int:
        """Count the seconds that a wall clock running from start to end shows as open."""
        first, last = start // DAY, end // DAY
        ordinary = sum(self._amounts[(day + 3) % 7] for day in range(first, first + (last - first) % 7))
        whole = ordinary + (last - first) // 7 * sum(self._amounts)
        for day in self._replaced_between(first, last):
            whole += _seconds(self._on(day), DAY) - self._amounts[(day + 3) % 7]
        return whole + _seconds(self._on(last), end % DAY) - _seconds(self._on(first), start % DAY)

    def _replaced_between(self, first: int, last: int) -> set[int]:
        """Give the dates from first, before last, whose hours may not be those of their weekday."""
        exact = self._replaced[bisect_left(self._replaced, first) : bisect_left(self._replaced, last)]
        return {*exact, *(day for day in self._yearly(first, last) if first <= day < last)}

    def _yearly(self, first: int, last: int) -> Iterable[int]:
        for year in range(year_of(first * DAY), year_of(last * DAY) + 1):
            leap = day_number(year, 3, 1) - day_number(year, 2, 1) == 29
            yield from (day_number(year, *found) for found in self._rules.yearly if leap or found != (2, 29))

    def _on(self, day: int) -> Windows:
        """Give the wall clock's open seconds of one date."""
        if day in self._exceptions:
            return _head(self._exceptions[day])
        if is_holiday(self._rules, day):
            return ()
        before = self._exceptions.get(day - 1, self._rules.week[(day + 2) % 7])
        return _joined(before, self._rules.week[(day + 3) % 7])

    def _opening(self, day: int) -> Windows:
        if day in self._exceptions:
            return self._exceptions[day]
        return () if is_holiday(self._rules, day) else self._rules.week[(day + 3) % 7]

    def _is_replaced(self, day: int) -> bool:
        return day in self._exceptions or is_holiday(self._rules, day)


def _seconds(windows: Windows, until: int) -> int:
    """Count the seconds of these windows of one date until a second of it."""
    return sum(min(end, until) - start for start, end in windows if start < until)


def _head(windows: Windows) -> Windows:
    return tuple((start, min(end, DAY)) for start, end in windows)


def _joined(before: Windows, today: Windows) -> Windows:
    """Give a date's open seconds: what runs on from the night before, counted once, and what opens today."""
    night = max((end - DAY for _, end in before), default=0)
    late = tuple((max(start, night), end) for start, end in _head(today) if end > night)
    return ((0, night), *late) if night > 0 else late


def _clipped(wall: Iterable[Span], since: int, until: int, offset: int) -> Iterable[Span]:
    """Give the real seconds of since..until in which a clock `offset` from UTC shows one of the spans."""
    for start, end in wall:
        opening, closing = max(start - offset, since), min(end - offset, until)
        if opening < closing:
            yield opening, closing
