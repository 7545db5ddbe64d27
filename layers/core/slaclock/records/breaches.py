"""The breach record: what the ledger's rows say of each breach, found by index."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from slaclock.domain.facts import Fact
from slaclock.domain.instants import format_instant
from slaclock.records.breach_query import BreachQuery
from slaclock.store.contract import Ledger, LedgerRow

# How many breaches one page looks at: where few of them have what is asked for, the page ends early, with a
# cursor, in place of reading on until nobody waits for it any more.
MOST_READ = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of one telling of a breach."""

    told: Fact
    acknowledged: Fact | None = None
    ended: Fact | None = None
    corrected: Fact | None = None

    @property
    def status(self) -> str:
        """The first that holds of corrected, ended, acknowledged, open. Reopened, it has not ended."""
        if self.corrected:
            return "corrected"
        if self.ended:
            return "ended"
        return "acknowledged" if self.acknowledged else "open"


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach as the ledger has it: its standing, and the row that told it."""

    standing: Standing
    row: LedgerRow


@dataclass(frozen=True, slots=True)
class Page:
    """Breaches by deadline, and the cursor of the next page; None where there is no more."""

    breaches: Sequence[Breach]
    next_cursor: str | None


def find_breaches(ledger: Ledger, query: BreachQuery) -> Page:
    """One page of a query, read from index partitions month by month; no more than a page is held."""
    found: list[Breach] = []
    place = query.after
    for read, (here, rows) in enumerate(groupby(_rows(ledger, query), key=_place)):
        breach = _breach(list(rows))
        wanted = breach is not None and query.wants(breach.standing.told)
        if read == MOST_READ or (wanted and len(found) == query.limit):
            return Page(found, query.cursor(place))
        if breach is not None and wanted:
            found.append(breach)
        place = here
    return Page(found, None)


def standing(facts: Iterable[Fact]) -> Standing | None:
    """What became of a breach, from the facts of its cycle and revision in the order of telling.

    None where they tell of no breach. Whether it has ended says the last ending or reopening in time that was
    not withdrawn, which need not be the last one told.
    """
    facts = list(facts)
    withdrawn = {fact.details.get("corrects") for fact in facts}
    told = next((fact for fact in facts if fact.fact == "clock_breached"), None)
    if told is None:
        return None
    turns = [fact for fact in facts if fact.fact.startswith(("breach_ended", "breach_reopened"))]
    turns = [fact for fact in turns if fact.id not in withdrawn]
    last = max(enumerate(turns), key=lambda turn: (turn[1].at, turn[0]), default=(0, None))[1]
    return Standing(
        told,
        acknowledged=next((fact for fact in facts if fact.fact == "breach_acknowledged"), None),
        ended=last if last and last.fact == "breach_ended" else None,
        corrected=next((fact for fact in facts if fact.details.get("corrects") == told.id), None),
    )


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
        "agreement": told.agreement,
        "agreement_version": told.agreement_version,
        "clause": told.details.get("clause"),
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
        "timezone": told.details.get("timezone"),
        "recorded_at": format_instant(breach.row.recorded_at),
        "agreement_hash": told.agreement_hash,
        "hash": breach.row.hash,
    }


def _claimed(taken: Fact | None) -> bool | None:
    """Whether a name was typed by somebody whom nobody saw; None where nobody has the breach in hand."""
    return bool(taken.details.get("claimed")) if taken else None


def _happened(what: str, fact: Fact | None, *also: str) -> dict[str, Any]:
    at = {f"{what}_at": format_instant(fact.at) if fact else None}
    return at | {f"{what}_{name}": fact.details.get(name) if fact else None for name in also}


def _rows(ledger: Ledger, query: BreachQuery) -> Iterator[LedgerRow]:
    begin, end = query.span()
    for month in query.months():
        yield from ledger.rows(query.partitions(month), begin, end)


def _place(row: LedgerRow) -> str:
    """What the rows of one breach share: all of their order but the number at its end."""
    return row.order.rpartition("#")[0]


def _breach(rows: Sequence[LedgerRow]) -> Breach | None:
    stands = standing(row.fact for row in rows)
    told = next((row for row in rows if row.fact.fact == "clock_breached"), None)
    return Breach(stands, told) if stands and told else None
