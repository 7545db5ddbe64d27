"""What `slaclock doctor` says of what watches: alarms and sweeps."""

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
# What a clean sweep has none of, by its metric; the alarm on it is called by that name.
UNCLEAN = {
    "AuditorFailures": "something could not be put right, and no heartbeat follows",
    "LeftOver": "there was no time for all, and no heartbeat follows",
    "SetAside": "deliveries were set aside for a person, and no heartbeat follows",
}


def alarms(patient: Patient) -> Iterator[Finding]:
    """None rings, and each can."""
    names = {physical: logical for logical, physical in patient.of_kind("AWS::CloudWatch::Alarm").items()}
    found = list(_alarms(patient, sorted(names)))
    ringing = sorted(names[each["AlarmName"]] for each in found if each["StateValue"] == "ALARM")
    mute = sorted(each["AlarmName"] for each in found if not each.get("ActionsEnabled", True))
    yield from (fail(f"{each} rings", f"{_PAGE}, {each}") for each in ringing)
    for each in mute:
        yield warn(f"{names[each]} is muted", f"aws cloudwatch enable-alarm-actions --alarm-names {each}")
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
    """The auditor came to an end within a quarter of an hour, left nothing behind, and said so outside."""
    swept = _sum(patient, "Sweeps")
    unclean = {metric: count for metric in UNCLEAN if (count := _sum(patient, metric))}
    if swept:
        yield ok(f"{swept:g} sweeps in a quarter of an hour")
    elif patient.age < _FRESH.total_seconds():
        yield warn("no sweep yet", "a stack sweeps within five minutes of being made: look again")
    else:
        yield fail("no sweep for a quarter of an hour", f"{_PAGE}, AuditSilentAlarm")
    for metric, count in unclean.items():
        yield warn(f"not each was clean: {UNCLEAN[metric]} ({count:g})", f"{_PAGE}, {metric}Alarm")
    yield from _beats(patient, clean=bool(swept) and not unclean)


def _beats(patient: Patient, *, clean: bool) -> Iterator[Finding]:
    """Whether somebody outside hears that all is well, where it is."""
    if not patient.variables("Audit").get("HEARTBEAT_TOPIC"):
        yield warn(
            "nobody outside hears that all is well: HeartbeatTopic is empty", f"{_PAGE}, The heartbeat"
        )
    elif _sum(patient, "HeartbeatFailed"):
        yield fail("the heartbeat could not be published", f"{_PAGE}, HeartbeatFailedAlarm")
    elif clean:
        yield ok("each sweep was clean, and its heartbeat published")


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
