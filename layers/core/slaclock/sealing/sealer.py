"""The daily seal: the rows that a day brought, and the tickets' heads, under one signed root.

Days are sealed one after the other, the oldest first, and each seal names the one before it. What turns up on
a day that is sealed (a clock was slow, an index lagged) is late: it goes into the next seal, as such. And
the days of the last week are held against their seals. Nothing is chained on to a seal that does not hold: it
takes a person to have it passed over; the next one says so, and stands in its place (`evidence/passing.py`).
"""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise
from tempfile import TemporaryFile
from typing import IO, Any

from slaclock.evidence.matching import Leaf
from slaclock.evidence.merkle import Tree
from slaclock.evidence.seal import Count, days_from, head_leaf, leaf_bytes, row_leaf, seal_document
from slaclock.sealing.leaves import seal_of
from slaclock.sealing.looking_back import LookBack
from slaclock.seals import Sealed, Seals, SealUnreadable
from slaclock.signing import Signer
from slaclock.store.contract import DayBook

# After midnight; by then all of the day is written, and its indexes know of it.
SETTLED = timedelta(minutes=15)
MOST_DAYS = 31  # that are sealed in a run; the next one goes on
LASTS = 600.0  # seconds; no day is begun after them
_DAY = timedelta(days=1)


class NotSealable(ValueError):
    """What is asked for can't be: a day is not over, or lies before one that is sealed; a seal holds."""


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

    def run(self, lasts: float = LASTS, past: date | None = None) -> Ran:
        """Seal every day that is over and has no seal, from the last sealed one on; of none, yesterday.

        `SealUnreadable` where the last one can't be read, or was not signed here. `past` passes over it: all
        seals from that day on, none of which may hold.
        """
        days, over = self._days()
        first = days[-1] + _DAY if days else over
        asked = [first + n * _DAY for n in range((over - first).days + 1)]
        return self._run(days, asked, first, lasts, past)

    def run_day(self, day: date, past: date | None = None) -> Ran:
        """Seal that day. Days before it without a seal get none any more: its seal says so.

        `NotSealable` where it is not over yet, or lies before the last sealed one; nothing where it is that.
        """
        days, over = self._days()
        if day > over:
            raise NotSealable(f"{day} can be sealed from {day + _DAY} 00:{SETTLED.seconds // 60} UTC on")
        if days and day < days[-1] and day not in days:
            raise NotSealable(f"{day} lies before {days[-1]}, which is sealed: its rows came late")
        asked = [] if day in days else [day]
        return self._run([each for each in days if each < day], asked, day, LASTS, past)

    def _days(self) -> tuple[list[date], date]:
        """The days that are sealed, and the last one that can be."""
        over = (self.now().astimezone(UTC) - SETTLED).date() - _DAY
        return [day for day in self.seals.days() if day <= over], over

    def _run(
        self, days: Sequence[date], asked: Sequence[date], first: date, lasts: float, past: date | None
    ) -> Ran:
        began, sealed = self.elapsed(), list[Mapping[str, Any]]()
        rejected = self._rejected(days, asked, past) if past else []
        look_back = LookBack(self.book, self.seals, set(days), first, rejected)
        late, left = look_back.late_leaves(), len(asked)
        kept = days[: len(days) - len(rejected)]
        previous = self._trusted(kept[-1]) if kept and asked else None
        for day in asked[:MOST_DAYS]:
            if self.elapsed() - began > lasts:
                break
            previous = self._seal(day, previous, late, [] if sealed else rejected)
            sealed.append(previous.seal)
            left -= 1
        for _ in late:  # those that no seal was made for wait for the next one
            pass
        done = [*kept, *asked[: len(sealed)]]
        return Ran(sealed, look_back.late, look_back.mismatches, left, done[-1] if done else None)

    def _rejected(self, days: Sequence[date], asked: Sequence[date], past: date) -> list[date]:
        """The days whose seals are passed over, from one on; `NotSealable` where one of those holds."""
        found = [day for day in days if day >= past]
        if not found or not asked:
            what = f"no seal is of {past} or later" if asked else f"no day after {days[-1]} is over"
            raise NotSealable(f"{what}: nothing can be passed over")
        for day in found:
            try:
                self._trusted(day)
            except SealUnreadable:
                continue
            raise NotSealable(f"the seal of {day} holds: it can't be passed over")
        return found

    def _trusted(self, day: date) -> Sealed:
        """The seal of a day as one to chain on to: it was signed here as it is."""
        sealed = seal_of(self.seals, day)
        if not self.signer.signed(sealed):
            raise SealUnreadable(f"the seal of {day} is not signed, as it is, by a key of this stack")
        return sealed

    def _seal(
        self, day: date, previous: Sealed | None, late: Iterator[Leaf], rejected: Sequence[date]
    ) -> Sealed:
        days = [*(days_from(rejected[0], rejected[-1]) if rejected else ()), day]
        heads = chain.from_iterable(map(self.book.touched, days))
        with TemporaryFile() as file:
            count = _write(file, map(row_leaf, self.book.recorded(day)), late, heads)
            version = self.seals.keep_leaves(day, file)
        key, before = self.signer.key, previous.seal if previous else None
        seal = seal_document(self.stack, day, self.now(), count, before, key, rejected)
        sealed = Sealed(seal, self.signer.sign(seal), key.pem, version)
        # Another run may have been as quick: what it kept is the seal.
        return sealed if self.seals.keep(sealed) else self._trusted(day)


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
