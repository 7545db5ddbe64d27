"""What `slaclock doctor` says of what starts functions: streams, queues, schedules, and whether they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.cli.doctor_refusals import BY_HAND, looked_at
from slaclock.cli.doctor_stack import fail, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.cli.doctor_stack import Finding, Patient

_UNREAD = ("Disabled", "Disabling", "Deleting")


def starts(patient: Patient) -> Iterator[Finding]:
    """Streams and queues are read, rules of the clock are on, and each function takes what it is brought."""
    off = [*_unread(patient), *_off(patient), *_shut(patient)]
    yield from off
    if not off:
        yield ok("streams are read, schedules are on, and functions take what they are brought")


def _unread(patient: Patient) -> Iterator[Finding]:
    for name, uuid in sorted(patient.of_kind("AWS::Lambda::EventSourceMapping").items()):
        gone = fail(f"{name} is gone: nothing is read there", BY_HAND)
        yield from looked_at(name, _mapping(patient, name, uuid), gone)


def _mapping(patient: Patient, name: str, uuid: str) -> Iterator[Finding]:
    state = patient.client("lambda").get_event_source_mapping(UUID=uuid)["State"]
    if state in _UNREAD:
        yield fail(f"{name} is {state}", f"aws lambda update-event-source-mapping --enabled --uuid {uuid}")


def _off(patient: Patient) -> Iterator[Finding]:
    for name, physical in sorted(patient.of_kind("AWS::Events::Rule").items()):
        gone = fail(f"the rule {name} is gone", BY_HAND)
        yield from looked_at(name, _rule(patient, name, physical), gone)


def _rule(patient: Patient, name: str, physical: str) -> Iterator[Finding]:
    bus, _, rule = physical.rpartition("|")
    where = {"EventBusName": bus} if bus else {}
    of_bus = f" --event-bus-name {bus}" if bus else ""
    if patient.client("events").describe_rule(Name=rule, **where)["State"] != "ENABLED":
        yield fail(f"the rule {name} is off", f"aws events enable-rule --name {rule}{of_bus}")


def _shut(patient: Patient) -> Iterator[Finding]:
    for name, function in sorted(patient.of_kind("AWS::Lambda::Function").items()):
        gone = fail(f"the function {name} is gone", BY_HAND)
        yield from looked_at(name, _function(patient, name, function), gone)


def _function(patient: Patient, name: str, function: str) -> Iterator[Finding]:
    """Whoever restores tables shuts a function so, and opens it again when that is done."""
    found = patient.client("lambda").get_function_concurrency(FunctionName=function)
    if found.get("ReservedConcurrentExecutions") == 0:
        do = f"unless tables are being restored: aws lambda {_open(patient)} --function-name {function}"
        yield fail(f"{name} takes nothing: its reserved concurrency is 0", do)


def _open(patient: Patient) -> str:
    reserved = patient.parameters.get("ReservedConcurrency") or "0"
    put = f"put-function-concurrency --reserved-concurrent-executions {reserved}"
    return "delete-function-concurrency" if reserved == "0" else put
