"""What is read does not grow with how many tickets there are; and which partition is the hottest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from slaclock.records.breach_query import BreachQuery
from slaclock.store.keys import MONTH_SHARDS, SHARDS
from tests.sim.growing import growing
from tests.sim.lived import LADDER, START, life, two_targets
from tests.sim.metered import metered_desk

if TYPE_CHECKING:
    from collections.abc import Sequence

# Items looked at, and read units, at whatever size.
READ = {
    "a first delivery": (1, 3.0),
    "a further one": (2, 3.0),
    "one that comes late": (10, 7.0),
    "a timer, and all that follows": (12, 9.0),
    "a sweep": (3, 13.5),
    "one customer's breaches": (40, 11.5),
    "an account's, ten of them": (33, 10.5),
    "a month's, ten of them": (132, 18.0),
}


@pytest.mark.slow
def test_what_is_read_is_the_same_at_a_thousand_and_at_a_hundred_thousand_tickets() -> None:
    """A tenth of them has a breach; items and units are literal. `make bench-growth` goes to a million."""
    with growing() as grown:
        for tickets in (1_000, 10_000, 100_000):
            grown.grow(tickets)
            asked = grown.asked()
            assert {name: (each.items, each.reads.total() / 2) for name, each in asked.items()} == READ


def test_a_query_that_reads_whole_pages_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte at once is more the more there is."""
    monkeypatch.setattr(BreachQuery, "at_once", None)
    with growing() as grown:
        grown.grow(1_000)
        few = grown.asked()["an account's, ten of them"].items
        grown.grow(3_000)
        assert grown.asked()["an account's, ten of them"].items > 2 * few > 2 * 33


# Write units of a ticket with a reminder, by index: what it shares partitions of with many others.
SHARED = {
    "Tickets.queue": 10,
    "Tickets.due": 10,
    "Tickets.unannounced": 2,
    "Tickets.touched": 1,
    "Ledger.by_account": 2,
    "Ledger.by_customer": 2,
    "Ledger.recorded": 2,
}
BREACHED = {
    "Tickets.queue": 10,
    "Tickets.due": 12,
    "Tickets.unannounced": 10,
    "Tickets.touched": 3,
    "Ledger.by_account": 4,
    "Ledger.by_customer": 4,
    "Ledger.by_party": 3,
    "Ledger.breaches": 3,
    "Ledger.recorded": 3,
}
# Between how many partitions they are shared out; the others go to one.
SHARED_OUT = {
    "Tickets.due": SHARDS,
    "Tickets.unannounced": SHARDS,
    "Tickets.touched": MONTH_SHARDS,
    "Ledger.breaches": MONTH_SHARDS,
    "Ledger.recorded": MONTH_SHARDS,
}


@pytest.mark.parametrize(("late", "units"), [(False, SHARED), (True, BREACHED)], ids=["in time", "breached"])
def test_the_hottest_partition_is_the_queue_of_a_team(*, late: bool, units: dict[str, int]) -> None:
    """Ten write units a ticket go to one: it takes a hundred tickets of a team a second, at six deliveries.

    The table of docs/operations.md: units by index, of a life with a reminder, in time or with a breach.
    """
    tickets = ("SD-1", "SD-2", "SD-3")
    shared = {place: count for place, count in _hot(tickets, late=late).items() if "." in place[0]}
    found: Counter[str] = Counter()
    for (index, _), count in shared.items():
        found[index] += count
    assert found == {index: count * len(tickets) for index, count in units.items()}
    assert max(shared, key=lambda place: shared[place]) == ("Tickets.queue", "queue#example#first-line")
    busiest = {index: count / SHARED_OUT.get(index, 1) for index, count in units.items()}
    assert sorted(busiest.values())[-2:] == ([2, 10] if not late else [4, 10])


@pytest.mark.parametrize("deliveries", [1, 10, 40])
def test_a_connections_own_partition_takes_two_units_a_minute(deliveries: int) -> None:
    """However many come, each with a word that no map knows. What else is no index is a ticket's own."""
    unknown = {"status": "unknown", "status_raw": "WAITING FOR PARTS"}
    with metered_desk(START, two_targets()) as desk:
        desk.busy()
        for minute in range(3):  # one to know the word, one to hold it, one to tell what is held
            desk.meter.hot.clear()
            for number in range(deliveries):
                desk.deliver(desk.event("created", f"SD-{minute}{number}", **unknown), settled=1)
            desk.advance(62 - deliveries)
    own = {place: count for place, count in desk.meter.hot.items() if "." not in place[0]}
    shared = {place: count for place, count in own.items() if "#SD-" not in place[1]}
    assert shared == {("Agreements", "ACTIVITY#hook"): 2}


def test_a_partys_breaches_of_a_month_go_to_one_partition() -> None:
    """Three units a breach: throttled at 333 a second."""
    hot = _hot(("SD-1", "SD-2"), late=True)
    assert {place: count for place, count in hot.items() if place[0] == "Ledger.by_party"} == {
        ("Ledger.by_party", "month#acme#2026-03"): 2 * 3
    }


def _hot(tickets: Sequence[str], *, late: bool) -> Counter[tuple[str, str]]:
    """The write units of some lives, by table or index, and key of the partition."""
    with metered_desk(START, two_targets(reminders=["75%"], escalation=LADDER)) as desk:
        desk.busy()
        desk.meter.hot.clear()
        for (kind, said), minutes in life(late=late):
            for about in tickets:
                desk.tell(kind, about, **said)
            desk.advance(60 * minutes)
    return desk.meter.hot
