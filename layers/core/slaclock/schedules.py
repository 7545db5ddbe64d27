"""Arming and disarming: one EventBridge schedule for each clock's next moment."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

# A schedule that can't reach its target is tried again for a day; the auditor is quicker than that.
_RETRY = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}


@dataclass(frozen=True, slots=True)
class Schedules:
    """Creates and deletes schedules, never updates one: an update resets what it leaves out.

    Names are used once: `<hash of subject and clock>-<arming>`. A schedule removes itself after it has fired.
    """

    client: Any
    group: str
    target: str
    role: str
    dead_letters: str

    def create(self, subject: str, lane: str, number: int, at: datetime) -> None:
        """Arm a clock's next moment; a schedule of that name that exists already is this one."""
        try:
            self.client.create_schedule(
                Name=schedule_name(subject, lane, number),
                GroupName=self.group,
                ScheduleExpression=f"at({_whole(at):%Y-%m-%dT%H:%M:%S})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target=self._target({"subject": subject, "lane": lane, "arming": number}),
            )
        except ClientError as error:
            _unless(error, "ConflictException")

    def delete(self, subject: str, lane: str, number: int) -> None:
        """Disarm, as well as may be: one that is gone fired or was deleted, and a stale one is ignored."""
        try:
            self.client.delete_schedule(Name=schedule_name(subject, lane, number), GroupName=self.group)
        except ClientError as error:
            _unless(error, "ResourceNotFoundException")

    def _target(self, nudge: dict[str, Any]) -> dict[str, Any]:
        return {
            "Arn": self.target,
            "RoleArn": self.role,
            "Input": json.dumps(nudge),
            "RetryPolicy": _RETRY,
            "DeadLetterConfig": {"Arn": self.dead_letters},
        }


def schedule_name(subject: str, lane: str, number: int) -> str:
    """A schedule's name: 64 characters at most, of letters, digits and hyphens."""
    digest = hashlib.sha256(f"{subject}\n{lane}".encode()).hexdigest()
    return f"{digest[:40]}-{number}"


def _whole(at: datetime) -> datetime:
    """Whole seconds, rounded up: never before the moment."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)


def _unless(error: ClientError, code: str) -> None:
    if error.response["Error"]["Code"] != code:
        raise error
