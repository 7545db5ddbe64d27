"""What must hold of the translated template and no linter sees. Who may do what is in template_access."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

RATE = re.compile(r"rate\((1 (minute|hour|day)|(?!1 )[1-9]\d* (minutes|hours|days))\)")
THROTTLES = {"ThrottlingRateLimit", "ThrottlingBurstLimit"}
WEBHOOKS = tuple(f"{method} /webhooks/" for method in ("POST", "OPTIONS", "GET", "HEAD"))
OPEN = (*WEBHOOKS, "GET /ack/", "HEAD /ack/", "POST /ack/")
RECOVERY = {"PointInTimeRecoveryEnabled": True}  # to any second of 35 days, unless fewer are said
EVENTS = {"INSERT", "MODIFY", "REMOVE"}
FAILURES = {"AuditLedgerChanged": "LedgerWatchFailures"}  # else the function's own
TWO_WEEKS = 14 * 24 * 3600
AWSS_KEY = "alias/aws/sns"  # what the template says of every topic; one of the account could be disabled
BY_S3 = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
CLOSED = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
ANSWERS = {"EncryptionOption": "SSE_S3"}
MOST_METRICS = 10  # that the math of one alarm takes
MISSING = {"breaching", "notBreaching"}
NOTHING = {"Ref": "AWS::NoValue"}
SIGNED = {"Fn::If": ["UseJwt", "JWT", "AWS_IAM"]}
ONE_SCOPE = ["UseJwt", 1, NOTHING]
TO_SOMEBODY = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]}


def _queue_of(template: Template, reader: dict[str, Any]) -> dict[str, Any] | None:
    """The queue that a mapping reads; None where it reads a stream."""
    source = reader.get("EventSourceArn", {}).get("Fn::GetAtt", [""])[0]
    return dict(template.of_type("AWS::SQS::Queue")).get(source)


def _stream_readers(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, properties in template.of_type("AWS::Lambda::EventSourceMapping"):
        if _queue_of(template, properties) is None:
            yield name, properties


def filters_are_json(template: Template) -> Iterator[str]:
    """A filter that is no JSON object is taken at deployment and matches nothing; what `{}` lets by is all.

    Of a queue there is none: Lambda deletes what a filter does not let by.
    """
    for name, properties in template.of_type("AWS::Lambda::EventSourceMapping"):
        patterns = [each["Pattern"] for each in properties.get("FilterCriteria", {}).get("Filters", [])]
        if _queue_of(template, properties) is not None:
            held = "FilterCriteria" not in properties
        else:
            held = bool(patterns) and all(map(_filters, patterns))
        if not held:
            yield f"{name} filters by {patterns}"


def _filters(pattern: object) -> bool:
    """Whether it asks for changes that DynamoDB tells of, and nowhere for one of none."""
    try:
        said = json.loads(pattern) if isinstance(pattern, str) else None
    except json.JSONDecodeError:
        return False
    events = said.get("eventName") if isinstance(said, dict) else None
    return isinstance(events, list) and set(events) <= EVENTS and _nowhere_empty(said)


def _nowhere_empty(part: Any) -> bool:
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else None
    return inside is None or (len(inside) > 0 and all(map(_nowhere_empty, inside)))


def streams_give_up_in_time(template: Template) -> Iterator[str]:
    """One bad record may not block its shard for a day, nor be lost without a trace."""
    for name, properties in _stream_readers(template):
        queue = FAILURES.get(name, f"{properties['FunctionName']['Ref']}Failures")
        wrong = [what for what, held in _stream_settings(properties, queue).items() if not held]
        yield from (f"{name} lacks {what}" for what in wrong)


def _stream_settings(properties: dict[str, Any], queue: str) -> dict[str, bool]:
    kept = {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}
    return {
        "partial batch responses": properties.get("FunctionResponseTypes") == ["ReportBatchItemFailures"],
        "bisection": properties.get("BisectBatchOnFunctionError") is True,
        "a bound on retries": properties.get("MaximumRetryAttempts", -1) > 0,
        "a bound on age": properties.get("MaximumRecordAgeInSeconds", -1) > 0,
        "its queue for failures": properties.get("DestinationConfig") == kept,
        "the horizon as its start": properties.get("StartingPosition") == "TRIM_HORIZON",
    }


def streams_tell_before_and_after(template: Template) -> Iterator[str]:
    """What is read of a table's changes is both images: what it was is all there is of what was removed."""
    tables = dict(template.of_type("AWS::DynamoDB::Table"))
    for name, properties in _stream_readers(template):
        table = properties["EventSourceArn"]["Fn::GetAtt"][0]
        said = tables.get(table, {}).get("StreamSpecification")
        if said != {"StreamViewType": "NEW_AND_OLD_IMAGES"}:
            yield f"{name} reads of {table} {said}"


