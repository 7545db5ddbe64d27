"""Small things of AWS that the tests of the emulator's gaps are made of."""

import io
import json
import time
import zipfile
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

from botocore.session import Session

from local.cloud import REGION
from tests.e2e.ministack import Emulator

ACCOUNT = "000000000000"
ACCESS = "/access"
NONE = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:none"
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


def schedule(
    client: Any, group: str, target: str, at: str = "2100-01-01T00:00:00", function: str = NONE
) -> None:
    """One that calls a function at an instant of UTC, as the role `target`."""
    client.create_schedule(
        Name="one",
        GroupName=group,
        ScheduleExpression=f"at({at})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": function, "RoleArn": target},
    )


def packed(handler: str) -> bytes:
    """A function's code."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", handler)
    return code.getvalue()


def function(cloud: Emulator, arn: str, handler: str = HANDLER) -> str:
    """A function that does what `handler` says; its ARN."""
    made = cloud.client("lambda").create_function(
        FunctionName="probe",
        Runtime="python3.13",
        Role=arn,
        Handler="app.handler",
        Code={"ZipFile": packed(handler)},
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


def called(cloud: Emulator, times: int) -> None:
    """Wait until the function was called so often."""
    until = time.monotonic() + 60
    while calls(cloud) < times:
        assert time.monotonic() < until, f"{calls(cloud)} calls, not {times}"
        time.sleep(0.2)
