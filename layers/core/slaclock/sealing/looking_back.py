"""The days before those that are sealed, held against their seals."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from slaclock.evidence.matching import Leaf, differences
from slaclock.evidence.passing import Passed
from slaclock.evidence.seal import days_from, late_leaf, row_leaf
from slaclock.sealing.leaves import leaves_of_kind, row_of_late, seal_of
from slaclock.seals import Seals, SealUnreadable
from slaclock.store.contract import DayBook

LOOKED_BACK = 7  # days
MOST_LOGGED = 20  # rows that do not agree; the others are counted
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class LookBack:
    """The week before a day, held against its seals: what came late, and what does not agree.

    Where that day's seal passes over others, their days are looked at as well, whatever their age, and the
    week before them: what was late in those seals is in none that counts.
    """

    book: DayBook
    seals: Seals
    sealed: set[date]
    before: date
    rejected: Sequence[date] = ()  # whose seals the next one passes over, from the first to the last
    late: int = 0
    mismatches: int = 0
    _passed: Passed = field(default_factory=Passed)
    _kept: dict[date, dict[str, Leaf]] = field(default_factory=dict)

    def late_leaves(self) -> Iterator[Leaf]:
        """Yield a leaf for each row that is in no seal yet, by its day; they are counted as they come."""
        days = self._days()
        self._kept = {day: {} for day in days}
        for day in reversed(days):
            if self._passed.by(day):
                self._mismatch(f"the seal of {day} does not hold, and is passed over")
            elif day in self.sealed:
                self._keep_late(day)
        for day in days:
            try:
                yield from self._late_of(day)
            except SealUnreadable as error:
                self._mismatch(str(error))

    def _days(self) -> list[date]:
        week = LOOKED_BACK * _DAY
        days = set(days_from(self.before - week, self.before - _DAY))
        if self.rejected:
            first, last = self.rejected[0], self.rejected[-1]
            span = [first.isoformat(), last.isoformat()]
            self._passed.note({"day": self.before.isoformat(), "rejected": [span]})
            days.update(days_from(first - week, last))
        return sorted(days)

    def _late_of(self, day: date) -> Iterator[Leaf]:
        leaves = (
            leaves_of_kind("row", self.seals, seal_of(self.seals, day))
            if day in self.sealed and not self._passed.by(day)
            else None
        )
        rows = map(row_leaf, self.book.recorded(day))
        for what, leaf in differences(rows, leaves, self._kept[day]):
            if what == "new":
                self.late += 1
                yield late_leaf(leaf, day)
            elif what != "late":
                self._mismatch(f"a row of {day} was {what} after it was sealed: {leaf['id']}", leaf["id"])

    def _keep_late(self, day: date) -> None:
        """Remember the late rows that a day's seal has of the days looked at, and whom it passes over."""
        try:
            sealed = seal_of(self.seals, day)
            self._passed.note(sealed.seal)
            if sealed.seal["late"]:
                for leaf in leaves_of_kind("late", self.seals, sealed):
                    own, of = row_of_late(leaf)
                    if of in self._kept:
                        self._kept[of][own["id"]] = own
        except SealUnreadable as error:
            self._mismatch(str(error))

    def _mismatch(self, what: str, fact_id: str | None = None) -> None:
        self.mismatches += 1
        if self.mismatches <= MOST_LOGGED:
            _log.error(what, extra={"fact_id": fact_id} if fact_id else None)
