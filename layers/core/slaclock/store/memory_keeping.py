"""Retention, holds, the ends of logs, and people's keys in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from slaclock.domain.keeping import Keeping
from slaclock.store.agreements import account_key
from slaclock.store.commit import Beside, Commit, Saved
from slaclock.store.errors import WriteConflictError
from slaclock.store.items import Put, puts
from slaclock.store.keeping import KEEPING, keeping_from_items
from slaclock.store.keys import KEY, is_ticket_of, people_of, register_of
from slaclock.store.memory_connections import MemoryConnections
from slaclock.store.rows import RowEnd, row_end_from_item
from slaclock.store.tickets import forgotten_item


class MemoryKeeping(MemoryConnections):
    """The part of the store that knows what ends, over its tables: items by key."""

    def keeping(self, account: str) -> Keeping:
        partition = account_key(account)
        items = [item for (pk, _), item in self.tables["agreements"].items() if pk == partition]
        return keeping_from_items(item for item in items if item["sk"].startswith(KEEPING))

    def enter(self, commit: Commit, beside: Sequence[Beside]) -> Saved:
        saved, items = puts(commit)
        if not all(self._allowed(put) for put in items):
            raise WriteConflictError
        for put in items:
            self._put(put.table, put.item)
        for each in beside:
            if each.gone:
                self._take(each.table, (each.item["pk"], each.item["sk"]))
            else:
                self._put(each.table, dict(each.item))
        return saved

    def forget(
        self, subject: str, saved: Saved, at: datetime, until: datetime | None, acts: int | None = None
    ) -> None:
        if not self._allowed(put := Put("tickets", forgotten_item(subject, saved, at, until), saved.version)):
            raise WriteConflictError
        register = self.tables["tickets"].get((register_of(subject), "TICKET"))
        if (register and register["version"]) != acts:
            raise WriteConflictError
        self._put("tickets", put.item)

    def clear(self, subject: str, most: int) -> bool:
        keys = [key for key in self.tables["tickets"] if key[0] == subject and key[1] != "TICKET"]
        for key in keys[:most]:
            self._take("tickets", key)
        return len(keys) <= most

    def cleared(self, subject: str) -> None:
        item = self.tables["tickets"][subject, "TICKET"]
        kept = {name: value for name, value in item.items() if name not in ("due_shard", "due_at")}
        self._put("tickets", kept)

    def people(self, account: str) -> Iterator[str]:
        found = [pk for pk, sk in self.tables["tickets"] if sk == KEY]
        yield from [pk for pk in found if pk.startswith(people_of(account))]

    def strike(self, people: Sequence[str]) -> None:
        for person in people:
            self._take("tickets", (person, KEY))

    def row_ends(self, account: str, ticket_id: str | None = None) -> Iterator[RowEnd]:
        rows = [item for item in self.tables["ledger"].values() if is_ticket_of(account, item["pk"])]
        found = map(row_end_from_item, rows)
        yield from [row for row in found if ticket_id in (None, row.ticket_id)]

    def set_row_end(self, row: RowEnd, ends_at: datetime | None) -> None:
        item = self.tables["ledger"][row.subject, row.key]
        kept = {name: value for name, value in item.items() if name != "expires_at"}
        self._put("ledger", {**kept, **({"expires_at": int(ends_at.timestamp())} if ends_at else {})})

    def _allowed(self, put: Put) -> bool:
        stored = self.tables[put.table].get((put.item["pk"], put.item["sk"]))
        return stored is None if put.version is None else bool(stored and stored["version"] == put.version)

    def _take(self, table: str, key: tuple[str, str]) -> None:
        self.tables[table].pop(key, None)
