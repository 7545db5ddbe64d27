"""The daily seal: the rows that a day brought, and the tickets' heads, under one signed root.

Days are sealed one after the other, the oldest first, and each seal names the one before it. What turns up on
a day that is sealed (a clock was slow, an index lagged) is late: it goes into the next seal, as such. And
the days of the last week are held against their seals.
"""

import gzip
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from tempfile import TemporaryFile
from typing import IO, Any

from slaclock.evidence.matching import Leaf, differences
from slaclock.evidence.merkle import Tree
from slaclock.evidence.seal import Count, head_leaf, late_leaf, leaf_bytes, row_leaf, seal_document
from slaclock.seals import Sealed, Seals, SealUnreadable, Signer
from slaclock.store.contract import DayBook

SETTLED = timedelta(
    minutes=15
)  # after midnight; by then all of the day is written, and its indexes know of it
LOOKED_BACK = 7  # days
MOST_DAYS = 31  # that are sealed in a run; the next one goes on
LASTS = 600.0  # seconds; no day is begun after them
MOST_LOGGED = 20  # rows that do not agree; the others are counted
_DAY = timedelta(days=1)
_NAMED = {"row": "id", "late": "id", "head": "ticket"}  # what a leaf of each kind is of
_log = logging.getLogger(__name__)


class NotSealable(ValueError):
    """A day that can't be sealed: it is not over, or lies before one that is sealed."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did: the seals it made, rows that came late, how much does not agree, and days it left.

    `last` is the last day that is sealed now; None where none is.
    """

    sealed: Sequence[Mapping[str, Any]]
    late: int
    mismatches: int
    left: int
    last: date | None = None


@dataclass(slots=True)
class Sealer:
    """Seals days. Only what is over is sealed, and what is sealed stays as it is."""

    book: DayBook
    seals: Seals
    signer: Signer
    stack: str
    now: Callable[[], datetime]
    elapsed: Callable[[], float]

    def run(self, lasts: float = LASTS) -> Ran:
        """Seal every day that is over and has no seal, from the last sealed one on; of none, yesterday."""
        days, over = self._days()
        first = days[-1] + _DAY if days else over
        return self._run(days, [first + n * _DAY for n in range((over - first).days + 1)], first, lasts)

    def run_day(self, day: date) -> Ran:
        """Seal that day. Days before it without a seal get none any more: its seal says so.

        `NotSealable` where it is not over yet, or lies before the last sealed one; nothing where it is that.
        """
        days, over = self._days()
        if day > over:
            raise NotSealable(f"{day} can be sealed from {day + _DAY} 00:{SETTLED.seconds // 60} UTC on")
        if days and day < days[-1] and day not in days:
            raise NotSealable(f"{day} lies before {days[-1]}, which is sealed: its rows came late")
        return self._run([each for each in days if each < day], [] if day in days else [day], day, LASTS)

    def _days(self) -> tuple[list[date], date]:
        """The days that are sealed, and the last one that can be."""
        over = (self.now().astimezone(UTC) - SETTLED).date() - _DAY
        return [day for day in self.seals.days() if day <= over], over

    def _run(self, days: Sequence[date], asked: Sequence[date], first: date, lasts: float) -> Ran:
        began, sealed = self.elapsed(), list[Mapping[str, Any]]()
        look_back = _LookBack(self.book, self.seals, set(days), first)
        late, left = look_back.late_leaves(), len(asked)
        previous = seal_of(self.seals, days[-1]) if days else None
        for day in asked[:MOST_DAYS]:
            if self.elapsed() - began > lasts:
                break
            previous = self._seal(day, previous, late)
            sealed.append(previous.seal)
            left -= 1
        for _ in late:  # those that no seal was made for wait for the next one
            pass
        last = previous.day if previous else None
        return Ran(sealed, look_back.late, look_back.mismatches, left, last)

    def _seal(self, day: date, previous: Sealed | None, late: Iterator[Leaf]) -> Sealed:
        with TemporaryFile() as file:
            count = _write(file, map(row_leaf, self.book.recorded(day)), late, self.book.touched(day))
            version = self.seals.keep_leaves(day, file)
        key = self.signer.key
        seal = seal_document(self.stack, day, self.now(), count, previous.seal if previous else None, key)
        sealed = Sealed(seal, self.signer.sign(seal), key.pem, version)
        # Another run may have been as quick: what it kept is the seal.
        return sealed if self.seals.keep(sealed) else seal_of(self.seals, day)


