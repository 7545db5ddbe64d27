"""What `slaclock doctor` says of queues for what failed: they are there, and nothing was left in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.cli.doctor_refusals import BY_HAND, looked_at
from slaclock.cli.doctor_stack import fail, ok
from slaclock.cli.redrive_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.cli.doctor_stack import Finding, Patient
    from slaclock.cli.redrive_kinds import Kind

_PAGE = "docs/operations.md"
# What waits, and what somebody or something has in hand just now and may fail at again.
_LEFT = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


def queues(patient: Patient) -> Iterator[Finding]:
    """Nothing lies in a queue for what failed, and each is there."""
    found = [finding for kind in KINDS for finding in _left_in(patient, kind)]
    yield from found
    if not found:
        yield ok(f"all {len(KINDS)} queues for what failed are empty")


def _left_in(patient: Patient, kind: Kind) -> Iterator[Finding]:
    gone = fail(f"the queue {kind.queue} is gone: what fails is lost", BY_HAND)
    yield from looked_at(kind.queue, _holds(patient, kind), gone)


def _holds(patient: Patient, kind: Kind) -> Iterator[Finding]:
    if count := _held(patient, kind):
        redrive = f"slaclock redrive {kind.name} --stack {patient.stack}"
        do = f"{_PAGE}, {kind.queue}Alarm; then {redrive}"
        yield fail(f"{kind.queue} holds {count}: {kind.left}", do)


def _held(patient: Patient, kind: Kind) -> int:
    asked = {"QueueUrl": patient.named(kind.queue), "AttributeNames": list(_LEFT)}
    attributes = patient.client("sqs").get_queue_attributes(**asked)["Attributes"]
    return sum(int(attributes.get(name, 0)) for name in _LEFT)
