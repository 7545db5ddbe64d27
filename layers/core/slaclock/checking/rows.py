"""A day's rows, held against the leaves of its seal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from slaclock.checking.findings import Finding
from slaclock.checking.records import Records
from slaclock.domain.facts import split_id
from slaclock.evidence.matching import Leaf, differences
from slaclock.evidence.seal import row_leaf
from slaclock.sealing.leaves import row_of_late


@dataclass(slots=True)
class Rows:
    """Compares rows with leaves; with `chained` also with the records of their tickets."""

    records: Records
    chained: bool
    _late: dict[date, dict[str, Leaf]] = field(default_factory=dict)

    def remember(self, leaf: Leaf, first: date, last: date) -> None:
        """Note a leaf of a late row, of a later seal, where it is of one of these days."""
        own, day = row_of_late(leaf)
        if first <= day <= last:
            self._late.setdefault(day, {})[own["id"]] = own

    def check(self, day: date, leaves: Iterable[Leaf] | None) -> Iterator[Finding]:
        """What is to be said of a day's rows, by its seal's leaves of rows, or None where it has no seal.

        Of a seal that was passed over none counts: its rows are the late ones of another.

        A row may have been out of its place when it was sealed: then its leaf agrees, and it is told apart.
        """
        untold: list[str] = []  # of rows; what holds is not held in memory
        misplaced: dict[str, Sequence[str]] = {}
        # Of a row on a day that has no seal nobody can say when it came.
        sure, ended = leaves is not None, 0
        rows = map(row_leaf, self._looked_at(day, untold, misplaced))
        for what, leaf in differences(rows, leaves, self._late.get(day, {})):
            if what == "removed" and self.records.ends.row(split_id(leaf["id"])[0], day):
                ended += 1
            elif what != "late":
                new = "added: a row" if sure else "a row"
                named = f"{new} that is in no seal" if what == "new" else f"{what}: a row that was sealed"
                fault = sure or what != "new"
                yield Finding(day, f"{named}, {leaf['id']}", fault=fault)
                if fault:
                    misplaced.pop(leaf["id"], None)
        for row in untold:
            yield Finding(day, f"a row that its ticket's record does not tell, {row}")
        for row, places in misplaced.items():
            yield Finding(day, f"misplaced: a row that queries don't find by {', '.join(places)}, {row}")
        if ended:
            yield Finding(day, f"ended: of {ended} rows that were sealed the retention is over", fault=False)

    def _looked_at(
        self, day: date, untold: list[str], misplaced: dict[str, Sequence[str]]
    ) -> Iterator[Mapping[str, Any]]:
        """A day's rows; noted are those that their tickets' records do not tell, or out of their places."""
        for row in self.records.store.recorded(day):
            if self.chained and not self.records.tell(row):
                untold.append(row["id"])
            if "misplaced" in row:
                misplaced[row["id"]] = row["misplaced"]
            yield row
