"""Rows of the ledger by the days of their deadlines: an account's, or one customer's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from slaclock.domain.facts import subject_key
from slaclock.store.contract import Ledger
from slaclock.store.reports import ALL, UNKNOWN, whose_of
from slaclock.store.rows import LedgerRow, customer_month, due_order


def rows_due(ledger: Ledger, account: str, whose: str, first: date, last: date) -> Iterator[LedgerRow]:
    """Yield the rows whose deadline, or `at` where there is none, lies on one of these days of UTC.

    `last` is included. Of one telling all rows are among them, or none (see `slaclock.evidence.cycles`).
    """
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    for month in _months(first, last):
        partition = [_partition(account, whose, month)]
        for breach in (True, False):
            span = due_order(breach, since), due_order(breach, until)
            for row in ledger.rows(partition, *span):
                of = whose_of(row.fact.details.get("customer"))
                if whose in (ALL, of):
                    yield row


def _partition(account: str, whose: str, month: str) -> tuple[str, str]:
    if whose in (ALL, UNKNOWN):
        return "account_month", subject_key("month", account, month)
    return "customer_month", customer_month(account, whose[1:], month)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _months(first: date, last: date) -> Iterator[str]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04}-{number % 12 + 1:02}"
