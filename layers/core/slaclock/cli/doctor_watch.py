"""What `slaclock doctor` says of what runs: the deployment, alarms, sweeps, and what starts functions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slaclock.cli.doctor_stack import fail, ok, warn
from slaclock.gauges import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.cli.doctor_stack import Finding, Patient

_FRESH = timedelta(minutes=15)  # sweeps come every five
_MOST_ALARMS = 100  # that CloudWatch tells of at once
_PAGE = "docs/operations.md"
_UNREAD = ("Disabled", "Disabling", "Deleting")


def deployment(patient: Patient) -> Iterator[Finding]:
    """The last deployment came to its end, and was not taken back."""
    status = patient.described["StackStatus"]
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        yield ok(f"{patient.stack} is {status}")
    elif status.endswith("_IN_PROGRESS"):
        yield warn(f"{patient.stack} is {status}", "look again when it is over")
    elif status == "UPDATE_ROLLBACK_COMPLETE":
        yield warn(
            "the last update was taken back", f"see its events in CloudFormation, and {_PAGE}, Upgrade"
        )
    else:
        yield fail(f"{patient.stack} is {status}", "see the stack's events in CloudFormation")


def alarms(patient: Patient) -> Iterator[Finding]:
    """None rings, and each can."""
    names = {physical: logical for logical, physical in patient.of_kind("AWS::CloudWatch::Alarm").items()}
    found = list(_alarms(patient, sorted(names)))
    ringing = sorted(names[each["AlarmName"]] for each in found if each["StateValue"] == "ALARM")
    mute = sorted(names[each["AlarmName"]] for each in found if not each.get("ActionsEnabled", True))
    yield from (fail(f"{each} rings", f"{_PAGE}, {each}") for each in ringing)
    yield from (warn(f"{each} is muted", "aws cloudwatch enable-alarm-actions") for each in mute)
    if gone := sorted(names[each] for each in names.keys() - {each["AlarmName"] for each in found}):
        yield fail(f"removed by hand: {', '.join(gone)}", f"{_PAGE}, What somebody changed by hand")
    if not (ringing or mute or gone):
        yield ok(f"none of {len(names)} rings")


def _alarms(patient: Patient, names: list[str]) -> Iterator[dict[str, Any]]:
    cloudwatch = patient.client("cloudwatch")
    for first in range(0, len(names), _MOST_ALARMS):
        chunk = names[first : first + _MOST_ALARMS]
        yield from cloudwatch.describe_alarms(AlarmNames=chunk, MaxRecords=len(chunk))["MetricAlarms"]


def sweeps(patient: Patient) -> Iterator[Finding]:
    """The auditor came to an end within a quarter of an hour, and said so outside where it has to."""
    swept, unsaid = (_sum(patient, name) for name in ("Sweeps", "HeartbeatFailed"))
    if swept:
        yield ok(f"{swept:g} sweeps in a quarter of an hour")
    elif patient.age < _FRESH.total_seconds():
        yield warn("no sweep yet", "a stack sweeps within five minutes of being made: look again")
    else:
        yield fail("no sweep for a quarter of an hour", f"{_PAGE}, AuditSilentAlarm")
    if not patient.variables("Audit").get("HEARTBEAT_TOPIC"):
        yield warn(
            "nobody outside hears that all is well: HeartbeatTopic is empty", f"{_PAGE}, The heartbeat"
        )
    elif unsaid:
        yield fail("the heartbeat could not be published", f"{_PAGE}, HeartbeatFailedAlarm")
    elif swept:
        yield ok("the heartbeat is published after each clean sweep")


def _sum(patient: Patient, metric: str) -> float:
    """What the auditor counted of a metric in the last quarter of an hour."""
    service = patient.variables("Audit").get("POWERTOOLS_SERVICE_NAME", "")
    found = patient.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=metric,
        Dimensions=[{"Name": "service", "Value": service}],
        StartTime=patient.now - _FRESH,
        EndTime=patient.now,
        Period=300,
        Statistics=["Sum"],
    )
    return float(sum(each["Sum"] for each in found["Datapoints"]))


def starts(patient: Patient) -> Iterator[Finding]:
    """Streams and queues are read, and rules of the clock are on."""
    off = [*_unread(patient), *_off(patient)]
    yield from off
    if not off:
        yield ok("streams are read, and schedules are on")


def _unread(patient: Patient) -> Iterator[Finding]:
    lambdas = patient.client("lambda")
    for name, uuid in sorted(patient.of_kind("AWS::Lambda::EventSourceMapping").items()):
        state = lambdas.get_event_source_mapping(UUID=uuid)["State"]
        if state in _UNREAD:
            yield fail(
                f"{name} is {state}", f"aws lambda update-event-source-mapping --enabled --uuid {uuid}"
            )


def _off(patient: Patient) -> Iterator[Finding]:
    events = patient.client("events")
    for name, physical in sorted(patient.of_kind("AWS::Events::Rule").items()):
        bus, _, rule = physical.rpartition("|")
        where = {"EventBusName": bus} if bus else {}
        if events.describe_rule(Name=rule, **where)["State"] != "ENABLED":
            yield fail(f"the rule {name} is off", f"aws events enable-rule --name {rule}")
