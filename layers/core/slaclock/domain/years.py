"""The working time of each UTC year as three short tables, made when first asked for.

A year's windows are numbered from 1; number 0 is the empty window at the year's beginning. With
`k = bisect_right(opens, t)`, the number of the last window that opens at or before `t`,

    worked until t  =  min(t - dead[k], after[k])

counted from the beginning of the first year that was asked for. `dead[k]` is the opening of window k less
all working time before it; `after[k]` is the working time up to its end. The other way round, the
earliest instant with `w` worked is `dead[bisect_left(after, w)] + w`, and the latest is
`dead[bisect_right(after, w)] + w`. So each question is two bisections, whatever the span and the year,
and no instant is ever converted to a number.

Tables may be asked for from several threads: whatever is built is built under one lock, and never changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING

from slaclock.domain.epoch import DAY, NOTHING, day_number, instant_of, year_of
from slaclock.domain.working_days import WorkingDays

if TYPE_CHECKING:
    from slaclock.domain.calendar_spec import Rules
    from slaclock.domain.working_days import Span

Year = tuple[list[datetime], list[datetime], list[timedelta]]
"""opens, dead, after."""

_WINDOWS_KEPT = 75_000  # some 12 MB; a calendar with two windows on each weekday has 522 a year
_WEIGHT_OF_A_YEAR = 10  # of its lists, in windows


class Years(dict[int, Year]):
    """The tables of one calendar by year; few enough are kept that a long look ahead costs little memory."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self.days = WorkingDays(rules)
        # An evening's shift may end two days later, as UTC counts, and so in the next year.
        self.last = year_of((self.days.last + 2) * DAY)
        self._lock = RLock()
        self._kept = 0
        self._begun: dict[int, timedelta] = {}
        self._counted: tuple[int, int] | None = None  # the years of which `_begun` knows the beginning
        self._totals: dict[tuple[int, ...], timedelta] = {}
        self._openings: dict[tuple[int, ...], int] = {}

    def __missing__(self, year: int) -> Year:
        with self._lock:
            if year in self:  # another thread was first
                return self[year]
            made = _tables(self.days.spans(*_year(year)), _year(year)[0], self.begun(year))
            self._kept += _weight(made)
            while self and self._kept > _WINDOWS_KEPT:
                self._kept -= _weight(self.pop(next(iter(self))))
            self[year] = made
            return made

    def begun(self, year: int) -> timedelta:
        """Give the working time until the year begins, by weeks and days, without making any tables."""
        if year not in self._begun:
            with self._lock:
                self._count_to(year)
        return self._begun[year]

    def openings(self, year: int) -> int:
        """Count the working days of a year, as the calendar's own zone dates them."""
        kind = self.days.alike(year)
        if kind not in self._openings:
            days = range(day_number(year, 1, 1), day_number(year, 12, 31) + 1)
            self._openings[kind] = sum(map(self.days.opens_on, days))
        return self._openings[kind]

    def _count_to(self, year: int) -> None:
        first, last = self._counted or (year, year)
        self._begun.setdefault(first, NOTHING)
        for ended in range(last, year):
            self._begun[ended + 1] = self._begun[ended] + self._total(ended)
        for begun in range(first - 1, year - 1, -1):
            self._begun[begun] = self._begun[begun + 1] - self._total(begun)
        self._counted = min(first, year), max(last, year)

    def _total(self, year: int) -> timedelta:
        kind = self.days.alike(year)
        if kind not in self._totals:
            self._totals[kind] = timedelta(0, self.days.amount(*_year(year)))
        return self._totals[kind]

    def worked(self, instant: datetime) -> timedelta:
        """Give the working time until an instant."""
        opens, dead, after = self[instant.year]
        number = bisect_right(opens, instant)
        return min(instant - dead[number], after[number])

    def earliest(self, year: int, worked: timedelta) -> datetime | None:
        """Give the first instant by which that much, more than when the year began, was worked."""
        if year + (worked - self.begun(year)).days // 366 > self.last:
            return None  # no need to look
        while worked > self.begun(year + 1):
            year += 1
            if year > self.last:
                return None
        _, dead, after = self[year]
        return dead[bisect_left(after, worked)] + worked

    def latest(self, year: int, worked: timedelta) -> datetime | None:
        """Give the last instant at which that much was worked, looking from the year on or back."""
        while worked < self.begun(year):
            year -= 1
            if year < date.min.year:
                return None
        while worked >= self.begun(year + 1):
            year += 1
            if year > self.last:
                return None
        _, dead, after = self[year]
        return dead[bisect_right(after, worked)] + worked


@lru_cache(maxsize=256)
def years_of(rules: Rules) -> Years:
    """Give the tables of these rules: the same ones to whoever has equal rules."""
    return Years(rules)


def _year(year: int) -> Span:
    start = day_number(year, 1, 1) * DAY
    end = day_number(year, 12, 31) * DAY + DAY
    return start, end if year < date.max.year else end - 1  # after the last year there is no datetime


def _weight(year: Year) -> int:
    return len(year[0]) + _WEIGHT_OF_A_YEAR


def _tables(spans: list[Span], start: int, begun: timedelta) -> Year:
    after = [round(begun.total_seconds())]
    for opening, closing in spans:
        after.append(after[-1] + closing - opening)
    opens = [opening for opening, _ in spans]
    dead = [instant - worked for instant, worked in zip([start, *opens], [after[0], *after], strict=False)]
    return (
        [instant_of(opening) for opening in opens],
        [instant_of(second) for second in dead],
        [timedelta(0, worked) for worked in after],
    )
