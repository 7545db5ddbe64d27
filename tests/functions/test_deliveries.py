"""A ticket's ledger of messages: whose hands the breach was in that each message told of."""

from __future__ import annotations

from typing import Any

import pytest

from slaclock.domain.facts import split_id
from tests.functions.test_records import acknowledged, ask, breached, take
from tests.functions.world import World

OPENED, SUBJECT = "2026-03-27T14:05:00Z", "ticket#example#4711"


@pytest.fixture
def world() -> World:
    return World(OPENED)


def told(world: World) -> list[dict[str, Any]]:
    """Every message of the resolution, once all that waits to be announced is."""
    for fact in [each.fact for each in world.memory.told(SUBJECT)]:
        if waiting := world.memory.announcement(*split_id(fact.id)):
            world.announcer.announce(waiting)
    _, ticket, _ = ask(world, "GET", "/v1/tickets/example/4711")
    facts = {each["id"]: each for each in ticket["facts"]}
    rows = [{**each, "revision": facts[each["fact_id"]]["revision"]} for each in ticket["messages"]]
    return [each for each in rows if facts[each["fact_id"]]["target"] == "resolution"]


def test_who_took_a_breach_has_not_taken_the_one_that_was_told_in_its_place(world: World) -> None:
    """Rule 17: acknowledged at 18:06; a pause of which we hear late puts the deadline after that."""
    breached(world)
    assert acknowledged(world)[0] == 200
    told(world)
    take(world, "4711", "status_changed", "2026-03-27T15:00:00Z", status="pending")
    take(world, "4711", "status_changed", "2026-03-27T15:30:00Z", status="open")
    world.at("2026-03-27T18:40:00Z")
    world.workflow.wake(SUBJECT, "timer")
    rows = [each for each in told(world) if each["fact"] == "clock_breached"]
    assert [(each["revision"], each["acknowledged_at"]) for each in rows] == [
        (0, "2026-03-27T18:06:00Z"),
        (1, None),
    ]


def test_a_reopening_tells_of_a_breach_that_somebody_has_in_hand(world: World) -> None:
    """Rule 12: the breach is open again, and still in the hands that it was in."""
    subject = breached(world)
    assert acknowledged(world, subject=subject)[0] == 200
    take(world, "4711", "solved", "2026-03-27T18:20:00Z", status="solved")
    take(world, "4711", "reopened", "2026-03-27T18:30:00Z", status="open")
    rows = told(world)
    by = {each["fact"]: each["acknowledged_at"] for each in rows}
    assert by == {
        "reminder_due": None,
        "clock_breached": "2026-03-27T18:06:00Z",
        "escalation_due": "2026-03-27T18:06:00Z",
        "breach_ended": None,
        "breach_reopened": "2026-03-27T18:06:00Z",
    }
