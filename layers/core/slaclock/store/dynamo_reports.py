"""Rollups in DynamoDB."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from slaclock.store.models import ReportsItem
from slaclock.store.reports import (
    ACCOUNTS,
    BEHIND,
    ROLLED,
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
from slaclock.store.translating import plain, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slaclock.store.reports import (
        Made,
        Parts,
    )


class DynamoReports:
    """The part of the store that keeps rollups; the model is bound by whoever inherits it."""

    def made(self, account: str, first: date, last: date) -> Mapping[date, Made]:
        within = ReportsItem.sk.between(*span(first, last))
        with translated():
            found = ReportsItem.query(made_key(account), within, consistent_read=True)
            versions = [made_from_item(plain(item)) for item in found]
        return {each.day: each for each in versions}  # in their order: the latest stays

    def rollups(self, account: str, whose: str, made: Mapping[date, Made]) -> Iterator[bytes]:
        if made:
            yield from parts_of(made, _items(account, whose, *span(min(made), max(made))))

    def version(self, account: str, whose: str, made: Made) -> Iterator[bytes]:
        yield from (each["part"] for each in _items(account, whose, *kept_span(made)))

    def keep_rollup(self, account: str, made: Made, parts: Parts) -> None:
        before = self.made(account, made.day, made.day).get(made.day, made).version
        with translated():
            for item in (*part_items(account, made, parts), made_item(account, made)):
                ReportsItem(**item).save(condition=ReportsItem.pk.does_not_exist())
            ReportsItem(ACCOUNTS, account).save()
            for whose in parts:
                for item in emptied(_items(account, whose, *span(made.day, made.day)), before):
                    ReportsItem(**item).save()

    def accounts(self) -> list[str]:
        with translated():
            return [item.sk for item in ReportsItem.query(ACCOUNTS, consistent_read=True)]

    def rolled_until(self) -> date | None:
        with translated():
            latest = ReportsItem.query(ROLLED, scan_index_forward=False, limit=1, consistent_read=True)
            return next((date.fromisoformat(item.sk) for item in latest), None)

    def note_rolled(self, day: date) -> None:
        with translated():
            ReportsItem(ROLLED, day.isoformat()).save()

    def behind(self) -> Mapping[str, date]:
        with translated():
            return behind_from(plain(item) for item in ReportsItem.query(BEHIND, consistent_read=True))

    def note_behind(self, account: str, first: date | None) -> None:
        with translated():
            ReportsItem(**behind_item(account, first)).save()


def _items(account: str, whose: str, begin: str, end: str) -> Iterator[dict[str, Any]]:
    with translated():
        within = ReportsItem.sk.between(begin, end)
        for item in ReportsItem.query(rollup_key(account, whose), within, consistent_read=True):
            yield plain(item)
