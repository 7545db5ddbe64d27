"""Records of access in memory."""

from collections.abc import Iterator
from datetime import date, datetime

from slaclock.store.accesses import Access, access_from_item, access_item, access_key
from slaclock.store.memory_connections import Item
from slaclock.store.reports import days_of


class MemoryAccesses:
    """The part of the store that keeps records of access, over its tables: items by key."""

    tables: dict[str, dict[tuple[str, str], Item]]

    def note_access(self, access: Access, ends_at: datetime | None = None) -> None:
        item = access_item(access, ends_at)
        self.tables["accesses"].setdefault((item["pk"], item["sk"]), item)

    def accesses(self, account: str, first: date, last: date) -> Iterator[Access]:
        for day in days_of(first, last):
            keys = sorted(key for key in self.tables["accesses"] if key[0] == access_key(account, day))
            yield from (access_from_item(self.tables["accesses"][key]) for key in keys)
