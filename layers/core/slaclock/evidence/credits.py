"""Service credits: what a customer is owed for a period, exact in decimal money, with the rows it rests on.

Each line is rounded by itself to the currency's minor unit, a half upwards. The cap comes last, rounded
downwards, so that it is never exceeded: it is a line of its own, below zero.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from slaclock.domain.money import rounded
from slaclock.evidence.credit_counting import Counted, count
from slaclock.evidence.credit_periods import Period, months_before
from slaclock.evidence.credit_terms import CreditTerms, Termination
from slaclock.evidence.cycles import Cycle


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a statement: why it is owed, what the terms say, and the ids of the rows it rests on.

    Of a band that is its share (`below 99%`) with the breaches; of a single breach its promise; the `cap`
    takes off what is above it.
    """

    why: Literal["band", "breach", "cap"]
    of: str
    said: str
    credit: Decimal
    clause: str | None = None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Right:
    """A right to terminate that a breach of the period gave, with all the breaches that it rests on."""

    termination: Termination
    at: datetime
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is owed for a period under one version's terms. `total` is the sum of the lines."""

    terms: CreditTerms
    period: Period
    counted: Counted
    lines: tuple[Line, ...]
    cap: Decimal | None
    rights: tuple[Right, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.credit for line in self.lines), rounded(Decimal(0), self.terms.currency))


def credits_of(terms: CreditTerms, cycles: Iterable[Cycle], period: Period) -> Statement:
    """Work out a period's statement from its cycles, and those of `terms.months_back` months before.

    The order of cycles says nothing. One more breach never makes the total less, and the total is never above
    the cap.
    """
    counted = count(terms, cycles, period)
    lines = (*_bands(terms, counted), *_each(terms, counted))
    cap = rounded(terms.cap.exact, terms.currency, ROUND_DOWN) if terms.cap else None
    return Statement(
        terms,
        period,
        counted,
        (*lines, *_capped(terms, lines, cap)),
        cap,
        tuple(_rights(terms, counted, period)),
    )


def _bands(terms: CreditTerms, counted: Counted) -> Iterator[Line]:
    """Give the line of the band that the attainment fell into: of all that it is below, the dearest."""
    fallen = [band for band in terms.bands if counted.is_below(band.below)]
    if fallen:
        band = max(fallen, key=lambda each: (each.credit.exact, -each.below))
        rows = tuple(each.id for each in counted.breached)
        credit = rounded(band.credit.exact, terms.currency)
        yield Line("band", f"below {band.text}", band.credit.text, credit, band.clause, rows)


def _each(terms: CreditTerms, counted: Counted) -> Iterator[Line]:
    each = terms.each
    if each is None:
        return
    credit = rounded(each.credit.exact, terms.currency)
    for breach in counted.breached:
        if each.targets is None or breach.target in each.targets:
            clause = each.clause or breach.clause
            yield Line("breach", breach.target, each.credit.text, credit, clause, (breach.id,))


def _capped(terms: CreditTerms, lines: Sequence[Line], cap: Decimal | None) -> Iterator[Line]:
    above = sum((line.credit for line in lines), Decimal(0)) - cap if cap is not None else Decimal(0)
    if terms.cap and above > 0:
        yield Line("cap", "the whole", terms.cap.text, -above)


def _rights(terms: CreditTerms, counted: Counted, period: Period) -> Iterator[Right]:
    """Give each right, at the first breach of the period with which there are enough; no grace here."""
    for termination in terms.terminations:
        if right := _right(terms, termination, counted.owed, period):
            yield right


def _right(
    terms: CreditTerms, termination: Termination, breaches: Sequence[Cycle], period: Period
) -> Right | None:
    dues = [each.due for each in breaches]
    for number, breach in enumerate(breaches):
        if period.holds(breach.due):
            since = months_before(breach.due, termination.months, terms.timezone)
            first = bisect_right(dues, since)
            if number - first + 1 >= termination.breaches:
                rows = breaches[number + 1 - termination.breaches : number + 1]
                return Right(termination, breach.due, tuple(each.id for each in rows))
    return None
