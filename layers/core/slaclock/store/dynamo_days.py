"""What was recorded on a day, in DynamoDB: two indexes name the keys, and by those the items are read."""

import heapq
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain, islice
from typing import Any

from slaclock.store.keys import day_shards
from slaclock.store.models import LedgerItem, TicketsItem
from slaclock.store.translating import plain, translated

_Keys = list[tuple[str, str]]
_AT_ONCE = 100  # items; DynamoDB reads no more by their keys in a call


class DynamoDays:
    """The days of a store whose models are bound."""

    def recorded(self, day: date) -> Iterator[Mapping[str, Any]]:
        from slaclock.store.rows import row_document_from_item

        shards = [_keys(LedgerItem.by_recording, key, "recorded_order") for key in day_shards(day)]
        for keys in _pages(heapq.merge(*shards)):
            with translated():
                found = map(plain, LedgerItem.batch_get(keys, consistent_read=True))
                rows = {(item["pk"], item["sk"]): item for item in found}
            yield from (row_document_from_item(rows[key]) for key in keys if key in rows)

    def touched(self, day: date) -> Iterator[tuple[str, int, str]]:
        shards = [_keys(TicketsItem.by_touch, key, "sk") for key in day_shards(day)]
        wanted = ["pk", "sk", "seq", "head"]
        for keys in _pages(chain(*shards)):
            with translated():
                found = TicketsItem.batch_get(keys, consistent_read=True, attributes_to_get=wanted)
                heads = {item["pk"]: (int(item["seq"]), item["head"]) for item in map(plain, found)}
            yield from ((pk, *heads[pk]) for pk, _ in keys if pk in heads)


def _keys(index: Any, key: str, order: str) -> Iterator[tuple[str, str, str]]:
    """The entries of a partition, in its order: what orders them, and the item's keys."""
    with translated():
        for item in map(plain, index.query(key)):
            yield item[order], item["pk"], item["sk"]


def _pages(entries: Iterator[tuple[str, str, str]]) -> Iterator[_Keys]:
    while page := [(pk, sk) for _, pk, sk in islice(entries, _AT_ONCE)]:
        yield page
