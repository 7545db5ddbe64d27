"""Passing a breach on: told at once, refused where there is nothing to pass on, the same from the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import public_id, split_id
from slaclock.domain.instants import parse_instant
from slaclock.domain.notifying import MOST_HEARD
from slaclock.domain.replay import replay
from slaclock.records.acknowledging import NothingToAcknowledge, UnknownFact
from slaclock.records.handing_over import NothingToHandOver, _told, hand_over
from tests.functions.test_records import BREACH_KEY, LEVEL_KEY, breached, opened, take
from tests.functions.world import World

SUBJECT = "ticket#example#4711"


@pytest.fixture
def world() -> World:
    return World("2026-03-27T14:05:00Z")


def passed_on(
    world: World, to: str = "dbas", key: str = BREACH_KEY, note: str | None = None
) -> dict[str, object]:
    told = public_id(SUBJECT, key)
    return hand_over(world.store, world.workflow.take, told, to, "arn:ada", world.time, note)


@pytest.mark.parametrize("key", [BREACH_KEY, LEVEL_KEY])
def test_a_breach_is_passed_on_by_the_fact_that_told_it(world: World, key: str) -> None:
    """And its new audience hears of it with the next announcement."""
    subject = breached(world)
    said = passed_on(world, key=key, note="the index is gone")
    (fact,) = (each.fact for each in world.memory.told(subject) if each.fact.fact == "escalation_handed_over")
    assert said == {
        "id": fact.id,
        "breach": public_id(subject, BREACH_KEY),
        "account": "example",
        "ticket_id": "4711",
        "to": "dbas",
        "by": "arn:ada",
        "at": "2026-03-27T18:06:00Z",
        "note": "the index is gone",
    }
    waiting = world.memory.announcement(*split_id(fact.id))
    assert waiting is not None
    assert world.announcer.announce(waiting) == 1
    assert world.sns.sent[-1]["Subject"].startswith("BREACH")


def test_of_a_hand_over_that_was_told_anew_the_answer_names_the_latest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction tells it again, as its next revision: the same input, another fact."""
    subject = breached(world)
    said = passed_on(world)
    (first,) = (each for each in world.memory.told(subject) if each.fact.id == said["id"])
    anew = replace(first.fact, revision=1, key=first.fact.key.replace(":1.0:", ":1.1:"))
    monkeypatch.setattr(world.memory, "told", lambda _: [first, first._replace(fact=anew)])
    assert _told(world.memory, subject, first.fact.cause) == anew
    assert anew.id != first.fact.id


def test_what_was_passed_on_and_has_ended_is_not_announced(world: World) -> None:
    """Rule 22: as with later levels."""
    subject = breached(world)
    said = passed_on(world)
    take(world, "4711", "solved", "2026-03-27T18:11:00Z", status="solved")
    waiting = world.memory.announcement(*split_id(str(said["id"])))
    assert waiting is not None
    world.announcer.announce(waiting)
    assert world.sns.sent == []
    ends = [each.fact for each in world.memory.told(subject) if each.fact.fact == "breach_ended"]
    assert ["dbas" in each.details["told"] for each in ends] == [each.lane == "resolution" for each in ends]
    assert "resolution" in {each.lane for each in ends}


def test_the_log_alone_tells_the_same(world: World) -> None:
    """Replay equals what the stack did."""
    subject = breached(world)
    passed_on(world)
    history, told = world.memory.history(subject)[0], [each.fact for each in world.memory.told(subject)]
    again = list(replay(history.given, world.memory.agreements("example"), world.time))
    assert sorted(each.key for each in again) == sorted(each.key for each in told)
    assert next(each.details["told"] for each in again if each.fact == "escalation_handed_over") == ["dbas"]


def test_a_breach_that_ended_can_not_be_passed_on(world: World) -> None:
    """It says when it ended."""
    breached(world)
    take(world, "4711", "solved", "2026-03-27T19:00:00Z", status="solved")
    with pytest.raises(NothingToAcknowledge, match="the breach ended at 2026-03-27T19:00:00Z"):
        passed_on(world)


def test_a_breach_that_was_withdrawn_can_not_be_passed_on(world: World) -> None:
    """The solving had only reached us late."""
    breached(world)
    solved = parse_instant("2026-03-27T17:00:00Z")
    assert world.workflow.take(
        TicketEvent("late", "example", "4711", "solved", solved, world.time, {"status": "solved"})
    )
    with pytest.raises(NothingToAcknowledge, match="withdrawn"):
        passed_on(world)


def test_there_is_nothing_to_pass_on_before_a_breach_or_under_an_unknown_id(world: World) -> None:
    """A reminder names a clock that still runs."""
    subject = opened(world)
    world.time += timedelta(hours=3)
    world.workflow.wake(subject, "timer")
    with pytest.raises(NothingToAcknowledge, match="no breach here"):
        passed_on(world, key="reminder_due:resolution:1.0:b0.0")
    with pytest.raises(UnknownFact):
        passed_on(world)


def test_to_the_fifty_first_audience_nothing_is_passed_on(world: World) -> None:
    """A ticket has to fit into its item, and who asked hears so."""
    breached(world)
    for number in range(MOST_HEARD):
        passed_on(world, f"a{number}")
    with pytest.raises(NothingToHandOver, match="50 audiences"):
        passed_on(world, "one-more")
