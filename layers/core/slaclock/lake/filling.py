"""Filling the lake: each sealed day's rows, by account, written once its seal is.

A file has the rows that a seal is of, as it is of them, and no others: `rows` those of the day itself, and
in the days before, where they were recorded, `late-DAY` those that were found too late for their own seal.
So all files together have each sealed row once. Where a seal was passed over, the rows of its days are in a
later one as well: whoever counts rows counts ids.
"""

import logging
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from slaclock.evidence.canonical import content_hash
from slaclock.evidence.columns import line_of
from slaclock.evidence.seal import row_leaf
from slaclock.lake.bucket import File, Lake
from slaclock.lake.splitting import split
from slaclock.sealing.leaves import leaves_of, seal_of
from slaclock.sealing.looking_back import LOOKED_BACK
from slaclock.seals import Sealed, Seals, SealUnreadable
from slaclock.store.contract import DayBook

LASTS = 60.0  # seconds; no day is begun after them
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a run did: how many days it wrote, and how many it left for the next one."""

    written: int
    left: int


@dataclass(frozen=True, slots=True)
class Filler:
    """Writes sealed days. A day counts as written by a note that comes last: what broke off is done again."""

    book: DayBook
    seals: Seals
    lake: Lake
    elapsed: Callable[[], float]

    def run(self, last: date, lasts: float = LASTS) -> Filled:
        """Write the sealed days of a week up to `last` that are not written yet.

        A day whose seal does not hold is left out; the checks of seals tell of it.
        """
        began, first, written = self.elapsed(), last - (LOOKED_BACK - 1) * _DAY, 0
        days = sorted({each for each in self.seals.days() if first <= each <= last} - self.lake.days(first))
        for number, day in enumerate(days):
            if self.elapsed() - began > lasts:
                return Filled(written, len(days) - number)
            try:
                self.write(day)
                written += 1
            except SealUnreadable as error:
                _log.error("%s is not in the lake: %s", day, error)
        return Filled(written, 0)

    def write(self, day: date) -> list[File]:
        """Write the files of a day's seal, over those that are there, then the note of them.

        `SealUnreadable` where there is no seal, or it does not hold: then nothing is written.
        """
        sealed = seal_of(self.seals, day)
        files = [
            self.lake.keep(
                account, recorded, "rows" if recorded == day else f"late-{day}", part.rows, part.file
            )
            for recorded, covered in sorted(self._covered(sealed).items())
            for account, part in split(map(line_of, self._rows(recorded, covered)))
        ]
        self.lake.finish(day, content_hash(sealed.seal), files)
        return files

    def _covered(self, sealed: Sealed) -> Mapping[date, "array[int]"]:
        """What rows a seal is of, by the day when they were recorded, as short hashes in order."""
        found = defaultdict[date, "array[int]"](lambda: array("Q"))
        for leaf in leaves_of(self.seals, sealed):
            if leaf["kind"] != "head":
                recorded = date.fromisoformat(leaf["day"]) if leaf["kind"] == "late" else sealed.day
                found[recorded].append(_short(leaf["row"]))
        return {recorded: array("Q", sorted(each)) for recorded, each in found.items()}

    def _rows(self, day: date, covered: "array[int]") -> Iterator[Mapping[str, object]]:
        """Yield the rows of a day that are covered, as they are now: one that was altered is not."""
        for row in self.book.recorded(day):
            short = _short(row_leaf(row)["row"])
            place = bisect_left(covered, short)
            if place < len(covered) and covered[place] == short:
                yield row


def _short(text: str) -> int:
    """Eight bytes of a hash: of a million rows, no two are alike by chance."""
    return int(text.removeprefix("sha256:")[:16], 16)
