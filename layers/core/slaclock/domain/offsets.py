"""How far a zone's clocks stand from UTC and when that changes, read from `tzdata` (TZif, RFC 9636).

`zoneinfo` answers for one instant at a time and hides its transitions. Here a zone is a list of stretches
of constant offset, which is what exact working time is made of; and a fresh process starts faster
without `zoneinfo`. A test compares the two over every zone.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, lru_cache
from struct import calcsize, unpack_from

import tzdata  # type: ignore[import-untyped]  # data, not code

from slaclock.domain.epoch import year_of
from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.posix_rule import PosixRule

TZDATA_VERSION: str = tzdata.IANA_VERSION
"""The edition of the time zone rules, such as `2026f`; stored with every decision."""

_UNSET = "Factory"  # what a machine has until its zone is chosen
_ALWAYS_BEFORE = -(10**12)
_ALWAYS_AFTER = 10**12


class Offsets:
    """One zone's offsets from UTC, for any instant: whole seconds since 1970, seconds east of UTC."""

    __slots__ = ("_last", "_listed", "_rule")

    def __init__(self, listed: list[tuple[int, int]], rule: PosixRule) -> None:
        self._listed = listed  # (instant, new offset), ascending; the first holds since ever
        self._last = listed[-1][0]
        self._rule = rule  # what holds after the last one listed

    def listed(self) -> list[int]:
        """Give the first and the last change of the offset that stand in a list; later ones follow a rule."""
        return [self._listed[1][0], self._last] if len(self._listed) > 1 else []

    def between(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Give the stretches of constant offset that make up start..end, as (start, end, offset)."""
        changes = self._listed if end <= self._last else self._listed + self._ruled(start, end)
        first = bisect_right(changes, (start, _ALWAYS_AFTER)) - 1
        after = bisect_right(changes, (end - 1, _ALWAYS_AFTER))
        starts = [start, *(at for at, _ in changes[first + 1 : after])]
        offsets = [offset for _, offset in changes[first:after]]
        return list(zip(starts, [*starts[1:], end], offsets, strict=True))

    def at(self, instant: int) -> int:
        """Give the offset at that instant."""
        return self.between(instant, instant + 1)[0][2]

    def _ruled(self, start: int, end: int) -> list[tuple[int, int]]:
        """List changes by the rule, from one before start if there is any after the last one listed."""
        years = range(year_of(max(start, self._last)) - 1, year_of(end) + 2)
        return [change for year in years for change in self._rule.changes(year) if change[0] > self._last]


@lru_cache(maxsize=64)
def offsets_of(name: str) -> Offsets:
    """Read one zone; an unknown name is an InvalidCalendar.

    >>> offsets_of("Asia/Kolkata").at(0)
    19800
    """
    if name not in zone_names():
        raise InvalidCalendar(f"unknown time zone {name!r}")
    return _parsed(_packaged(f"zoneinfo/{name}"))


@cache
def zone_names() -> frozenset[str]:
    """Every name that a calendar may give as its time zone: all that tzdata has, but for that of none."""
    return frozenset(_packaged("zones").decode().split()) - {_UNSET}


def _packaged(path: str) -> bytes:
    data: bytes = tzdata.__loader__.get_data(f"{tzdata.__path__[0]}/{path}")  # from a zip file, too
    return data


def _parsed(data: bytes) -> Offsets:
    """Read the 64-bit block, which follows a 32-bit one of the same form, and the rule at the end."""
    start = 44 + _size(_counts(data, 0), "i")
    counts = times, types, *_ = _counts(data, start)
    body = start + 44
    instants = unpack_from(f">{times}q", data, body)
    kinds = data[body + 8 * times : body + 9 * times]
    east = [unpack_from(">i", data, body + 9 * times + 6 * kind)[0] for kind in range(types)]
    rule = data[body + _size(counts, "q") :].decode().strip()
    listed = zip((_ALWAYS_BEFORE, *instants), (east[0], *(east[kind] for kind in kinds)), strict=True)
    return Offsets(list(listed), PosixRule(rule))


def _counts(data: bytes, at: int) -> tuple[int, ...]:
    """Read a header's counts of times, types, letters, leap seconds and two kinds of flags."""
    ut_flags, standard_flags, leaps, times, types, letters = unpack_from(">6l", data, at + 20)
    return times, types, letters, leaps, standard_flags, ut_flags


def _size(counts: tuple[int, ...], time: str) -> int:
    times, types, letters, leaps, standard_flags, ut_flags = counts
    width = calcsize(f">{time}")
    return times * (width + 1) + types * 6 + letters + leaps * (width + 4) + standard_flags + ut_flags