def _write(
    file: IO[bytes], rows: Iterator[Leaf], late: Iterator[Leaf], heads: Iterator[tuple[str, int, str]]
) -> Count:
    """Write a day's leaves, compressed, and hash them; none is held once it is written."""
    tree, sizes = Tree(), [0]
    # Without a name and a time in it, the same leaves are the same file.
    with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as lines:
        for leaves in (rows, late, (head_leaf(*each) for each in heads)):
            for leaf in leaves:
                text = leaf_bytes(leaf)
                tree.append(text)
                lines.write(text + b"\n")
            sizes.append(tree.size)
    counts = [end - start for start, end in pairwise(sizes)]
    return Count(counts[0], counts[1], counts[2], "sha256:" + tree.root().hex())


@dataclass(slots=True)
class _LookBack:
    """The days before one, held against their seals: what came late, and what does not agree."""

    book: DayBook
    seals: Seals
    sealed: set[date]
    before: date
    late: int = 0
    mismatches: int = 0
    _kept: dict[date, dict[str, Leaf]] = field(default_factory=dict)

    def late_leaves(self) -> Iterator[Leaf]:
        """Yield a leaf for each row that is in no seal yet, by its day; they are counted as they come."""
        days = [self.before - n * _DAY for n in range(LOOKED_BACK, 0, -1)]
        for day in days:
            if day in self.sealed:
                self._keep_late(day)
        for day in days:
            try:
                yield from self._late_of(day)
            except SealUnreadable as error:
                self._mismatch(str(error))

    def _late_of(self, day: date) -> Iterator[Leaf]:
        leaves = _kind("row", self.seals, day) if day in self.sealed else None
        rows = map(row_leaf, self.book.recorded(day))
        for what, leaf in differences(rows, leaves, self._kept.get(day, {})):
            if what == "new":
                self.late += 1
                yield late_leaf(leaf, day)
            elif what != "late":
                self._mismatch(f"a row of {day} was {what} after it was sealed: {leaf['id']}")

    def _keep_late(self, day: date) -> None:
        """Remember the late rows that a day's seal has, by the day that they are of."""
        try:
            if seal_of(self.seals, day).seal["late"]:
                for leaf in _kind("late", self.seals, day):
                    own, of = row_of_late(leaf)
                    self._kept.setdefault(of, {})[own["id"]] = own
        except SealUnreadable as error:
            self._mismatch(str(error))

    def _mismatch(self, what: str) -> None:
        self.mismatches += 1
        if self.mismatches <= MOST_LOGGED:
            _log.error(what)


def _kind(kind: str, seals: Seals, day: date) -> Iterator[Leaf]:
    """The leaves of one kind that a day's seal has; all are read, so that their root is known to hold."""
    return (leaf for leaf in leaves_of(seals, seal_of(seals, day)) if leaf["kind"] == kind)


def seal_of(seals: Seals, day: date) -> Sealed:
    """The seal of a day that has one; `SealUnreadable` where it can't be read, or is gone."""
    found = seals.read(day)
    if found is None:
        raise SealUnreadable(f"the seal of {day} is gone")
    return found


def leaves_of(seals: Seals, sealed: Sealed) -> Iterator[Leaf]:
    """Yield the leaves of a seal as documents; `SealUnreadable` after the last one where its root is another.

    Whoever stops before the end has no such assurance.
    """
    tree = Tree()
    for line in seals.leaves(sealed):
        tree.append(line)
        yield _leaf(line, sealed.day)
    if sealed.seal["root"] != "sha256:" + tree.root().hex():
        raise SealUnreadable(f"the leaves of {sealed.day} are not those that its seal is of")


def _leaf(line: bytes, day: date) -> Leaf:
    try:
        leaf: Leaf = json.loads(line)
        _ = leaf[_NAMED[leaf["kind"]]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SealUnreadable(f"a leaf of {day} can't be read: {error}") from error
    return leaf


def row_of_late(leaf: Leaf) -> tuple[Leaf, date]:
    """The leaf that a late row would have had on its day, and that day."""
    own = {name: value for name, value in leaf.items() if name != "day"} | {"kind": "row"}
    return own, date.fromisoformat(leaf["day"])
