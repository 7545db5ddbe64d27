"""The report of attainment: rollups of the days that have them, rows of the others, and what they count."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from slaclock.domain.instants import format_instant
from slaclock.evidence.attainment import MOST_GROUPS, Report, TooManyGroups, figures, report
from slaclock.evidence.cycles import cycles, ratings
from slaclock.evidence.rollup import Rollup, rolled_up, unpacked
from slaclock.records.attainment_query import AttainmentQuery
from slaclock.records.cells import cell_of
from slaclock.records.parameters import InvalidQuery
from slaclock.store.contract import Ledger
from slaclock.store.due import rows_due
from slaclock.store.reports import Reports, days_of, sealed_until

_PERCENTILES = ("worked_seconds", "wall_seconds")
COLUMNS = (
    "met", "breached", "attainment", "open_overdue", "cancelled", "excluded", "corrected", "reopened_share",
    "worked_seconds_median", "worked_seconds_p90", "wall_seconds_median", "wall_seconds_p90", "ratings",
    "ratings_mean",
)  # fmt: skip


class Record(Ledger, Reports, Protocol):
    """Where rows and rollups are kept."""


def attainment(record: Record, query: AttainmentQuery, now: datetime) -> dict[str, Any]:
    """A report as JSON; `InvalidQuery` where its groups are too many."""
    until, asked = sealed_until(record, query.account), query.asked
    counted = _counted(record, query)
    return {
        "period": {"from": query.first.isoformat(), "to": query.last.isoformat(), "zone": asked.zone},
        "as_of": format_instant(now),
        "sealed": until is not None and query.days[1] <= until,
        "by": list(asked.by),
        "groups": [
            {**dict(zip(asked.by, key, strict=True)), **figures(tally)}
            for key, tally in counted.groups.items()
        ],
        "total": figures(counted.total),
    }


def attainment_csv(document: Mapping[str, Any]) -> str:
    """The groups of a report as CSV (RFC 4180), every cell in quotes: what they are by, then `COLUMNS`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([*document["by"], *COLUMNS])
    for group in document["groups"]:
        flat = {**group, "ratings": group["ratings"]["number"], "ratings_mean": group["ratings"]["mean"]}
        for name in _PERCENTILES:
            flat |= {f"{name}_{rank}": value for rank, value in group[name].items()}
        writer.writerow([cell_of(flat[name]) for name in (*document["by"], *COLUMNS)])
    return out.getvalue()


def rollups_of(record: Record, account: str, whose: str, first: date, last: date) -> Iterator[Rollup]:
    """Yield what was rolled up of these days of UTC, `last` included, and what rows tell of the others."""
    made = record.made(account, first, last)
    yield from map(unpacked, record.rollups(account, whose, made))
    for begin, end in _runs([day for day in days_of(first, last) if day not in made]):
        rows = list(rows_due(record, account, whose, begin, end))
        yield rolled_up(account, cycles(rows), ratings(rows))


def _counted(record: Record, query: AttainmentQuery) -> Report:
    found = rollups_of(record, query.account, query.whose, *query.days)
    try:
        return report(found, query.asked)
    except TooManyGroups:
        raise InvalidQuery(
            "by", f"more than {MOST_GROUPS} groups: filter, or ask for a shorter time"
        ) from None


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """The days as runs that follow each other, each by its first and its last one."""
    begin = end = None
    for day in days:
        if end is not None and begin is not None and day != end + timedelta(days=1):
            yield begin, end
            begin = day
        begin, end = begin or day, day
    if begin is not None and end is not None:
        yield begin, end
