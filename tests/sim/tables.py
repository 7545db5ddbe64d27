"""The tables, with the change records that their streams give, and a worker's way to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.store.errors import StoreUnavailableError, WriteConflictError
from slaclock.store.keys import sortable
from slaclock.store.memory import MemoryStore
from slaclock.store.tickets import is_ended
from tests.sim.faults import CONFLICT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from tests.sim.wire import Wire, Work

Item = dict[str, Any]

# What each method of the contract asks of DynamoDB, for the names of places.
OPERATIONS = {
    "load": "BatchGetItem",
    "history": "Query",
    "told": "Query",
    "life": "Query",
    "recorded": "Query",
    "touched": "Query",
    "commit": "TransactWriteItems",
    "overdue": "Query",
    "ended": "Query",
    "keeping": "Query",
    "enter": "TransactWriteItems",
    "forget": "PutItem",
    "clear": "TransactWriteItems",
    "cleared": "PutItem",
    "waiting": "Query",
    "announcement": "BatchGetItem",
    "sent": "BatchGetItem",
    "mark_sent": "PutItem",
    "close": "DeleteItem",
    "messages": "Query",
    "put_link": "PutItem",
    "link": "BatchGetItem",
    "agreements": "Query",
    "connection": "GetItem",
    "connections": "Query",
    "made": "Query",
    "rollups": "Query",
    "version": "Query",
    "keep_rollup": "PutItem",
    "accounts": "Query",
    "rolled_until": "Query",
    "note_rolled": "PutItem",
    "behind": "Query",
    "note_behind": "PutItem",
    "statements": "Query",
    "keep_statement": "TransactWriteItems",
    "warned": "Query",
    "keep_warning": "PutItem",
    "note_access": "PutItem",
    "accesses": "Query",
    "note": "UpdateItem",
    "note_words": "UpdateItem",
    "heard": "Query",
}
_LISTED = frozenset({"overdue", "ended", "waiting", "connections"})


class Tables(MemoryStore):
    """The store in memory, telling `changed` of each item that was put or taken out: before, and after."""

    def __init__(self, changed: Callable[[str, Item | None, Item | None], None]) -> None:
        super().__init__()
        self._changed = changed
        self._watched: dict[tuple[str, str], Item] = {}

    def left_behind(self, now: datetime) -> bool:
        """Whether the auditor could find something: a moment that is past, or a fact that waits."""
        return any(waits_in(item, now) for item in self._watched.values())

    def items(self, table: str) -> Iterable[Item]:
        """All items of a table."""
        return self.tables[table].values()

    def _put(self, table: str, item: Item) -> None:
        old = self.tables[table].get((item["pk"], item["sk"]))
        super()._put(table, item)
        if item["sk"].startswith(("OUTBOX#", "TICKET")):
            self._watched[item["pk"], item["sk"]] = item
        if old != item:
            self._changed(table, old, item)

    def close(self, subject: str, key: str) -> None:
        old = self.tables["tickets"].get((subject, f"OUTBOX#{key}"))
        super().close(subject, key)
        self._watched.pop((subject, f"OUTBOX#{key}"), None)
        if old is not None:
            self._changed("tickets", old, None)


def waits_in(item: Item, now: datetime) -> bool:
    """Whether an item of the tickets' table tells of something that is due, or to be announced."""
    sk: str = item["sk"]
    due = sk == "TICKET" and item.get("due_at", "~") < sortable(now) and not is_ended(item)
    return sk.startswith("OUTBOX#") or due


class Remote:
    """The tables as a worker has them: each method is a call that may fail."""

    def __init__(self, tables: MemoryStore, wire: Wire, work: Callable[[], Work]) -> None:
        self._tables, self._wire, self._work = tables, wire, work

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, operation, listed = getattr(self._tables, name), OPERATIONS[name], name in _LISTED

        def call(*given: Any) -> Any:
            def effect() -> Any:
                return list(method(*given)) if listed else method(*given)

            answer = self._wire.call(self._work(), "dynamodb", operation, effect, _trouble)
            return iter(answer) if listed else answer

        self.__dict__[name] = call
        return call


def _trouble(kind: str) -> Exception:
    return WriteConflictError(kind) if kind == CONFLICT else StoreUnavailableError(kind)


def in_wire_form(item: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """An item as a stream's record carries it."""
    return dict(_typed(item or {}))


def _typed(item: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in item.items():
        if isinstance(value, bool):
            yield name, {"BOOL": value}
        elif isinstance(value, int):
            yield name, {"N": str(value)}
        else:
            yield name, {"S": value}
