"""What a write of a ticket makes of its schedules: which are made, when they fire, and which stay."""

import json
from typing import Any

import pytest

from slaclock.arming import follow
from slaclock.domain.instants import parse_instant
from tests.functions.test_timer_and_arm import armed, image, record, ticket_item
from tests.functions.test_webhook import SUBJECT, posted, sample
from tests.functions.world import World, refused

OPENED = "2026-03-27T14:06:00Z"
FIRST = (
    "ffe70cc05c36fdadcbc9e70a1b8b02bc423b752e"  # SHA-256 of "ticket#example#4711\nfirst_response", shortened
)
RESOLUTION = "6f98bb63edd80d4d07602dcf02ee027d484a80da"  # of "ticket#example#4711\nresolution"
DONE: dict[str, list[Any]] = {"batchItemFailures": []}


class Recorder:
    """A scheduler's client that keeps what it is asked, and refuses with `code` where there is one."""

    def __init__(self, code: str = "") -> None:
        self.code, self.asked = code, list[tuple[str, str]]()

    def create_schedule(self, **request: Any) -> None:
        self._ask("create", **request)

    def delete_schedule(self, **request: Any) -> None:
        self._ask("delete", **request)

    def _ask(self, what: str, **request: Any) -> None:
        assert request["GroupName"] == "clocks"
        self.asked.append((what, request["Name"]))
        if self.code:
            raise refused(self.code)


@pytest.fixture
def world() -> World:
    """An urgent ticket, with a reminder of its first response at 14:20 and one of its resolution at 16:05."""
    world = World(OPENED)
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    return world


def recorded(world: World, code: str = "") -> Recorder:
    """Let this world's schedules be asked of a recorder."""
    world.clients["scheduler"] = client = Recorder(code)
    return client


def answered(world: World) -> dict[str, Any]:
    """The ticket's item before a reply that stops the clock of its first response."""
    before = ticket_item(world)
    world.at("2026-03-27T14:10:00Z")
    posted(world, json.dumps(sample("zendesk/comment_by_agent") | {"time": "2026-03-27T14:10:00Z"}).encode())
    return before


def item(**wakes: str) -> dict[str, Any]:
    """A ticket's item whose clocks are to be woken then."""
    armings = {lane: [at, number] for number, (lane, at) in enumerate(wakes.items(), 1)}
    return {"pk": SUBJECT, "sk": "TICKET", "moved": True, "wakes": json.dumps(armings)}


def test_a_schedule_is_asked_for_with_all_that_it_needs(world: World) -> None:
    """Once, in UTC, at its minute; it removes itself, and what can't be delivered goes to a queue."""
    armed(world)
    assert world.scheduler.live[f"{FIRST}-1"] == {
        "Name": f"{FIRST}-1",
        "GroupName": "clocks",
        "ScheduleExpression": "at(2026-03-27T14:20:00)",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": "arn:timer",
            "RoleArn": "arn:role",
            "Input": '{"subject": "ticket#example#4711", "lane": "first_response", "arming": 1}',
            "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400},
            "DeadLetterConfig": {"Arn": "arn:letters"},
        },
    }
    assert list(world.scheduler.live) == [f"{FIRST}-1", f"{RESOLUTION}-2"]


@pytest.mark.parametrize(
    ("moment", "fires"),
    [
        ("2026-03-27T14:20:00Z", "14:20:00"),
        ("2026-03-27T14:20:00.000001Z", "14:20:01"),
        ("2026-03-27T14:59:59.999999Z", "15:00:00"),
    ],
)
def test_a_schedule_fires_at_a_whole_second_and_never_before_its_moment(
    world: World, moment: str, fires: str
) -> None:
    """A part of a second counts as one."""
    world.schedules.create(SUBJECT, "resolution", 1, parse_instant(moment))
    (schedule,) = world.scheduler.live.values()
    assert schedule["ScheduleExpression"] == f"at(2026-03-27T{fires})"


@pytest.mark.parametrize(
    ("ahead", "fires"),
    [("00.001", "10"), ("09.999", "10"), ("10", "10"), ("10.001", "11"), ("11", "11"), ("59", "59")],
)
def test_a_moment_less_than_ten_seconds_ahead_is_armed_for_then(world: World, ahead: str, fires: str) -> None:
    """So that no schedule is made for the past; a little late is in time."""
    world.at("2026-03-27T15:00:00Z")
    follow(
        None,
        item(resolution=f"2026-03-27T15:00:{ahead}Z"),
        world.schedules,
        world.workflow.now,
        world.workflow.wake,
    )
    (schedule,) = world.scheduler.live.values()
    assert schedule["ScheduleExpression"] == f"at(2026-03-27T15:00:{fires})"


