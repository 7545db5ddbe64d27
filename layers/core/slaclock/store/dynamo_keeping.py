"""Retention, holds, the ends of logs, and people's keys in DynamoDB."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from pynamodb.transactions import TransactWrite

from slaclock.domain.facts import subject_key
from slaclock.store.agreements import account_key
from slaclock.store.keys import KEY, is_ticket_of, people_of, register_of
from slaclock.store.models import AccessesItem, AgreementsItem, LedgerItem, ReportsItem, TicketsItem
from slaclock.store.tickets import forgotten_item
from slaclock.store.translating import plain, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from pynamodb.models import Model

    from slaclock.domain.keeping import Keeping
    from slaclock.store.commit import Beside, Commit, Saved
    from slaclock.store.rows import RowEnd

MODELS: Mapping[str, type[Model]] = {
    "tickets": TicketsItem,
    "ledger": LedgerItem,
    "agreements": AgreementsItem,
    "reports": ReportsItem,
    "accesses": AccessesItem,
}
_OF_AN_END = ("pk", "sk", "recorded_order", "expires_at")
_AT_ONCE = 50  # items that one transaction removes; it takes a hundred


class DynamoKeeping:
    """The part of the store that knows what ends; the models are bound by whoever inherits it."""

    _connection: Any

    def keeping(self, account: str) -> Keeping:
        from slaclock.store.keeping import KEEPING, keeping_from_items

        within = AgreementsItem.sk.startswith(KEEPING)
        with translated():
            found = AgreementsItem.query(account_key(account), within, consistent_read=True)
            return keeping_from_items(map(plain, found))

    def enter(self, commit: Commit, beside: Sequence[Beside]) -> Saved:
        from slaclock.store.items import puts

        saved, items = puts(commit)
        with translated(), TransactWrite(connection=self._connection) as transaction:
            for put in items:
                model = MODELS[put.table]
                # Only a ticket is written again, and then it has a version.
                absent = model.pk.does_not_exist()  # type: ignore[attr-defined]
                found = absent if put.version is None else TicketsItem.version == put.version
                transaction.save(model(**put.item), condition=found)
            for each in beside:
                model = MODELS[each.table]
                if each.gone:
                    transaction.delete(model(each.item["pk"], each.item["sk"]))
                else:
                    transaction.save(model(**each.item))
        return saved

    def forget(
        self, subject: str, saved: Saved, at: datetime, until: datetime | None, acts: int | None = None
    ) -> None:
        unchanged = TicketsItem.pk.does_not_exist() if acts is None else TicketsItem.version == acts
        with translated(), TransactWrite(connection=self._connection) as transaction:
            item = TicketsItem(**forgotten_item(subject, saved, at, until))
            transaction.save(item, condition=TicketsItem.version == saved.version)
            transaction.condition_check(TicketsItem, register_of(subject), "TICKET", condition=unchanged)

    def clear(self, subject: str, most: int) -> bool:
        with translated():
            # Not `sk <> TICKET`: no condition on a key may say that.
            found = TicketsItem.query(subject, attributes_to_get=["pk", "sk"], consistent_read=True)
            keys = [key for key in islice((item.sk for item in found), most + 2) if key != "TICKET"]
        self._remove([(subject, key) for key in keys[:most]])
        return len(keys) <= most

    def cleared(self, subject: str) -> None:
        with translated():
            item = TicketsItem.get(subject, "TICKET", consistent_read=True)
            kept = {name: value for name, value in plain(item).items() if name not in ("due_shard", "due_at")}
            TicketsItem(**kept).save(condition=TicketsItem.version == item.version)

    def people(self, account: str) -> Iterator[str]:
        wanted = (TicketsItem.sk == KEY) & TicketsItem.pk.startswith(people_of(account))
        with translated():
            for item in TicketsItem.scan(wanted, attributes_to_get=["pk"], consistent_read=True):
                yield item.pk

    def strike(self, people: Sequence[str]) -> None:
        self._remove([(person, KEY) for person in people])

    def row_ends(self, account: str, ticket_id: str | None = None) -> Iterator[RowEnd]:
        from slaclock.store.rows import row_end_from_item

        asked: dict[str, Any] = {"attributes_to_get": list(_OF_AN_END), "consistent_read": True}
        with translated():
            if ticket_id is None:
                found = LedgerItem.scan(LedgerItem.pk.contains(f"#{account_key(account)}#"), **asked)
            else:
                found = LedgerItem.query(subject_key("ticket", account, ticket_id), **asked)
            for item in found:
                if is_ticket_of(account, item.pk):
                    yield row_end_from_item(plain(item))

    def set_row_end(self, row: RowEnd, ends_at: datetime | None) -> None:
        end = LedgerItem.expires_at
        change = end.set(int(ends_at.timestamp())) if ends_at else end.remove()
        table, there = LedgerItem.Meta.table_name, LedgerItem.pk.exists()
        with translated():
            # Not a model's own update: that would ask for the whole row back.
            self._connection.update_item(table, row.subject, row.key, [change], there)

    def _remove(self, keys: Sequence[tuple[str, str]]) -> None:
        # By transactions, since these need no right but to delete: in a batch, nothing could be denied.
        for first in range(0, len(keys), _AT_ONCE):
            with translated(), TransactWrite(connection=self._connection) as transaction:
                for key in keys[first : first + _AT_ONCE]:
                    transaction.delete(TicketsItem(*key))
