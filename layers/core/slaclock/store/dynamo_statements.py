"""Statements of credits in DynamoDB."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pynamodb.transactions import TransactWrite

from slaclock.store.errors import StoreRefusedError, WriteConflictError
from slaclock.store.models import ReportsItem
from slaclock.store.statements import (
    MOST_PARTS,
    of_period,
    statement_items,
    statement_key,
    statements_from_items,
    threshold_of,
    warned_item,
    warned_key,
)
from slaclock.store.translating import plain, translated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from slaclock.store.statements import (
        Issued,
    )

_NEW = ReportsItem.pk.does_not_exist()


class DynamoStatements:
    """The part of the store that keeps statements; the model is bound by whoever inherits it."""

    _connection: Any

    def statements(self, account: str, agreement: str, period: str) -> Sequence[Issued]:
        return list(statements_from_items(_of_period(statement_key(account, agreement), period)))

    def keep_statement(self, account: str, agreement: str, period: str, issued: Issued) -> None:
        items = statement_items(account, agreement, period, issued)
        if len(items) > MOST_PARTS:
            raise StoreRefusedError(f"a statement of {len(items)} parts, where {MOST_PARTS} is the most")
        with translated(), TransactWrite(connection=self._connection) as transaction:
            for item in items:
                transaction.save(ReportsItem(**item), condition=_NEW)

    def warned(self, account: str, agreement: str, period: str) -> Collection[str]:
        return {threshold_of(item["sk"]) for item in _of_period(warned_key(account, agreement), period)}

    def keep_warning(self, account: str, agreement: str, period: str, threshold: str, at: datetime) -> None:
        item = ReportsItem(**warned_item(account, agreement, period, threshold, at))
        with suppress(WriteConflictError), translated():
            item.save(condition=_NEW)


def _of_period(partition: str, period: str) -> Iterator[dict[str, Any]]:
    with translated():
        for item in ReportsItem.query(
            partition, ReportsItem.sk.between(*of_period(period)), consistent_read=True
        ):
            yield plain(item)
