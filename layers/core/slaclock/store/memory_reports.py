"""Rollups in memory."""

from collections.abc import Iterator, Mapping
from datetime import date

from slaclock.store.errors import WriteConflictError
from slaclock.store.memory_connections import Item
from slaclock.store.reports import (
    ACCOUNTS,
    BEHIND,
    ROLLED,
    Made,
    Parts,
    behind_from,
    behind_item,
    emptied,
    kept_span,
    made_from_item,
    made_item,
    made_key,
    part_items,
    parts_of,
    rollup_key,
    span,
)


class MemoryReports:
    """The part of the store that keeps rollups, over its tables: items by key."""

    tables: dict[str, dict[tuple[str, str], Item]]

    def made(self, account: str, first: date, last: date) -> Mapping[date, Made]:
        begin, end = span(first, last)
        keys = sorted(key for key in self.tables["reports"] if key[0] == made_key(account))
        found = (made_from_item(self.tables["reports"][key]) for key in keys if begin <= key[1] <= end)
        return {each.day: each for each in found}

    def rollups(self, account: str, whose: str, made: Mapping[date, Made]) -> Iterator[bytes]:
        if made:
            yield from parts_of(made, self._items(account, whose, *span(min(made), max(made))))

    def version(self, account: str, whose: str, made: Made) -> Iterator[bytes]:
        yield from (item["part"] for item in self._items(account, whose, *kept_span(made)))

    def _items(self, account: str, whose: str, begin: str, end: str) -> Iterator[Item]:
        pk, table = rollup_key(account, whose), self.tables["reports"]
        yield from (table[key] for key in sorted(table) if key[0] == pk and begin <= key[1] <= end)

    def keep_rollup(self, account: str, made: Made, parts: Parts) -> None:
        before = self.made(account, made.day, made.day).get(made.day, made).version
        for item in (*part_items(account, made, parts), made_item(account, made)):
            if (item["pk"], item["sk"]) in self.tables["reports"]:
                raise WriteConflictError
            self.tables["reports"][item["pk"], item["sk"]] = item
        self.tables["reports"][ACCOUNTS, account] = {"pk": ACCOUNTS, "sk": account}
        for whose in parts:
            for item in emptied(list(self._items(account, whose, *span(made.day, made.day))), before):
                self.tables["reports"][item["pk"], item["sk"]] = item

    def accounts(self) -> list[str]:
        return sorted(sk for pk, sk in self.tables["reports"] if pk == ACCOUNTS)

    def rolled_until(self) -> date | None:
        days = [sk for pk, sk in self.tables["reports"] if pk == ROLLED]
        return date.fromisoformat(max(days)) if days else None

    def note_rolled(self, day: date) -> None:
        self.tables["reports"][ROLLED, day.isoformat()] = {"pk": ROLLED, "sk": day.isoformat()}

    def behind(self) -> Mapping[str, date]:
        found = (item for (pk, _), item in sorted(self.tables["reports"].items()) if pk == BEHIND)
        return behind_from(found)

    def note_behind(self, account: str, first: date | None) -> None:
        self.tables["reports"][BEHIND, account] = behind_item(account, first)
