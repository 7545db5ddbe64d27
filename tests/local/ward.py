"""A deployed stack as `slaclock doctor` meets it: the local one, and what AWS would tell of it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from local.functions import variables_of
from scripts.template_source import Template, translated
from slaclock.cli import doctor, main
from slaclock.wiring import Wiring
from tests.local.desk import MONDAY, Desk, open_desk

GOLD = """\
agreement: gold
order: 10
applies_to: {plan: gold}
calendars: {always: {timezone: UTC, hours: 24x7}}
targets:
  resolution: {budget: 4h, reminders: [50%]}
escalation:
  - {after: 0m, notify: oncall-1}
"""
HEARD = ("OnCall1Topic", "TeamTopic", "LegalTopic", "DefaultTopic")  # by somebody, in a stack that is well
OUTSIDE = "arn:aws:sns:eu-west-1:111122223333:slaclock-is-well"
PLAIN = Template(translated())
KINDS_OF_RESOURCES = {name: each["Type"] for name, each in PLAIN.body["Resources"].items()}
TABLES = sorted(name for name, kind in KINDS_OF_RESOURCES.items() if kind == "AWS::DynamoDB::Table")
BUCKETS = sorted(name for name, kind in KINDS_OF_RESOURCES.items() if kind == "AWS::S3::Bucket")


@dataclass(slots=True)
class Ward:
    """The local stack as CloudFormation and Lambda would tell of it, with all that its functions left in AWS.

    `parameters`, `status`, `mapping`, `reserved` and `variables` are what they say; they know nothing of what
    is `without`, have no more what is `gone`, and tell of what an update `removed`. A client of a service is
    `denied`, or another one `instead`.
    """

    desk: Desk
    physical: Mapping[str, str]
    parameters: dict[str, str]
    status: str = "UPDATE_COMPLETE"
    made: timedelta = timedelta(days=30)
    mapping: str = "Enabled"
    heartbeat: str = OUTSIDE
    denied: str = ""
    without: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    reserved: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    variables: dict[str, str] = field(default_factory=dict)
    instead: dict[str, Any] = field(default_factory=dict)

    def describe_stacks(self, *, StackName: str) -> Any:  # noqa: N803  (AWS's names)
        if StackName != "production":
            said = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": said}}, "DescribeStacks")
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()]
        return {
            "Stacks": [{"StackStatus": self.status, "CreationTime": MONDAY - self.made, "Parameters": given}]
        }

    def list_stack_resources(self, *, StackName: str, NextToken: str = "0") -> Any:  # noqa: N803
        self.describe_stacks(StackName=StackName)
        names = sorted(set(self.physical) - self.without)
        page, begin = 100, int(NextToken)
        found = [
            {
                "LogicalResourceId": name,
                "ResourceType": KINDS_OF_RESOURCES[name],
                "PhysicalResourceId": self.physical[name],
                "ResourceStatus": "DELETE_COMPLETE" if name in self.removed else "UPDATE_COMPLETE",
            }
            for name in names[begin : begin + page]
        ]
        more = {"NextToken": str(begin + page)} if begin + page < len(names) else {}
        return {"StackResourceSummaries": found, **more}

    def get_function_configuration(self, *, FunctionName: str) -> Any:  # noqa: N803
        name = FunctionName.removeprefix("production-")
        told = {"POWERTOOLS_SERVICE_NAME": f"production-{name.lower()}", "HEARTBEAT_TOPIC": self.heartbeat}
        return {
            "Environment": {
                "Variables": {**variables_of(name, self.desk.stack.cloud), **told, **self.variables}
            }
        }

    def get_event_source_mapping(self, *, UUID: str) -> Any:  # noqa: N803
        assert UUID.startswith("production-")
        self._ask(UUID)
        return {"State": self.mapping}

    def get_function_concurrency(self, *, FunctionName: str) -> Any:  # noqa: N803
        name = self._ask(FunctionName)
        return {"ReservedConcurrentExecutions": self.reserved[name]} if name in self.reserved else {}

    def _ask(self, physical: str) -> str:
        if (name := physical.removeprefix("production-")) in self.gone:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": name}}, "Look")
        return name

    def describe_stack_resource(self, *, StackName: str, LogicalResourceId: str) -> Any:  # noqa: N803
        self.describe_stacks(StackName=StackName)
        return {"StackResourceDetail": {"PhysicalResourceId": self.physical[LogicalResourceId]}}

    def examined(self, *argv: str) -> tuple[int, list[dict[str, Any]]]:
        """The exit status, and each finding."""
        self.desk.capsys.readouterr()
        code = main(["doctor", "--stack", "production", "--json", *argv])
        return code, [json.loads(line) for line in self.desk.capsys.readouterr().out.splitlines()]

    def said(self, check: str) -> list[tuple[str, str]]:
        """What one check found, by itself."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(doctor, "CHECKS", [each for each in doctor.CHECKS if each[0] == check])
            return [(each["level"], each["what"]) for each in self.examined()[1]]


