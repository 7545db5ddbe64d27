"""Rows of the ledger by the days of their deadlines: an account's, or one customer's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from slaclock.domain.facts import subject_key
from slaclock.store.contract import Ledger
from slaclock.store.reports import ALL, UNKNOWN, whose_of
from slaclock.store.rows import LedgerRow, due_order


def rows_due(ledger: Ledger, account: str, whose: str, first: date, last: date) -> Iterator[LedgerRow]:
    """Yield the rows whose deadline, or `at` where there is none, lies on one of these days of UTC.

    `last` is included. Of one telling all rows are among them, or none (see `slaclock.evidence.cycles`).
    """
    index, name = ("account_month", account) if whose in (ALL, UNKNOWN) else ("customer_month", whose[1:])
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    for month in _months(first, last):
        partition = [(index, subject_key("month", name, month))]
        for breach in (True, False):
            span = due_order(breach, since), due_order(breach, until)
            for row in ledger.rows(partition, *span):
                of = whose_of(row.fact.details.get("customer"))
                if row.fact.account == account and whose in (ALL, of):
                    yield row


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _months(first: date, last: date) -> Iterator[str]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04}-{number % 12 + 1:02}"
