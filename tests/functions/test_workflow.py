"""The one path of every wake-up: what it loads, how often it tries, what it writes, and what it refuses."""

import json
import random
import time
from typing import Any

import pytest

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.instants import parse_instant
from slaclock.store.agreements import Version
from slaclock.store.caching import CachedAgreements
from slaclock.store.errors import WriteConflictError
from slaclock.workflow import Fired, TooEarlyError, Workflow
from tests.functions.test_timer_and_arm import beaten, ticket_item
from tests.functions.test_webhook import SUBJECT, posted, sample
from tests.functions.world import World

OPENED = "2026-03-27T14:06:00Z"
BREACH = "2026-03-27T14:35:00Z"
NOBODYS = "ticket#example#none"


@pytest.fixture
def world() -> World:
    """An urgent ticket, whose first reminder is due at 14:20."""
    world = World(OPENED)
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    return world


def acknowledgement(ticket_id: str) -> Acknowledgement:
    return Acknowledgement(
        "example", ticket_id, "ada", parse_instant(BREACH), None, "acme-gold", "resolution"
    )


def commented(world: World, kind: str, at: str, **changes: Any) -> None:
    """A comment of that instant reaches us now."""
    comment = sample(f"zendesk/comment_by_{kind}")
    comment["event"]["comment"]["id"] = f"{kind} {at}"
    posted(world, json.dumps(comment | {"id": f"{kind} {at}", "time": at} | changes).encode())


def noticed_by(world: World) -> str:
    """Who, as the record says, noticed the breach of the first response."""
    row = world.memory.tables["ledger"][SUBJECT, "clock_breached:first_response:1.0"]
    by: str = json.loads(row["body"])["detected_by"]
    return by


def test_what_a_person_does_to_a_ticket_is_taken_once(world: World) -> None:
    """True where it was folded in; False the second time."""
    assert [world.workflow.take(acknowledgement("4711")) for _ in range(2)] == [True, False]


def test_nobody_can_do_anything_to_a_ticket_that_there_is_not(world: World) -> None:
    """The error names it; nothing is written."""
    with pytest.raises(LookupError, match=f"^{NOBODYS}$"):
        world.workflow.take(acknowledgement("none"))
    assert world.memory.load(NOBODYS).saved is None


def test_waking_a_ticket_that_there_is_not_tells_nothing(world: World) -> None:
    """A record of the stream may outlive its ticket."""
    assert world.workflow.wake(NOBODYS, "timer") == 0
    assert world.memory.load(NOBODYS).saved is None


def test_a_wake_that_has_nothing_to_tell_writes_nothing(world: World) -> None:
    """Else each would wake the stream's readers, and they the next one."""
    before = dict(ticket_item(world))
    assert world.workflow.wake(SUBJECT, "timer") == 0
    assert ticket_item(world) == before


@pytest.mark.parametrize(("lane", "arming"), [("next_response", 1), ("first_response", 2)])
def test_only_a_clocks_current_schedule_wakes_it(world: World, lane: str, arming: int) -> None:
    """Not one of a clock that waits for nothing, nor one that was replaced."""
    world.at(BREACH)
    assert world.workflow.fire(SUBJECT, lane, arming) is None


def test_a_schedule_that_fires_early_names_its_ticket(world: World) -> None:
    """What a person sees in the queue of failed invocations."""
    world.at("2026-03-27T14:19:59.999Z")
    with pytest.raises(TooEarlyError, match=f"^{SUBJECT}$"):
        world.workflow.fire(SUBJECT, "first_response", 1)


def test_a_breach_that_a_schedule_tells_was_noticed_by_the_timer(world: World) -> None:
    """Fired a quarter of an hour late, it tells both reminders, the breach and its first level."""
    late = world.at(BREACH) - parse_instant("2026-03-27T14:20:00Z")
    assert world.workflow.fire(SUBJECT, "first_response", 1) == Fired(4, late)
    assert noticed_by(world) == "timer"


