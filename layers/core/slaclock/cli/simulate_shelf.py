"""What each process of `slaclock simulate` does: tell the tickets of one shelf again, and count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slaclock.agreements.freeze import load_together
from slaclock.cli.shelves import last, taken
from slaclock.domain.events import TicketEvent
from slaclock.domain.replay import replay
from slaclock.simulation.comparing import Change, changes
from slaclock.simulation.counting import Tallies, count, merge
from slaclock.simulation.cycles import by_ticket

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    from slaclock.cli.shelves import Shelf
    from slaclock.domain.choosing import Agreements
    from slaclock.domain.inputs import Given
    from slaclock.simulation.cycles import Cycle, CycleKey, TicketKey


@dataclass(frozen=True, slots=True)
class Documents:
    """The agreement documents of both sides; `old` is empty where nothing is compared."""

    new: tuple[Path, ...]
    old: tuple[Path, ...] = ()

    def loaded(self, published: date) -> list[Agreements]:
        """One or two sides, as if all had been published on that day; what is wrong with one is said."""
        return [load_together(side, published=published) for side in (self.new, self.old) if side]


@dataclass(slots=True)
class Counted:
    """What one shelf, or the whole history, comes to: a tally of each side, and what changes."""

    tickets: int = 0
    sides: list[Tallies] = field(default_factory=lambda: [{}, {}])
    changes: list[Change] = field(default_factory=list)

    def merge(self, other: Counted) -> None:
        """Count what another has counted, too."""
        self.tickets += other.tickets
        for ours, theirs in zip(self.sides, other.sides, strict=True):
            merge(ours, theirs)
        self.changes += other.changes


def last_of(shelf: Shelf) -> datetime | None:
    """The time of the last input on a shelf."""
    return last(taken(shelf))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What each process keeps from shelf to shelf."""

    sides: list[Agreements]
    until: datetime
    shared: tuple[Given, ...]

    def lives(self, inputs: Sequence[Given]) -> list[dict[TicketKey, dict[CycleKey, Cycle]]]:
        """What becomes of each ticket's cycles, under each side."""
        given = (*self.shared, *inputs)
        return [by_ticket(replay(given, side, self.until)) for side in self.sides]


# One in each process, set by `prepare` before any shelf is read.
_prepared: list[_Prepared] = []


def prepare(documents: Documents, published: date, until: datetime, shared: tuple[Given, ...]) -> None:
    """Load the documents, once in each process."""
    _prepared[:] = [_Prepared(documents.loaded(published), until, shared)]


def replay_shelf(shelf: Shelf) -> Counted:
    """Count what becomes of the tickets of one shelf, by the very rules of `slaclock replay`."""
    inputs, counted = taken(shelf), Counted()
    lives = _prepared[0].lives(inputs)
    for tallies, tickets in zip(counted.sides, lives, strict=False):
        for cycles in tickets.values():
            count(tallies, cycles.values())
    events = (each for each in inputs if isinstance(each, TicketEvent))
    counted.tickets = len({(each.account, each.ticket_id, each.subject) for each in events})
    if len(lives) == 2:
        counted.changes = changes(old=lives[1], new=lives[0])
    return counted
