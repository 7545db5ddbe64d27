"""The daily seal: the rows that a day brought, and the tickets' heads, under one signed root.

Days are sealed one after the other, the oldest first, and each seal names the one before it. What turns up on
a day that is sealed (a clock was slow, an index lagged) is late: it goes into the next seal, as such. And
the days of the last week are held against their seals.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from tempfile import TemporaryFile
from typing import IO, Any

from slaclock.evidence.matching import Leaf
from slaclock.evidence.merkle import Tree
from slaclock.evidence.seal import Count, head_leaf, leaf_bytes, row_leaf, seal_document
from slaclock.sealing.leaves import seal_of
from slaclock.sealing.looking_back import LookBack
from slaclock.seals import Sealed, Seals, Signer
from slaclock.store.contract import DayBook

SETTLED = timedelta(
    minutes=15
)  # after midnight; by then all of the day is written, and its indexes know of it
MOST_DAYS = 31  # that are sealed in a run; the next one goes on
LASTS = 600.0  # seconds; no day is begun after them
_DAY = timedelta(days=1)


class NotSealable(ValueError):
    """A day that can't be sealed: it is not over, or lies before one that is sealed."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did: the seals it made, rows that came late, how much does not agree, and days it left."""

    sealed: Sequence[Mapping[str, Any]]
    late: int
    mismatches: int
    left: int


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
        look_back = LookBack(self.book, self.seals, set(days), first)
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
        return Ran(sealed, look_back.late, look_back.mismatches, left)

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
