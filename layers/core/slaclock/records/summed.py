"""A breach as lists have it, from its rows: no more of them is held than shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from slaclock.domain.facts import CASE, Fact
from slaclock.evidence.standing import Standing, standing
from slaclock.store.life import Told
from slaclock.store.rows import LedgerRow


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach as the record has it: its standing, the row that told it, and how many entries its case has.

    In a list, its standing has the latest entry of each kind only.
    """

    standing: Standing
    row: LedgerRow | Told
    entries: int


def summed(rows: Iterable[LedgerRow]) -> Breach | None:
    """A breach from its rows in the order of telling; None where they tell of none. A case may be long."""
    sum_ = _Sum()
    for row in rows:
        sum_.add(row)
    stands = standing([*sum_.facts, *sum_.latest.values()])
    return Breach(stands, sum_.told, sum_.entries) if stands and sum_.told else None


@dataclass(slots=True)
class _Sum:
    """What is held of a breach while its rows come."""

    told: LedgerRow | None = None
    facts: list[Fact] = field(default_factory=list)
    latest: dict[str, Fact] = field(default_factory=dict)
    entries: int = 0

    def add(self, row: LedgerRow) -> None:
        fact = row.fact
        if fact.fact in CASE:
            self.entries += 1
            before = self.latest.get(fact.fact)
            # Of two at one instant the one that was told last counts, as in `latest_of`.
            self.latest[fact.fact] = before if before and before.at > fact.at else fact
            return
        self.facts.append(fact)
        if fact.fact == "clock_breached" and self.told is None:
            self.told = row
