"""What of a period's cycles counts for credits: met, breached, and what counts for nothing, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from hashlib import sha256

from slaclock.evidence.credit_periods import Period
from slaclock.evidence.credit_terms import WHOLE, CreditTerms
from slaclock.evidence.cycles import Cycle

_FOUR = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Counted:
    """The cycles of a period that terms look at, breaches by their deadline.

    `graced` are the first breaches of the period, which the grace forgives; `excluded` are breaches put down
    to causes that earn nothing, and those waived. None of them is in `breached`, nor in the attainment.
    """

    met: tuple[Cycle, ...]
    breached: tuple[Cycle, ...]
    graced: tuple[Cycle, ...]
    excluded: tuple[Cycle, ...]

    @property
    def attainment(self) -> str | None:
        """Met ÷ (met + breached) with four places, rounded down; None where nothing counts."""
        every = len(self.met) + len(self.breached)
        return str((Decimal(len(self.met)) / every).quantize(_FOUR, ROUND_DOWN)) if every else None

    @property
    def digest(self) -> str:
        """The hash of the ids of all that the attainment counts, sorted, a line each."""
        ids = sorted(each.id for each in (*self.met, *self.breached))
        return "sha256:" + sha256("\n".join(ids).encode()).hexdigest()

    def is_below(self, below: int) -> bool:
        """Whether the attainment, exactly, is below so many thousandths of a percent."""
        met, every = len(self.met), len(self.met) + len(self.breached)
        return bool(every) and met * WHOLE < below * every


def count(terms: CreditTerms, cycles: Iterable[Cycle], period: Period) -> Counted:
    """Sort out a period's cycles, whatever their order; those outside it say nothing."""
    looked_at = sorted(
        (each for each in cycles if counts(terms, each) and period.holds(each.due)),
        key=lambda each: (each.due, each.id),
    )
    breaches = [each for each in looked_at if owed(terms, each)]
    return Counted(
        met=tuple(each for each in looked_at if each.state == "met"),
        breached=tuple(breaches[terms.grace :]),
        graced=tuple(breaches[: terms.grace]),
        excluded=tuple(each for each in looked_at if each.state != "met" and not owed(terms, each)),
    )


def counts(terms: CreditTerms, cycle: Cycle) -> bool:
    """Whether a cycle is of a promise that the terms look at, and came to an outcome."""
    promised = terms.targets is None or cycle.target in terms.targets
    return cycle.agreement == terms.agreement and promised and cycle.state != "cancelled"


def owed(terms: CreditTerms, cycle: Cycle) -> bool:
    """Whether a cycle is a breach that nobody waived, and whose cause is not excluded."""
    return cycle.state == "breached" and cycle.cause not in terms.excluding
