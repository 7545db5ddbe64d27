"""The work of `slaclock simulate`: a history told again under one or two sets of documents, and counted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from slaclock.cli.history import opened, parts
from slaclock.cli.replay import read_inputs
from slaclock.cli.shelves import last, shelve, shelves
from slaclock.cli.simulate_shelf import Counted, last_of, prepare, replay_shelf
from slaclock.cli.workers import Workers
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant
from slaclock.simulation.comparing import Pair, paired
from slaclock.simulation.counting import Promise, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from slaclock.cli.history import History
    from slaclock.cli.progress import Progress
    from slaclock.cli.shelves import Shelf
    from slaclock.cli.simulate_shelf import Documents
    from slaclock.domain.choosing import Agreements
    from slaclock.domain.inputs import Given


@dataclass(frozen=True, slots=True)
class Simulation:
    """The answer: `promises` has every target of each side's documents, and `kinds` each agreement's kind."""

    counted: Counted
    until: datetime
    promises: list[list[Promise]]
    kinds: list[dict[str, str]]

    @property
    def compared(self) -> bool:
        """Whether there are two sides."""
        return len(self.promises) == 2

    def pairs(self) -> list[Pair]:
        """Each promise, beside the old one whose place it takes."""
        if not self.compared:
            return [(promise, None) for promise in self.promises[0]]
        return paired(self.promises[0], self.promises[1], self.kinds[0], self.kinds[1])

    def tally(self, side: int, promise: Promise | None) -> Tally:
        """What a promise of one side comes to; nothing where it never ran."""
        return self.counted.sides[side].get(promise, Tally()) if promise else Tally()


def simulate(
    name: str, folder: Path, documents: Documents, until: datetime | None, jobs: int, progress: Progress
) -> Simulation:
    """Tell the history again under each side, up to and including `until` (the last input).

    The answer is the same however many `jobs` share the work. `folder` is for what has been read.
    """
    history = opened(name, folder)
    _check_early(history, documents)
    jobs = min(jobs, history.parts)
    readers = Workers(jobs)
    read = list(progress.through(readers.each(shelve, parts(history)), "reading", history.parts))
    if not any(each.events for each in read):
        raise SlaError(f"{history.name} holds no event of a ticket")
    first = min(each.first for each in read if each.first)
    if until and until < first:
        said = f"nothing happened before {format_instant(first)}, the first event"
        raise SlaError(f"--until {format_instant(until)}: {said}")
    published = first.date()
    shared = tuple(given for each in read for given in each.shared)
    shelved = list(shelves(history, read))
    until = until or _last(readers, shelved, shared, progress)
    sides = documents.loaded(published)
    replayers = Workers(jobs, prepare, (documents, published, until, shared))
    total = Counted()
    for each in progress.through(replayers.each(replay_shelf, shelved), "replaying", len(shelved)):
        total.merge(each)
    total.changes.sort(key=lambda change: change.order)
    return Simulation(total, until, [_promises(side) for side in sides], [_kinds(side) for side in sides])


def _check_early(history: History, documents: Documents) -> None:
    """Say what is wrong with a document before a million lines are read; the day is decided only after."""
    with history.path.open("rb") as file:
        for given in read_inputs(islice(file, 1), history.name):
            documents.loaded(given.position[0].date())


def _last(
    readers: Workers, shelved: Sequence[Shelf], shared: Sequence[Given], progress: Progress
) -> datetime:
    times = progress.through(readers.each(last_of, shelved), "finding the end", len(shelved))
    return max(time for time in (*times, last(shared)) if time)


def _promises(side: Agreements) -> list[Promise]:
    return [
        Promise(agreement.id, target.name, target.metric)
        for agreement in side.versions
        for target in agreement.targets.values()
    ]


def _kinds(side: Agreements) -> dict[str, str]:
    return {agreement.id: agreement.kind for agreement in side.versions}
