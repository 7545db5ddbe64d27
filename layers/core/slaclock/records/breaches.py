"""The breach record: what the ledger's rows say of each breach, found by index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from slaclock.domain.facts import Fact
from slaclock.domain.instants import format_instant
from slaclock.evidence.standing import Standing, service_of
from slaclock.records.breach_query import BreachQuery
from slaclock.records.summed import Breach, summed
from slaclock.store.contract import Ledger
from slaclock.store.rows import LedgerRow

# How many rows one page reads, and then to the end of a breach's: where few have what is asked for, or their
# cases are long, the page ends early, with a cursor, in place of reading on until nobody waits any more.
MOST_READ = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """Breaches by deadline, and the cursor of the next page; None where there is no more."""

    breaches: Sequence[Breach]
    next_cursor: str | None


def find_breaches(ledger: Ledger, query: BreachQuery) -> Page:
    """One page of a query, read from index partitions month by month; no more than a page is held."""
    found: list[Breach] = []
    place, rows = query.after, _Counted(_rows(ledger, query))
    for here, of_breach in groupby(rows, key=_place):
        if rows.read > MOST_READ:  # the first of the next breach is read already
            return Page(found, query.cursor(place))
        breach = summed(of_breach)
        wanted = breach is not None and query.wants(breach.standing)
        if wanted and len(found) == query.limit:
            return Page(found, query.cursor(place))
        if breach is not None and wanted:
            found.append(breach)
        place = here
    return Page(found, None)


def breach_to_json(breach: Breach) -> dict[str, Any]:
    """Write a breach. What has not happened is null; once there is an end, `worked_seconds` runs to it."""
    told, stands = breach.standing.told, breach.standing
    details = {**told.details, **(stands.ended.details if stands.ended else {})}
    return {
        "id": told.id,
        "status": stands.status,
        "account": told.account,
        "subject": told.subject,
        "ticket_id": told.ticket_id,
        **{name: told.details.get(name) for name in ("customer", "team", "priority")},
        "service": service_of(told),
        "agreement": told.agreement,
        "agreement_version": told.agreement_version,
        **{name: told.details.get(name) for name in ("kind", "clause")},
        "target": told.target,
        "metric": told.metric,
        "cycle": told.cycle,
        "revision": told.revision,
        "budget": told.details.get("budget"),
        "due_at": format_instant(told.due_at) if told.due_at else None,
        "at": format_instant(told.at),
        **{
            name: told.details.get(name)
            for name in ("reason", "detected_at", "detected_by", "broke_first", "target_seconds")
        },
        **{name: details.get(name) for name in ("worked_seconds", "late_seconds", "late_wall_seconds")},
        **_happened("acknowledged", stands.acknowledged, "by", "level"),
        "acknowledged_claimed": _claimed(stands.acknowledged),
        **_happened("ended", stands.ended),
        **_happened("corrected", stands.corrected, "because"),
        **_case(stands),
        "entries": breach.entries,
        "timezone": told.details.get("timezone"),
        "recorded_at": format_instant(breach.row.recorded_at),
        "agreement_hash": told.agreement_hash,
        "hash": breach.row.hash,
    }


def _case(stands: Standing) -> dict[str, Any]:
    """What was written into its case last, of each kind; all of it is in the breach's own answer."""
    remedy, review, dispute = map(stands.latest, ("case_remedy", "case_review", "case_dispute"))
    remedied = remedy.details if remedy else {}
    return {
        "cause": stands.cause,
        "remedy": remedied.get("remedy"),
        "remedy_owner": remedied.get("owner"),
        "remedy_due": remedied.get("due"),
        "reviewed_at": format_instant(review.at) if review else None,
        "review_outcome": review.details.get("outcome") if review else None,
        "dispute": dispute.details["decision"] if dispute else None,
        "dispute_at": format_instant(dispute.at) if dispute else None,
        "dispute_by": dispute.details["by"] if dispute else None,
    }


def _claimed(taken: Fact | None) -> bool | None:
    """Whether a name was typed by somebody whom nobody saw; None where nobody has the breach in hand."""
    return bool(taken.details.get("claimed")) if taken else None


def _happened(what: str, fact: Fact | None, *also: str) -> dict[str, Any]:
    at = {f"{what}_at": format_instant(fact.at) if fact else None}
    return at | {f"{what}_{name}": fact.details.get(name) if fact else None for name in also}


@dataclass(slots=True)
class _Counted:
    """Rows one by one, and how many of them were `read` so far."""

    rows: Iterator[LedgerRow]
    read: int = 0

    def __iter__(self) -> Iterator[LedgerRow]:
        for row in self.rows:
            self.read += 1
            yield row


def _rows(ledger: Ledger, query: BreachQuery) -> Iterator[LedgerRow]:
    begin, end = query.span()
    for month in query.months():
        yield from ledger.rows(query.partitions(month), begin, end, query.at_once)


def _place(row: LedgerRow) -> str:
    """What the rows of one breach share: all of their order but the number at its end."""
    return row.order.rpartition("#")[0]
