"""What must hold of schedules, logs and alarms; no linter sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

RATE = re.compile(r"rate\((1 (minute|hour|day)|(?!1 )[1-9]\d* (minutes|hours|days))\)")
MOST_METRICS = 10  # that the math of one alarm takes
MISSING = {"breaching", "notBreaching"}
TO_SOMEBODY = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]}


def rates_are_spelled(template: Template) -> Iterator[str]:
    """EventBridge refuses `rate(5 minute)` and `rate(1 minutes)`, at deployment only."""
    for kind in ("AWS::Events::Rule", "AWS::Scheduler::Schedule"):
        for name, properties in template.of_type(kind):
            said = properties.get("ScheduleExpression", "")
            if said.startswith("rate") and not RATE.fullmatch(said):
                yield f"{name} says {said}"


def logs_end(template: Template) -> Iterator[str]:
    """Logs are kept for a time that somebody chose, so each group is made here."""
    groups = dict(template.of_type("AWS::Logs::LogGroup"))
    yield from (f"{name} never ends" for name, each in groups.items() if "RetentionInDays" not in each)
    for name, properties in template.of_type("AWS::Lambda::Function"):
        if properties.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref") not in groups:
            yield f"{name} logs to a group that is not made here"


def alarms_reach_somebody(template: Template) -> Iterator[str]:
    """An alarm says what it means and what no data mean, and goes where all of them go."""
    for name, properties in template.of_type("AWS::CloudWatch::Alarm"):
        said = properties.get("AlarmDescription") and properties.get("TreatMissingData") in MISSING
        if not said or properties.get("AlarmActions") != TO_SOMEBODY:
            yield f"{name} does not say what it means, or to whom"


def alarms_add_up_what_they_name(template: Template) -> Iterator[str]:
    """CloudWatch refuses Metrics Insights with OR, and math on more than ten metrics, at deployment only."""
    for name, properties in template.of_type("AWS::CloudWatch::Alarm"):
        queries = properties.get("Metrics", [])
        members = [each["Id"] for each in queries if "MetricStat" in each]
        sums = [each["Expression"] for each in queries if "Expression" in each]
        if queries and not (_adds_up(sums, members) and len(members) <= MOST_METRICS):
            yield f"{name} is no sum or maximum of one to ten metrics, each filled with nought"


def _adds_up(sums: list[Any], members: list[str]) -> bool:
    """Whether there is one expression, on each member once; one without data must not hide the others."""
    filled = ", ".join(f"FILL({each}, 0)" for each in members)
    return bool(members) and sums in ([f"SUM([{filled}])"], [f"MAX([{filled}])"])


RULES = (
    rates_are_spelled,
    logs_end,
    alarms_reach_somebody,
    alarms_add_up_what_they_name,
)
