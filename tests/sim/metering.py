"""What a region is asked: every call by function and operation, and the units that DynamoDB charges for.

The rules are those of its developer guide (capacity of reads and writes, and of global secondary indexes). A
write is charged by the larger of the item before and after, a KB to the unit, twice in a transaction, and
also where its condition fails. An index is charged by what it shows of the item: for an entry that is new,
changed or gone, and twice where its key changed, since it then is put in at one place and taken out at
another. A read is charged 4 KB to the unit, half where it may be stale: by the item, or a query's or scan's
whole page as it is before its filter. What is kept is charged by its bytes and a hundred for each item, and
for each entry of an index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.sim.dynamo.tables import Index, Table
from tests.sim.dynamo.values import Item, size_of

if TYPE_CHECKING:
    from tests.sim.dynamodb import DynamoDouble

WRITE_UNIT, READ_UNIT, OVERHEAD = 1024, 4096, 100  # bytes
_ALONE = ("PutItem", "DeleteItem", "UpdateItem")
Asked = Mapping[str, Any]
Written = tuple[Table, tuple[str, str], Item | None]  # an item that a call writes, as it was before


@dataclass
class Spent:
    """What some work came to: calls by function and operation; units by table, or table and index."""

    calls: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    items: int = 0  # that were looked at
    read_by: Counter[str] = field(default_factory=Counter)  # read units by function, in halves as well

    def __sub__(self, before: Spent) -> Spent:
        counts = (self.calls - before.calls, self.writes - before.writes, self.reads - before.reads)
        return Spent(*counts, self.items - before.items, self.read_by - before.read_by)

    def __add__(self, other: Spent) -> Spent:
        counts = (self.calls + other.calls, self.writes + other.writes, self.reads + other.reads)
        return Spent(*counts, self.items + other.items, self.read_by + other.read_by)

    def copy(self) -> Spent:
        """As it stands now."""
        counts = (self.calls.copy(), self.writes.copy(), self.reads.copy())
        return Spent(*counts, self.items, self.read_by.copy())

    @property
    def write_units(self) -> int:
        return self.writes.total()

    def called(self, operation: str) -> int:
        """How often something was asked, by whatever function; `Schedule` means both that make and delete."""
        return sum(count for name, count in self.calls.items() if name.endswith(operation))


@dataclass
class Meter:
    """Counts what a double of DynamoDB is asked; what else is asked is told to `call`."""

    double: DynamoDouble
    spent: Spent = field(default_factory=Spent)
    # Write units by table or index, and by the key of the partition that they go to.
    hot: Counter[tuple[str, str]] = field(default_factory=Counter)

    def stored(self, subject: str) -> int:
        """The bytes charged for what is kept of a subject, each item's again for each index that has it."""
        tables = (self.double.tables[name] for name in ("Tickets", "Ledger"))
        return sum(
            size_of(index.image(item)) + OVERHEAD
            for table in tables
            for key, item in table.items.items()
            for index in (table.primary, *table.indexes.values())
            if key[0] == subject and index.place(key, item)
        )

    def call(self, function: str, operation: str) -> None:
        """A function asked something of AWS."""
        self.spent.calls[f"{function} {operation}"] += 1

    def dynamo(self, operation: str, asked: Asked) -> dict[str, Any]:
        """Have the double carry an operation out, and count its units."""
        written = list(self._written(operation, asked))
        try:
            answer = self.double.call(operation, asked)
        except ClientError:
            self._charge(written, transacted=operation == "TransactWriteItems")
            raise
        self._charge(written, transacted=operation == "TransactWriteItems")
        self._read(operation, asked, answer)
        return answer

    def _written(self, operation: str, asked: Asked) -> Iterator[Written]:
        actions = asked["TransactItems"] if operation == "TransactWriteItems" else ()
        alone = [asked] if operation in _ALONE else []
        for each in (*alone, *(about for action in actions for about in action.values())):
            table = self.double.tables[each["TableName"]]
            key = table.key_of(each["Item"] if "Item" in each else each["Key"])
            yield table, key, table.items.get(key)

    def _charge(self, written: list[Written], *, transacted: bool) -> None:
        for table, key, old in written:
            new = table.items.get(key)
            largest = max(size_of(item) if item else 0 for item in (old, new))
            self._write(table.name, key[0], (2 if transacted else 1) * units(largest, WRITE_UNIT))
            for index in table.indexes.values():
                for partition, count in index_units(index, key, old, new):
                    self._write(f"{table.name}.{index.name}", partition, count)

    def _write(self, name: str, partition: str, count: int) -> None:
        self.spent.writes[name] += count
        self.hot[name, partition] += count

    def _read(self, operation: str, asked: Asked, answer: dict[str, Any]) -> None:
        if operation in ("Query", "Scan"):
            table = self.double.tables[asked["TableName"]]
            name = f"{table.name}.{asked['IndexName']}" if "IndexName" in asked else table.name
            size = units(self.double.queries.looked_at, READ_UNIT)
            self._units(name, size, answer["ScannedCount"], asked)
        for name, some, wanted in _by_key(operation, asked, answer):
            absent = len(wanted.get("Keys", [0])) - len(some)
            sizes = [*map(size_of, some), *[0] * absent]
            self._units(name, sum(units(size, READ_UNIT) for size in sizes), len(some), wanted)

    def _units(self, name: str, whole: int, items: int, asked: Asked) -> None:
        """Read units, in halves, so that they can be counted."""
        self.spent.reads[name] += whole * (2 if asked.get("ConsistentRead") else 1)
        self.spent.items += items


def _by_key(operation: str, asked: Asked, answer: Asked) -> Iterator[tuple[str, list[Item], Asked]]:
    """The items that were read by their keys: of each table, with what was asked of it."""
    if operation == "GetItem":
        yield asked["TableName"], [answer["Item"]] if "Item" in answer else [], asked
    if operation == "BatchGetItem":
        for name, wanted in asked["RequestItems"].items():
            yield name, answer["Responses"].get(name, []), wanted


def index_units(
    index: Index, key: tuple[str, str], old: Item | None, new: Item | None
) -> list[tuple[str, int]]:
    """What partitions of an index are charged for a change of an item."""
    entries = [_entry(index, key, item) for item in (old, new)]
    if entries[0] == entries[1]:
        return []
    stood, stands = entries
    if stood and stands and stood[0] == stands[0]:
        return [(stands[0][0], max(stood[1], stands[1]))]
    return [(place[0], count) for place, count, _ in filter(None, entries)]


def _entry(index: Index, key: tuple[str, str], item: Item | None) -> tuple[Any, int, Item] | None:
    """Where an index has an item, its units, and what it shows of it; None where it has it not."""
    place = index.place(key, item) if item else None
    if item is None or place is None:
        return None
    image = index.image(item)
    return place, units(size_of(image), WRITE_UNIT), image


def units(size: int, unit: int) -> int:
    """Bytes in units; begun ones count, and there is always one."""
    return max(1, -(-size // unit))
