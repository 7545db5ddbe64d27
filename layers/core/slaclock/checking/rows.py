"""A day's rows, held against the leaves of its seal."""

from collections.abc import Iterable, Iterator, Mapping
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

    def remember(self, leaf: Leaf) -> None:
        """Note a leaf of a later seal, if it is of a late row."""
        if leaf["kind"] == "late":
            own, day = row_of_late(leaf)
            self._late.setdefault(day, {})[own["id"]] = own

    def check(self, day: date, leaves: Iterable[Leaf] | None) -> Iterator[Finding]:
        """What is to be said of a day's rows, by its seal's leaves of rows, or None where it has no seal."""
        wrong: list[str] = []  # of rows; what holds is not held in memory
        store, ends = self.records.store, self.records.ends
        rows = (row_leaf(row) for row in store.recorded(day) if self._linked(row, wrong))
        # Of a row on a day that has no seal nobody can say when it came.
        sure, ended = leaves is not None, 0
        for what, leaf in differences(rows, leaves, self._late.get(day, {})):
            if what == "removed" and ends.row(split_id(leaf["id"])[0], day):
                ended += 1
            elif what != "late":
                new = "added: a row" if sure else "a row"
                named = f"{new} that is in no seal" if what == "new" else f"{what}: a row that was sealed"
                yield Finding(day, f"{named}, {leaf['id']}", fault=sure or what != "new")
        for row in wrong:
            yield Finding(day, f"a row that its ticket's record does not tell, {row}")
        if ended:
            yield Finding(day, f"ended: of {ended} rows that were sealed the retention is over", fault=False)

    def _linked(self, row: Mapping[str, Any], wrong: list[str]) -> bool:
        """Note a row that its ticket's record does not tell; True, so that it is looked at whatever it is."""
        if self.chained and not self.records.tell(row):
            wrong.append(row["id"])
        return True
