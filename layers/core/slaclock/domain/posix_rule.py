"""The rule by which a zone changes its clocks for ever after, such as `CET-1CEST,M3.5.0,M10.5.0/3`.

A TZif file lists transitions up to some year and ends with such a rule (POSIX `TZ`, RFC 9636 section 3.3).
The edition of tzdata that is pinned uses the `Mm.w.d` form only; a test looks.
"""

from __future__ import annotations

from functools import lru_cache

from slaclock.domain.epoch import DAY, date_of, day_number

_FIRST_YEAR, _LAST_YEAR = 1, 9999
_YEARS_KEPT = 64


class PosixRule:
    """Daylight saving time that comes and goes each year, or a constant offset."""

    __slots__ = ("_daylight", "_standard", "_turns", "changes")

    def __init__(self, text: str) -> None:
        names, *turns = text.split(",")
        self._standard, daylight = _offset(_after_name(names))
        explicit = _after_name(daylight)
        self._daylight = _offset(explicit)[0] if explicit else self._standard + 3600
        self._turns = turns
        self.changes = lru_cache(maxsize=_YEARS_KEPT)(self._changes)
        """Give a year's two changes as (instant, new offset), ascending; none for a constant offset."""

    def _changes(self, year: int) -> list[tuple[int, int]]:
        if not self._turns or not _FIRST_YEAR <= year <= _LAST_YEAR:
            return []
        starts, ends = (_wall(turn, year) for turn in self._turns)
        return sorted([(starts - self._standard, self._daylight), (ends - self._daylight, self._standard)])


def _after_name(text: str) -> str:
    if text.startswith("<"):
        return text.partition(">")[2]
    return text[next((at for at, sign in enumerate(text) if not sign.isalpha()), len(text)) :]


def _offset(text: str) -> tuple[int, str]:
    """Read `-1` or `+3:30` from the front: seconds *east* of UTC (POSIX counts west), and what is left."""
    end = next((at for at, sign in enumerate(text) if sign not in "+-0123456789:"), len(text))
    return -_seconds(text[:end] or "0"), text[end:]


def _seconds(text: str) -> int:
    hours, minutes, seconds, *_ = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    return (hours * 3600 + minutes * 60 + seconds) * (-1 if text.startswith("-") else 1)


def _wall(turn: str, year: int) -> int:
    """Give the wall clock of `M3.5.0/1` (March's fifth, so last, Sunday at 1) as seconds since 1970."""
    when, _, time = turn.partition("/")
    month, week, weekday = map(int, when.removeprefix("M").split("."))
    first = day_number(year, month, 1)
    day = first + (weekday - (first + 4)) % 7 + (week - 1) * 7  # 1970-01-01 was a Thursday, 4
    if date_of(day).month != month:
        day -= 7
    return day * DAY + _seconds(time or "2")
