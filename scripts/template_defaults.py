"""What the template leaves off until somebody turns it on, or on until somebody turns it off."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

NOTHING = {"Ref": "AWS::NoValue"}
RESERVED = {"Fn::If": ["ReservesConcurrency", {"Ref": "ReservedConcurrency"}, NOTHING]}
RESERVES = {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReservedConcurrency"}, 0]}]}
DAYS = {"Ref": "LogRetentionDays"}
UNTRACED = ({"Mode": "PassThrough"}, "PassThrough", False)
TRACING = re.compile(r"tracing|x-?ray", re.IGNORECASE)  # a member of any kind's properties
EVIDENCE = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key")
GOES = {None, "Delete"}
ACCESSES = {"Fn::GetAtt": ["ApiLogs", "Arn"]}
ON = {  # what a resource that is declared may say of whether it works; all do by default
    "AWS::Events::Rule": ("State", "ENABLED"),
    "AWS::Scheduler::Schedule": ("State", "ENABLED"),
    "AWS::Lambda::EventSourceMapping": ("Enabled", True),
    "AWS::CloudWatch::Alarm": ("ActionsEnabled", True),
    "AWS::KMS::Key": ("Enabled", True),
}
LIMITS = {
    "webhooks": {
        "ThrottlingRateLimit": {"Ref": "WebhookRate"},
        "ThrottlingBurstLimit": {"Ref": "WebhookBurst"},
    },
    "ack": {"ThrottlingRateLimit": {"Ref": "LinkRate"}, "ThrottlingBurstLimit": {"Ref": "LinkBurst"}},
}


def concurrency_is_reserved_by_choice(template: Template) -> Iterator[str]:
    """All functions reserve what the parameter says; by its default none: a new account has none to give."""
    for name, properties in template.of_type("AWS::Lambda::Function"):
        if properties.get("ReservedConcurrentExecutions") != RESERVED:
            yield f"{name} reserves {properties.get('ReservedConcurrentExecutions')}"
    said = template.body["Parameters"].get("ReservedConcurrency", {})
    if said.get("Default") != 0 or template.body["Conditions"].get("ReservesConcurrency") != RESERVES:
        yield "ReservedConcurrency is not off by default"


def tracing_is_off(template: Template) -> Iterator[str]:
    """X-Ray would be paid for with each delivery, and its SDK is not in the layer; whatever may be traced."""
    for name, resource in template.body["Resources"].items():
        for member, value in _members(resource.get("Properties")):
            if TRACING.search(member) and value not in UNTRACED:
                yield f"{name} is traced, or may be: {member} {value}"


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member of a value with what it says, however deep."""
    if isinstance(value, dict):
        yield from value.items()
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _members(each)


def what_is_declared_is_on(template: Template) -> Iterator[str]:
    """A rule, schedule, mapping, alarm or key that is there and switched off looks as if it worked."""
    for kind, (switch, on) in ON.items():
        for name, properties in template.of_type(kind):
            if properties.get(switch, on) != on:
                yield f"{name} is switched off, or may be: {properties[switch]}"


def requests_are_logged(template: Template) -> Iterator[str]:
    """TurnedAwayAlarm counts what is in the access log: without it nobody knows what was refused."""
    for name, properties in template.of_type("AWS::ApiGatewayV2::Stage"):
        said = properties.get("AccessLogSettings", {})
        if said.get("DestinationArn") != ACCESSES or not said.get("Format"):
            yield f"{name} logs requests to {said.get('DestinationArn')}"


def functions_log_what_matters(template: Template) -> Iterator[str]:
    """At INFO: below it libraries quote what they are given, and above it nothing tells what was done."""
    for name, properties in template.of_type("AWS::Lambda::Function"):
        said = properties.get("LoggingConfig", {}).get("ApplicationLogLevel")
        variables = properties.get("Environment", {}).get("Variables", {})
        if (said, variables.get("POWERTOOLS_LOG_LEVEL")) != ("INFO", "INFO"):
            yield f"{name} logs at {said} and {variables.get('POWERTOOLS_LOG_LEVEL')}"


def log_retention_is_chosen(template: Template) -> Iterator[str]:
    """One parameter for all logs, with an end by default."""
    for name, properties in template.of_type("AWS::Logs::LogGroup"):
        if properties.get("RetentionInDays") != DAYS:
            yield f"{name} is kept for {properties.get('RetentionInDays')}"
    if not template.body["Parameters"].get("LogRetentionDays", {}).get("Default", 0) > 0:
        yield "LogRetentionDays has no end by default"


def open_routes_have_limits_of_their_own(template: Template) -> Iterator[str]:
    """Rate and burst of deliveries and of links are parameters of one or more: none is without a bound."""
    for _, properties in template.of_type("AWS::ApiGatewayV2::Stage"):
        for key, settings in properties.get("RouteSettings", {}).items():
            kind = key.split("/")[1]
            if settings != LIMITS.get(kind):
                yield f"{key} is let in at {settings}"
    for name in ("WebhookRate", "WebhookBurst", "LinkRate", "LinkBurst"):
        said: dict[str, Any] = template.body["Parameters"].get(name, {})
        if said.get("MinValue") != 1 or not said.get("Default", 0) >= 1:
            yield f"{name} may be {said}"


def the_record_outlives_the_stack(template: Template) -> Iterator[str]:
    """What was promised and kept stays when the stack goes: tables, buckets, and the key of seals."""
    for kind in EVIDENCE:
        for name, _ in template.of_type(kind):
            if _goes(template, name) != {"Retain"}:
                yield f"{name} goes with the stack"


def nothing_else_outlives_the_stack(template: Template) -> Iterator[str]:
    """What is no evidence goes with the stack: left behind, it is in nobody's list and still paid for."""
    for name, resource in template.body["Resources"].items():
        if resource["Type"] not in EVIDENCE and not _goes(template, name) <= GOES:
            yield f"{name} stays behind: {resource['Type']}"


def _goes(template: Template, name: str) -> set[str | None]:
    around = template.body["Resources"][name]
    return {around.get("DeletionPolicy"), around.get("UpdateReplacePolicy")}


def numbers_are_bounded(template: Template) -> Iterator[str]:
    """What may be chosen is between two bounds, or one of a list, and so is what is chosen by default."""
    for name, said in template.body["Parameters"].items():
        if said.get("Type") == "Number" and not _bounded(said):
            yield f"{name} is {said.get('Default')}, from {said.get('MinValue')} to {said.get('MaxValue')}"


def _bounded(said: dict[str, Any]) -> bool:
    default = said.get("Default", math.nan)
    if "AllowedValues" in said:
        return default in said["AllowedValues"]
    return bool(said.get("MinValue", math.inf) <= default <= said.get("MaxValue", -math.inf))


RULES = (
    concurrency_is_reserved_by_choice,
    tracing_is_off,
    what_is_declared_is_on,
    requests_are_logged,
    functions_log_what_matters,
    log_retention_is_chosen,
    open_routes_have_limits_of_their_own,
    the_record_outlives_the_stack,
    nothing_else_outlives_the_stack,
    numbers_are_bounded,
)