def test_the_log_of_a_ticket_is_read_only_where_something_late_asks_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in order needs the ticket alone: that is what a delivery costs."""
    reads, history = [], world.memory.history

    def counted(subject: str) -> Any:
        reads.append(subject)
        return history(subject)

    monkeypatch.setattr(world.memory, "history", counted)
    world.at("2026-03-27T14:12:00Z")
    commented(world, "agent", "2026-03-27T14:11:00Z")
    world.workflow.wake(SUBJECT, "timer")
    assert reads == []
    commented(world, "customer", "2026-03-27T14:10:00Z")
    assert reads == [SUBJECT]


def test_a_fact_found_late_is_chained_to_the_input_that_caused_it(world: World) -> None:
    """A reply of 14:20 in the log answers a message of 14:10 that came after it: its hash is cited."""
    world.at("2026-03-27T14:30:00Z")
    commented(world, "agent", "2026-03-27T14:08:00Z")
    commented(world, "agent", "2026-03-27T14:20:00Z")
    commented(world, "customer", "2026-03-27T14:10:00Z")
    items = world.memory.tables["tickets"]
    (reply,) = [each for each in items.values() if each.get("occurred_at") == "2026-03-27T14:20:00Z"]
    assert items[SUBJECT, "FACT#clock_met:next_response:1.0"]["cause_hash"] == reply["hash"]


def test_a_clock_that_is_behind_takes_no_breach_back(world: World) -> None:
    """One container told it at its deadline; by the clock of this one that is three seconds ahead."""
    world.at(BREACH)
    world.workflow.wake(SUBJECT, "timer")
    world.at("2026-03-27T14:34:57Z")
    commented(world, "customer", "2026-03-27T14:10:00Z")
    told = [fact.fact.fact for fact in world.memory.told(SUBJECT)]
    assert (told.count("clock_breached"), told.count("outcome_corrected")) == (1, 0)


def test_a_version_that_was_published_since_is_asked_for(world: World) -> None:
    """Another container opened a ticket under it; this one has known the versions for less than a minute."""
    (item,) = [
        each for each in world.memory.tables["agreements"].values() if each["sk"].startswith("AGREEMENT#")
    ]
    world.at("2026-03-27T14:06:10Z")
    world.memory.publish("example", [Version(json.loads(item["body"]), 2, "another")], world.time, 1)
    world.at("2026-03-27T14:06:20Z")
    other = World("2026-03-27T14:06:20Z")
    other.__dict__["store"] = other.__dict__["books"] = other.memory = world.memory
    created = sample("zendesk/ticket_created_urgent")
    created |= {
        "id": "other",
        "detail": created["detail"] | {"id": "1", "created_at": "2026-03-27T14:06:15Z"},
    }
    posted(other, json.dumps(created | {"time": "2026-03-27T14:06:15Z"}).encode())
    saved = world.memory.load("ticket#example#1").saved
    assert saved is not None
    assert saved.ticket.chosen == (("acme-gold", 2),)
    world.at("2026-03-27T14:06:30Z")
    commented(world, "agent", "2026-03-27T14:06:25Z", subject="zen:ticket:1", detail=created["detail"])
    saved = world.memory.load("ticket#example#1").saved
    assert saved is not None
    assert saved.ticket.clocks[0].outcome == "met"


def test_the_pauses_between_tries_grow_and_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to 5 ms, then up to twice as much, never more than 100 ms; how much of it is by chance."""
    drawn: list[tuple[float, float]] = []
    rested: list[float] = []
    world.at(BREACH)
    beaten(world, monkeypatch, times=7)

    def unlucky(low: float, high: float) -> float:
        drawn.append((low, high))
        return high

    monkeypatch.setattr(random, "uniform", unlucky)
    workflow = Workflow(
        world.memory, CachedAgreements(world.memory, world.now), world.now, rest=rested.append
    )
    assert workflow.wake(SUBJECT, "timer") == 4
    assert rested == [0.005, 0.01, 0.02, 0.04, 0.08, 0.1, 0.1]
    assert drawn == [(0, each) for each in rested]


def test_it_really_pauses_and_by_a_clock_that_is_never_set_back(world: World) -> None:
    """Unless a test has it otherwise: the time of day may jump, and a loop without a pause is a storm."""
    workflow = Workflow(world.memory, world.agreements, world.now)
    assert (workflow.rest, workflow.elapsed) == (time.sleep, time.monotonic)


def test_each_decision_that_is_given_up_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch may hold several."""
    world.at(BREACH)
    beaten(world, monkeypatch, times=1000)
    world.workflow.elapsed = iter(range(0, 1000, 2)).__next__
    for _ in range(2):
        with pytest.raises(WriteConflictError):
            world.workflow.wake(SUBJECT, "timer")
    assert world.workflow.conflicts == {"met": 4, "given up": 2}
