"""Connections and their activity in memory."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from slaclock.store.activity import (
    COUNTED,
    DAY,
    WORDS,
    Heard,
    Word,
    activity_key,
    day_key,
    expires,
    heard_from_items,
    hour_name,
    last_at,
    noted,
    with_room,
    word_name,
    words_from_item,
)
from slaclock.store.agreements import CONNECTIONS, connection_item, connection_key, listed, listing_item
from slaclock.store.changes import CHANGE, Change, change_from_item, change_item

Item = dict[str, Any]


class MemoryConnections:
    """The part of the store that knows connections, over its tables: items by key."""

    tables: dict[str, dict[tuple[str, str], Item]]

    def connection(self, connection_id: str) -> Mapping[str, Any] | None:
        item = self.tables["agreements"].get((connection_key(connection_id), "CONNECTION"))
        return json.loads(item["body"]) if item else None

    def connect(self, connection: Mapping[str, Any], change: Change | None = None) -> None:
        for item in (connection_item(connection), listing_item(connection)):
            self._put("agreements", item)
        self._append(connection["id"], change)

    def connections(self) -> Iterator[tuple[str, str]]:
        yield from [listed(item["sk"]) for item in self._collection(CONNECTIONS, "agreements")]

    def disconnect(self, connection: Mapping[str, Any], change: Change | None = None) -> None:
        for item in (connection_item(connection), listing_item(connection)):
            self.tables["agreements"].pop((item["pk"], item["sk"]), None)
        self._append(connection["id"], change)

    def append_change(self, connection_id: str, change: Change) -> None:
        self._append(connection_id, change)

    def changes(self, connection_id: str) -> list[Change]:
        items = self._collection(connection_key(connection_id), "agreements")
        return [change_from_item(item) for item in items if item["sk"].startswith(CHANGE)]

    def note(self, connection_id: str, at: datetime, count: int = 1) -> None:
        day = self._activity(connection_id, day_key(at))
        hour = {hour_name(at): day.get(hour_name(at), 0) + count}
        self._put("agreements", {**day, **hour, "last_at": last_at(at), "expires_at": expires(at)})

    def note_words(self, connection_id: str, at: datetime, words: Mapping[Word, int]) -> None:
        found = self._activity(connection_id, WORDS)
        counts = with_room(noted(words), found)
        if counts:
            known = {COUNTED: found.get(COUNTED, 0) + len(counts.keys() - found.keys())}
            known |= {name: found.get(name, 0) + count for name, count in counts.items()}
            self._put("agreements", {**found, **known, "expires_at": expires(at)})

    def heard(self, connection_id: str, since: datetime) -> Heard:
        days = self._collection(activity_key(connection_id), "agreements")
        return heard_from_items([day for day in days if day_key(since) <= day["sk"] < f"{DAY}~"])

    def unmapped(self, connection_id: str) -> Mapping[Word, int]:
        return words_from_item(self._activity(connection_id, WORDS))

    def forget_unmapped(self, connection_id: str, words: Collection[Word] | None = None) -> None:
        if words is None:
            self.tables["agreements"].pop((activity_key(connection_id), WORDS), None)
            return
        found = self._activity(connection_id, WORDS)
        gone = found.keys() & set(map(word_name, words))
        if gone:
            kept = {name: value for name, value in found.items() if name not in gone}
            self._put("agreements", {**kept, COUNTED: found[COUNTED] - len(gone)})

    def _append(self, connection_id: str, change: Change | None) -> None:
        if change is not None:
            self._put("agreements", change_item(connection_key(connection_id), change))

    def _activity(self, connection_id: str, sk: str) -> Item:
        """An item of a connection's activity, or a new one."""
        key = {"pk": activity_key(connection_id), "sk": sk}
        return self.tables["agreements"].get((key["pk"], sk), key)

    def _put(self, table: str, item: Item) -> None:
        self.tables[table][item["pk"], item["sk"]] = item

    def _collection(self, key: str, table: str = "tickets") -> list[Item]:
        found = (item for (pk, _), item in self.tables[table].items() if pk == key)
        return sorted(found, key=lambda item: str(item["sk"]))
