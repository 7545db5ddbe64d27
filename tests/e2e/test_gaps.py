"""What the emulator does otherwise than AWS: where a test fails here, a gap of `gaps.py` is closed."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from local.cloud import REGION
from tests.e2e import gaps
from tests.e2e.ministack import Emulator, emulator

ACCOUNT = "000000000000"
ACCESS = "/access"
TRUST = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root", "Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
# Says a metric as functions do, and that every record of a stream failed.
HANDLER = """\
import json
def handler(event, context):
    said = {"CloudWatchMetrics": [{"Namespace": "gaps", "Dimensions": [[]], "Metrics": [{"Name": "Calls"}]}]}
    print(json.dumps({"_aws": {"Timestamp": 1, **said}, "Calls": 1}))
    failed = [{"itemIdentifier": each["dynamodb"]["SequenceNumber"]} for each in event.get("Records", [])]
    return {"statusCode": 200, "body": "", "batchItemFailures": failed}
"""


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


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(cloud: Emulator, *allowed: dict[str, Any]) -> str:
    """The ARN of a role that functions and we may take."""
    iam = cloud.client("iam")
    made = iam.create_role(RoleName="somebody", AssumeRolePolicyDocument=document(TRUST))
    if allowed:
        iam.put_role_policy(RoleName="somebody", PolicyName="all", PolicyDocument=document(*allowed))
    return str(made["Role"]["Arn"])


def acting(cloud: Emulator, arn: str, service: str) -> Any:
    """A client of a service for whoever has taken a role."""
    taken = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return Session().create_client(
        service,
        REGION,
        endpoint_url=cloud.endpoint,
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
    )


def may(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def schedule(client: Any, group: str, target: str) -> None:
    client.create_schedule(
        Name="one",
        GroupName=group,
        ScheduleExpression="at(2100-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:none", "RoleArn": target},
    )


def function(cloud: Emulator, arn: str) -> str:
    """A function that does what HANDLER says; its ARN."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", HANDLER)
    made = cloud.client("lambda").create_function(
        FunctionName="probe",
        Runtime="python3.13",
        Role=arn,
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
    )
    return str(made["FunctionArn"])


def stack(cloud: Emulator, kind: str, **properties: Any) -> dict[str, Any]:
    """A stack of one resource, when CloudFormation is done with it."""
    cloudformation = cloud.client("cloudformation")
    template = {
        "Resources": {"One": {"Type": kind, "Properties": properties}},
        "Outputs": {"Ref": {"Value": {"Ref": "One"}}},
    }
    cloudformation.create_stack(StackName="one", TemplateBody=json.dumps(template))
    while True:
        (found,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            return dict(found)
        time.sleep(0.1)


def asked(cloud: Emulator, method: str, path: str) -> int:
    with closing(HTTPConnection(cloud.endpoint.removeprefix("http://"), timeout=20)) as line:
        line.request(method, path)
        return line.getresponse().status


def api(cloud: Emulator, route: str) -> str:
    """The path of an API with one route to the function, which nobody was permitted to call."""
    apis = cloud.client("apigatewayv2")
    identity = apis.create_api(Name="one", ProtocolType="HTTP")["ApiId"]
    to = apis.create_integration(
        ApiId=identity,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function(cloud, role(cloud)),
        PayloadFormatVersion="2.0",
    )
    apis.create_route(ApiId=identity, RouteKey=route, Target=f"integrations/{to['IntegrationId']}")
    cloud.client("logs").create_log_group(logGroupName=ACCESS)
    apis.create_stage(
        ApiId=identity,
        StageName="$default",
        AutoDeploy=True,
        AccessLogSettings={
            "DestinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{ACCESS}",
            "Format": "$context.status",
        },
    )
    return f"/_aws/execute-api/{identity}/$default"


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


def test_a_record_that_failed_does_not_come_again(running: Emulator) -> None:
    """So partial failures of a batch are for the local stack's pump, which gives them again."""
    dynamodb, lambdas = running.client("dynamodb"), running.client("lambda")
    table = dynamodb.create_table(
        TableName="one-table",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    lambdas.create_event_source_mapping(
        FunctionName=function(running, role(running)),
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRetryAttempts=3,
    )
    dynamodb.put_item(TableName="one-table", Item={"pk": {"S": "1"}})
    until = time.monotonic() + 30
    while not calls(running):
        assert time.monotonic() < until
        time.sleep(0.2)
    time.sleep(3)  # the stream is read about once a second
    assert calls(running) == 1


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


def calls(cloud: Emulator) -> int:
    """How often the function was called."""
    logs, group = cloud.client("logs"), "/aws/lambda/probe"
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        return 0
    said = [
        event["message"]
        for each in logs.describe_log_streams(logGroupName=group)["logStreams"]
        for event in logs.get_log_events(logGroupName=group, logStreamName=each["logStreamName"])["events"]
    ]
    return sum('"Calls": 1' in each for each in said)
