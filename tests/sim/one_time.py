"""One-time schedules as EventBridge Scheduler reads them out of a call's parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.sim.misuse import Misuse, Refuse

_MOST_INPUT = 262_144  # bytes of a payload
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", re.ASCII)
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:\S+", re.ASCII)
_KNOWN = {"Arn", "RoleArn", "Input", "RetryPolicy", "DeadLetterConfig"}
_DEFAULT_RETRY = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it is stored; what its call left out has its default, after an update as well."""

    name: str
    group: str
    at: datetime  # UTC, whole seconds
    input: str
    action_after_completion: str
    target: str
    role: str
    retry: Mapping[str, int]
    dead_letters: str | None
    enabled: bool
    completed: bool = False


def schedule_from(asked: Mapping[str, Any], group: str, now: datetime, refuse: Refuse) -> Schedule:
    """Read a schedule out of parameters that fit the model; AWS's refusal, or `Misuse`, of any other."""
    window = asked["FlexibleTimeWindow"]
    if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise refuse("ValidationException", "MaximumWindowInMinutes goes with the mode FLEXIBLE alone.")
    target = asked["Target"]
    _check_target(target, refuse)
    return Schedule(
        name=asked["Name"],
        group=group,
        at=_moment(asked, now, refuse),
        input=target["Input"],
        action_after_completion=asked.get("ActionAfterCompletion", "NONE"),
        target=target["Arn"],
        role=target["RoleArn"],
        retry={**_DEFAULT_RETRY, **target.get("RetryPolicy", {})},
        dead_letters=target.get("DeadLetterConfig", {}).get("Arn"),
        enabled=asked.get("State", "ENABLED") == "ENABLED",
    )


def _moment(asked: Mapping[str, Any], now: datetime, refuse: Refuse) -> datetime:
    """The moment of an `at()`. AWS does not say what it makes of one in the past, so nobody may ask."""
    expression = asked["ScheduleExpression"]
    if expression.startswith(("rate(", "cron(")):
        raise Misuse(f"{expression}: the double knows one-time schedules only")
    wall = _written(expression, refuse).replace(tzinfo=_zone(asked, refuse))
    if wall.utcoffset() != wall.replace(fold=1).utcoffset():
        raise Misuse(f"{expression} is skipped or repeated in its zone")
    if (at := wall.astimezone(UTC)) <= now:
        raise Misuse(f"{expression} is not in the future at {now}")
    return at


def _written(expression: str, refuse: Refuse) -> datetime:
    found = _AT.fullmatch(expression)
    try:
        return datetime.fromisoformat(found[1] if found else "")
    except ValueError:
        raise refuse("ValidationException", f"Invalid Schedule Expression {expression}.") from None


def _zone(asked: Mapping[str, Any], refuse: Refuse) -> ZoneInfo:
    name = asked.get("ScheduleExpressionTimezone", "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        said = f"The ScheduleExpressionTimezone {name} is not valid."
        raise refuse("ValidationException", said) from None


def _check_target(target: Mapping[str, Any], refuse: Refuse) -> None:
    if not _ARN.fullmatch(target["Arn"]):
        raise refuse("ValidationException", f"Provided Arn is not in correct format: {target['Arn']}.")
    if len(target.get("Input", "").encode()) > _MOST_INPUT:
        raise refuse("ValidationException", f"The Input is larger than {_MOST_INPUT} bytes.")
    if "Input" not in target:
        raise Misuse("without an Input the target gets a text of AWS's own")
    if unknown := target.keys() - _KNOWN:
        raise Misuse(f"the double knows no target with {sorted(unknown)}")
