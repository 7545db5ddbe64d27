"""What a sweep reads follows what is overdue, and never how many tickets there are."""

from collections.abc import Iterator

import pytest

from benchmarks.audit_reads import scanned
from slaclock.store.dynamo import DynamoStore
from slaclock.store.keys import SHARDS
from slaclock.store.models import TicketsItem
from tests.e2e.capacity import EMPTY, TICKET, size_of, swept, units
from tests.e2e.desk import Desk
from tests.e2e.filling import Filled, fill

FEW, MANY = 1_000, 10_000
OVERDUE = (0, 5, 50)


@pytest.fixture
def filled(desk: Desk) -> Filled:
    return fill(desk)


def test_a_sweep_reads_what_is_overdue_and_no_more(filled: Filled) -> None:
    """Half a unit for each of eight shards, thrice: what is due, what waits, and logs that end.

    And a unit a ticket to wake, and one for the agreements.
    """
    read = {}
    for stored in (FEW, MANY):
        filled.add(stored - filled.stored, overdue=False)
        for overdue in OVERDUE:
            filled.add(overdue, overdue=True)
            done, meter = filled.sweep()
            assert (done.woken, done.failed, done.left) == (overdue, 0, 0)
            read[stored, overdue] = meter.units
    assert read == {(stored, overdue): swept(overdue) for stored in (FEW, MANY) for overdue in OVERDUE}


def test_a_scan_is_reckoned_as_it_is_measured(filled: Filled) -> None:
    """The benchmark measures one, and computes the others: copies are as long as what was stored."""
    filled.add(FEW, overdue=False)
    assert scanned(filled, measured=True) == pytest.approx(FEW * filled.size / 4096 / 2)


def test_a_sweep_that_scans_is_found_out(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    """The meter sees what a filter hides: a thousand tickets of some 600 bytes are some 146 half units."""

    def looked_through(_: DynamoStore, before: object, *__: object) -> Iterator[str]:
        for item in TicketsItem.scan(TicketsItem.due_at < str(before)[:10]):
            yield item.pk

    filled.add(FEW, overdue=False)
    monkeypatch.setattr(DynamoStore, "overdue", looked_through)
    _, meter = filled.sweep()
    assert TICKET[0] <= filled.size <= TICKET[1]
    assert meter.units == EMPTY - SHARDS / 2 + units(FEW * filled.size, consistent=False)
    assert meter.items == FEW


@pytest.mark.parametrize(
    ("size", "consistent", "cost"),
    [(0, False, 0.5), (1, True, 1.0), (4096, True, 1.0), (4097, True, 2.0), (4097, False, 1.0)],
)
def test_a_read_costs_by_what_it_looked_at(size: int, cost: float, *, consistent: bool) -> None:
    """4 KB to the unit, begun ones count, half of it where it need not be consistent."""
    assert units(size, consistent=consistent) == cost


def test_an_items_size_is_that_of_its_names_and_values() -> None:
    """Text as UTF-8, a number half a byte a digit and one more, a boolean one."""
    assert size_of({"pk": {"S": "tø"}, "version": {"N": "1234"}, "moved": {"BOOL": True}}) == 5 + 10 + 6
