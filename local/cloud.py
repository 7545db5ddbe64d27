"""The AWS that the stack runs on: moto, in process, with the resources that the template names."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws
from moto.core.model_instances import model_data
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from local.template import queue_readers, resolve_all, resources

REGION = "eu-north-1"
# moto routes on the ordinary endpoint only; what is deployed never sees these.
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "slaclock",
    "POWERTOOLS_SERVICE_NAME": "local",
}
# What is named and never made here.
_ARNS = {
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{DEFAULT_ACCOUNT_ID}:function:{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/{{}}",
}


class Cloud:
    """The resources, made once: `names` and `arns` by the template's logical names."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.arns: dict[str, str] = {}
        self.dynamodb, self.streams = boto3.client("dynamodb"), boto3.client("dynamodbstreams")
        self.sqs = boto3.client("sqs")
        self.scheduler, self.secrets = boto3.client("scheduler"), boto3.client("secretsmanager")
        self._make_tables()
        self._make_topics()
        self._make_secrets()
        self._make_keys()
        self._make_buckets()
        self._make_group()
        self._make_queues()

    def messages(self) -> list[dict[str, Any]]:
        """Every message published so far, oldest first in each topic, with the topic's logical name."""
        topics = sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics
        names = {arn: name for name, arn in self.arns.items()}
        return [
            {"topic": names[arn], "message_id": sent[0], "subject": sent[2], "texts": json.loads(sent[1])}
            for arn, topic in topics.items()
            if arn in names  # others are not of this stack
            for sent in topic.sent_notifications
        ]

    def _make_tables(self) -> None:
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        for name, table in resources("AWS::DynamoDB::Table"):
            definition = {member: table[member] for member in wanted if member in table}
            if stream := table.get("StreamSpecification"):
                definition["StreamSpecification"] = {**stream, "StreamEnabled": True}
            made = self.dynamodb.create_table(TableName=f"local-{name}", **definition)["TableDescription"]
            self.names[name], self.arns[name] = made["TableName"], made["TableArn"]

    def _make_topics(self) -> None:
        sns = boto3.client("sns")
        for name, _ in resources("AWS::SNS::Topic"):
            self.names[name] = self.arns[name] = sns.create_topic(Name=name)["TopicArn"]

    def _make_secrets(self) -> None:
        for name, properties in resources("AWS::SecretsManager::Secret"):
            key = {properties["GenerateSecretString"]["GenerateStringKey"]: f"the local stack's {name}"}
            made = self.secrets.create_secret(Name=f"local-{name}", SecretString=json.dumps(key))
            self.names[name] = self.arns[name] = made["ARN"]

    def _make_keys(self) -> None:
        self.kms = boto3.client("kms")
        for name, properties in resources("AWS::KMS::Key"):
            wanted = {member: properties[member] for member in ("KeySpec", "KeyUsage")}
            self.names[name] = self.arns[name] = self.kms.create_key(**wanted)["KeyMetadata"]["Arn"]

    def _make_buckets(self) -> None:
        s3, place = boto3.client("s3"), {"LocationConstraint": REGION}
        for name, properties in resources("AWS::S3::Bucket"):
            self.names[name] = bucket = f"local-{name.lower()}"
            self.arns[name] = f"arn:aws:s3:::{bucket}"
            locked = properties.get("ObjectLockEnabled", False)
            s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=locked
            )
            if locked:
                lock = resolve_all(properties["ObjectLockConfiguration"])
                s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)

    def _make_group(self) -> None:
        for name, _ in resources("AWS::Scheduler::ScheduleGroup"):
            self.names[name] = f"local-{name}"
            self.scheduler.create_schedule_group(Name=self.names[name])
        for kind, arn in _ARNS.items():
            for name, _ in resources(kind):
                self.arns[name] = arn.format(name)

    def _make_queues(self) -> None:
        """Those that a function reads; nothing here gets into a queue for what failed."""
        for reader in queue_readers():
            self.names[reader.queue] = self.sqs.create_queue(QueueName=reader.queue)["QueueUrl"]


class _Untracked(list[Any]):
    """What moto lists every instance of a model in; this keeps none."""

    def append(self, _: Any) -> None:
        """Let it go when nobody else has it any more."""


def keep_no_copies() -> None:
    """Have moto forget its copies of DynamoDB's tables: it makes one a transaction, and lists them for ever.

    Otherwise memory grows with the square of what was posted.
    """
    for model in model_data["dynamodb"].values():
        model.instances_tracked = _Untracked()  # type: ignore[attr-defined]


@contextmanager
def cloud() -> Iterator[Cloud]:
    """A cloud for as long as the block lasts; afterwards the environment is as it was."""
    before: Mapping[str, str] = dict(os.environ)
    os.environ.update(_ENVIRONMENT)
    try:
        with mock_aws():
            keep_no_copies()
            yield Cloud()
    finally:
        os.environ.clear()
        os.environ.update(before)
