"""Cycles counted for a report: by any member, with the tallies that attainment is counted in."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from heapq import nsmallest
from typing import Any, TypeVar

from slaclock.domain.facts import split_id, split_subject
from slaclock.domain.instants import format_instant
from slaclock.evidence.attainment import COUNTED, WEEKDAYS, Tally, figures
from slaclock.evidence.cycles import Cycle, State
from slaclock.evidence.rollup import Stands
from slaclock.reporting.wanted import Wanted, days_until

MOST_WORST = 10
_KNOWN = False, False, False  # of lengths, which are counted here cycle by cycle
_SECOND = timedelta(seconds=1)
Key = TypeVar("Key", bound=Hashable)


def tallied(cycles: Iterable[Cycle], key: Callable[[Cycle], Key]) -> Mapping[Key, Tally]:
    """The tally of each group of cycles."""
    found: defaultdict[Key, Tally] = defaultdict(Tally)
    alike: Counter[tuple[Key, State, bool, bool, bool]] = Counter()
    for cycle in cycles:
        of = key(cycle)
        alike[of, cycle.state, cycle.open, cycle.reopened, cycle.corrected] += 1
        if cycle.state in COUNTED:
            _last(found[of], cycle)
    for (of, state, still, reopened, corrected), number in alike.items():
        found[of].add(Stands(state, still, reopened, corrected, *_KNOWN), number)
    return found


def total(cycles: Iterable[Cycle], ratings: Iterable[Decimal] = ()) -> Tally:
    """The tally of all, with the ratings of the time."""
    found = tallied(cycles, lambda _: None).get(None, Tally())
    found.ratings = Counter(ratings)
    return found


def _last(tally: Tally, cycle: Cycle) -> None:
    if cycle.worked is not None:
        tally.worked.append(cycle.worked)
    if cycle.wall is not None:
        tally.wall.append(cycle.wall)


def groups(cycles: Iterable[Cycle], *names: str) -> list[dict[str, Any]]:
    """The figures of each group by these members, in the order of their values; what has none comes last."""
    found = tallied(cycles, lambda cycle: tuple(getattr(cycle, name) for name in names))
    in_order = sorted(found, key=lambda key: [(each is None, str(each)) for each in key])
    return [{**dict(zip(names, key, strict=True)), **figures(found[key])} for key in in_order]


def days(wanted: Wanted, cycles: Iterable[Cycle], now: datetime) -> list[dict[str, Any]]:
    """Each day of the month with what was kept on it, and since the month began.

    A day that is still to come is there where something of it, or after it, was kept before it was due.
    """
    found, so_far, told = _outcomes(cycles, lambda cycle: wanted.day_of(cycle.due)), Tally(), []
    for day in days_until(wanted.month, max((wanted.day_of(now), *found))):
        tally = found.get(day, Tally())
        so_far.join(tally)
        each = {"day": day.isoformat(), **_kept(tally), "so_far": _kept(so_far)["attainment"]}
        told.append(each)
    return told


def times(wanted: Wanted, cycles: Iterable[Cycle]) -> list[dict[str, Any]]:
    """Each weekday and hour on which something was due, in the zone."""

    def at(cycle: Cycle) -> tuple[int, int]:
        local = wanted.local(cycle.due)
        return local.weekday(), local.hour

    return [
        {"weekday": WEEKDAYS[weekday], "hour": hour, "met": tally.met, "breached": tally.breached}
        for (weekday, hour), tally in sorted(_outcomes(cycles, at).items())
    ]


def _outcomes(cycles: Iterable[Cycle], key: Callable[[Cycle], Key]) -> Mapping[Key, Tally]:
    """What was met and what was breached of each group that had either, and no more of it."""
    counted = Counter((key(cycle), cycle.state) for cycle in cycles if cycle.state in COUNTED)
    groups = dict.fromkeys(of for of, _ in counted)
    return {of: Tally(met=counted[of, "met"], breached=counted[of, "breached"]) for of in groups}


def causes(cycles: Iterable[Cycle]) -> list[dict[str, Any]]:
    """What breaches are put down to, the most frequent first, those without a cause last."""
    found = Counter(cycle.cause for cycle in cycles if cycle.state == "breached")
    in_order = sorted(found.items(), key=lambda each: (each[0] is None, -each[1], each[0] or ""))
    return [{"cause": cause, "breached": number} for cause, number in in_order]


def worst(cycles: Iterable[Cycle], now: datetime, *, team: bool) -> list[dict[str, Any]]:
    """The ten breaches that were late the longest, in the order of `rank`."""
    breached = (cycle for cycle in cycles if cycle.state == "breached")
    found = (_late(each, now) for each in nsmallest(MOST_WORST, breached, key=lambda each: rank(each, now)))
    return [each if team else {**each, "team": None} for each in found]


def rank(cycle: Cycle, now: datetime) -> tuple[int, datetime, str]:
    """How breaches are ordered, here and in docs/queries/worst-tickets.sql.

    By elapsed time from the deadline to the end, the longest first; an open one is late until now. Then by
    deadline, then by id.
    """
    return -late(cycle, now), cycle.due, cycle.id


def late(cycle: Cycle, now: datetime) -> int:
    """Seconds from the deadline to the end, 0 where they are unknown; until now for what is open."""
    return max(0, (now - cycle.due) // _SECOND) if cycle.open else cycle.late or 0


def _late(cycle: Cycle, now: datetime) -> dict[str, Any]:
    names = ("id", "customer", "team", "priority", "agreement", "target", "clause", "cycle", "open", "cause")
    _, _, ticket = split_subject(split_id(cycle.id)[0])
    said = {name: getattr(cycle, name) for name in names}
    return {
        "ticket_id": ticket,
        **said,
        "due_at": format_instant(cycle.due),
        "late_wall_seconds": late(cycle, now),
    }


def _kept(tally: Tally) -> dict[str, Any]:
    told = figures(tally)
    return {name: told[name] for name in ("met", "breached", "attainment")}
