"""Reads of items by their keys: `GetItem`, `BatchGetItem`; and `DescribeTable`."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.sim.dynamo.changes import Key
from tests.sim.dynamo.scope import scope_of
from tests.sim.dynamo.tables import Table
from tests.sim.dynamo.values import Invalid, Item, size_of
from tests.sim.dynamo.views import View, projection
from tests.sim.misuse import Misuse

_MOST_KEYS = 100
_MOST_BYTES = 16_777_216  # that a batch gives at once
Asked = Mapping[str, Any]
Lag = Callable[[str, str | None], int]


class Reader:
    """Reads tables by key. What is not consistent does not see the last changes, as many as `lag` says."""

    def __init__(self, tables: Mapping[str, Table], lag: Lag, left_over: Callable[[int], int]) -> None:
        self._tables, self._lag, self._left_over = tables, lag, left_over

    def get(self, asked: Asked) -> dict[str, Any]:
        """`GetItem`."""
        view = self._view(asked["TableName"], asked)
        shown = _shown(asked, view.table)
        item = view.item(view.table.key_of(asked["Key"], whole=True))
        return {} if item is None else {"Item": shown(item)}

    def batch(self, asked: Asked) -> dict[str, Any]:
        """`BatchGetItem`: in no order that could be relied on, and perhaps not all."""
        requests = asked["RequestItems"]
        if not 1 <= sum(len(request["Keys"]) for request in requests.values()) <= _MOST_KEYS:
            raise Invalid("Too many items requested for the BatchGetItem call")
        found, left = dict[str, list[Item]](), dict[str, Any]()
        for name, request in requests.items():
            found[name], unread = self._several(self._view(name, request), request)
            if unread:
                left[name] = {**request, "Keys": unread}
        return {"Responses": found, "UnprocessedKeys": left}

    def describe(self, asked: Asked) -> dict[str, Any]:
        """`DescribeTable`."""
        table = self._tables[asked["TableName"]]
        return {"Table": {**table.definition, "TableName": table.name, "TableStatus": "ACTIVE"}}

    def _several(self, view: View, request: Asked) -> tuple[list[Item], list[Any]]:
        by_key = {view.table.key_of(key, whole=True): key for key in request["Keys"]}
        if len(by_key) < len(request["Keys"]):
            raise Invalid("Provided list of item keys contains duplicates")
        # Not as they were asked for: PynamoDB asks in the order of a set, which differs from run to run.
        keys = sorted(by_key, reverse=True)
        if not 0 <= (left_over := self._left_over(len(keys))) < len(keys):
            raise Misuse("of a batch at least one key is answered")
        shown, found = _shown(request, view.table), list[Item]()
        reading, unread, total = keys[: len(keys) - left_over], list[Key](), 0
        for key in reading:
            item = view.item(key) or {}
            total += size_of(item)
            if total > _MOST_BYTES:
                unread.append(key)
            elif item:
                found.append(shown(item))
        return found, [by_key[key] for key in (*unread, *keys[len(reading) :])]

    def _view(self, table: str, asked: Asked) -> View:
        hidden = 0 if asked.get("ConsistentRead") else self._lag(table, None)
        return View(self._tables[table], hidden)


def _shown(asked: Asked, table: Table) -> Callable[[Item], Item]:
    expressions = [asked["ProjectionExpression"]] if "ProjectionExpression" in asked else []
    return projection(asked, scope_of(asked, *expressions), table.primary)
