"""The double of EventBridge Scheduler: what it refuses, just inside and just outside each bound."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from slaclock.schedules import Schedules
from tests.sim.misuse import Misuse
from tests.sim.scheduler import SchedulerDouble

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TIMER = "arn:aws:lambda:eu-west-1:123456789012:function:timer"
ROLE = "arn:aws:iam::123456789012:role/scheduler"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:dead-letters"
TARGET = {
    "Arn": TIMER,
    "RoleArn": ROLE,
    "Input": "{}",
    "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400},
    "DeadLetterConfig": {"Arn": QUEUE},
}
WHOLE = {
    "Name": "a-1",
    "GroupName": "clocks",
    "ScheduleExpression": "at(2026-03-02T10:00:00)",
    "ScheduleExpressionTimezone": "UTC",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "ActionAfterCompletion": "DELETE",
    "Target": TARGET,
}
HERE = {"Name": "a-1", "GroupName": "clocks"}


class Clock:
    """AWS's time, which a test moves."""

    def __init__(self) -> None:
        self.now = NOW


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scheduler(clock: Clock) -> SchedulerDouble:
    return SchedulerDouble(lambda: clock.now, {"clocks"})


def changed(**members: Any) -> dict[str, Any]:
    """The whole call with some of its members changed; None leaves one out."""
    return {name: value for name, value in {**WHOLE, **members}.items() if value is not None}


def target(**members: Any) -> dict[str, Any]:
    found = {name: value for name, value in {**TARGET, **members}.items() if value is not None}
    return changed(Target=found)


TAKEN = {
    "a name of 64": changed(Name="a" * 64),
    "every character of a name": changed(Name="aZ09-_."),
    "the default group": changed(GroupName="default"),
    "no group": changed(GroupName=None),
    "no zone": changed(ScheduleExpressionTimezone=None),
    "a second from now": changed(ScheduleExpression="at(2026-03-02T09:00:01)"),
    "another zone": changed(ScheduleExpressionTimezone="America/New_York"),
    "a flexible window": changed(FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1440}),
    "no retries": target(RetryPolicy={"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}),
    "no queue": target(DeadLetterConfig=None),
    "as much input as goes": target(Input="x" * 262_144),
    "a long ARN": target(Arn=TIMER + "x" * (1600 - len(TIMER))),
    "a token of 64": changed(ClientToken="-_aZ09" + "a" * 58),
}
UNSENT = {
    "no name": changed(Name=None),
    "an empty name": changed(Name=""),
    "no expression": changed(ScheduleExpression=None),
    "no target": changed(Target=None),
    "no window": changed(FlexibleTimeWindow=None),
    "no role": target(RoleArn=None),
    "an empty input": target(Input=""),
    "input that is no text": target(Input={}),
    "retries below zero": target(RetryPolicy={"MaximumRetryAttempts": -1}),
    "an age of less than a minute": target(RetryPolicy={"MaximumEventAgeInSeconds": 59}),
    "an unknown member": changed(Zone="UTC"),
    "an unknown member of the target": target(Queue=QUEUE),
}
REFUSED = {
    "a name of 65": changed(Name="a" * 65),
    "a name with a colon": changed(Name="a:1"),
    "a name with a line break": changed(Name="a-1\n"),
    "a name that is not ASCII": changed(Name="ä-1"),
    "a token of 65": changed(ClientToken="a" * 65),
    "a token with a dot": changed(ClientToken="a.b"),
    "another action": changed(ActionAfterCompletion="KEEP"),
    "another mode": changed(FlexibleTimeWindow={"Mode": "SOME"}),
    "a window where there is none": changed(FlexibleTimeWindow={"Mode": "OFF", "MaximumWindowInMinutes": 1}),
    "a window without its size": changed(FlexibleTimeWindow={"Mode": "FLEXIBLE"}),
    "a window of more than a day": changed(
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1441}
    ),
    "too many retries": target(RetryPolicy={"MaximumRetryAttempts": 186}),
    "an age of more than a day": target(RetryPolicy={"MaximumEventAgeInSeconds": 86_401}),
    "more input than goes": target(Input="x" * 262_145),
    "more bytes of input than go": target(Input="ø" * 131_073),
    "a target that is no ARN": target(Arn="timer"),
    "too long an ARN": target(Arn=TIMER + "x" * (1601 - len(TIMER))),
    "a role that is none": target(RoleArn=TIMER),
    "a queue that is none": target(DeadLetterConfig={"Arn": TIMER}),
    "a zone that is none": changed(ScheduleExpressionTimezone="Europe/Atlantis"),
    "a zone that is a path": changed(ScheduleExpressionTimezone="../../etc/passwd"),
    **{
        f"the expression {expression!r}": changed(ScheduleExpression=expression)
        for expression in [
            "at(banana)",
            "at(2026-03-02T10:00)",
            "at(2026-03-02T10:00:00.5)",
            "at(2026-03-02T10:00:00Z)",
            "at(2026-03-02 10:00:00)",
            "at( 2026-03-02T10:00:00)",
            "at(2026-02-30T10:00:00)",
            "at(2026-03-02T24:00:00)",
            "at(2026-03-02T10:00:60)",
            "at(26-03-02T10:00:00)",
            "at(٢026-03-02T10:00:00)",
            "AT(2026-03-02T10:00:00)",
            "2026-03-02T10:00:00",
            "at(2026-03-02T10:00:00)\n",
        ]
    },
}
MISUSED = {
    "now": changed(ScheduleExpression="at(2026-03-02T09:00:00)"),
    "a second ago": changed(ScheduleExpression="at(2026-03-02T08:59:59)"),
    "the past in its zone": changed(ScheduleExpressionTimezone="Asia/Tokyo"),
    "a time that is skipped": changed(
        ScheduleExpression="at(2026-03-29T02:30:00)", ScheduleExpressionTimezone="Europe/Copenhagen"
    ),
    "a time that comes twice": changed(
        ScheduleExpression="at(2026-10-25T02:30:00)", ScheduleExpressionTimezone="Europe/Copenhagen"
    ),
    "a rate": changed(ScheduleExpression="rate(5 minutes)"),
    "no input": target(Input=None),
    "a target of another kind": target(SqsParameters={"MessageGroupId": "1"}),
}


