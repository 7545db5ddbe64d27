"""The tables in the double of DynamoDB, as the functions reach them in production: through PynamoDB.

Slower than the store in memory, and nearer: expressions, pages, reads that lag behind, batches that are
answered in part, and botocore's token, by which DynamoDB knows a transaction that is sent again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError
from greenlet import getcurrent

from slaclock.store.dynamo_books import DynamoBooks
from tests.sim import faults as kinds
from tests.sim.dynamo.connection import DoubleConnection
from tests.sim.dynamodb import DynamoDouble
from tests.sim.misuse import refuse
from tests.sim.tables import waits_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from tests.sim.tables import Item
    from tests.sim.wire import Wire

_NAMES = {"tickets": "Tickets", "ledger": "Ledger", "agreements": "Agreements"}
_CODES = {kinds.THROTTLED: "ProvisionedThroughputExceededException", kinds.FAILED: "InternalServerError"}


class WiredTables(DynamoBooks):
    """The store of production over the double; a call of no worker, such as the judge's, always succeeds."""

    def __init__(self, wire: Wire, changed: Callable[[str, Item | None, Item | None], None]) -> None:
        self._wire, self._changed, self._seen, self._reads = wire, changed, 0, 0
        self.double = DynamoDouble(lambda: wire.hub.now, self._lag, self._left_over)
        super().__init__(DoubleConnection(self._call), _NAMES)

    def items(self, table: str) -> Iterator[Item]:
        """All items of a table."""
        return map(plain, self.double.items(_NAMES[table]))

    def left_behind(self, now: datetime) -> bool:
        """Whether the auditor could find something: a moment that is past, or a fact that waits."""
        return any(waits_in(item, now) for item in self.items("tickets"))

    def _call(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        work, effect = getattr(getcurrent(), "work", None), partial(self._effect, operation, asked)
        if work is None:
            return effect()
        return self._wire.call(work, "dynamodb", operation, effect, partial(_trouble, operation, asked))

    def _effect(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._carried_out(operation, asked)
        changes, self._seen = self.double.changes[self._seen :], len(self.double.changes)
        for change in changes:
            self._changed(change.table.lower(), plain(change.old), plain(change.new))
        return answer

    def _carried_out(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        return self.double.call(operation, asked)

    def _lag(self, _table: str, _index: str | None) -> int:
        """How many of the last changes a read that is not consistent does not see yet, now and then."""
        self._reads += 1
        share = self._wire.faults.roll(f"read {self._reads}")
        return 0 if self._wire.faults.kind or share > 0.2 else int(share * 40)

    def _left_over(self, count: int) -> int:
        """How many keys of a batch come later, now and then."""
        self._reads += 1
        share = self._wire.faults.roll(f"read {self._reads}")
        return 0 if self._wire.faults.kind or share > 0.1 else count - 1


def plain(item: Mapping[str, Mapping[str, Any]] | None) -> Any:
    """An item in wire form as the stores have it; None stays None."""
    if item is None:
        return None
    return {name: _value(*typed.items()) for name, typed in item.items()}


def _value(typed: tuple[str, Any]) -> Any:
    kind, value = typed
    return int(value) if kind == "N" else value


def _trouble(operation: str, asked: Mapping[str, Any], kind: str) -> Exception:
    if kind == kinds.CONFLICT:
        reasons = [{"Code": "TransactionConflict"}] + [{"Code": "None"}] * (len(asked["TransactItems"]) - 1)
        return refuse(operation)("TransactionCanceledException", kind, CancellationReasons=reasons)
    if kind in _CODES:
        return refuse(operation)(_CODES[kind], kind)
    return ReadTimeoutError(endpoint_url="https://aws.invalid")
