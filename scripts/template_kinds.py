"""Which kinds of resources there are: the rules look at each by its type, and see nothing in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

# Those that the rules were written for. A table may be a GlobalTable as well, an API a RestApi, a policy of a
# role a resource of its own: a kind is added here once the rules know what may be wrong with one.
KINDS = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Athena::WorkGroup",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::DynamoDB::Table",
    "AWS::Events::Rule",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::SecretsManager::Secret",
}
# An API that says more (Target, RouteKey, Body) has routes that are no resources, and no rule sees those.
OF_AN_API = {"Name", "ProtocolType"}


def rules_know_every_kind(template: Template) -> Iterator[str]:
    """A resource of a type that no rule was written for is held to nothing."""
    for name, resource in template.body["Resources"].items():
        if resource["Type"] not in KINDS:
            yield f"{name} is of a kind that the rules don't know: {resource['Type'] or 'none is said'}"


def routes_are_resources(template: Template) -> Iterator[str]:
    """Each route of the API is a resource of its own, and none comes from a definition or with the API."""
    for name, properties in template.of_type("AWS::ApiGatewayV2::Api"):
        if more := sorted(properties.keys() - OF_AN_API):
            yield f"{name} has more than a name and a protocol: {', '.join(more)}"


RULES = (rules_know_every_kind, routes_are_resources)
