"""A ticket's life as each helpdesk tells it: however its deliveries arrive, it ends in the same facts."""

import pytest

from tests.functions.telling import (
    STORIES,
    Ended,
    clocks,
    doubled,
    lines,
    net,
    played,
    sent,
    shuffled,
    story,
)

SEEDS = range(1, 6)
every = pytest.mark.parametrize("name", STORIES)
IN_ORDER_ONLY = [name for name in STORIES if getattr(story(name), "IN_ORDER_ONLY", "")]
late = pytest.mark.parametrize("name", [name for name in STORIES if name not in IN_ORDER_ONLY])


def in_order(name: str) -> Ended:
    return played(story(name), sent(story(name)))


@every
def test_a_life_told_in_order_comes_to_what_was_worked_out_by_hand(name: str) -> None:
    """At least ten deliveries, none of which is lost, ends in the facts that the story lists."""
    ended = in_order(name)
    assert len(sent(story(name))) >= 10
    assert lines(ended) == story(name).FACTS
    assert ended.receipts["quarantined"] == 0
    assert ended.ticket.status == "closed"


@every
def test_each_delivery_twice_tells_nothing_twice(name: str) -> None:
    """The second is a duplicate, event by event, or ignored as the first was."""
    once, twice = in_order(name), played(story(name), doubled(sent(story(name))))
    assert lines(twice) == lines(once)
    assert (twice.ticket.attributes, clocks(twice)) == (once.ticket.attributes, clocks(once))
    assert twice.receipts == {
        "accepted": once.receipts["accepted"],
        "duplicates": once.receipts["accepted"] + 2 * once.receipts["duplicates"],
        "ignored": 2 * once.receipts["ignored"],
        "quarantined": 0,
    }


@late
@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_doubled_and_late_it_ends_in_the_same_facts(name: str, seed: int) -> None:
    """Net of corrections, each cycle has the outcome that it has in order, and the ticket looks the same."""
    once = in_order(name)
    deliveries = shuffled(sent(story(name)), seed)
    assert [each.body for each in deliveries] != [each.body for each in doubled(sent(story(name)))]
    ended = played(story(name), deliveries)
    assert net(ended) == net(once)
    assert (ended.ticket.attributes, clocks(ended)) == (once.ticket.attributes, clocks(once))
    assert ended.receipts == played(story(name), doubled(sent(story(name)))).receipts


def test_only_a_helpdesk_whose_bodies_say_no_time_needs_them_in_order() -> None:
    """Freshdesk's rules say none; each such story says why."""
    assert set(IN_ORDER_ONLY) <= {"freshdesk"}
