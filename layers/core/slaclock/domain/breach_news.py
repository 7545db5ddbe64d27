"""Whom a fact is for, and which facts tell somebody of a breach: said once, for all who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slaclock.domain.facts import Fact

# What tells that a promise was missed …
TELLS_OF_A_BREACH = frozenset({"clock_breached", "escalation_due", "escalation_handed_over"})
# … or that a breach is open, which after its end it may be again.
TELLS_OF_AN_OPEN_BREACH = TELLS_OF_A_BREACH | {"breach_reopened"}
# What tells that there is nothing to take in hand any more.
CLEARS_A_BREACH = frozenset({"breach_ended", "outcome_corrected"})


def audiences_of(fact: Fact) -> tuple[str, ...]:
    """Who must hear of a fact: all whom it names; a level that names nobody, its own audience."""
    told = fact.details.get("told")
    if told is not None:
        return tuple(told)
    return (fact.details["notify"],) if "notify" in fact.details else ()


def told_of_a_breach(fact: Fact) -> tuple[str, ...]:
    """Whom a fact tells that a promise was missed; one that was kept quiet tells nobody."""
    return audiences_of(fact) if fact.fact in TELLS_OF_A_BREACH else ()
