"""Rollups in DynamoDB."""

from collections.abc import Iterator, Mapping
from datetime import date

from slaclock.store.models import ReportsItem
from slaclock.store.reports import (
    ACCOUNTS,
    BEHIND,
    ROLLED,
    Made,
    Parts,
    behind_from,
    behind_item,
    is_of,
    made_from_item,
    made_item,
    made_key,
    part_items,
    rollup_key,
    span,
)
from slaclock.store.translating import plain, translated


class DynamoReports:
    """The part of the store that keeps rollups; the model is bound by whoever inherits it."""

    def made(self, account: str, first: date, last: date) -> Mapping[date, Made]:
        within = ReportsItem.sk.between(*span(first, last))
        with translated():
            found = ReportsItem.query(made_key(account), within, consistent_read=True)
            versions = [made_from_item(plain(item)) for item in found]
        return {each.day: each for each in versions}  # in their order: the latest stays

    def rollups(self, account: str, whose: str, made: Mapping[date, Made]) -> Iterator[bytes]:
        if not made:
            return
        within = ReportsItem.sk.between(*span(min(made), max(made)))
        with translated():
            for item in ReportsItem.query(rollup_key(account, whose), within, consistent_read=True):
                found = plain(item)
                if is_of(made, found):
                    yield found["part"]

    def keep_rollup(self, account: str, made: Made, parts: Parts) -> None:
        with translated():
            for item in (*part_items(account, made, parts), made_item(account, made)):
                ReportsItem(**item).save(condition=ReportsItem.pk.does_not_exist())
            ReportsItem(ACCOUNTS, account).save()

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
