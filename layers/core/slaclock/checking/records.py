"""Tickets' records, held against the heads that were sealed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from slaclock.chains import heads_of, tells
from slaclock.checking.findings import Finding
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import split_id
from slaclock.ends import Ends
from slaclock.store.contract import DayBook, Keeper, TicketStore

_UNREADABLE = (SlaError, KeyError, TypeError, ValueError, AttributeError)
_REMEMBERED = 256  # tickets, whose rows of a day lie apart


class Store(DayBook, TicketStore, Keeper, Protocol):
    """Where rows are, tickets with their logs, and how long they are kept."""


@dataclass(slots=True)
class Records:
    """The chains of tickets; each is read whole, and hashed anew."""

    store: Store
    ends: Ends
    _chains: dict[str, list[str | None]] = field(default_factory=dict)

    def tell(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is a link of its ticket's record; of a forgotten ticket nobody can say."""
        subject = split_id(row["id"])[0]
        return tells(self._heads(subject), row) or bool(self.store.load(subject).forgotten)

    def head(self, day: date, leaf: Mapping[str, Any]) -> Iterator[Finding]:
        """The chain of a ticket's record leads to what was sealed, link by link."""
        ticket, seq = leaf["ticket"], leaf["seq"]
        try:
            heads = heads_of(self.store.life(ticket))
        except _UNREADABLE as error:
            yield Finding(day, f"the record of {ticket} can't be read: {error}")
            return
        if len(heads) < seq and (forgotten := self.store.load(ticket).forgotten):
            against = self.ends.log(leaf, forgotten)
            said = (
                f"the record of {ticket} {against}"
                if against
                else f"ended: the record of {ticket} was kept no longer"
            )
            yield Finding(day, said, fault=against is not None)
        elif len(heads) < seq:
            yield Finding(day, f"the record of {ticket} does not reach link {seq} any more")
        elif heads[seq - 1] != leaf["head"]:
            yield Finding(day, f"the record of {ticket} is not what was sealed, up to {seq}")

    def _heads(self, subject: str) -> list[str | None]:
        """The heads of a ticket's record, of which some are remembered; of one that can't be read none."""
        if subject not in self._chains:
            if len(self._chains) >= _REMEMBERED:
                self._chains.clear()
            try:
                self._chains[subject] = heads_of(self.store.life(subject))
            except _UNREADABLE:  # said of its head
                self._chains[subject] = []
        return self._chains[subject]
