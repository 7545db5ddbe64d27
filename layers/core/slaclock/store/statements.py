"""Statements of credits as they are kept: each a number of its period, never changed; and warnings told.

A statement is compressed JSON in parts, all written at once or not at all.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant, parse_instant

LARGEST_PART = 350_000  # bytes; DynamoDB takes items of 400 KB
MOST_PARTS = 10  # it takes four megabytes in a transaction
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement as it was issued: its number among those of its period, from 1 on, and when."""

    number: int
    at: datetime
    document: Document


class Statements(Protocol):
    """Statements that were issued, and warnings that were told, of an agreement's periods."""

    def statements(self, account: str, agreement: str, period: str) -> Sequence[Issued]:
        """List the statements of a period, in their order."""

    def keep_statement(self, account: str, agreement: str, period: str, issued: Issued) -> None:
        """Keep a statement.

        `WriteConflictError` where the period has one of that number, `StoreRefusedError` where it is too
        large.
        """

    def warned(self, account: str, agreement: str, period: str) -> Collection[str]:
        """The thresholds of a period of which somebody was told."""

    def keep_warning(self, account: str, agreement: str, period: str, threshold: str, at: datetime) -> None:
        """Keep that somebody was told, once: that it is kept already is no error."""


def statement_key(account: str, agreement: str) -> str:
    """The key of an agreement's statements."""
    return subject_key("statement", account, agreement)


def warned_key(account: str, agreement: str) -> str:
    """The key of the warnings of an agreement."""
    return subject_key("warned", account, agreement)


def of_period(period: str) -> tuple[str, str]:
    """Where the sort keys of a period begin, and where they end: `$` follows `#`."""
    return f"{period}#", f"{period}$"


def statement_items(account: str, agreement: str, period: str, issued: Issued) -> list[dict[str, Any]]:
    """The items of a statement's parts, of which each says when it was issued."""
    body = zlib.compress(json.dumps(issued.document, separators=(",", ":"), ensure_ascii=False).encode())
    parts = [body[start : start + LARGEST_PART] for start in range(0, len(body), LARGEST_PART)]
    return [
        {
            "pk": statement_key(account, agreement),
            "sk": f"{period}#{issued.number:06}#{number:03}",
            "part": part,
            "made_at": format_instant(issued.at),
            "hash": issued.document["hash"],
        }
        for number, part in enumerate(parts)
    ]


def statements_from_items(items: Iterable[Mapping[str, Any]]) -> Iterator[Issued]:
    """Read statements from their parts, which come in their order."""
    parts: dict[int, list[Mapping[str, Any]]] = {}
    for item in items:
        parts.setdefault(int(item["sk"].split("#")[1]), []).append(item)
    for number, those in parts.items():
        body = zlib.decompress(b"".join(item["part"] for item in those))
        yield Issued(number, parse_instant(those[0]["made_at"]), json.loads(body))


def warned_item(account: str, agreement: str, period: str, threshold: str, at: datetime) -> dict[str, Any]:
    """What says that somebody was told of a threshold."""
    return {
        "pk": warned_key(account, agreement),
        "sk": f"{period}#{threshold}",
        "made_at": format_instant(at),
    }


def threshold_of(sort_key: str) -> str:
    """The threshold that such an item is of."""
    return sort_key.partition("#")[2]