def refused(call: Any, asked: dict[str, Any]) -> tuple[str, int]:
    """The code and HTTP status of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**asked)
    response: Any = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("asked", TAKEN.values(), ids=TAKEN.keys())
def test_what_aws_takes_is_taken(scheduler: SchedulerDouble, asked: dict[str, Any]) -> None:
    """Just inside each bound; the schedule is live, and its ARN is answered."""
    answer = scheduler.create_schedule(**asked)
    group = asked.get("GroupName", "default")
    assert answer["ScheduleArn"].endswith(f":schedule/{group}/{asked['Name']}")
    assert [each.name for each in scheduler.live] == [asked["Name"]]
    assert scheduler.misuses == []


@pytest.mark.parametrize("asked", UNSENT.values(), ids=UNSENT.keys())
def test_what_botocore_does_not_send_is_not_sent(scheduler: SchedulerDouble, asked: dict[str, Any]) -> None:
    """Its own validation, with its own error; the same holds for an update."""
    for call in (scheduler.create_schedule, scheduler.update_schedule):
        with pytest.raises(ParamValidationError):
            call(**asked)
    assert scheduler.named == []


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED.keys())
def test_what_the_service_refuses_is_refused(scheduler: SchedulerDouble, asked: dict[str, Any]) -> None:
    """Just outside each bound; nothing is kept."""
    assert refused(scheduler.create_schedule, asked) == ("ValidationException", 400)
    assert scheduler.named == []


@pytest.mark.parametrize("asked", MISUSED.values(), ids=MISUSED.keys())
def test_what_aws_leaves_open_is_a_misuse(scheduler: SchedulerDouble, asked: dict[str, Any]) -> None:
    """And is remembered, since a function's batch would take the error for one bad record."""
    with pytest.raises(Misuse) as caught:
        scheduler.create_schedule(**asked)
    assert scheduler.misuses == [str(caught.value)]
    assert scheduler.named == []


