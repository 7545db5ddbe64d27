"""What was told of a ticket's cycles so far, and what of it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slaclock.domain.breach_news import told_of_a_breach
from slaclock.domain.facts import OUTCOMES, split_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slaclock.domain.facts import Fact

Cycle = tuple[str, int]  # its lane and number
# The turns of a breach that was told.
TURNS = frozenset({"breach_ended", "breach_reopened"})


@dataclass(slots=True)
class Told:
    """What was told of one cycle so far: its facts, and the revision and outcome that now stand."""

    facts: list[Fact] = field(default_factory=list)

    @property
    def revision(self) -> int:
        """The revision that its next fact has: one more after each outcome withdrawn."""
        return max((each.revision + _withdraws_outcome(each) for each in self.facts), default=0)

    @property
    def heard(self) -> set[str]:
        """Whom its breaches were told to."""
        return {audience for each in self.facts for audience in told_of_a_breach(each)}

    @property
    def withdrawn(self) -> set[str]:
        """The ids of the facts that were."""
        return {fact.details["corrects"] for fact in self.facts if fact.fact == "outcome_corrected"}

    @property
    def turns(self) -> list[Fact]:
        """The ends and reopenings of the breach that stands, but for those that were withdrawn."""
        withdrawn, revision = self.withdrawn, self.revision
        turns = [fact for fact in self.facts if fact.fact in TURNS and fact.revision == revision]
        return [fact for fact in turns if fact.id not in withdrawn]

    @property
    def outcome(self) -> Fact | None:
        """The last outcome that was not withdrawn."""
        withdrawn = self.withdrawn
        standing = [fact for fact in self.facts if fact.fact in OUTCOMES and fact.id not in withdrawn]
        return standing[-1] if standing else None

    @property
    def breach(self) -> Fact | None:
        """The breach that stands."""
        outcome = self.outcome
        return outcome if outcome and outcome.fact == "clock_breached" else None


def by_cycle(facts: Iterable[Fact]) -> dict[Cycle, Told]:
    """What was told of each cycle, in the order of telling."""
    cycles: dict[Cycle, Told] = {}
    for fact in facts:
        cycles.setdefault(cycle_of(fact), Told()).facts.append(fact)
    return cycles


def cycle_of(fact: Fact) -> Cycle:
    """The cycle that a fact is of."""
    return fact.lane, fact.cycle


def _withdraws_outcome(fact: Fact) -> bool:
    if fact.fact != "outcome_corrected":
        return False
    return split_id(fact.details["corrects"])[1].partition(":")[0] not in TURNS
