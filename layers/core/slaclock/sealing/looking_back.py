"""The days before those that are sealed, held against their seals."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from slaclock.evidence.matching import Leaf, differences
from slaclock.evidence.seal import is_within, late_leaf, row_leaf
from slaclock.sealing.leaves import leaves_of_kind, row_of_late, seal_of
from slaclock.seals import Seals, SealUnreadable
from slaclock.store.contract import DayBook

LOOKED_BACK = 7  # days
MOST_LOGGED = 20  # rows that do not agree; the others are counted
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class LookBack:
    """The days before one, held against their seals: what came late, and what does not agree."""

    book: DayBook
    seals: Seals
    sealed: set[date]
    before: date
    passed: set[date] = field(default_factory=set)  # that have a seal which counts for none
    late: int = 0
    mismatches: int = 0
    _kept: dict[date, dict[str, Leaf]] = field(default_factory=dict)

    def late_leaves(self) -> Iterator[Leaf]:
        """Yield a leaf for each row that is in no seal yet, by its day; they are counted as they come."""
        days = [self.before - n * _DAY for n in range(LOOKED_BACK, 0, -1)]
        for day in reversed(days):  # by each seal it is known which of those before it are passed over
            if day in self.passed:
                self._mismatch(f"the seal of {day} does not hold, and is passed over")
            elif day in self.sealed:
                self._keep_late(day, days)
        for day in days:
            try:
                yield from self._late_of(day)
            except SealUnreadable as error:
                self._mismatch(str(error))

    def _late_of(self, day: date) -> Iterator[Leaf]:
        leaves = (
            leaves_of_kind("row", self.seals, seal_of(self.seals, day))
            if day in self.sealed - self.passed
            else None
        )
        rows = map(row_leaf, self.book.recorded(day))
        for what, leaf in differences(rows, leaves, self._kept.get(day, {})):
            if what == "new":
                self.late += 1
                yield late_leaf(leaf, day)
            elif what != "late":
                self._mismatch(f"a row of {day} was {what} after it was sealed: {leaf['id']}")

    def _keep_late(self, day: date, days: Sequence[date]) -> None:
        """Remember the late rows that a day's seal has, by the day that they are of, and whom it rejects."""
        try:
            sealed = seal_of(self.seals, day)
            rejected = sealed.seal.get("rejected", ())
            self.passed.update(each for each in days if is_within(each, rejected))
            if sealed.seal["late"]:
                for leaf in leaves_of_kind("late", self.seals, sealed):
                    own, of = row_of_late(leaf)
                    self._kept.setdefault(of, {})[own["id"]] = own
        except SealUnreadable as error:
            self._mismatch(str(error))

    def _mismatch(self, what: str) -> None:
        self.mismatches += 1
        if self.mismatches <= MOST_LOGGED:
            _log.error(what)
