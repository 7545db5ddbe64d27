"""Rows of the ledger as flat lines, for questions in SQL over years: the columns, declared once.

They hold what reports count by, and no person: neither who acknowledged, worked or decided, nor what anybody
wrote. A member that is not known is left out, and null to whoever asks.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from slaclock.domain.facts import Fact, fact_from_json, period_of
from slaclock.evidence.cycles import in_thousandths
from slaclock.evidence.rollup import microseconds
from slaclock.evidence.standing import service_of

Type = Literal["string", "bigint", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its type as Glue has it, what it says, and how it is read off a row."""

    name: str
    type: Type
    says: str
    of: Callable[[Fact, Mapping[str, Any]], str | int | bool | None]


def line_of(row: Mapping[str, Any]) -> tuple[str, bytes]:
    """The account of a row, by its document (`row_document`), and its line: JSON in the order of columns."""
    fact = fact_from_json(row["fact"])
    said = {column.name: column.of(fact, row) for column in COLUMNS}
    known = {name: value for name, value in said.items() if value is not None}
    text = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    return fact.account, text.encode() + b"\n"


def instant_text(at: datetime) -> str:
    """An instant to the second, as both Trino and DuckDB cast it: `2026-10-05 08:30:00 UTC`.

    >>> instant_text(datetime(2026, 10, 5, 8, 30, 0, 999, UTC))
    '2026-10-05 08:30:00 UTC'
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _own(name: str, kind: Type, says: str) -> Column:
    """A member that each fact has."""
    return Column(name, kind, says, lambda fact, _: getattr(fact, name))


def _detail(name: str, kind: Type, says: str) -> Column:
    """A member that some facts have."""
    return Column(name, kind, says, lambda fact, _: fact.details.get(name))


def _rating(fact: Fact, _: Mapping[str, Any]) -> int | None:
    value = fact.details.get("rating")
    return None if value is None else in_thousandths(Decimal(str(value)))


COLUMNS = (
    Column("id", "string", "public id of the fact", lambda fact, _: fact.id),
    _own("fact", "string", "what happened: `clock_breached`"),
    _own("subject", "string", "`ticket`, `service`, or `account` for the account's register"),
    Column("ticket", "string", "the ticket's number", lambda fact, _: fact.ticket_id),
    _own("lane", "string", "which clock of the ticket"),
    _own("cycle", "bigint", "which cycle of it"),
    _own("revision", "bigint", "which telling of the cycle: one more after each that was withdrawn"),
    Column("seq", "bigint", "place in the ticket's chain", lambda _, row: row["seq"]),
    Column("recorded_at", "string", "when it was recorded", lambda _, row: row["at"]),
    Column("happened_at", "string", "when it happened, to the second", lambda fact, _: instant_text(fact.at)),
    Column("happened_us", "bigint", "the same, microseconds since 1970",
           lambda fact, _: microseconds(fact.at)),
    Column("due_at", "string", "the deadline, to the second; where there is none, when it happened",
           lambda fact, _: instant_text(period_of(fact))),
    Column("due_us", "bigint", "the same, microseconds since 1970",
           lambda fact, _: microseconds(period_of(fact))),
    _detail("customer", "string", "the customer, then"),
    Column("agreement", "string", "the agreement's id", lambda fact, _: fact.agreement or None),
    _own("agreement_version", "bigint", "and its version"),
    _own("target", "string", "the promise"),
    _own("metric", "string", "what it measures"),
    _detail("kind", "string", "the kind of breach: response, resolution, …"),
    _detail("clause", "string", "the clause"),
    _detail("team", "string", "the team, then"),
    _detail("priority", "string", "the priority, then"),
    Column("service", "string", "the service, then", lambda fact, _: service_of(fact)),
    _detail("worked_seconds", "bigint", "working time from start to stop"),
    _detail("wall_seconds", "bigint", "elapsed time from start to stop"),
    _detail("reopened", "boolean", "whether a reopening began the cycle"),
    _detail("corrects", "string", "of a correction: the id of the fact that it withdraws"),
    _detail("root_cause", "string", "of a cause: the cause"),
    _detail("decision", "string", "of a dispute: `raised`, `upheld` or `waived`"),
    Column("rating_thousandths", "bigint", "of a rating: its value, times a thousand", _rating),
    Column("engine", "string", "the version of slaclock that recorded it",
           lambda fact, _: fact.engine or None),
    Column("hash", "string", "the ticket's chain after it, as seals have it", lambda _, row: row["hash"]),
)  # fmt: skip