def queues_that_are_read_give_up(template: Template) -> Iterator[str]:
    """One bad message may not come for two weeks, nor any while Lambda still works at it."""
    functions = dict(template.of_type("AWS::Lambda::Function"))
    for name, properties in template.of_type("AWS::Lambda::EventSourceMapping"):
        queue = _queue_of(template, properties)
        if queue is not None:
            timeout = functions[properties["FunctionName"]["Ref"]]["Timeout"]
            wrong = [what for what, held in _queue_settings(properties, queue, timeout).items() if not held]
            yield from (f"{name} lacks {what}" for what in wrong)


def _queue_settings(properties: dict[str, Any], queue: dict[str, Any], timeout: int) -> dict[str, bool]:
    """What Lambda's manual asks of a queue that a function reads."""
    redrive, window = queue.get("RedrivePolicy", {}), properties.get("MaximumBatchingWindowInSeconds", 0)
    return {
        "partial batch responses": properties.get("FunctionResponseTypes") == ["ReportBatchItemFailures"],
        "a queue for failures": "Fn::GetAtt" in redrive.get("deadLetterTargetArn", {}),
        "five tries": redrive.get("maxReceiveCount", 0) >= 5,
        "time for each": queue.get("VisibilityTimeout", 30) >= 6 * timeout + window,
    }


def routes_say_who_may_call(template: Template) -> Iterator[str]:
    """/v1 takes AWS's signatures, or tokens with a scope; open are webhooks, signed by senders, and links."""
    for _, properties in template.of_type("AWS::ApiGatewayV2::Route"):
        key, caller = properties["RouteKey"], properties.get("AuthorizationType")
        if caller != ("NONE" if key.startswith(OPEN) else SIGNED):
            yield f"{key} is open to {caller}"
        if caller == SIGNED and not _takes_tokens(properties):
            yield f"{key} takes tokens of anybody, or without a scope"


def _takes_tokens(properties: dict[str, Any]) -> bool:
    named = properties.get("AuthorizerId") == {"Fn::If": ["UseJwt", {"Ref": "JwtAuthorizer"}, NOTHING]}
    scopes = properties.get("AuthorizationScopes", {}).get("Fn::If", [])
    said = [each if number != 1 else len(each) for number, each in enumerate(scopes)]
    return named and said == ONE_SCOPE


def tokens_are_for_somebody(template: Template) -> Iterator[str]:
    """Where there is an issuer there is an audience: else a token for anything would be good here."""
    wanted = {"Issuer": {"Ref": "JwtIssuer"}, "Audience": [{"Ref": "JwtAudience"}]}
    for name, properties in template.of_type("AWS::ApiGatewayV2::Authorizer"):
        if properties.get("AuthorizerType") != "JWT" or properties.get("JwtConfiguration") != wanted:
            yield f"{name} lets in by {properties.get('JwtConfiguration')}"
    functions = dict(template.of_type("AWS::Lambda::Function"))
    said = functions["Records"]["Environment"]["Variables"].get("AUTHORIZATION")
    if said != {"Fn::If": ["UseJwt", "jwt", "iam"]}:
        yield f"Records lets in by {said}"


def settings_name_routes(template: Template) -> Iterator[str]:
    """RouteSettings for a route that is not there, or not yet, fail the deployment."""
    routes = {each["RouteKey"]: name for name, each in template.of_type("AWS::ApiGatewayV2::Route")}
    for name, properties in template.of_type("AWS::ApiGatewayV2::Stage"):
        awaited = list(template.body["Resources"][name].get("DependsOn", []))
        for key in properties.get("RouteSettings", {}):
            if routes.get(key) not in awaited:
                yield f"{name} has settings for {key} without DependsOn its route"


def open_routes_are_throttled(template: Template) -> Iterator[str]:
    """Anybody may call an open route: it has a rate and a burst of its own."""
    settings = [each.get("RouteSettings", {}) for _, each in template.of_type("AWS::ApiGatewayV2::Stage")]
    for _, properties in template.of_type("AWS::ApiGatewayV2::Route"):
        key = properties["RouteKey"]
        limits = {name for stage in settings for name in stage.get(key, {})}
        if properties.get("AuthorizationType") == "NONE" and not limits >= THROTTLES:
            yield f"{key} is open and not throttled"


