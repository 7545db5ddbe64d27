"""What is read does not grow with how many tickets there are; and which partition is the hottest."""

from __future__ import annotations

import pytest

from slaclock.records.breach_query import BreachQuery
from tests.sim.growing import growing
from tests.sim.lived import LIFE, START, two_targets
from tests.sim.metered import metered_desk

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


def test_the_hottest_partition_is_the_queue_of_a_team() -> None:
    """Ten write units a ticket go to one: it takes a hundred tickets of a team a second, at six deliveries.

    The next are the index of the account's month, with a row of each cycle: two units a ticket; and the eight
    shards of what is due, which have eight between them.
    """
    tickets = ("SD-1", "SD-2", "SD-3")
    with metered_desk(START, two_targets()) as desk:
        desk.busy()
        desk.meter.hot.clear()
        for (kind, said), minutes in LIFE:
            for about in tickets:
                desk.tell(kind, about, **said)
            desk.advance(60 * minutes)
    own = ("ticket#", "ACTIVITY#")  # each ticket's own, and what has a write a minute
    shared = {place: units for place, units in desk.meter.hot.items() if not place[1].startswith(own)}
    hottest, second, *others = sorted(shared, key=lambda each: -shared[each])
    assert (hottest, shared[hottest]) == (("Tickets.queue", "queue#example#first-line"), 10 * len(tickets))
    due = sum(units for (name, _), units in shared.items() if name == "Tickets.due")
    assert due == 8 * len(tickets)
    assert shared["Ledger.by_account", "month#example#2026-03"] == 2 * len(tickets)
    assert max(shared[each] for each in (second, *others) if each[0] != "Tickets.due") == 2 * len(tickets)
