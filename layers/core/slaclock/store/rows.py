"""Rows of the ledger: their places in its indexes, and how they are read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.facts import ACCOUNT, CASE, period_of, split_id, split_subject, subject_key
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.store.bodies import fact_from_item, told_document
from slaclock.store.keys import MONTH_SHARDS, aside, day_shard, shard, sortable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.facts import Fact

_OF_A_BREACH = CASE | {"clock_breached", "escalation_handed_over"}
_PLACES = (
    "account_month", "customer_month", "party_month", "breach_month", "due_order", "recorded_day",
    "recorded_order",
)  # fmt: skip


class LedgerRow(NamedTuple):
    """A row of the ledger: the fact, with its place in the ticket's chain."""

    subject: str
    fact: Fact
    seq: int
    hash: str
    recorded_at: datetime
    order: str


class RowEnd(NamedTuple):
    """A ledger row by its keys, when it was recorded, and when it goes by itself, if it does."""

    subject: str
    key: str
    recorded_at: datetime
    ends_at: datetime | None

    @property
    def ticket_id(self) -> str:
        """The id of the ticket that it is of."""
        return split_subject(self.subject)[2]


def row_from_item(item: Mapping[str, Any]) -> LedgerRow:
    """Read a row of the ledger."""
    fact, at = fact_from_item(item), recorded_at(item)
    return LedgerRow(item["pk"], fact, int(item["seq"]), item["hash"], at, item["due_order"])


def row_end_from_item(item: Mapping[str, Any]) -> RowEnd:
    """Read when a row of the ledger goes."""
    ends = item.get("expires_at")
    return RowEnd(
        item["pk"], item["sk"], recorded_at(item), datetime.fromtimestamp(int(ends), UTC) if ends else None
    )


def row_document_from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the ledger as seals have it; one out of its place in an index says so, and is another."""
    from slaclock.evidence.seal import row_document

    at = recorded_at(item)
    cause, seq = item.get("cause_hash"), int(item["seq"])
    place = {"seq": seq, "at": format_instant(at), "head": item["hash"]}
    document = row_document(told_document(item, item["sk"]), cause_hash=cause, **place)
    belongs = places_of(item["pk"], fact_from_item(item), seq, at)
    wrong = sorted(name for name in _PLACES if item.get(name) != belongs.get(name))
    return {**document, "misplaced": wrong} if wrong else document


def recorded_at(item: Mapping[str, Any]) -> datetime:
    """When a row of the ledger was recorded: its place in that order begins with it."""
    return parse_instant(item["recorded_order"].partition("#")[0])


def places_of(subject: str, fact: Fact, seq: int, at: datetime) -> dict[str, str]:
    """A row's places in the ledger's indexes. What is due when gives the period."""
    due = period_of(fact)
    month, breach = sortable(due)[:7], _of_breach(fact)
    customer = fact.details.get("customer")
    about = f"{aside(subject)}#{fact.lane}#{fact.cycle:05}#{fact.revision:04}#{seq:06}"
    places = {
        "account_month": subject_key("month", fact.account, month),
        "due_order": f"{_order(fact, due, breach=breach)}#{about}",
        "recorded_day": day_shard(at, subject),
        "recorded_order": f"{sortable(at)}#{aside(subject)}#{seq:06}",
    }
    if customer:
        places["customer_month"] = customer_month(fact.account, str(customer), month)
    if customer and breach:
        places["party_month"] = subject_key("month", str(customer), month)
    if breach:
        places["breach_month"] = f"{month}#{shard(subject, MONTH_SHARDS)}"
    return places


def customer_month(account: str, customer: str, month: str) -> str:
    """The key of a month of one customer of an account: another account's of that name is another."""
    return subject_key(account, customer, month)


def due_order(breach: bool, due: datetime | str) -> str:  # noqa: FBT001  (the first part of the key)
    """The beginning of a row's place in the ledger's indexes: breaches apart from the rest, by deadline."""
    return f"{'breach' if breach else 'cycle'}#{due if isinstance(due, str) else sortable(due)}"


def _order(fact: Fact, due: datetime, *, breach: bool) -> str:
    """An act on a whole account stands apart from breaches and from cycles."""
    return f"account#{sortable(due)}" if fact.subject == ACCOUNT else due_order(breach, due)


def _of_breach(fact: Fact) -> bool:
    """Whether a row belongs to a breach: it tells one, or what became of it."""
    if fact.fact == "outcome_corrected":
        return split_id(fact.details["corrects"])[1].startswith(
            ("clock_breached:", "breach_ended:", "breach_reopened:")
        )
    return fact.fact.startswith("breach_") or fact.fact in _OF_A_BREACH
