"""The meter counts as DynamoDB charges: its rules at their bounds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sim.dynamo.calls import ABSENT, batch, delete, get, item, number, put, query, scan, text, transact
from tests.sim.dynamodb import DynamoDouble
from tests.sim.metering import Meter, units

NAMED = {"#0": "pk", "#1": "body"}
ABOUT_NOBODY = {
    "FilterExpression": "#1 = :1",
    "ExpressionAttributeNames": {"#1": "body"},
    "ExpressionAttributeValues": {":1": text("x")},
}
DUE: dict[str, Any] = {"due_shard": text("3"), "due_at": text("2026")}


@pytest.fixture
def meter() -> Meter:
    return Meter(DynamoDouble(lambda: datetime(2026, 3, 26, tzinfo=UTC)))


def sized(size: int, **members: Any) -> Any:
    """An item of so many bytes, all in all."""
    bare = item(body=text(""), **members)
    lacking = size - sum(len(name) + len(next(iter(value.values()))) for name, value in bare.items())
    return item(body=text("x" * lacking), **members)


@pytest.mark.parametrize(
    ("size", "unit", "count"), [(0, 1024, 1), (1024, 1024, 1), (1025, 1024, 2), (4096, 4096, 1)]
)
def test_a_begun_unit_counts(size: int, unit: int, count: int) -> None:
    """There is always one."""
    assert units(size, unit) == count


@pytest.mark.parametrize(("size", "alone", "transacted"), [(1024, 1, 2), (1025, 2, 4), (2049, 3, 6)])
def test_a_write_is_charged_by_its_size_and_twice_in_a_transaction(
    size: int, alone: int, transacted: int, meter: Meter
) -> None:
    """A KB to the unit."""
    meter.dynamo(*put(sized(size)))
    assert meter.spent.writes == {"Tickets": alone}
    meter.dynamo(*transact(put(sized(size, why=text("w")))))
    assert meter.spent.writes == {"Tickets": alone + transacted}


def test_the_larger_of_before_and_after_counts(meter: Meter) -> None:
    """Whoever makes an item small pays for the large one, and so does who deletes it."""
    meter.dynamo(*put(sized(3000)))
    meter.dynamo(*put(item()))
    assert meter.spent.writes == {"Tickets": 3 + 3}
    meter.dynamo(*put(sized(3000)))
    meter.dynamo(*delete(item()))
    assert meter.spent.writes == {"Tickets": 3 + 3 + 3 + 3}


def test_a_write_that_is_refused_is_charged(meter: Meter) -> None:
    """By the item that is there, alone or in a transaction, and no index is touched."""
    meter.dynamo(*put(sized(1500)))
    for call in (put(item(**DUE), **ABSENT), transact(put(item(**DUE), **ABSENT))):
        with pytest.raises(ClientError):
            meter.dynamo(*call)
    assert meter.spent.writes == {"Tickets": 2 + 2 + 4}


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ({}, DUE, 1),
        (DUE, {}, 1),
        (DUE, DUE, 0),
        (DUE, {**DUE, "due_at": text("2027")}, 2),
        (DUE, {**DUE, "due_shard": text("4")}, 2),
        (DUE, {**DUE, "body": text("not shown there")}, 0),
    ],
    ids=["new", "gone", "the same", "moved", "in another partition", "nothing that it shows"],
)
def test_an_index_is_charged_for_what_changes_in_it(
    before: dict[str, Any], after: dict[str, Any], count: int, meter: Meter
) -> None:
    """An entry that moves is taken out and put in, in a transaction too."""
    meter.dynamo(*put(item(**before)))
    known = meter.spent.copy()
    meter.dynamo(*transact(put(item(version=number(2), **after))))
    assert (meter.spent - known).writes["Tickets.due"] == count


def test_an_index_that_shows_all_is_charged_by_all(meter: Meter) -> None:
    """A row of more than a KB, in the index of its account; and twice as much where it moves."""
    row: dict[str, Any] = {"account_month": text("m"), "due_order": text("d")}
    for call in (put(sized(1025, **row)), put(sized(1025, **{**row, "due_order": text("e")}))):
        meter.dynamo(call[0], {**call[1], "TableName": "Ledger"})
    assert meter.spent.writes["Ledger.by_account"] == 2 + 2 + 2


def test_partitions_are_charged_apart(meter: Meter) -> None:
    """Whoever moves from one to another pays in both."""
    meter.dynamo(*put(item(**DUE)))
    meter.dynamo(*put(item(**{**DUE, "due_shard": text("4")})))
    assert meter.hot == {("Tickets", "a"): 2, ("Tickets.due", "3"): 2, ("Tickets.due", "4"): 1}


@pytest.mark.parametrize(
    ("call", "halves", "items"),
    [
        (get(item()), 2, 1),
        (get(item(), ConsistentRead=True), 4, 1),
        (get(item("b")), 1, 0),
        (batch(item(), item("b"), ConsistentRead=True), 4 + 2, 1),
        (query("#0 = :0", {"#0": "pk"}, text("a"), ConsistentRead=True), 4, 2),
        (query("#0 = :0", {"#0": "pk"}, text("b")), 1, 0),
        (query("#0 = :0", NAMED, text("a"), text("x"), FilterExpression="#1 = :1"), 2, 2),
        (query("#0 = :0", NAMED, text("a"), ProjectionExpression="#1"), 2, 2),
        (query("#0 = :0", {"#0": "pk"}, text("a"), Limit=1), 2, 1),
        (scan(), 2, 2),
        (scan(**ABOUT_NOBODY, ConsistentRead=True), 4, 2),
    ],
    ids=[
        "stale",
        "consistent",
        "not there",
        "a batch, each",
        "a page, together",
        "an empty page",
        "before the filter",
        "before the projection",
        "up to the limit",
        "a scan",
        "a scan before its filter",
    ],
)
def test_a_read_is_charged_by_what_it_looked_at(call: Any, halves: int, items: int, meter: Meter) -> None:
    """In halves of a unit: of 4 KB where it may be stale; of a batch each item, of a query its page."""
    meter.double.call(*put(sized(5000)))
    meter.double.call(*put(item("a", "2")))
    meter.dynamo(*call)
    assert (meter.spent.reads["Tickets"], meter.spent.items) == (halves, items)


def test_what_is_kept_is_charged_with_a_hundred_bytes_an_item_and_an_entry(meter: Meter) -> None:
    """An index has its own of what it shows: here its key and the table's."""
    meter.dynamo(*put(sized(3000)))
    assert meter.stored("a") == 3000 + 100
    meter.dynamo(*put(sized(3000, **DUE)))
    shown = len("pk" + "a" + "sk" + "1" + "due_shard" + "3" + "due_at" + "2026")
    assert meter.stored("a") == 3000 + 100 + shown + 100
    meter.dynamo(*put(item("b")))
    assert meter.stored("a") == 3000 + 100 + shown + 100
