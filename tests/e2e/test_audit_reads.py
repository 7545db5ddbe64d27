"""What a sweep reads follows what is overdue, and never how many tickets there are."""

from collections.abc import Iterator

import pytest

from slaclock.store.dynamo import DynamoStore
from slaclock.store.models import TicketsItem
from tests.e2e.capacity import size_of, units
from tests.e2e.desk import Desk
from tests.e2e.filling import Filled, fill

FEW, MANY = 1_000, 10_000


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
        for overdue in (0, 5, 50):
            filled.add(overdue, overdue=True)
            swept, meter = filled.sweep()
            assert (swept.woken, swept.failed, swept.left) == (overdue, 0, 0)
            read[stored, overdue] = meter.units
    expected = {0: 12.0, 5: 12.0 + 5 + 1, 50: 12.0 + 50 + 1}
    assert read == {(stored, overdue): expected[overdue] for stored in (FEW, MANY) for overdue in expected}


def test_a_sweep_that_scans_is_found_out(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    """The meter sees what a filter hides: a thousand tickets of some 600 bytes are some 146 half units."""

    def scanned(_: DynamoStore, before: object, *__: object) -> Iterator[str]:
        for item in TicketsItem.scan(TicketsItem.due_at < str(before)[:10]):
            yield item.pk

    filled.add(FEW, overdue=False)
    monkeypatch.setattr(DynamoStore, "overdue", scanned)
    _, meter = filled.sweep()
    assert 580 <= filled.size <= 610  # its state is packed, by whatever zlib there is
    assert meter.units == 8.0 + units(FEW * filled.size, consistent=False)
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
