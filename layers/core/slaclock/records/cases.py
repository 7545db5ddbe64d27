"""Working a breach like an incident: who writes what into its case, and what can't be written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slaclock.access.boundary import Boundary
from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.casework import refusal_of
from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.domain.facts import Fact, recorded, split_id, split_subject
from slaclock.domain.instants import format_instant
from slaclock.domain.repeating import repeated
from slaclock.domain.taxonomy import unknown_cause
from slaclock.domain.told import Told as OfCycle
from slaclock.evidence.standing import Standing, standing
from slaclock.records.acknowledging import UnknownFact
from slaclock.store.caching import CachedAgreements
from slaclock.store.contract import TicketStore
from slaclock.store.life import Told


class EntryRefused(SlaError):
    """The case can't take the entry; the message says why."""


@dataclass(frozen=True, slots=True)
class Casework:
    """Writes into the cases of breaches, for whoever has the `boundary`; `take` folds an input in."""

    tickets: TicketStore
    agreements: CachedAgreements
    take: Callable[[CaseEntry], bool]
    boundary: Boundary

    def write(
        self, fact_id: str, entry: str, said: Mapping[str, str], by: str, at: datetime
    ) -> dict[str, Any]:
        """Append an entry, which was read before, to the case of a breach, and give the row.

        `UnknownFact` where the id is no breach's, `EntryRefused` where the breach was withdrawn or the case
        takes no such entry, `InvalidEvent` where the agreement knows no such cause. What only repeats an
        entry writes nothing, and gives the row that there is.
        """
        subject, account, ticket_id = split_subject(_subject_of(fact_id))
        given = CaseEntry(account, ticket_id, fact_id, entry, by, at, said, subject)
        stands = self._open(fact_id)
        self._check_cause(stands.told, said.get("cause"))
        if row := self._repeated(given, stands):
            return row
        if refusal := refusal_of(given, stands.entries):
            raise EntryRefused(refusal)
        self.take(given)
        # While we wrote, the breach may have been withdrawn, or the same been said by another request.
        if row := self._row(fact_id, given.id) or self._repeated(given, self._open(fact_id)):
            return row
        raise EntryRefused("what came meanwhile stands in its way, so it was not kept: look again")

    def _repeated(self, given: CaseEntry, stands: Standing) -> dict[str, Any] | None:
        """The row of the entry that this one only repeats."""
        there = repeated(given, stands.entries)
        return self._row(given.fact_id, there.cause) if there else None

    def _row(self, fact_id: str, cause: str) -> dict[str, Any] | None:
        """The row that an input caused on the breach's ticket."""
        rows = [told for told in self.tickets.told(_subject_of(fact_id)) if told.fact.cause == cause]
        return {"breach": fact_id, **row_of(rows[-1])} if rows else None

    def _open(self, fact_id: str) -> Standing:
        """The breach of that id, which was not withdrawn."""
        facts = [told.fact for told in self.tickets.told(_subject_of(fact_id))]
        stands = standing_of(fact_id, facts)
        if stands.corrected:
            again = self._told_again(stands.told, facts)
            raise EntryRefused(f"the breach was withdrawn: it did not happen as it was told{again}")
        return stands

    def _told_again(self, breach: Fact, facts: Sequence[Fact]) -> str:
        """Under which id a withdrawn breach was told again, where it was, and to the same customer."""
        latest = OfCycle([fact for fact in facts if _same_cycle(fact, breach)]).breach
        told = latest is not None and self.boundary.has_customer(latest.details.get("customer"))
        return f"; it was told again as {latest.id}" if latest and told else ""

    def _check_cause(self, breach: Fact, cause: str | None) -> None:
        if cause is None:
            return
        version = breach.agreement, breach.agreement_version
        known = self.agreements.agreements(breach.account, [version]).get(*version).causes
        if cause not in known:
            raise InvalidEvent(unknown_cause(breach.agreement, known), "/cause")


def standing_of(fact_id: str, facts: list[Fact]) -> Standing:
    """What became of a breach, among all that was told of its ticket; `UnknownFact` where it is none."""
    breach = next((fact for fact in facts if fact.id == fact_id), None)
    if breach is None or breach.fact != "clock_breached":
        raise UnknownFact("no breach was told under this id")
    telling = [fact for fact in facts if _same_cycle(fact, breach) and fact.revision == breach.revision]
    found = standing(telling)
    assert found is not None, "it is among them"  # noqa: S101  (for the type checker)
    return found


def row_of(told: Told) -> dict[str, Any]:
    """A row of the record: the fact, and its place in its ticket's chain."""
    return {
        **recorded(told.fact),
        "seq": told.seq,
        "recorded_at": format_instant(told.recorded_at),
        "cause_hash": told.cause_hash,
        "hash": told.hash,
    }


def _same_cycle(fact: Fact, breach: Fact) -> bool:
    return (fact.lane, fact.cycle) == (breach.lane, breach.cycle)


def _subject_of(fact_id: str) -> str:
    try:
        return split_id(fact_id)[0]
    except InvalidEvent as error:
        raise UnknownFact(error.detail) from None
