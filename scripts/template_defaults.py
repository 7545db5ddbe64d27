"""What the template leaves off until somebody turns it on, or on until somebody turns it off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

NOTHING = {"Ref": "AWS::NoValue"}
RESERVED = {"Fn::If": ["ReservesConcurrency", {"Ref": "ReservedConcurrency"}, NOTHING]}
RESERVES = {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReservedConcurrency"}, 0]}]}
DAYS = {"Ref": "LogRetentionDays"}
LIMITS = {
    "webhooks": {
        "ThrottlingRateLimit": {"Ref": "WebhookRate"},
        "ThrottlingBurstLimit": {"Ref": "WebhookBurst"},
    },
    "ack": {"ThrottlingRateLimit": {"Ref": "LinkRate"}, "ThrottlingBurstLimit": {"Ref": "LinkBurst"}},
}


def findings(template: Template) -> list[str]:
    """Every sentence that the template makes untrue."""
    return [f"{rule.__name__}: {fault}" for rule in RULES for fault in rule(template)]


def concurrency_is_reserved_by_choice(template: Template) -> Iterator[str]:
    """All functions reserve what the parameter says; by its default none: a new account has none to give."""
    for name, properties in template.of_type("AWS::Lambda::Function"):
        if properties.get("ReservedConcurrentExecutions") != RESERVED:
            yield f"{name} reserves {properties.get('ReservedConcurrentExecutions')}"
    said = template.body["Parameters"].get("ReservedConcurrency", {})
    if said.get("Default") != 0 or template.body["Conditions"].get("ReservesConcurrency") != RESERVES:
        yield "ReservedConcurrency is not off by default"


def tracing_is_off(template: Template) -> Iterator[str]:
    """X-Ray would be paid for with each delivery, and its SDK is not in the layer."""
    for name, properties in template.of_type("AWS::Lambda::Function"):
        if properties.get("TracingConfig", {}).get("Mode", "PassThrough") != "PassThrough":
            yield f"{name} is traced"


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
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"):
        for name, _ in template.of_type(kind):
            around = template.body["Resources"][name]
            if {around.get("DeletionPolicy"), around.get("UpdateReplacePolicy")} != {"Retain"}:
                yield f"{name} goes with the stack"


RULES = (
    concurrency_is_reserved_by_choice,
    tracing_is_off,
    log_retention_is_chosen,
    open_routes_have_limits_of_their_own,
    the_record_outlives_the_stack,
)
