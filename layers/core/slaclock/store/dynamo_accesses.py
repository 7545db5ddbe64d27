"""Records of access in DynamoDB."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from slaclock.store.errors import WriteConflictError
from slaclock.store.models import AccessesItem
from slaclock.store.translating import plain, translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from slaclock.store.accesses import Access


class DynamoAccesses:
    """The part of the store that keeps records of access; the model is bound by whoever inherits it."""

    def note_access(self, access: Access, ends_at: datetime | None = None) -> None:
        from slaclock.store.accesses import access_item

        item = AccessesItem(**access_item(access, ends_at))
        # No other has its key: one that is there is our own, of an attempt whose answer was lost.
        with suppress(WriteConflictError), translated():
            item.save(condition=AccessesItem.pk.does_not_exist())

    def accesses(self, account: str, first: date, last: date) -> Iterator[Access]:
        from slaclock.store.accesses import access_from_item, access_key
        from slaclock.store.reports import days_of

        for day in days_of(first, last):
            with translated():
                for item in AccessesItem.query(access_key(account, day), consistent_read=True):
                    yield access_from_item(plain(item))