def rates_are_spelled(template: Template) -> Iterator[str]:
    """EventBridge refuses `rate(5 minute)` and `rate(1 minutes)`, at deployment only."""
    for kind in ("AWS::Events::Rule", "AWS::Scheduler::Schedule"):
        for name, properties in template.of_type(kind):
            said = properties.get("ScheduleExpression", "")
            if said.startswith("rate") and not RATE.fullmatch(said):
                yield f"{name} says {said}"


def tables_outlive_mistakes(template: Template) -> Iterator[str]:
    """A table is encrypted, restorable to any second, and deleted neither by hand nor with the stack."""
    for name, properties in template.of_type("AWS::DynamoDB::Table"):
        around = template.body["Resources"][name]
        kept = {around.get("DeletionPolicy"), around.get("UpdateReplacePolicy")} == {"Retain"}
        safe = (
            properties.get("DeletionProtectionEnabled"),
            properties.get("PointInTimeRecoverySpecification") == RECOVERY,
            properties.get("SSESpecification") == {"SSEEnabled": True},
        )
        if not kept or safe != (True, True, True):
            yield f"{name} is not kept, protected, restorable and encrypted"


def queues_and_topics_are_encrypted(template: Template) -> Iterator[str]:
    """What failed is readable for two weeks, and by nobody else; with AWS's keys, both."""
    for name, properties in template.of_type("AWS::SQS::Queue"):
        kept = properties.get("MessageRetentionPeriod") == TWO_WEEKS
        encrypted = properties.get("SqsManagedSseEnabled") is True and "KmsMasterKeyId" not in properties
        if not (kept and encrypted):
            yield f"{name} is not encrypted, or not kept for two weeks"
    for name, properties in template.of_type("AWS::SNS::Topic"):
        if properties.get("KmsMasterKeyId") != AWSS_KEY:
            yield f"{name} is encrypted with {properties.get('KmsMasterKeyId')}"


def buckets_are_private(template: Template) -> Iterator[str]:
    """What is kept is encrypted by S3, answers from it as well, and seen by nobody outside."""
    for name, properties in template.of_type("AWS::S3::Bucket"):
        private = properties.get("PublicAccessBlockConfiguration") == dict.fromkeys(CLOSED, True)
        if not (private and properties.get("BucketEncryption") == BY_S3):
            yield f"{name} is not private and encrypted"
    for name, properties in template.of_type("AWS::Athena::WorkGroup"):
        said = properties.get("WorkGroupConfiguration", {})
        answers = said.get("ResultConfiguration", {}).get("EncryptionConfiguration")
        if answers != ANSWERS or said.get("EnforceWorkGroupConfiguration") is not True:
            yield f"{name} keeps answers as {answers}, or as who asks says"


def seals_can_not_be_taken_back(template: Template) -> Iterator[str]:
    """Each version of a seal is locked, for everybody, for as long as was said; bucket and key stay."""
    bucket, key = template.body["Resources"]["Seals"], template.body["Resources"]["SealKey"]
    properties = bucket["Properties"]
    lock = {"Mode": "COMPLIANCE", "Days": {"Ref": "SealRetentionDays"}}
    held = (
        properties.get("VersioningConfiguration") == {"Status": "Enabled"},
        properties.get("ObjectLockEnabled") is True,
        properties.get("ObjectLockConfiguration", {}).get("Rule") == {"DefaultRetention": lock},
    )
    kept = {
        each.get(policy) for each in (bucket, key) for policy in ("DeletionPolicy", "UpdateReplacePolicy")
    }
    if not all(held) or kept != {"Retain"}:
        yield "Seals can be changed or removed"
    made = {name: key["Properties"].get(name) for name in ("KeySpec", "KeyUsage")}
    if made != {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}:
        yield "SealKey is none that signs seals"


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
    filters_are_json,
    streams_give_up_in_time,
    streams_tell_before_and_after,
    queues_that_are_read_give_up,
    routes_say_who_may_call,
    tokens_are_for_somebody,
    settings_name_routes,
    open_routes_are_throttled,
    rates_are_spelled,
    tables_outlive_mistakes,
    queues_and_topics_are_encrypted,
    buckets_are_private,
    seals_can_not_be_taken_back,
    logs_end,
    alarms_reach_somebody,
    alarms_add_up_what_they_name,
)