def test_a_call_that_is_slow_makes_no_schedule_for_the_past(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten seconds ahead of when it is asked for: the first took eight."""
    create = world.scheduler.create_schedule
    asked: list[str] = []

    def slowly(**schedule: Any) -> None:
        create(**schedule)
        asked.append(schedule["ScheduleExpression"])
        world.at("2026-03-27T15:00:08Z")

    monkeypatch.setattr(world.scheduler, "create_schedule", slowly)
    world.at("2026-03-27T15:00:00Z")
    both = item(first_response="2026-03-27T15:00:09Z", resolution="2026-03-27T15:00:09Z")
    follow(None, both, world.schedules, world.workflow.now, world.workflow.wake)
    assert asked == ["at(2026-03-27T15:00:10)", "at(2026-03-27T15:00:18)"]


@pytest.mark.parametrize(("second", "woken"), [("59.999", 1), ("00", 1), ("00.001", 0)])
def test_the_workflow_is_asked_only_where_a_moment_has_come(
    world: World, monkeypatch: pytest.MonkeyPatch, second: str, woken: int
) -> None:
    """At the moment it has; before it a schedule does."""
    wakes: list[tuple[str, str]] = []
    monkeypatch.setattr(type(world.workflow), "wake", lambda _, *asked: wakes.append(asked))
    world.at("2026-03-27T15:00:00Z")
    minute = "14:59" if second == "59.999" else "15:00"
    moved = item(first_response="2026-03-27T16:00:00Z", resolution=f"2026-03-27T{minute}:{second}Z")
    follow(None, moved, world.schedules, world.workflow.now, world.workflow.wake)
    assert wakes == [(SUBJECT, "timer")] * woken
    assert len(world.scheduler.live) == 2 - woken


def test_a_breach_whose_record_came_late_was_noticed_by_the_timer(world: World) -> None:
    """Its schedule would have been: the stream was slow."""
    world.at("2026-03-27T14:35:00Z")
    assert armed(world) == DONE
    row = world.memory.tables["ledger"][SUBJECT, "clock_breached:first_response:1.0"]
    assert json.loads(row["body"])["detected_by"] == "timer"


def test_what_did_not_move_stays_as_it_is(world: World) -> None:
    """The stop of one clock neither makes nor deletes the schedule of another."""
    before, client = answered(world), recorded(world)
    assert armed(world, before) == DONE
    assert client.asked == [("delete", f"{FIRST}-1")]


def test_a_moment_that_moved_is_armed_under_a_new_name(world: World) -> None:
    """And the schedule of the old one is deleted: a name is used once."""
    client = recorded(world)
    new = item(first_response="2026-03-27T14:30:00Z") | {
        "wakes": '{"first_response":["2026-03-27T14:30:00Z",3]}'
    }
    follow(ticket_item(world), new, world.schedules, world.workflow.now, world.workflow.wake)
    assert client.asked == [
        ("create", f"{FIRST}-3"),
        ("delete", f"{FIRST}-1"),
        ("delete", f"{RESOLUTION}-2"),
    ]


@pytest.mark.parametrize(
    ("stopped", "code", "failed"),
    [
        (False, "ConflictException", False),
        (False, "ResourceNotFoundException", True),
        (False, "ThrottlingException", True),
        (True, "ResourceNotFoundException", False),
        (True, "ConflictException", True),
        (True, "ThrottlingException", True),
    ],
    ids=lambda value: {True: "delete", False: "create"}.get(value, value),
)
def test_what_is_there_or_gone_already_is_as_it_should_be(
    world: World, code: str, *, stopped: bool, failed: bool
) -> None:
    """A schedule that exists was made, one that is gone fired or was deleted; all else comes again."""
    before = answered(world) if stopped else None
    recorded(world, code)
    assert armed(world, before) == (DONE if not failed else {"batchItemFailures": [{"itemIdentifier": "1"}]})


def test_only_a_ticket_whose_wakes_moved_is_followed(world: World) -> None:
    """Other records of the stream do nothing, whatever the filter let through."""
    ticket, client = ticket_item(world), recorded(world)
    (fact,) = [
        each
        for (_, key), each in world.memory.tables["tickets"].items()
        if key.startswith("FACT#clock_started:r")
    ]
    gone = record(ticket, ticket, 3)
    del gone["dynamodb"]["NewImage"]
    empty = {name: value for name, value in record(None, ticket, 4).items() if name != "dynamodb"}
    others = [
        record(None, fact),
        record(None, {**fact, "moved": True}),
        record(None, {**ticket, "moved": False}, 2),
    ]
    assert world.function("arm").handler({"Records": [*others, gone, empty]}, None) == DONE
    assert client.asked == []


def test_a_ticket_is_followed_from_its_old_item_to_its_new_one(world: World) -> None:
    """As the stream's record carries them."""
    old, new = item(resolution="2026-03-27T16:05:00Z"), item(first_response="2026-03-27T16:05:00Z")
    whole, client = record(old, new), recorded(world)
    assert whole["dynamodb"]["OldImage"] == image(old)
    assert world.function("arm").handler({"Records": [whole]}, None) == DONE
    assert client.asked == [("create", f"{FIRST}-1"), ("delete", f"{RESOLUTION}-1")]


def test_a_batch_that_fails_whole_is_answered_record_by_record(world: World) -> None:
    """Else Lambda would say nothing of which, and count its tries for the batch."""
    recorded(world, "ThrottlingException")
    records = [record(None, ticket_item(world), number) for number in (7, 8)]
    assert world.function("arm").handler({"Records": records}, None) == {
        "batchItemFailures": [{"itemIdentifier": "7"}, {"itemIdentifier": "8"}]
    }


def test_schedules_that_could_not_be_made_are_logged_and_told_as_failed(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The error's kind, AWS's code and its way; nothing that anybody wrote."""
    recorded(world, "ServiceQuotaExceededException")
    assert armed(world) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    (said,) = [each.getMessage() for each in caplog.records]
    told, _, way = said.partition(" at ")
    assert told == "a ticket's schedules could not be made: ClientError (ServiceQuotaExceededException)"
    assert "schedules.py:" in way
