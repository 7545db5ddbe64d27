"""Which version's terms each period of credits has, and that an agreement's periods follow each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from slaclock.domain.agreement import Agreement
from slaclock.evidence.credit_periods import LAST_YEAR, Period, period_at, period_of

# No period is longer than a year: by then the last version has one of its own.
AHEAD = timedelta(days=2 * 366)
_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Seam:
    """Two periods of an agreement that do not meet: `after` begins before `before` ends, or later."""

    before: Period
    after: Period


def in_force(versions: Iterable[Agreement], period: Period) -> Agreement | None:
    """Of the versions of an agreement the one whose terms a period has: the newest in force when it begins.

    Where none is by then, the first that comes into force and holds for a part of it, whenever it was
    published. So a later version changes nothing about a period that has begun. Where the newest is over by
    then, none older is in force in its place.
    """
    versions = list(versions)
    begun = _begun(versions, period.start)
    if begun and not _is_over(begun[-1], period.start):
        return begun[-1]
    newest = begun[-1].version if begun else 0
    later = [each for each in versions if each.version > newest and not _is_over(each, period.start)]
    held = (each for each in later if _is_since(each.effective_from, period.end - _LEAST))
    return min(held, key=_comes, default=None)


def lengths(versions: Iterable[Agreement]) -> list[tuple[str, str]]:
    """The lengths of period that versions count credits by, each with its zone."""
    return sorted({(each.credits["period"], each.timezone) for each in versions if each.credits})


def version_of(versions: Sequence[Agreement], kind: str, period: Period) -> Agreement | None:
    """The version that a period of that length is by; None where the agreement counts by others then.

    Of what was over when the version was published there is none.
    """
    version = in_force(versions, period)
    if version is None or (version.published_at and version.published_at >= period.end):
        return None
    said = version.credits and (version.credits["period"], version.timezone)
    return version if said == (kind, period.timezone) else None


def running(versions: Sequence[Agreement], instant: datetime) -> Iterator[tuple[Agreement, Period]]:
    """Give the periods that an instant is in; one at most, where they follow each other."""
    for kind, zone in lengths(versions):
        period = period_at(kind, instant, zone)
        if version := version_of(versions, kind, period):
            yield version, period


def lying_on(versions: Sequence[Agreement], day: date) -> Iterator[tuple[Agreement, Period]]:
    """Give the periods that a day is in, as each counts days."""
    for kind, zone in lengths(versions):
        period = period_of(kind, day, zone)
        if version := version_of(versions, kind, period):
            yield version, period


def seams(versions: Sequence[Agreement], now: datetime) -> Iterator[Seam]:
    """Give the periods, from those of `now` on, between which something would count twice, or not at all.

    That nothing is agreed about credits in between is no seam.
    """
    following = sorted(_following(versions, now), key=lambda each: (each.start, each.end))
    for before, after in pairwise(following):
        gap = after.start > before.end and _is_credited(versions, before.end)
        if after.start < before.end or gap:
            yield Seam(before, after)


def meeting(seam: Seam, now: datetime) -> date | None:
    """Give the first day from `now` on that begins a period of both lengths; None where no day does."""
    kind, zone = seam.before.kind, seam.before.timezone
    period = period_at(kind, now, zone)
    while period.start < now + AHEAD:
        other = period_at(seam.after.kind, period.start, seam.after.timezone)
        if now <= period.start == other.start:
            return other.first
        period = period_of(kind, period.after, zone)
    return None


def _following(versions: Sequence[Agreement], now: datetime) -> Iterator[Period]:
    """The periods from `now` on, until only the last version has any."""
    last = max((each.effective_from for each in versions if each.effective_from), default=now)
    for kind, zone in lengths(versions):
        period = period_at(kind, now, zone)
        while period.start < max(now, last) + AHEAD and period.first.year < LAST_YEAR:
            if version_of(versions, kind, period):
                yield period
            period = period_of(kind, period.after, zone)


def _begun(versions: Iterable[Agreement], instant: datetime) -> list[Agreement]:
    """The versions that are published and in force at an instant, the newest last."""
    published = [each for each in versions if _is_since(each.published_at, instant)]
    begun = (each for each in published if _is_since(each.effective_from, instant))
    return sorted(begun, key=lambda each: each.version)


def _comes(version: Agreement) -> tuple[datetime, int]:
    """The order in which versions that had not begun come into force; of several at once the newest does."""
    known = version.published_at or datetime.min.replace(tzinfo=UTC)
    return max(known, version.effective_from or known), -version.version


def _is_credited(versions: Iterable[Agreement], instant: datetime) -> bool:
    begun = _begun(versions, instant)
    return bool(begun and begun[-1].credits and not _is_over(begun[-1], instant))


def _is_since(at: datetime | None, instant: datetime) -> bool:
    return at is None or at <= instant


def _is_over(version: Agreement, instant: datetime) -> bool:
    return version.effective_until is not None and version.effective_until <= instant
