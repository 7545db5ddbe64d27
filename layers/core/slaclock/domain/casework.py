"""Working a breach like an incident: entries of its case, each of which is a fact."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from slaclock.domain.case_entry import RAISED, UPHELD, CaseEntry
from slaclock.domain.facts import CASE, about, fact_key, input_mark
from slaclock.domain.repeating import latest_of, members_of, repeated
from slaclock.domain.told import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slaclock.domain.facts import Fact
    from slaclock.domain.fold import Fold
    from slaclock.domain.inputs import Given, Wake

# Of the notes of one case, and of its remedies: a case is read whole wherever its breach is shown.
MOST_ENTRIES = 200
_COUNTED = {"note": "notes", "remedy": "remedies"}  # what a breach comes to is decided however many there are


def enter(fold: Fold, given: CaseEntry, told: Sequence[Fact] = ()) -> None:
    """Tell an entry of the case of a breach that stands; where there is none yet, it waits for it.

    The breach is one of those `told` before this fold, or by it: its clock may be in a later cycle by now. A
    full case takes no more notes, a dispute that nobody raised is not upheld, and what is repeated is one.
    """
    fold.cause = given.id
    facts = [fact for fact in chain(told, fold.facts) if (fact.lane, fact.cycle) == given.cycle]
    breach = Told(facts).breach
    if breach is None:
        fold.early.append(given)
        return
    entries = [fact for fact in facts if fact.fact in CASE and fact.revision == breach.revision]
    if repeated(given, entries) or refusal_of(given, entries):
        return
    name, mark = f"case_{given.entry}", input_mark(given.id)
    fold.facts.append(
        replace(
            breach,
            fact=name,
            key=fact_key(name, breach.lane, breach.cycle, breach.revision, mark),
            at=given.at,
            details={**about(breach), "by": given.by, **members_of(given)},
            cause=given.id,
            engine="",
        )
    )


def enter_early(fold: Fold, told: Sequence[Fact] = ()) -> None:
    """Tell what was written of an earlier telling of a breach, right after the breach is told.

    Whoever wrote it had been told of another deadline: it is about the same breach.
    """
    new, fold.looked_at = fold.facts[fold.looked_at :], len(fold.facts)
    breached = {(fact.lane, fact.cycle) for fact in new if fact.fact == "clock_breached"}
    if breached and fold.early:
        waiting, fold.early = fold.early, []
        for given in waiting:
            if given.cycle in breached:
                enter(fold, given, told)
            else:
                fold.early.append(given)


def says_nothing(given: Given | Wake, told: Sequence[Fact]) -> bool:
    """Whether an input is an entry of which nothing was told: it is not kept, lest it come true later."""
    return isinstance(given, CaseEntry) and all(fact.cause != given.id for fact in told)


def refusal_of(given: CaseEntry, entries: Sequence[Fact]) -> str:
    """Why a case that has these entries can't take another one; "" where it can."""
    several = _COUNTED.get(given.entry)
    if several and sum(fact.fact == f"case_{given.entry}" for fact in entries) >= MOST_ENTRIES:
        return f"the case has {MOST_ENTRIES} {several}: it takes no more of them"
    if given.said.get("decision") == UPHELD and dispute_of(entries) != RAISED:
        return "no dispute is open: there is nothing to uphold"
    return ""


def dispute_of(entries: Sequence[Fact]) -> str | None:
    """What the latest of the disputes among a case's entries says, in time; None where there is none."""
    latest = latest_of(entries, "case_dispute")
    return str(latest.details["decision"]) if latest else None
