"""What the emulator does otherwise than AWS: where a test fails here, a gap of `gaps.py` is closed."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local.cloud import REGION
from tests.e2e import gaps
from tests.e2e.ministack import Emulator, emulator
from tests.e2e.probing import (
    ACCESS,
    ACCOUNT,
    HANDLER,
    acting,
    api,
    asked,
    called,
    calls,
    document,
    function,
    may,
    packed,
    role,
    schedule,
    stack,
)


@pytest.fixture
def running() -> Iterator[Emulator]:
    """An emulator that anybody may call."""
    with emulator() as running:
        yield running


@pytest.fixture
def guarded() -> Iterator[Emulator]:
    """One that holds every call to policies."""
    with emulator(auth=True) as guarded:
        yield guarded


def test_an_alarm_on_an_expression_can_not_be_made(running: Emulator) -> None:
    """So `deployable` takes them out."""
    metric = {"MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}}
    metrics = [{"Id": "a", **metric, "ReturnData": False}, {"Id": "b", "Expression": "a * 2"}]
    made = stack(
        running,
        "AWS::CloudWatch::Alarm",
        Metrics=metrics,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=0,
    )
    assert made["StackStatus"] != "CREATE_COMPLETE"


def test_options_does_not_reach_its_route(running: Emulator) -> None:
    """So a sender that asks for permission is told that there is none."""
    path = api(running, "OPTIONS /hook")
    assert asked(running, "OPTIONS", f"{path}/hook") == gaps.PREFLIGHT


def test_a_function_is_called_by_an_api_that_nobody_permitted_to(running: Emulator) -> None:
    """So permissions are exercised by no run; and what functions log becomes no metric, a request no line."""
    path = api(running, "GET /hook")
    assert asked(running, "GET", f"{path}/hook") == 200
    assert running.client("logs").describe_log_streams(logGroupName=ACCESS)["logStreams"] == []
    assert running.client("cloudwatch").list_metrics(Namespace="gaps")["Metrics"] == []


def test_the_ref_of_a_secret_is_its_name(running: Emulator) -> None:
    """So `under_auth` names it in policies."""
    made = stack(running, "AWS::SecretsManager::Secret", Name="one")
    assert made["Outputs"][0]["OutputValue"] == "one"


def test_a_schedule_is_believed_to_be_in_the_group_default(guarded: Emulator) -> None:
    """So `under_auth` allows that to `arm`; and nobody asks whether it may hand its role out."""
    guarded.client("scheduler").create_schedule_group(Name="ours")
    names = [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{each}/*" for each in ("ours", "default")]
    arn = role(guarded, may("scheduler:CreateSchedule", names[0]))
    with pytest.raises(ClientError, match="AccessDenied"):
        schedule(acting(guarded, arn, "scheduler"), "ours", arn)
    guarded.client("iam").put_role_policy(
        RoleName="somebody",
        PolicyName="all",
        PolicyDocument=document(*(may("scheduler:CreateSchedule", each) for each in names)),
    )
    schedule(acting(guarded, arn, "scheduler"), "ours", arn)


def test_a_principals_arn_is_its_sessions(guarded: Emulator) -> None:
    """So `under_auth` lets others than seal write: a bucket's policy cannot tell it from them."""
    arn = role(guarded, may("s3:PutObject", "*"))
    s3 = guarded.client("s3")
    s3.create_bucket(Bucket="seals", CreateBucketConfiguration={"LocationConstraint": REGION})
    only = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::seals/*"}
    condition = {"ArnNotEquals": {"aws:PrincipalArn": arn}}
    s3.put_bucket_policy(Bucket="seals", Policy=document({**only, "Condition": condition}))
    with pytest.raises(ClientError, match="explicit deny"):
        acting(guarded, arn, "s3").put_object(Bucket="seals", Key="one", Body=b"")


def test_messages_are_signed_by_nobody(running: Emulator) -> None:
    """So who listens over HTTP takes them as they come; the receiver's own tests have signatures."""
    sns, sqs = running.client("sns"), running.client("sqs")
    topic, queue = sns.create_topic(Name="one")["TopicArn"], sqs.create_queue(QueueName="one")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:one")
    sns.publish(TopicArn=topic, Message="hello")
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    assert json.loads(message["Body"])["Signature"] == "FAKE"


def test_a_record_that_failed_does_not_come_again(guarded: Emulator) -> None:
    """So partial failures of a batch are for the local stack's pump, which gives them again.

    And the stream is read for a role that may not.
    """
    dynamodb, lambdas = guarded.client("dynamodb"), guarded.client("lambda")
    table = dynamodb.create_table(
        TableName="one-table",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    lambdas.create_event_source_mapping(
        FunctionName=function(guarded, role(guarded)),
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRetryAttempts=3,
    )
    dynamodb.put_item(TableName="one-table", Item={"pk": {"S": "1"}})
    called(guarded, 1)
    time.sleep(3)  # the stream is read about once a second
    assert calls(guarded) == 1


def test_what_is_tried_again_is_tried_with_what_the_function_was(running: Emulator) -> None:
    """So no call fails during an update: a process would stay, of a layer that is gone."""
    lambdas, sqs = running.client("lambda"), running.client("sqs")
    queue = sqs.create_queue(QueueName="one")["QueueUrl"]
    function(running, role(running), "def handler(event, context): raise ValueError")
    lambdas.put_function_event_invoke_config(
        FunctionName="probe",
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:sqs:{REGION}:{ACCOUNT}:one"}},
    )
    lambdas.invoke(FunctionName="probe", InvocationType="Event", Payload=b"{}")
    lambdas.update_function_code(FunctionName="probe", ZipFile=packed(HANDLER))
    (letter,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    assert json.loads(letter["Body"])["requestContext"]["approximateInvokeCount"] == 3
    assert calls(running) == 0


def test_what_an_alias_says_of_failures_is_not_looked_for(running: Emulator) -> None:
    """So the queue of a function that is called by its alias is exercised by no run."""
    lambdas, sqs = running.client("lambda"), running.client("sqs")
    function(running, role(running))
    queue = sqs.create_queue(QueueName="one")["QueueUrl"]
    version = lambdas.publish_version(FunctionName="probe")["Version"]
    lambdas.create_alias(FunctionName="probe", Name="live", FunctionVersion=version)
    to = {"OnFailure": {"Destination": f"arn:aws:sqs:{REGION}:{ACCOUNT}:one"}}
    told = {"FunctionName": "probe", "MaximumRetryAttempts": 0, "DestinationConfig": to}
    found = []
    for qualifier in ("live", "$LATEST"):
        lambdas.put_function_event_invoke_config(Qualifier=qualifier, **told)
        lambdas.invoke(
            FunctionName="probe", Qualifier=qualifier, InvocationType="Event", Payload=b'{"Records": [1]}'
        )
        asked = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)
        found.append(len(asked.get("Messages", [])))
    assert found == [0, 1]


def test_who_calls_for_somebody_asks_no_role(guarded: Emulator) -> None:
    """So a role that Scheduler or a queue's reader could do nothing with is no run's to see."""
    nothing = role(guarded)
    arn, sqs = function(guarded, nothing), guarded.client("sqs")
    soon = datetime.now(UTC) + timedelta(seconds=1)
    schedule(guarded.client("scheduler"), "default", nothing, at=f"{soon:%Y-%m-%dT%H:%M:%S}", function=arn)
    called(guarded, 1)
    url = sqs.create_queue(QueueName="one")["QueueUrl"]
    guarded.client("lambda").create_event_source_mapping(
        FunctionName=arn, EventSourceArn=f"arn:aws:sqs:{REGION}:{ACCOUNT}:one"
    )
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    called(guarded, 2)


def test_a_stack_reserves_no_concurrency(running: Emulator) -> None:
    """So the parameter is the rules' to look at: no run meets a function that may not run often enough."""
    made = stack(
        running,
        "AWS::Lambda::Function",
        FunctionName="probe",
        Role=role(running),
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": HANDLER},
        ReservedConcurrentExecutions=1,
    )
    assert made["StackStatus"] == "CREATE_COMPLETE"
    kept = running.client("lambda").get_function_concurrency(FunctionName="probe")
    assert not kept.get("ReservedConcurrentExecutions")


def test_a_read_costs_the_same_whatever_was_looked_at(running: Emulator) -> None:
    """So `capacity` counts: of three items of 9 KB AWS says 3 units for one, 3.5 for all, stale."""
    dynamodb = running.client("dynamodb")
    dynamodb.create_table(
        TableName="things",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk")],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    keys = [{"pk": {"S": "1"}, "sk": {"S": each}} for each in "123"]
    for key in keys:
        dynamodb.put_item(TableName="things", Item={**key, "said": {"S": "x" * 9000}})
    asked = {"TableName": "things", "ReturnConsumedCapacity": "TOTAL"}
    all_of_it = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "1"}}}
    for consistent, cost in gaps.A_READ.items():
        one = dynamodb.get_item(Key=keys[0], ConsistentRead=consistent, **asked)
        found = dynamodb.query(**all_of_it, ConsistentRead=consistent, **asked)
        assert [each["ConsumedCapacity"]["CapacityUnits"] for each in (one, found)] == [cost, cost]
    batch = dynamodb.batch_get_item(RequestItems={"things": {"Keys": keys}}, ReturnConsumedCapacity="TOTAL")
    assert "ConsumedCapacity" not in batch