def test_an_operation_that_the_double_does_not_know_is_a_misuse(scheduler: SchedulerDouble) -> None:
    """It is never answered with nothing."""
    with pytest.raises(Misuse, match="knows no get_schedule"):
        scheduler.get_schedule(**HERE)
    assert len(scheduler.misuses) == 1


def test_a_group_that_is_not_there_is_not_found(scheduler: SchedulerDouble) -> None:
    """By any of the operations."""
    elsewhere = {"GroupName": "elsewhere"}
    for call in (scheduler.create_schedule, scheduler.update_schedule):
        assert refused(call, {**WHOLE, **elsewhere}) == ("ResourceNotFoundException", 404)
    assert refused(scheduler.delete_schedule, {**HERE, **elsewhere}) == ("ResourceNotFoundException", 404)


def test_a_name_is_taken_while_its_schedule_is_there(scheduler: SchedulerDouble) -> None:
    """In its group; once it is deleted the name is free."""
    scheduler.create_schedule(**WHOLE)
    assert refused(scheduler.create_schedule, WHOLE) == ("ConflictException", 409)
    scheduler.create_schedule(**changed(GroupName="default"))
    scheduler.delete_schedule(**HERE)
    scheduler.create_schedule(**WHOLE)
    assert [each.group for each in scheduler.live] == ["clocks", "default"]


def test_a_schedule_that_is_not_there_can_not_be_deleted_or_updated(scheduler: SchedulerDouble) -> None:
    """Nor can it be twice."""
    scheduler.create_schedule(**WHOLE)
    scheduler.delete_schedule(**HERE)
    assert refused(scheduler.delete_schedule, HERE) == ("ResourceNotFoundException", 404)
    assert refused(scheduler.update_schedule, WHOLE) == ("ResourceNotFoundException", 404)


def test_a_region_takes_so_many_schedules(clock: Clock) -> None:
    """The quota; one that goes makes room."""
    scheduler = SchedulerDouble(lambda: clock.now, {"clocks"}, quota=1)
    scheduler.create_schedule(**WHOLE)
    another = changed(Name="a-2")
    assert refused(scheduler.create_schedule, another) == ("ServiceQuotaExceededException", 402)
    scheduler.delete_schedule(**HERE)
    scheduler.create_schedule(**another)


def test_a_call_that_comes_again_under_its_token_is_answered_as_before(scheduler: SchedulerDouble) -> None:
    """The client tries again where no answer came; it is no conflict, and nothing is not found."""
    token = {"ClientToken": "t-1"}
    assert scheduler.create_schedule(**WHOLE, **token) == scheduler.create_schedule(**WHOLE, **token)
    assert len(scheduler.live) == 1
    gone = {**HERE, "ClientToken": "t-2"}
    assert scheduler.delete_schedule(**gone) == scheduler.delete_schedule(**gone) == {}


def test_a_call_that_was_refused_leaves_its_token_free(scheduler: SchedulerDouble) -> None:
    """So it is refused again."""
    gone = {**HERE, "ClientToken": "t-1"}
    for _ in range(2):
        assert refused(scheduler.delete_schedule, gone) == ("ResourceNotFoundException", 404)


def test_a_token_of_another_call_is_a_misuse(scheduler: SchedulerDouble) -> None:
    """AWS does not say what it makes of it; nor of one whose schedule is gone meanwhile."""
    scheduler.create_schedule(**WHOLE, ClientToken="t-1")
    with pytest.raises(Misuse, match="another call"):
        scheduler.create_schedule(**changed(Name="a-2"), ClientToken="t-1")
    scheduler.delete_schedule(**HERE)
    with pytest.raises(Misuse, match="it is gone"):
        scheduler.create_schedule(**WHOLE, ClientToken="t-1")


def test_a_schedule_is_kept_as_it_was_asked_for(scheduler: SchedulerDouble) -> None:
    """With its moment in UTC."""
    scheduler.create_schedule(**changed(ScheduleExpressionTimezone="America/New_York"))
    (schedule,) = scheduler.live
    assert schedule.at == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert (schedule.name, schedule.group, schedule.input) == ("a-1", "clocks", "{}")
    assert (schedule.action_after_completion, schedule.dead_letters) == ("DELETE", QUEUE)


