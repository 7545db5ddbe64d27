"""What of a period's cycles counts for credits: met, breached, and what counts for nothing, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from hashlib import sha256

from slaclock.evidence.credit_periods import Period
from slaclock.evidence.credit_terms import WHOLE, CreditTerms
from slaclock.evidence.cycles import Cycle

_FOUR = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Counted:
    """What terms count of a period: the ids of what was met, and breaches by their deadline.

    `graced` are the first breaches of the period, which the grace forgives; `excluded` are breaches put down
    to causes that earn nothing, and those waived. None of them is in `breached`, nor in the attainment.
    `owed` are all breaches that neither a cause nor a waiver excuses, those known of before the period, too.
    """

    met: tuple[str, ...]
    breached: tuple[Cycle, ...]
    graced: tuple[Cycle, ...]
    excluded: tuple[Cycle, ...]
    owed: tuple[Cycle, ...]

    @property
    def happened(self) -> int:
        """How many breaches the period has that are not excluded, forgiven or not."""
        return len(self.breached) + len(self.graced)

    @property
    def attainment(self) -> str | None:
        """Met ÷ (met + breached) with four places, rounded down; None where nothing counts."""
        every = len(self.met) + len(self.breached)
        return str((Decimal(len(self.met)) / every).quantize(_FOUR, ROUND_DOWN)) if every else None

    @property
    def digest(self) -> str:
        """The hash of the ids of all that the attainment counts, sorted, a line each."""
        ids = sorted([*self.met, *(each.id for each in self.breached)])
        return "sha256:" + sha256("\n".join(ids).encode()).hexdigest()

    def is_below(self, below: int) -> bool:
        """Whether the attainment, exactly, is below so many thousandths of a percent."""
        met, every = len(self.met), len(self.met) + len(self.breached)
        return bool(every) and met * WHOLE < below * every


def count(terms: CreditTerms, cycles: Iterable[Cycle], period: Period) -> Counted:
    """Sort out the cycles of a period, and the breaches before it; what is later is left out.

    Of what was met no more than ids are held: it may be a million.
    """
    met, owed, excluded = list[str](), list[Cycle](), list[Cycle]()
    for each in cycles:
        if not counts(terms, each) or each.due >= period.end:
            continue
        if is_owed(terms, each):
            owed.append(each)
        elif period.holds(each.due) and each.state == "met":
            met.append(each.id)
        elif period.holds(each.due):
            excluded.append(each)
    owed.sort(key=_place)
    within = tuple(each for each in owed if period.holds(each.due))
    return Counted(
        met=tuple(met),
        breached=within[terms.grace :],
        graced=within[: terms.grace],
        excluded=tuple(sorted(excluded, key=_place)),
        owed=tuple(owed),
    )


def counts(terms: CreditTerms, cycle: Cycle) -> bool:
    """Whether a cycle is of a promise that the terms look at, and came to an outcome."""
    promised = terms.targets is None or cycle.target in terms.targets
    return cycle.agreement == terms.agreement and promised and cycle.state != "cancelled"


def is_owed(terms: CreditTerms, cycle: Cycle) -> bool:
    """Whether a cycle is a breach that nobody waived, and whose cause is not excluded."""
    return cycle.state == "breached" and cycle.cause not in terms.excluding


def _place(cycle: Cycle) -> tuple[datetime, str]:
    return cycle.due, cycle.id
