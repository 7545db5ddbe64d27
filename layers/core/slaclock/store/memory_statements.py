"""Statements of credits in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime

from slaclock.store.errors import StoreRefusedError, WriteConflictError
from slaclock.store.memory_connections import Item
from slaclock.store.statements import (
    MOST_PARTS,
    Issued,
    of_period,
    statement_items,
    statement_key,
    statements_from_items,
    threshold_of,
    warned_item,
    warned_key,
)


class MemoryStatements:
    """The part of the store that keeps statements, over its tables: items by key."""

    tables: dict[str, dict[tuple[str, str], Item]]

    def statements(self, account: str, agreement: str, period: str) -> Sequence[Issued]:
        return list(statements_from_items(self._of_period(statement_key(account, agreement), period)))

    def keep_statement(self, account: str, agreement: str, period: str, issued: Issued) -> None:
        items = statement_items(account, agreement, period, issued)
        if len(items) > MOST_PARTS:
            raise StoreRefusedError(f"a statement of {len(items)} parts, where {MOST_PARTS} is the most")
        if any((item["pk"], item["sk"]) in self.tables["reports"] for item in items):
            raise WriteConflictError
        self.tables["reports"] |= {(item["pk"], item["sk"]): item for item in items}

    def warned(self, account: str, agreement: str, period: str) -> Collection[str]:
        return {threshold_of(item["sk"]) for item in self._of_period(warned_key(account, agreement), period)}

    def keep_warning(self, account: str, agreement: str, period: str, threshold: str, at: datetime) -> None:
        item = warned_item(account, agreement, period, threshold, at)
        self.tables["reports"].setdefault((item["pk"], item["sk"]), item)

    def _of_period(self, partition: str, period: str) -> list[Item]:
        begin, end = of_period(period)
        found = sorted(key for key in self.tables["reports"] if key[0] == partition)
        return [self.tables["reports"][key] for key in found if begin <= key[1] <= end]
