"""What was read of a history, put on shelves of whole tickets, so that memory need not hold it all.

Whoever reads a part writes what it says to a file of its own, each ticket on its shelf. Which ticket is on
which shelf depends on the history alone.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING
from zlib import crc32

from slaclock.cli.history import inputs
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import subject_key
from slaclock.domain.replay import arrived_at, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from slaclock.cli.history import History, Part
    from slaclock.domain.inputs import Given

MOST_SHELVES = 256


@dataclass(frozen=True, slots=True)
class Shelved:
    """A part that was read: where in its file each shelf ends, the events in it, and its inputs' first time.

    `shared` are the inputs that are for every ticket.
    """

    ends: tuple[int, ...]
    events: int
    first: datetime | None
    shared: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Whole tickets: of the file of each part, from where to where."""

    folder: Path
    pieces: tuple[tuple[int, int, int], ...]


def how_many(history: History) -> int:
    """As many shelves as there are parts, up to a point."""
    return min(history.parts, MOST_SHELVES)


def shelve(part: Part) -> Shelved:
    """Check and read a part, and write each ticket's inputs to its shelf, in the order of the lines.

    `InvalidLine` names the first line that is wrong by its number in the whole history.
    """
    shelves: list[list[Given]] = [[] for _ in range(how_many(part.history))]
    shared: list[Given] = []
    first: datetime | None = None
    events = 0
    for given in inputs(part):
        first = min(first or given.position[0], given.position[0])
        events += isinstance(given, TicketEvent)
        if isinstance(given, Exclusion):
            shared.append(given)
        else:
            shelves[crc32(_subject(given).encode()) % len(shelves)].append(given)
    pieces = [pickle.dumps(each) for each in shelves]
    (part.history.folder / str(part.number)).write_bytes(b"".join(pieces))
    return Shelved(tuple(accumulate(map(len, pieces))), events, first, tuple(shared))


def shelves(history: History, read: Sequence[Shelved]) -> Iterator[Shelf]:
    """What is to be found where, once every part was read."""
    for number in range(how_many(history)):
        ends = [(0, *each.ends)[number : number + 2] for each in read]
        yield Shelf(history.folder, tuple((part, begin, end) for part, (begin, end) in enumerate(ends)))


def taken(shelf: Shelf) -> list[Given]:
    """The inputs on a shelf, in the order of the lines."""
    found: list[Given] = []
    for number, begin, end in shelf.pieces:
        with (shelf.folder / str(number)).open("rb") as file:
            file.seek(begin)
            found += pickle.loads(file.read(end - begin))  # noqa: S301  (we wrote it, for nobody else)
    return found


def last(given: Iterable[Given]) -> datetime | None:
    """The time of the last input; of two with the same id the first to arrive counts (rule 28)."""
    return max((each.position[0] for each in once(sorted(given, key=arrived_at))), default=None)


def _subject(given: Given) -> str:
    return subject_key(given.subject, given.account, given.ticket_id)
