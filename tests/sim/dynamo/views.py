"""What one read sees of a table."""

from bisect import insort
from collections.abc import Callable, Collection, Mapping
from typing import Any

from tests.sim.dynamo.changes import Key
from tests.sim.dynamo.scope import Scope
from tests.sim.dynamo.tables import Entry, Index, Table
from tests.sim.dynamo.tokens import parse_projection
from tests.sim.dynamo.values import Invalid, Item


class View:
    """A table as a read sees it: without its last changes, as many as are hidden from it."""

    def __init__(self, table: Table, hidden: int) -> None:
        self.table, self._before = table, table.before(hidden)

    def item(self, key: Key) -> Item | None:
        """An item as it is, or was; None where there is none."""
        return self._before[key] if key in self._before else self.table.items.get(key)

    def partitions(self) -> set[str]:
        """Every partition of the table."""
        return {pk for pk, _ in self.table.items} | {pk for pk, _ in self._before}

    def standing(self, index: Index, partition: str) -> Collection[Entry]:
        """The entries of a partition, in their order."""
        entries = index.entries.get(partition, [])
        if not self._before:
            return entries
        found = [entry for entry in entries if (entry[1], entry[2]) not in self._before]
        for key, item in self._before.items():
            place = index.place(key, item) if item else None
            if place and place[0] == partition:
                insort(found, place[1])
        return found


def projection(asked: Mapping[str, Any], scope: Scope, index: Index) -> Callable[[Item], Item]:
    """What a call wants of an item, as a copy that its caller may change."""
    expression = asked.get("ProjectionExpression")
    if expression is None:
        return lambda item: {name: dict(value) for name, value in item.items()}
    names = [scope.names[each] for each in parse_projection(expression)]
    if index.shown is not None and not index.shown.issuperset(names):
        raise Invalid(f"Global secondary index {index.name} does not project {names}")
    return lambda item: {name: dict(item[name]) for name in names if name in item}
