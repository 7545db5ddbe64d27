"""Connections and their activity in DynamoDB."""

from __future__ import annotations

import json
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from slaclock.store.activity import (
    COUNTED,
    DAY,
    MOST_WORDS,
    WORDS,
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
from slaclock.store.errors import WriteConflictError
from slaclock.store.models import AgreementsItem
from slaclock.store.translating import plain, translated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from slaclock.store.activity import (
        Heard,
        Word,
    )
    from slaclock.store.changes import Change

_LONGEST_ID = 1024  # bytes; it comes from the URL, and no longer key can be


class DynamoConnections:
    """The part of the store that knows connections; the agreements' model is bound by whoever inherits it."""

    _connection: Any

    def connection(self, connection_id: str) -> Mapping[str, Any] | None:
        if len(connection_id.encode()) > _LONGEST_ID:
            return None
        with translated():
            try:
                item = AgreementsItem.get(connection_key(connection_id), "CONNECTION", consistent_read=True)
            except AgreementsItem.DoesNotExist:
                return None
        found: dict[str, Any] = json.loads(plain(item)["body"])
        return found

    def connections(self) -> Iterator[tuple[str, str]]:
        with translated():
            for item in AgreementsItem.query(CONNECTIONS, consistent_read=True):
                yield listed(item.sk)

    def connect(self, connection: Mapping[str, Any], change: Change | None = None) -> None:
        with translated(), TransactWrite(connection=self._connection) as transaction:
            for item in (connection_item(connection), listing_item(connection)):
                transaction.save(AgreementsItem(**item))
            if change is not None:
                transaction.save(_change(connection["id"], change))

    def disconnect(self, connection: Mapping[str, Any], change: Change | None = None) -> None:
        with translated(), TransactWrite(connection=self._connection) as transaction:
            for item in (connection_item(connection), listing_item(connection)):
                transaction.delete(AgreementsItem(item["pk"], item["sk"]))
            if change is not None:
                transaction.save(_change(connection["id"], change))

    def append_change(self, connection_id: str, change: Change) -> None:
        with translated():
            _change(connection_id, change).save()

    def changes(self, connection_id: str) -> list[Change]:
        from slaclock.store.changes import CHANGE, change_from_item

        within = AgreementsItem.sk.startswith(CHANGE)
        with translated():
            found = AgreementsItem.query(connection_key(connection_id), within, consistent_read=True)
            return [change_from_item(plain(item)) for item in found]

    def note(self, connection_id: str, at: datetime, count: int = 1) -> None:
        self._update(
            connection_id,
            day_key(at),
            [
                _path(hour_name(at)).add(count),
                _path("last_at").set(last_at(at)),
                _path("expires_at").set(expires(at)),
            ],
        )

    def note_words(self, connection_id: str, at: datetime, words: Mapping[Word, int]) -> None:
        counts = noted(words)
        try:
            self._count(connection_id, at, counts, known=counts)
        except WriteConflictError:  # some are new
            item = self._words(connection_id, consistent=True)
            self._count(connection_id, at, with_room(counts, item), known=item)

    def heard(self, connection_id: str, since: datetime) -> Heard:
        within = AgreementsItem.sk.between(day_key(since), f"{DAY}~")
        return heard_from_items(self._raw(connection_id, within))

    def unmapped(self, connection_id: str) -> Mapping[Word, int]:
        return words_from_item(self._words(connection_id))

    def forget_unmapped(self, connection_id: str, words: Collection[Word] | None = None) -> None:
        if words is None:
            with translated():
                AgreementsItem(activity_key(connection_id), WORDS).delete()
            return
        for name in dict.fromkeys(map(word_name, words)):
            word = _path(name)
            try:
                changes = [word.remove(), _path(COUNTED).add(-1)]
                self._update(connection_id, WORDS, changes, word.exists())
            except WriteConflictError:  # it is gone already
                continue

    def _words(self, connection_id: str, *, consistent: bool = False) -> dict[str, Any]:
        """The item that counts words, or nothing of one."""
        found = self._raw(connection_id, AgreementsItem.sk == WORDS, consistent=consistent)
        return found[0] if found else {}

    def _count(
        self, connection_id: str, at: datetime, counts: Mapping[str, int], known: Collection[str]
    ) -> None:
        """Count words where those that are `known` are there, no other is, and for these is room."""
        if not counts:
            return
        words, new = _path(COUNTED), len(counts.keys() - set(known))
        changes: list[Action] = [_path(name).add(count) for name, count in counts.items()]
        changes.append(_path("expires_at").set(expires(at)))
        standing: list[Condition] = [
            _path(name).exists() if name in known else _path(name).does_not_exist() for name in counts
        ]
        if new:
            changes.append(words.add(new))
            standing.append(words.does_not_exist() | (words <= MOST_WORDS - new))
        self._update(connection_id, WORDS, changes, reduce(and_, standing))

    def _update(
        self, connection_id: str, sk: str, changes: Sequence[Action], condition: Condition | None = None
    ) -> None:
        with translated():
            self._connection.update_item(
                AgreementsItem.Meta.table_name, activity_key(connection_id), sk, changes, condition
            )

    def _raw(
        self, connection_id: str, within: Condition, *, consistent: bool = False
    ) -> list[dict[str, Any]]:
        """Items as they are: a model knows no attributes that are named by what they count.

        There are at most 91 small ones, of as many days: less than a page.
        """
        with translated():
            found = self._connection.query(
                AgreementsItem.Meta.table_name,
                activity_key(connection_id),
                within,
                consistent_read=consistent,
            )
        return [
            {name: value for name, typed in item.items() for value in typed.values()}
            for item in found["Items"]
        ]


def _change(connection_id: str, change: Change) -> AgreementsItem:
    from slaclock.store.changes import change_item

    return AgreementsItem(**change_item(connection_key(connection_id), change))


def _path(name: str) -> Path:
    return Path([name])  # a list: a dot in it is no path
