"""What an import tells quietly: what is long past is recorded, and told to nobody.

A fact that is kept from everybody says so: it is `quiet`, its `told` is empty, and no message is made of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from slaclock.domain.altered import altered
from slaclock.domain.breach_news import TELLS_OF_AN_OPEN_BREACH, audiences_of, told_of_a_breach
from slaclock.domain.facts import ANNOUNCED, split_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from slaclock.domain.facts import Fact
    from slaclock.domain.fold import Fold
    from slaclock.domain.ticket import Ticket

_TURNS = frozenset({"breach_ended", "breach_reopened"})


def hush(
    fold: Fold, ticket: Ticket, facts: Sequence[Fact], told: Sequence[Fact]
) -> tuple[Ticket, list[Fact]]:
    """Keep from everybody what lies before the ticket's `quiet_before`, and what would then puzzle them.

    Nobody hears the end of a breach that was kept from them. Whoever knows that a breach is open hears of its
    end, though that is long past, unless it was opened again since: to them it is news. A withdrawal is, too:
    it happens now. A level or a reopening that comes later is told as ever, and whoever hears it knows of the
    breach from then on. Where nothing was ever told quietly, nothing changes.
    """
    before = ticket.quiet_before
    if before is None and not any(map(kept_quiet, told)):
        return ticket, list(facts)
    known, said = _Known(fold.facts, told), []
    last = {(fact.lane, fact.cycle): fact.key for fact in facts if fact.fact in _TURNS}
    for fact in facts:
        news = fact.at
        if fact.fact == "breach_ended" and last[fact.lane, fact.cycle] == fact.key:
            news = fold.now
        said.append(known.tell(fact, quiet=before is not None and news < before))
    for clock in ticket.clocks:
        if clock.outcome == "breached" and clock.waiting:
            ticket = ticket.with_clock(altered(clock, hushed=known.unaware(clock.lane, clock.cycle)))
    return ticket, said


def behind_until(ticket: Ticket, quiet_before: datetime) -> Ticket:
    """The ticket as one of which more is to be told, quietly before an instant.

    What it had to tell already is told as ever.
    """
    bounds = [quiet_before, *ticket.next_moments.values()]
    if ticket.quiet_before is not None:
        bounds.append(ticket.quiet_before)
    return altered(ticket, behind=True, quiet_before=min(bounds))


def kept_quiet(fact: Fact) -> bool:
    """Whether a fact was kept from everybody whom it is for."""
    return fact.details.get("quiet") is True


class _Known:
    """Who knows of each breach that it is open; `folded` is what would be told if nothing were quiet."""

    def __init__(self, folded: Iterable[Fact], told: Iterable[Fact]) -> None:
        self._folded = list(folded)
        self._aware: dict[tuple[str, int], set[str]] = {}
        for fact in told:
            self._hear(fact)

    def tell(self, fact: Fact, *, quiet: bool) -> Fact:
        """The fact for those to whom it says something that they can make sense of."""
        if fact.fact not in ANNOUNCED:
            return fact
        news: dict[str, Any] = {}
        if quiet:
            news = {"told": [], "quiet": True}
        elif fact.fact == "breach_ended":
            news = {"told": sorted(self._of(fact.lane, fact.cycle))}
        elif fact.fact == "breach_reopened":
            news = {"told": sorted(self.unaware(fact.lane, fact.cycle, fact.at))}
        fact = replace(fact, details={**fact.details, **news}) if news else fact
        self._hear(fact)
        return fact

    def unaware(self, lane: str, cycle: int, until: datetime | None = None) -> frozenset[str]:
        """Those whom the breach and its levels, up to an instant, are for, and who do not know of it."""
        about = (fact for fact in self._folded if (fact.lane, fact.cycle) == (lane, cycle))
        heard = [fact for fact in about if until is None or fact.at <= until]
        return frozenset(set().union(*map(told_of_a_breach, heard)) - self._of(lane, cycle))

    def _of(self, lane: str, cycle: int) -> set[str]:
        return self._aware.setdefault((lane, cycle), set())

    def _hear(self, fact: Fact) -> None:
        aware, told = self._of(fact.lane, fact.cycle), set(fact.details.get("told", ()))
        if fact.fact in TELLS_OF_AN_OPEN_BREACH:
            aware.update(audiences_of(fact))
        elif fact.fact == "breach_ended" or _withdraws_an_open_breach(fact):
            aware -= told


def _withdraws_an_open_breach(fact: Fact) -> bool:
    if fact.fact != "outcome_corrected":
        return False
    return split_id(fact.details["corrects"])[1].startswith(("clock_breached:", "breach_reopened:"))