def test_an_update_resets_what_it_leaves_out(scheduler: SchedulerDouble) -> None:
    """It replaces the whole schedule: the zone, the queue, the retries and the deletion are gone."""
    policy = {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60}
    scheduler.create_schedule(**target(RetryPolicy=policy))
    bare = {"Arn": TIMER, "RoleArn": ROLE, "Input": "{}"}
    short = {name: WHOLE[name] for name in ("Name", "GroupName", "FlexibleTimeWindow")}
    scheduler.update_schedule(**short, ScheduleExpression="at(2026-03-02T11:00:00)", Target=bare)
    (schedule,) = scheduler.live
    assert schedule.at == datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert (schedule.action_after_completion, schedule.dead_letters) == ("NONE", None)
    assert schedule.retry == {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}


def test_what_is_due_comes_in_order(scheduler: SchedulerDouble) -> None:
    """Up to and including the instant; a disabled schedule never is."""
    for name, minute in (("c", 2), ("b", 1), ("a", 1), ("d", 3)):
        scheduler.create_schedule(**changed(Name=name, ScheduleExpression=f"at(2026-03-02T09:0{minute}:00)"))
    scheduler.create_schedule(
        **changed(Name="e", ScheduleExpression="at(2026-03-02T09:01:00)", State="DISABLED")
    )
    assert scheduler.due(NOW + 59 * SECOND) == []
    assert [each.name for each in scheduler.due(NOW + 60 * SECOND)] == ["a", "b"]
    assert [each.name for each in scheduler.due(NOW + 120 * SECOND)] == ["a", "b", "c"]


@pytest.mark.parametrize(("action", "kept"), [("DELETE", 0), ("NONE", 1), (None, 1)])
def test_a_schedule_that_fired_goes_only_where_it_was_asked_to(
    scheduler: SchedulerDouble, clock: Clock, action: str | None, kept: int
) -> None:
    """One that stays is not due again, and its name is taken."""
    scheduler.create_schedule(**changed(ActionAfterCompletion=action))
    clock.now = NOW + timedelta(hours=1)
    scheduler.fired("a-1")
    assert (scheduler.live, len(scheduler.named)) == ([], kept)
    again = changed(ScheduleExpression="at(2026-03-02T11:00:00)")
    if kept:
        assert refused(scheduler.create_schedule, again) == ("ConflictException", 409)
    else:
        scheduler.create_schedule(**again)


def test_no_schedule_fires_early_or_twice(scheduler: SchedulerDouble, clock: Clock) -> None:
    """A simulation that had one do so would accuse the code of its own mistake."""
    scheduler.create_schedule(**changed(ActionAfterCompletion="NONE"))
    clock.now = NOW + timedelta(hours=1) - SECOND
    with pytest.raises(Misuse):
        scheduler.fired("a-1")
    clock.now += SECOND
    scheduler.fired("a-1")
    with pytest.raises(Misuse):
        scheduler.fired("a-1")


@pytest.mark.parametrize(
    "subject",
    ["ticket#acme#1", "ticket#acme#å🎫", "ticket#acme#" + "x" * 500, "ticket#acme#1\n2", "ticket##'\"\\\x00"],
)
def test_our_own_schedules_fit_whatever_a_ticket_is_called(scheduler: SchedulerDouble, subject: str) -> None:
    """Names are hashes, and the input is ASCII; neither call minds a repeat."""
    schedules = Schedules(scheduler, "clocks", TIMER, ROLE, QUEUE)
    for _ in range(2):
        schedules.create(subject, "ø\n#gold", 10**22, NOW + timedelta(microseconds=1))
    (schedule,) = scheduler.live
    assert (schedule.at, schedule.action_after_completion) == (NOW + SECOND, "DELETE")
    for _ in range(2):
        schedules.delete(subject, "ø\n#gold", 10**22)
    assert scheduler.named == []
    assert scheduler.misuses == []
