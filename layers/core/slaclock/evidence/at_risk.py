"""Early warning: how a running period stands against its credits, and how many breaches are left."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from slaclock.evidence.credit_counting import Counted, count
from slaclock.evidence.credit_periods import Period, months_before
from slaclock.evidence.credit_terms import WHOLE, Band, CreditTerms, Termination, Warn, thousandths
from slaclock.evidence.cycles import Cycle

_FOUR = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class BandLeft:
    """How many more breaches a band bears, as many tickets being kept as so far; below none it is lost."""

    band: Band
    left: int
    lost: bool


@dataclass(frozen=True, slots=True)
class RightLeft:
    """How many more breaches there are before a right arises; 0 where enough lie in its months up to now."""

    termination: Termination
    left: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """How a period stands now. `free` are the breaches left before one is credited by itself, if any is."""

    counted: Counted
    gone: Decimal
    bands: tuple[BandLeft, ...]
    free: int | None
    rights: tuple[RightLeft, ...]

    @property
    def left(self) -> int | None:
        """Breaches left before the first band is lost; where there are no bands, before one is credited."""
        return min((each.left for each in self.bands), default=self.free)


def at_risk(terms: CreditTerms, cycles: Iterable[Cycle], period: Period, now: datetime) -> AtRisk:
    """Say how the period that `now` is in stands; cycles are those that `credits_of` takes."""
    counted = count(terms, cycles, period)
    return AtRisk(
        counted=counted,
        gone=_gone(period, now),
        bands=tuple(_band(terms, band, counted) for band in terms.bands),
        free=max(0, terms.grace - counted.happened) if terms.each else None,
        rights=tuple(_rights(terms, counted, now)),
    )


def passed(terms: CreditTerms, risk: AtRisk) -> list[Warn]:
    """Give the warnings whose thresholds are passed.

    Nothing is told of a period without a breach: with few tickets kept so far, no band bears one.
    """
    if not risk.counted.happened:
        return []
    return [each for each in terms.warns if _is_passed(each, risk)]


def _is_passed(warn: Warn, risk: AtRisk) -> bool:
    if warn.below:
        return risk.counted.is_below(thousandths(warn.below))
    return risk.left is not None and warn.breaches_left is not None and risk.left <= warn.breaches_left


def _gone(period: Period, now: datetime) -> Decimal:
    """The share of a period that has gone by, four places, rounded down."""
    whole = Decimal((period.end - period.start).total_seconds())
    past = Decimal((min(max(now, period.start), period.end) - period.start).total_seconds())
    return (past / whole).quantize(_FOUR, ROUND_DOWN)


def _band(terms: CreditTerms, band: Band, counted: Counted) -> BandLeft:
    """The largest n with met ÷ (met + breached + n) not below the band, of which the grace forgives some."""
    met = len(counted.met)
    left = met * WHOLE // band.below - met + terms.grace - counted.happened
    return BandLeft(band, max(0, left), counted.is_below(band.below))


def _rights(terms: CreditTerms, counted: Counted, now: datetime) -> Iterator[RightLeft]:
    dues = [each.due for each in counted.owed if each.due <= now]
    for termination in terms.terminations:
        since = months_before(now, termination.months, terms.timezone)
        happened = len(dues) - bisect_right(dues, since)
        yield RightLeft(termination, max(0, termination.breaches - happened))
