"""What a client asks of the record: query parameters, cursors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from slaclock.records.breach_formats import FORMATS, negotiate
from slaclock.records.breach_query import parse_query
from slaclock.records.parameters import InvalidQuery
from tests.fuzz.frame import target, text_of
from tests.spec.signing import CURSORS

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
PLACE = "breach#2026-03-27T18:05:00.000000Z#ticket#acme#1#resolution#00001#0000"
_ASKED = {"account": "acme", "from": "2026-03-01"}
_WORDS = (
    "from=", "to=", "account=", "customer=", "agreement=", "metric=resolution", "team=", "priority=urgent",
    "limit=1000", "cursor=", "&", "%00", "%23", "9999-12-31", "0001-01-01", "%2B01:00",
)  # fmt: skip


@target("breach-query", refuses=(InvalidQuery,), words=_WORDS, tries=2000)
def breach_query(data: bytes) -> None:
    """A query that may be asked reads few partitions, whose keys are no longer than DynamoDB's may be."""
    query = parse_query(dict(parse_qsl(text_of(data), keep_blank_values=True)), NOW, CURSORS)
    months = list(query.months())
    assert len(months) <= 122
    for month in months[:1]:
        assert all(len(key.encode()) <= 2048 for _, key in query.partitions(month))
    assert 1 <= query.limit <= 1000
    assert all(len(each.encode()) <= 1024 for each in query.span())


def _cursors() -> Sequence[bytes]:
    return [parse_query(_ASKED, NOW, CURSORS).cursor(PLACE).encode()]


@target("cursors", refuses=(InvalidQuery,), samples=_cursors, tries=2000)
def cursors(data: bytes) -> None:
    """A cursor that is taken is the one given out for its place, and begins within the query."""
    if not data:
        return
    query = parse_query({**_ASKED, "cursor": text_of(data)}, NOW, CURSORS)
    assert query.cursor(query.after) == text_of(data)
    begin, end = query.span()
    assert all(len(each.encode()) <= 1024 for each in (begin, end))
    assert begin >= parse_query(_ASKED, NOW, CURSORS).span()[0]


@target("accept", tries=2000, share=0.3)
def accept(data: bytes) -> None:
    """Any `Accept` header is answered in one of the formats, or by none."""
    found = negotiate(text_of(data))
    assert found is None or found.kind in {each.kind for each in FORMATS}