@contextmanager
def open_ward(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Ward]:
    """A stack that is well, but for its seals, which come with the night."""
    with open_desk(folder, monkeypatch, capsys, gold=GOLD) as desk:
        sns, cloudwatch = boto3.client("sns"), boto3.client("cloudwatch")
        topic = sns.create_topic(Name="alarms")["TopicArn"]
        physical = {name: _made(name, desk, cloudwatch) for name in KINDS_OF_RESOURCES}
        found = Ward(desk, physical, {"AlarmTopic": topic})
        for each in (topic, *(desk.stack.cloud.arns[name] for name in HEARD)):
            queue = "arn:aws:sqs:eu-north-1:123456789012:people"
            sns.subscribe(TopicArn=each, Protocol="sqs", Endpoint=queue)
        for name in TABLES:
            protected(desk.stack.cloud.names[name])
        swept(3)
        desk.event("1")
        desk.stack.store.note("zendesk-local", MONDAY)
        for name in variables_of("Audit", desk.stack.cloud):
            os.environ.pop(name, None)
        client = Wiring.client

        def given(wiring: Wiring, service: str) -> Any:
            if service == found.denied:
                raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Look")
            if service in found.instead:
                return found.instead[service]
            return found if service in ("cloudformation", "lambda") else client(wiring, service)

        monkeypatch.setattr(Wiring, "client", given)
        yield found


def protected(table: str, *, deletion: bool = True, recovery: bool = True) -> None:
    """As the template has a table."""
    dynamodb = boto3.client("dynamodb")
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=deletion)
    wanted = {"PointInTimeRecoveryEnabled": recovery}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=wanted)


def _made(name: str, desk: Desk, cloudwatch: Any) -> str:
    """What AWS calls a resource, once it is there."""
    kind, cloud = KINDS_OF_RESOURCES[name], desk.stack.cloud
    if kind == "AWS::SQS::Queue":
        return str(cloud.sqs.create_queue(QueueName=name)["QueueUrl"])
    if kind == "AWS::CloudWatch::Alarm":
        cloudwatch.put_metric_alarm(
            AlarmName=f"production-{name}", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1,
            MetricName="x", Namespace="x", Period=300, Statistic="Sum", Threshold=0,
        )  # fmt: skip
    if kind == "AWS::Events::Rule":
        boto3.client("events").put_rule(Name=f"production-{name}", ScheduleExpression="rate(5 minutes)")
    return cloud.names.get(name, f"production-{name}")


def swept(count: float, metric: str = "Sweeps", minutes: int = 5) -> None:
    """The auditor counted so many, some minutes ago."""
    data = {
        "MetricName": metric,
        "Dimensions": [{"Name": "service", "Value": "production-audit"}],
        "Timestamp": MONDAY - timedelta(minutes=minutes),
        "Value": count,
    }
    boto3.client("cloudwatch").put_metric_data(Namespace="slaclock", MetricData=[data])


def ring(alarm: str) -> None:
    boto3.client("cloudwatch").set_alarm_state(
        AlarmName=f"production-{alarm}", StateValue="ALARM", StateReason="a test"
    )


def unconfirmed(topic: str) -> None:
    """As SNS lists whoever has not followed its link; moto confirms everybody."""
    for each in sns_backends[DEFAULT_ACCOUNT_ID]["eu-north-1"].subscriptions.values():
        if each.topic.arn == topic:
            each.arn = "PendingConfirmation"
