"""What of template.yaml keeps deliveries, evidence and personal data safe; and each rule on it bites."""

import copy
import functools
import json
from typing import Any

import pytest

from scripts import template_access, template_rules
from scripts.template_source import Template, translated, written

RULES = {rule.__name__: rule for rule in (*template_rules.RULES, *template_access.RULES)}
GONE = object()
DATA = {"TICKETS_TABLE", "LEDGER_TABLE", "AGREEMENTS_TABLE"}
POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
SCHEDULING = {"SCHEDULE_GROUP", "TIMER_ARN", "SCHEDULER_ROLE_ARN", "SCHEDULE_DEAD_LETTERS_ARN"}
AUDIENCES = {"oncall-1", "oncall-2", "management", "team", "legal", "default"}

MAPPING = ("ArmMoved", "Properties")
STATEMENT = ("Properties", "Policies", 0, "PolicyDocument", "Statement")
TICKETS, LEDGER = ({"Fn::GetAtt": [table, "Arn"]} for table in ("Tickets", "Ledger"))


def allow(action: str, resource: object, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


TO_SCHEDULER = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
PASS = allow("iam:PassRole", {"Fn::GetAtt": ["SchedulerRole", "Arn"]}, Condition=TO_SCHEDULER)

# Each rule, where in the resources a fault is sown, and the fault.
FAULTS: list[tuple[str, tuple[str | int, ...], object]] = [
    ("filters_are_json", (*MAPPING, "FilterCriteria", "Filters", 0, "Pattern"), "{eventName: [INSERT]}"),
    ("filters_are_json", (*MAPPING, "FilterCriteria", "Filters", 0, "Pattern"), '["INSERT"]'),
    ("filters_are_json", (*MAPPING, "FilterCriteria"), GONE),
    ("streams_give_up_in_time", (*MAPPING, "FunctionResponseTypes"), GONE),
    ("streams_give_up_in_time", (*MAPPING, "BisectBatchOnFunctionError"), False),
    ("streams_give_up_in_time", (*MAPPING, "MaximumRetryAttempts"), -1),
    ("streams_give_up_in_time", (*MAPPING, "MaximumRecordAgeInSeconds"), GONE),
    ("streams_give_up_in_time", (*MAPPING, "DestinationConfig"), GONE),
    ("streams_give_up_in_time", (*MAPPING, "StartingPosition"), "LATEST"),
    ("routes_say_who_may_call", ("BreachesRoute", "Properties", "AuthorizationType"), GONE),
    ("routes_say_who_may_call", ("TicketRoute", "Properties", "AuthorizationType"), "NONE"),
    ("routes_say_who_may_call", ("DeliveryRoute", "Properties", "RouteKey"), "ANY /webhooks/{connection}"),
    ("settings_name_routes", ("DeliveryRoute", "Properties", "RouteKey"), "POST /webhooks/{id}"),
    ("settings_name_routes", ("Stage", "DependsOn"), GONE),
    ("open_routes_are_throttled", ("Stage", "Properties", "RouteSettings"), GONE),
    ("rates_are_spelled", ("AuditSweep", "Properties", "ScheduleExpression"), "rate(5 minute)"),
    ("rates_are_spelled", ("AuditSweep", "Properties", "ScheduleExpression"), "rate(1 minutes)"),
    ("tables_outlive_mistakes", ("Ledger", "DeletionPolicy"), GONE),
    ("tables_outlive_mistakes", ("Tickets", "UpdateReplacePolicy"), "Delete"),
    ("tables_outlive_mistakes", ("Agreements", "Properties", "DeletionProtectionEnabled"), False),
    ("tables_outlive_mistakes", ("Ledger", "Properties", "PointInTimeRecoverySpecification"), GONE),
    ("tables_outlive_mistakes", ("Tickets", "Properties", "SSESpecification"), GONE),
    ("queues_and_topics_are_encrypted", ("ArmFailures", "Properties", "SqsManagedSseEnabled"), False),
    ("queues_and_topics_are_encrypted", ("ArmFailures", "Properties", "MessageRetentionPeriod"), GONE),
    ("queues_and_topics_are_encrypted", ("LegalTopic", "Properties", "KmsMasterKeyId"), GONE),
    ("buckets_are_private", ("Quarantine", "Properties", "PublicAccessBlockConfiguration"), GONE),
    ("buckets_are_private", ("Quarantine", "Properties", "LifecycleConfiguration"), GONE),
    ("buckets_are_private", ("QuarantinePolicy",), GONE),
    ("logs_end", ("WebhookLogs", "Properties", "RetentionInDays"), GONE),
    ("logs_end", ("Webhook", "Properties", "LoggingConfig"), GONE),
    (
        "roles_hold_their_policies",
        ("TimerRole", "Properties", "ManagedPolicyArns"),
        ["arn:aws:iam::aws:policy/X"],
    ),
    ("roles_hold_their_policies", ("Timer", "Type"), "AWS::IAM::Policy"),
    (
        "functions_have_roles_of_their_own",
        ("Arm", "Properties", "Role"),
        {"Fn::GetAtt": ["AuditRole", "Arn"]},
    ),
    ("functions_have_roles_of_their_own", ("ArmRole",), GONE),
    ("nothing_is_everything", ("TimerRole", *STATEMENT, 1), allow("dynamodb:Query", "*")),
    ("nothing_is_everything", ("TimerRole", *STATEMENT, 1), allow("dynamodb:*", TICKETS)),
    ("nothing_is_everything", ("TimerRole", *STATEMENT, 1, "Action"), GONE),
    ("the_ledger_is_append_only", ("TimerRole", *STATEMENT, 1), allow("dynamodb:UpdateItem", LEDGER)),
    (
        "the_ledger_is_append_only",
        ("TimerRole", *STATEMENT, 1),
        allow("dynamodb:BatchWriteItem", [TICKETS, LEDGER]),
    ),
    (
        "the_ledger_is_append_only",
        ("AuditRole", *STATEMENT, 1),
        allow("dynamodb:DeleteItem", "arn:aws:::table/*"),
    ),
    ("the_ledger_is_append_only", ("TimerRole", *STATEMENT, 1), allow("dynamodb:PartiQLDelete", LEDGER)),
    ("only_arm_passes_a_role", ("TimerRole", *STATEMENT, 1), PASS),
    ("only_arm_passes_a_role", ("ArmRole", *STATEMENT, 1), {**PASS, "Condition": {}}),
    ("only_arm_passes_a_role", ("ArmRole", *STATEMENT, 1), {**PASS, "Resource": "arn:aws:iam::1:role/admin"}),
    (
        "a_schedule_only_wakes_timer",
        ("SchedulerRole", *STATEMENT, 1),
        allow("sns:Publish", {"Ref": "LegalTopic"}),
    ),
    (
        "a_schedule_only_wakes_timer",
        ("SchedulerRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Condition"),
        GONE,
    ),
    (
        "functions_write_their_own_logs_only",
        ("TimerRole", *STATEMENT, 0, "Resource"),
        {"Fn::GetAtt": ["ArmLogs", "Arn"]},
    ),
]


@functools.cache
def deployed() -> dict[str, Any]:
    return translated()


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = deployed()["Resources"][name]["Properties"]
    return found


def sown(where: tuple[str | int, ...], fault: object) -> Template:
    body = copy.deepcopy(deployed())
    at = functools.reduce(lambda part, key: part[key], where[:-1], body["Resources"])
    if fault is GONE:
        del at[where[-1]]
    else:
        at[where[-1]] = fault
    return Template(body)


def may(role: str, action: str) -> list[Any]:
    """The resources on which a role may do one thing."""
    statements = Template(deployed()).statements()
    return [
        each["Resource"]
        for owner, each in statements
        if owner == role and action in template_access.actions(each)
    ]


@pytest.mark.parametrize("rule", RULES)
def test_the_template_keeps_every_rule(rule: str) -> None:
    """The rules are those of scripts/template_rules.py and template_access.py; each is one test here."""
    assert list(RULES[rule](Template(deployed()))) == []


@pytest.mark.parametrize(("rule", "where", "fault"), FAULTS)
def test_a_rule_notices_the_fault_it_is_for(rule: str, where: tuple[str | int, ...], fault: object) -> None:
    """A rule that a seeded fault gets past guards nothing."""
    assert list(RULES[rule](sown(where, fault))) != []


def test_every_rule_has_been_seen_to_bite() -> None:
    """A new rule comes with a fault of its own."""
    assert {rule for rule, _, _ in FAULTS} == set(RULES)


def test_only_announcing_deletes_and_only_from_tickets() -> None:
    """An outbox item is deleted once announced, by notify or by the auditor; nothing else is ever deleted."""
    deleting = {
        role: may(role, "dynamodb:DeleteItem") for role, _ in Template(deployed()).of_type("AWS::IAM::Role")
    }
    assert {role: on for role, on in deleting.items() if on} == {
        "NotifyRole": [TICKETS],
        "AuditRole": [TICKETS],
    }


def test_nobody_updates_an_item() -> None:
    """Every write is a put under a condition, in one transaction: an update would slip past `version`."""
    assert not [
        role for role, _ in Template(deployed()).of_type("AWS::IAM::Role") if may(role, "dynamodb:UpdateItem")
    ]


def test_secrets_are_read_only_where_signatures_are_checked() -> None:
    """A delivery is verified by webhook, or by audit when put through again; nobody else sees a secret."""
    roles = {role for role, _ in Template(deployed()).of_type("AWS::IAM::Role")}
    assert {role for role in roles if may(role, "secretsmanager:GetSecretValue")} == {
        "WebhookRole",
        "AuditRole",
    }


def test_arm_creates_and_deletes_schedules_and_never_updates_one() -> None:
    """An update resets what it leaves out, and fails on a schedule that has deleted itself."""
    assert may("ArmRole", "scheduler:CreateSchedule") == may("ArmRole", "scheduler:DeleteSchedule")
    assert may("ArmRole", "scheduler:UpdateSchedule") == []


def test_every_failure_has_a_queue_and_every_queue_an_alarm() -> None:
    """Six ways to fail without an answer to anybody: each ends in a queue that somebody is told about."""
    queues = {name for name, _ in Template(deployed()).of_type("AWS::SQS::Queue")}
    watched = [
        each["Dimensions"][0]["Value"] for _, each in Template(deployed()).of_type("AWS::CloudWatch::Alarm")
    ]
    assert {value["Fn::GetAtt"][0] for value in watched if "Fn::GetAtt" in value} == queues
    assert len(queues) == 6


@pytest.mark.parametrize(("function", "queue"), [("Timer", "TimerFailures"), ("Audit", "AuditFailures")])
def test_an_asynchronous_failure_is_kept(function: str, queue: str) -> None:
    """Scheduler only sees that Lambda took the event: what the handler fails at needs a queue of its own."""
    kept = properties(f"{function}EventInvokeConfig")["DestinationConfig"]["OnFailure"]["Destination"]
    assert kept == {"Fn::GetAtt": [queue, "Arn"]}
    assert "sqs:SendMessage" in json.dumps(properties(f"{function}Role"))


@pytest.mark.parametrize(
    ("function", "needs"),
    [
        ("Webhook", DATA | {"QUARANTINE_BUCKET"}),
        ("Timer", DATA),
        ("Arm", DATA | SCHEDULING),
        ("Notify", {"TICKETS_TABLE", "AUDIENCES"}),
        ("Audit", DATA | {"QUARANTINE_BUCKET", "AUDIENCES"}),
        ("Records", DATA),
    ],
)
def test_a_function_is_told_what_it_uses_and_no_more(function: str, needs: set[str]) -> None:
    """The names are the contract with settings.py, where a missing one is an error at the first call."""
    assert properties(function)["Environment"]["Variables"].keys() == needs | POWERTOOLS


@pytest.mark.parametrize("function", ["Notify", "Audit"])
def test_every_audience_has_a_topic_unless_the_stack_is_given_others(function: str) -> None:
    """AUDIENCES is JSON once the topics' addresses are filled in, or the parameter as it was given."""
    condition, given, made = properties(function)["Environment"]["Variables"]["AUDIENCES"]["Fn::If"]
    assert (condition, given) == ("HasAudiences", {"Ref": "Audiences"})
    assert json.loads(made["Fn::Sub"]).keys() == AUDIENCES
    assert may(f"{function}Role", "sns:Publish")[0]["Fn::If"][1] == {"Ref": "AudienceTopicArns"}


def test_access_logs_hold_no_personal_data() -> None:
    """No address, no user agent and no path (a connection's id is in it, and is its only secret to find)."""
    logged = json.loads(properties("Stage")["AccessLogSettings"]["Format"])
    assert logged.keys() == {"requestId", "routeKey", "status", "latency"}


def test_what_the_local_stack_reads_is_literal() -> None:
    """Key schemas, indexes, filters and route keys are read from template.yaml without CloudFormation."""
    template = Template(written())
    tables = [each for _, each in template.of_type("AWS::DynamoDB::Table")]
    routes = [each["RouteKey"] for _, each in template.of_type("AWS::ApiGatewayV2::Route")]
    filters = [_filters(each) for _, each in template.of_type("AWS::Serverless::Function")]
    said = json.dumps([tables, routes, filters])
    assert "Fn::" not in said
    assert '"Ref"' not in said


def _filters(function: dict[str, Any]) -> list[Any]:
    return [event["Properties"].get("FilterCriteria") for event in function.get("Events", {}).values()]
