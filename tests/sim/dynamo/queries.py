"""Reads of many items, page by page: `Query` and `Scan`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from tests.sim.dynamo.parsing import parse_condition
from tests.sim.dynamo.ranges import Range, range_of
from tests.sim.dynamo.reading import Lag
from tests.sim.dynamo.scope import Scope, placeholders, scope_of
from tests.sim.dynamo.tables import Entry, Index, Table
from tests.sim.dynamo.values import Invalid, Item, size_of
from tests.sim.dynamo.views import View, projection

PAGE = 1_048_576  # bytes that are read at once
_EXPRESSIONS = ("KeyConditionExpression", "FilterExpression", "ProjectionExpression")
Asked = Mapping[str, Any]


class Queries:
    """Reads tables and indexes in the order of their keys; `lag` as for reads by key.

    `looked_at` has the bytes of what the last page was made of, whatever a filter or a projection left of it.
    """

    def __init__(self, tables: Mapping[str, Table], lag: Lag) -> None:
        self._tables, self._lag, self.looked_at = tables, lag, 0

    def query(self, asked: Asked) -> dict[str, Any]:
        """`Query`, ascending or descending."""
        table = self._tables[asked["TableName"]]
        index = table.index(asked.get("IndexName"))
        if index.name and asked.get("ConsistentRead"):
            raise Invalid("Consistent reads are not supported on global secondary indexes")
        scope = _scope(asked)
        span = range_of(asked["KeyConditionExpression"], scope, index)
        begin = _start(asked, table, index, span)
        view = self._view(table, index, asked)
        found = [each for each in view.standing(index, span.partition) if span.has(each[0])]
        if asked.get("ScanIndexForward", True):
            left = [each for each in found if not begin or each > begin]
        else:
            left = [each for each in reversed(found) if not begin or each < begin]
        answer, self.looked_at = _page(asked, scope, view, index, left)
        return answer

    def scan(self, asked: Asked) -> dict[str, Any]:
        """`Scan`, in the order of the partitions' hashes."""
        table = self._tables[asked["TableName"]]
        scope, index = _scope(asked), table.primary
        begin = _start(asked, table, index, None)
        view = self._view(table, index, asked)
        answer, self.looked_at = _page(asked, scope, view, index, _scanned(view, index, begin))
        return answer

    def _view(self, table: Table, index: Index, asked: Asked) -> View:
        return View(table, 0 if asked.get("ConsistentRead") else self._lag(table.name, index.name))


def _scanned(view: View, index: Index, begin: Entry | None) -> Iterator[Entry]:
    """Every entry of a table, behind the one that the page before ended with."""
    after = (_hash(begin[1]), begin) if begin else None
    for partition in sorted(view.partitions(), key=_hash):
        place = _hash(partition)
        if after is None or place >= after[0]:
            entries = view.standing(index, partition)
            yield from (each for each in entries if after is None or (place, each) > after)


def _page(
    asked: Asked, scope: Scope, view: View, index: Index, entries: Iterable[Entry]
) -> tuple[dict[str, Any], int]:
    """Read up to the limit, or a megabyte, then filter; and where it stopped, the last key that was read.

    With the bytes that were read.
    """
    limit, wanted, shown = asked.get("Limit"), _filter(asked, scope, index), projection(asked, scope, index)
    if limit is not None and limit < 1:
        raise Invalid("Limit must be greater than or equal to 1")
    found, read, total, last = list[Item](), 0, 0, None
    for entry in entries:
        item = index.image(view.item(entry[1:]) or {})
        size = size_of(item)
        if last and total + size > PAGE:
            return _answer(found, read, _key_in(view.table, index, last)), total
        read, total, last = read + 1, total + size, item
        if wanted(item):
            found.append(shown(item))
        if read == limit:  # even where it was the last: nobody has looked further
            return _answer(found, read, _key_in(view.table, index, item)), total
    return _answer(found, read, None), total


def _scope(asked: Asked) -> Scope:
    return scope_of(asked, *(asked[name] for name in _EXPRESSIONS if name in asked))


def _filter(asked: Asked, scope: Scope, index: Index) -> Callable[[Item], bool]:
    expression = asked.get("FilterExpression")
    if expression is None:
        return lambda _: True
    condition = parse_condition(expression)
    named = {scope.names.get(each) for each in placeholders(expression)}
    if "KeyConditionExpression" in asked and {index.hash, index.range} & named:
        raise Invalid("Filter Expression can only contain non-primary key attributes")
    return lambda item: condition.holds(item, scope)


def _start(asked: Asked, table: Table, index: Index, span: Range | None) -> Entry | None:
    """The entry that a page begins behind, whether there still is one or not."""
    given = asked.get("ExclusiveStartKey")
    if given is None:
        return None
    place = index.place(table.key_of(given), given)
    if place is None or given.keys() != {index.hash, index.range, *table.key}:
        raise Invalid("The provided starting key is invalid")
    if span and (place[0] != span.partition or not span.has(place[1][0])):
        raise Invalid("The provided starting key is outside query boundaries based on provided conditions")
    return place[1]


def _key_in(table: Table, index: Index, item: Item) -> Item:
    return {name: dict(item[name]) for name in (*table.key, index.hash, index.range)}


def _answer(found: list[Item], read: int, last: Item | None) -> dict[str, Any]:
    more = {"LastEvaluatedKey": last} if last else {}
    return {"Items": found, "Count": len(found), "ScannedCount": read, **more}


def _hash(partition: str) -> bytes:
    return blake2b(partition.encode(), digest_size=8).digest()
