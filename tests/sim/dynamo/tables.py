"""A table with its indexes, and every change that was made to it."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.sim.dynamo.changes import Change, Key
from tests.sim.dynamo.values import Invalid, Item, Unfit, Value, size_of_text
from tests.sim.misuse import Misuse

_LONGEST = {"HASH": 2048, "RANGE": 1024}  # bytes
Entry = tuple[str, str, str]  # the sort key in an index, then the key in the table


@dataclass(slots=True)
class Index:
    """Items in the order of a key: the table's own, where `name` is None, or a global secondary index's."""

    name: str | None
    hash: str
    range: str
    shown: frozenset[str] | None  # the attributes that it has; None: all
    entries: dict[str, list[Entry]] = field(default_factory=dict)

    def place(self, key: Key, item: Item) -> tuple[str, Entry] | None:
        """Where an item stands, if it does: it needs both attributes of the key."""
        hashed, ranged = item.get(self.hash), item.get(self.range)
        return (hashed["S"], (ranged["S"], *key)) if hashed and ranged else None

    def move(self, key: Key, old: Item | None, new: Item | None) -> None:
        """Let an item stand where it now belongs."""
        before, after = (self.place(key, item) if item else None for item in (old, new))
        if before == after:
            return
        if before:
            entries = self.entries[before[0]]
            del entries[bisect_left(entries, before[1])]
            if not entries:
                del self.entries[before[0]]
        if after:
            insort(self.entries.setdefault(after[0], []), after[1])

    def image(self, item: Item) -> Item:
        """What the index has of an item."""
        shown = self.shown
        return item if shown is None else {name: value for name, value in item.items() if name in shown}

    def check(self, item: Item) -> None:
        """`Unfit` where an attribute of the key can't be one: it is no text, empty, or too long."""
        for kind, name in (("HASH", self.hash), ("RANGE", self.range)):
            if name in item:
                check_key(kind, name, item[name])


class Table:
    """Items by key. What is put in is not changed afterwards, and neither may be what is taken out."""

    def __init__(self, name: str, definition: Mapping[str, Any]) -> None:
        self.name, self.definition = name, definition
        self.streamed = "StreamSpecification" in definition
        if {each["AttributeType"] for each in definition["AttributeDefinitions"]} != {"S"}:
            raise Misuse("the double knows keys that are strings, only")
        self.primary = Index(None, *_key_of(definition["KeySchema"]), None)
        self.indexes = {each.name: each for each in self._secondary(definition)}
        self._names = {self.primary.hash, self.primary.range}
        self.items: dict[Key, Item] = {}
        self.changes: list[Change] = []

    @property
    def key(self) -> tuple[str, str]:
        """The names of the key's attributes."""
        return self.primary.hash, self.primary.range

    def key_of(self, item: Mapping[str, Value], *, whole: bool = False) -> Key:
        """An item's key; `whole` where it must have nothing else. `Unfit` where it can't be one."""
        if not item.keys() >= self._names or (whole and len(item) > len(self._names)):
            raise Unfit("The provided key element does not match the schema")
        for kind, name in zip(_LONGEST, self.key, strict=True):
            check_key(kind, name, item[name])
        return item[self.primary.hash]["S"], item[self.primary.range]["S"]

    def check(self, item: Item) -> None:
        """`Unfit` where an index can't have an item that the table could."""
        for index in self.indexes.values():
            index.check(item)

    def put(self, key: Key, item: Item | None, transaction: int, number: int) -> Change | None:
        """Put an item, or take it out where it is None. What is so already is no change."""
        old = self.items.get(key)
        if old == item:
            return None
        for index in (self.primary, *self.indexes.values()):
            index.move(key, old, item)
        if item is None:
            del self.items[key]
        else:
            self.items[key] = item
        change = Change(number, transaction, self.name, self.key, key, old, item)
        self.changes.append(change)
        return change

    def before(self, count: int) -> dict[Key, Item | None]:
        """The items that the last so many changes changed, as they were before them."""
        return {each.key: each.old for each in reversed(self.changes[-count:])} if count > 0 else {}

    def index(self, name: str | None) -> Index:
        """An index by name; the table itself for None."""
        if name is None:
            return self.primary
        if name not in self.indexes:
            raise Invalid(f"The table does not have the specified index: {name}")
        return self.indexes[name]

    def _secondary(self, definition: Mapping[str, Any]) -> Iterator[Index]:
        for index in definition.get("GlobalSecondaryIndexes", ()):
            hashed, ranged = _key_of(index["KeySchema"])
            projection = index["Projection"]
            keys = {hashed, ranged, *self.key}
            shown = frozenset(keys | set(projection.get("NonKeyAttributes", ())))
            yield Index(
                index["IndexName"], hashed, ranged, None if projection["ProjectionType"] == "ALL" else shown
            )


def check_key(kind: str, name: str, value: Value) -> None:
    """`Unfit` where a value can't be a key's: a text, not empty, of 2048 bytes, or 1024 of a sort key."""
    text = value.get("S") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise Unfit(f"Type mismatch for key {name} expected: S actual: {value}")
    if not text:
        raise Unfit(
            f"The AttributeValue for a key attribute cannot contain an empty string value. Key: {name}"
        )
    if size_of_text(text) > _LONGEST[kind]:
        raise Unfit(
            f"Size of {kind} key {name} has exceeded the maximum size limit of {_LONGEST[kind]} bytes"
        )


def _key_of(schema: Collection[Mapping[str, str]]) -> tuple[str, str]:
    found = {each["KeyType"]: each["AttributeName"] for each in schema}
    if found.keys() != set(_LONGEST):
        raise Misuse("the double knows keys of a hash and a range, only")
    return found["HASH"], found["RANGE"]
