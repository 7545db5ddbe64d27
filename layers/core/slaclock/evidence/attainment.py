"""Attainment: how many promises were kept, and what stands beside; counted from rollups, group by group."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import compress, repeat
from operator import and_
from typing import TYPE_CHECKING, Any

from slaclock.domain.zones import zone
from slaclock.evidence.cycles import in_thousandths
from slaclock.evidence.rollup import instant, microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from slaclock.evidence.cycles import Rating
    from slaclock.evidence.rollup import Rollup, Stands

NAMED = ("customer", "agreement", "metric", "team", "priority", "service")
TIMED = ("weekday", "hour")  # of the deadline, in the zone that was asked for
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_GROUPS = 10_000
MOST_VALUES = 20  # of ratings that are counted one by one
_RATED = "rating"  # the metric of a rating, which is of a ticket and of no promise
_QUARTER = 900_000_000  # microseconds; an offset from UTC changes at none but such steps
COUNTED = ("met", "breached")
_STATES = {"met": "met", "breached": "breached", "cancelled": "cancelled", "waived": "excluded"}
Key = tuple[str | int | None, ...]


class TooManyGroups(ValueError):
    """More than `MOST_GROUPS`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is of: deadlines from `since` on and before `until`, grouped by at most two members.

    `filters` give a member's value, None for those that have none. Weekday and hour are those of `zone`.
    """

    since: datetime
    until: datetime
    zone: str = "UTC"
    by: tuple[str, ...] = ()
    filters: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What was counted of a group: cycles by state, their seconds until they stopped, and ratings.

    `open_overdue` are those among the breached that are still open. Seconds are those of what was met or
    breached, and came to its stop.
    """

    met: int = 0
    breached: int = 0
    open_overdue: int = 0
    cancelled: int = 0
    excluded: int = 0
    corrected: int = 0
    reopened: int = 0
    worked: list[int] = field(default_factory=list)
    wall: list[int] = field(default_factory=list)
    ratings: Counter[Decimal] = field(default_factory=Counter)

    def add(self, stands: Stands, number: int) -> None:
        """Count so many cycles that stand alike."""
        state = _STATES[stands.state]
        setattr(self, state, getattr(self, state) + number)
        self.open_overdue += number * stands.open
        self.corrected += number * stands.corrected
        self.reopened += number * (stands.reopened and stands.state in COUNTED)

    def join(self, other: Tally) -> None:
        """Count what another tally counted, too."""
        for name in ("met", "breached", "open_overdue", "cancelled", "excluded", "corrected", "reopened"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.worked.extend(other.worked)
        self.wall.extend(other.wall)
        self.ratings.update(other.ratings)


@dataclass(frozen=True, slots=True)
class Report:
    """The tallies of each group, in the order of their keys, and of all together."""

    groups: Mapping[Key, Tally]
    total: Tally


def report(rollups: Iterable[Rollup], asked: Asked) -> Report:
    """Count what rollups hold of a period; `TooManyGroups` where they are too many to tell."""
    counting = _Counting(asked)
    for rollup in rollups:
        counting.take(rollup)
    tallies, total = counting.finished(), Tally()
    for tally in tallies.values():
        total.join(tally)
    total.worked.sort()
    total.wall.sort()
    groups = dict(sorted(tallies.items(), key=lambda each: _order(asked.by, each[0])))
    return Report(groups if asked.by else {(): total}, total)


def figures(tally: Tally) -> dict[str, Any]:
    """A tally as it is told: shares as decimal texts of four places, None where nothing was counted.

    Attainment is rounded down, so that only what was kept without exception reads 1.0000.
    """
    counted = tally.met + tally.breached
    return {
        "met": tally.met,
        "breached": tally.breached,
        "attainment": _share(tally.met, counted, ROUND_DOWN),
        "open_overdue": tally.open_overdue,
        "cancelled": tally.cancelled,
        "excluded": tally.excluded,
        "corrected": tally.corrected,
        "reopened_share": _share(tally.reopened, counted, ROUND_HALF_UP),
        "worked_seconds": _ranks(tally.worked),
        "wall_seconds": _ranks(tally.wall),
        "ratings": _ratings(tally.ratings),
    }


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The nearest rank: the smallest value that so many per cent of all do not exceed; None of no values.

    >>> percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 90), percentile([], 50)
    (2, 4, None)
    """
    return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None


class _Counting:
    """The tallies so far, and how cycles and ratings find theirs: column by column, not one by one."""

    def __init__(self, asked: Asked) -> None:
        self.tallies: defaultdict[Key, Tally] = defaultdict(Tally)
        self._by, self._filters = asked.by, asked.filters
        self._within = microseconds(asked.since), microseconds(asked.until)
        self._seconds: dict[str, defaultdict[Key, list[int]]]
        self._seconds = {name: defaultdict(list) for name in ("worked", "wall")}
        self._times = {name: _Times(zone(asked.zone), name) for name in asked.by if name in TIMED}

    def take(self, rollup: Rollup) -> None:
        keep = self._kept(rollup)
        keys = list(compress(self._keys(rollup), keep))
        stands = rollup.members["stands"]
        places = bytes(compress(stands.places, keep))
        for (key, place), number in Counter(zip(keys, places, strict=True)).items():
            self._tally(key).add(stands.values[place], number)
        for name in self._seconds:
            timed = [getattr(each, name) and each.state in COUNTED for each in stands.values]
            wanted = map(timed.__getitem__, places)
            seconds = zip(keys, compress(rollup.numbers[name], keep), strict=True)
            _gather(self._seconds[name], compress(seconds, wanted))
        for rating in rollup.ratings:
            self._take_rating(rating)

    def finished(self) -> dict[Key, Tally]:
        """The tallies with their seconds, in order: the total then sorts runs, which is fast."""
        for name, found in self._seconds.items():
            for key, values in found.items():
                getattr(self.tallies[key], name).extend(sorted(values))
        return self.tallies

    def _take_rating(self, rating: Rating) -> None:
        begin, end = self._within
        due = microseconds(rating.due)
        if begin <= due < end and all(_of(rating, name) == value for name, value in self._filters.items()):
            key = (self._times[name].of(due) if name in TIMED else _of(rating, name) for name in self._by)
            self._tally(tuple(key)).ratings[rating.value] += 1

    def _kept(self, rollup: Rollup) -> Sequence[bool]:
        """Of each cycle, whether it lies in the period and has what is asked for."""
        (begin, end), due = self._within, rollup.numbers["due"]
        inside = not due or (begin <= due[0] and due[-1] < end)  # they are in their order
        keep = [True] * len(due) if inside else [begin <= each < end for each in due]
        for name, wanted in self._filters.items():
            member = rollup.members[name]
            fits = [value == wanted for value in member.values]
            keep = list(map(and_, keep, map(fits.__getitem__, member.places)))
        return keep

    def _keys(self, rollup: Rollup) -> Iterable[Key]:
        due = rollup.numbers["due"]
        columns = [
            map(self._times[name].of, due) if name in TIMED else rollup.members[name].each()
            for name in self._by
        ]
        return zip(*columns, strict=True) if columns else repeat((), len(due))

    def _tally(self, key: Key) -> Tally:
        tally = self.tallies[key]
        if len(self.tallies) > MOST_GROUPS:
            raise TooManyGroups
        return tally


class _Times(dict[int, Any]):
    """The weekday or the hour that a zone shows, each quarter of an hour worked out once."""

    def __init__(self, shown_in: tzinfo, name: str) -> None:
        super().__init__()
        self._zone, self._name = shown_in, name

    def of(self, due: int) -> Any:
        return self[due // _QUARTER]

    def __missing__(self, slot: int) -> str | int:
        local = instant(slot * _QUARTER).astimezone(self._zone)
        self[slot] = WEEKDAYS[local.weekday()] if self._name == "weekday" else local.hour
        found: str | int = self[slot]
        return found


def _gather(into: defaultdict[Key, list[int]], seconds: Iterable[tuple[Key, int]]) -> None:
    for key, value in seconds:
        into[key].append(value)


def _of(rating: Rating, name: str) -> str | None:
    """A member of a rating: the metric says that it is one, and no agreement is none."""
    value: str | None = getattr(rating, name, _RATED)
    return value or None


def _order(by: Sequence[str], key: Key) -> list[tuple[bool, int, str]]:
    """By value, what has none last: weekdays and hours as they follow each other."""
    return [(each is None, _rank(name, each), str(each)) for name, each in zip(by, key, strict=True)]


def _rank(name: str, value: str | int | None) -> int:
    if isinstance(value, int):
        return value
    return WEEKDAYS.index(value) if name == "weekday" and value else 0


def _share(part: int, whole: int, rounding: str) -> str | None:
    return str((Decimal(part) / whole).quantize(Decimal("0.0001"), rounding)) if whole else None


def _ranks(values: Sequence[int]) -> dict[str, int | None]:
    ordered = sorted(values)
    return {"median": percentile(ordered, 50), "p90": percentile(ordered, 90)}


def _ratings(values: Counter[Decimal]) -> dict[str, Any]:
    number = values.total()
    thousandths = sum(in_thousandths(value) * times for value, times in values.items())
    mean = Decimal(thousandths) / (1000 * number) if number else None
    each = {str(value): values[value] for value in sorted(values)} if len(values) <= MOST_VALUES else None
    return {
        "number": number,
        "mean": None if mean is None else str(mean.quantize(Decimal("0.01"), ROUND_HALF_UP)),
        "values": each,
    }
