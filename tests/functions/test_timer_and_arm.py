"""Schedules: armed from the stream, fired into the timer, ignored when stale."""

import json
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from slaclock.store.errors import WriteConflictError
from slaclock.workflow import TooEarlyError
from tests.functions.emitted import values
from tests.functions.test_webhook import SUBJECT, posted, sample
from tests.functions.world import World, refused

_dynamo = TypeSerializer()


def image(item: dict[str, Any] | None) -> dict[str, Any]:
    return {name: _dynamo.serialize(value) for name, value in (item or {}).items()}


def record(old: dict[str, Any] | None, new: dict[str, Any], number: int = 1) -> dict[str, Any]:
    """A record of the tickets' stream, whole."""
    return {
        "eventID": str(number),
        "eventName": "MODIFY" if old else "INSERT",
        "eventSource": "aws:dynamodb",
        "eventSourceARN": "arn:aws:dynamodb:eu-north-1:123456789012:table/Tickets/stream/1",
        "dynamodb": {
            "Keys": image({"pk": new["pk"], "sk": new["sk"]}),
            **({"OldImage": image(old)} if old else {}),
            "NewImage": image(new),
            "SequenceNumber": str(number),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }


def ticket_item(world: World) -> dict[str, Any]:
    return world.memory.tables["tickets"][SUBJECT, "TICKET"]


@pytest.fixture
def world() -> World:
    world = World("2026-03-27T14:06:00Z")
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    return world


def armed(world: World, old: dict[str, Any] | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = world.function("arm").handler(
        {"Records": [record(old, ticket_item(world))]}, None
    )
    return answer


def test_each_running_clock_has_one_schedule_for_its_next_moment(world: World) -> None:
    """First the reminders at 50%, in UTC, whole seconds, with ids and no state."""
    assert armed(world) == {"batchItemFailures": []}
    assert world.scheduler.inputs() == [
        ("at(2026-03-27T14:20:00)", {"subject": SUBJECT, "lane": "first_response", "arming": 1}),
        ("at(2026-03-27T16:05:00)", {"subject": SUBJECT, "lane": "resolution", "arming": 2}),
    ]
    schedule = next(iter(world.scheduler.live.values()))
    assert schedule["ActionAfterCompletion"] == "DELETE"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["DeadLetterConfig"] == {"Arn": "arn:letters"}
    assert schedule["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] >= 3600
    assert all(len(name) <= 64 for name in world.scheduler.live)


def test_the_same_record_twice_arms_once(world: World) -> None:
    """A name is used once: that it exists is what was wanted."""
    armed(world)
    before = dict(world.scheduler.live)
    armed(world)
    assert world.scheduler.live == before


def test_a_pause_deletes_the_schedules_and_creates_none(world: World) -> None:
    """While it is paused a clock has no deadline, so nothing to wake for (rule 14)."""
    armed(world)
    before = ticket_item(world)
    world.at("2026-03-27T14:40:00Z")
    posted(world, json.dumps(sample("zendesk/status_pending")).encode())
    armed(world, before)
    lanes = [given["lane"] for _, given in world.scheduler.inputs()]
    assert "resolution" not in lanes


def test_a_moment_that_has_come_is_decided_at_once(world: World) -> None:
    """A record that comes late makes no schedule in the past: the workflow is asked instead."""
    world.at("2026-03-27T14:20:00Z")
    armed(world)
    assert (SUBJECT, "FACT#reminder_due:first_response:1.0:b0.0") in world.memory.tables["tickets"]
    assert [at for at, _ in world.scheduler.inputs()] == ["at(2026-03-27T16:05:00)"]


def test_a_record_that_fails_is_reported_and_the_others_are_done(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Partial batch response: the failed record's number, so that it and those behind it come again."""
    calls = iter([refused("ThrottlingException")])
    create = world.scheduler.create_schedule

    def sometimes(**schedule: Any) -> None:
        if error := next(calls, None):
            raise error
        create(**schedule)

    monkeypatch.setattr(world.scheduler, "create_schedule", sometimes)
    records = [record(None, ticket_item(world), 7), record(None, ticket_item(world), 8)]
    answer = world.function("arm").handler({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "7"}]}
    assert len(world.scheduler.live) == 2
    assert values(capsys)["NotArmed"] == [1.0]


def test_a_fired_schedule_tells_what_is_due(world: World) -> None:
    """The timer wakes the ticket through the ordinary path."""
    world.at("2026-03-27T14:20:00Z")
    fired = world.function("timer").handler({"subject": SUBJECT, "lane": "first_response", "arming": 1}, None)
    assert fired == {"told": 1}


@pytest.mark.parametrize("arming", [0, 2, 99])
def test_a_stale_schedule_is_ignored(world: World, arming: int) -> None:
    """Only a clock's current schedule wakes it (the fence)."""
    world.at("2026-03-27T15:00:00Z")
    timer = world.function("timer").handler
    assert timer({"subject": SUBJECT, "lane": "first_response", "arming": arming}, None) == {"told": None}
    assert timer({"subject": "ticket#example#none", "lane": "resolution", "arming": 1}, None) == {
        "told": None
    }


def test_a_schedule_that_fires_early_is_fired_again(world: World) -> None:
    """By our clock its moment is ahead: an error, so that Lambda tries again."""
    world.at("2026-03-27T14:19:59Z")
    with pytest.raises(TooEarlyError):
        world.function("timer").handler({"subject": SUBJECT, "lane": "first_response", "arming": 1}, None)


def test_a_doubled_schedule_tells_nothing_twice(world: World) -> None:
    """At least once is how schedules come; exactly once is how facts are told."""
    world.at("2026-03-27T14:20:00Z")
    timer = world.function("timer").handler
    nudge = {"subject": SUBJECT, "lane": "first_response", "arming": 1}
    timer(nudge, None)
    before = len(world.memory.tables["tickets"])
    assert timer(nudge, None) == {"told": None}
    assert len(world.memory.tables["tickets"]) == before


@pytest.mark.parametrize(("at", "lag"), [("2026-03-27T14:20:00Z", 0.0), ("2026-03-27T14:22:00.5Z", 120.5)])
def test_how_late_a_schedule_fired_is_measured_from_its_clocks_moment(
    world: World, at: str, lag: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """In seconds, from the moment that the clock was armed for."""
    world.at(at)
    world.function("timer").handler({"subject": SUBJECT, "lane": "first_response", "arming": 1}, None)
    assert values(capsys)["FireLag"] == [lag]


def test_a_stale_schedule_has_no_lag(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Its moment is no longer anybody's."""
    world.at("2026-03-27T18:00:00Z")
    world.function("timer").handler({"subject": SUBJECT, "lane": "first_response", "arming": 99}, None)
    found = values(capsys)
    assert (found["StaleSchedules"], "FireLag" in found) == ([1.0], False)


def test_decisions_that_were_beaten_are_counted_once_each(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two were first; the third try stands. The next invocation begins at nought."""
    world.at("2026-03-27T14:20:00Z")
    beaten(world, monkeypatch, times=2)
    timer = world.function("timer").handler
    assert timer({"subject": SUBJECT, "lane": "first_response", "arming": 1}, None) == {"told": 1}
    timer({"subject": SUBJECT, "lane": "first_response", "arming": 1}, None)
    found = values(capsys)
    assert found["VersionConflicts"] == [2.0, 0.0]
    assert found["ConflictsGivenUp"] == [0.0, 0.0]


def test_a_decision_that_is_given_up_is_counted_though_the_invocation_fails(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lambda tries it again, and the alarm on it does not wait for that."""
    world.at("2026-03-27T14:20:00Z")
    beaten(world, monkeypatch, times=1000)
    world.workflow.elapsed = iter(range(1000)).__next__
    with pytest.raises(WriteConflictError):
        world.function("timer").handler({"subject": SUBJECT, "lane": "first_response", "arming": 1}, None)
    found = values(capsys)
    assert found["ConflictsGivenUp"] == [1.0]
    assert found["VersionConflicts"] == [3.0]


def beaten(world: World, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Somebody else is first, so many times."""
    commit, others = world.memory.commit, iter(range(times))

    def contested(decision: Any) -> Any:
        if next(others, None) is not None:
            raise WriteConflictError
        return commit(decision)

    monkeypatch.setattr(world.memory, "commit", contested)
    world.workflow.rest = lambda _: None
