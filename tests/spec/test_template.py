"""What of template.yaml keeps deliveries, evidence and personal data safe; and each rule on it bites."""

import copy
import functools
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from scripts import template_access, template_rules
from scripts.template_source import NO_VALUE, Template, translated, written
from scripts.template_steps import judged
from slaclock.evidence.columns import COLUMNS
from slaclock.links import LENGTH
from slaclock.notices.sms import LONGEST_LINK, septets
from slaclock.sweeping import UNANNOUNCED
from slaclock.waiting_room import pause

RULES = {rule.__name__: rule for rule in template_rules.RULES}
GONE = object()
DATA = {"TICKETS_TABLE", "LEDGER_TABLE", "AGREEMENTS_TABLE"}
POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
SCHEDULING = {"SCHEDULE_GROUP", "TIMER_ARN", "SCHEDULER_ROLE_ARN", "SCHEDULE_DEAD_LETTERS_ARN"}
LINKING = {"LINK_KEY", "PUBLIC_URL"}
AUDIENCES = {"oncall-1", "oncall-2", "management", "team", "legal", "default"}

MAPPING = ("ArmMoved", "Properties")
STATEMENT = ("Properties", "Policies", 0, "PolicyDocument", "Statement")
DOOR = ("NoticeFailuresPolicy", "Properties", "PolicyDocument", "Statement", 0)
BUS = ("PartnerFailuresPolicy", "Properties", "PolicyDocument", "Statement", 0)
TICKETS, LEDGER, AGREEMENTS = (
    {"Fn::GetAtt": [table, "Arn"]} for table in ("Tickets", "Ledger", "Agreements")
)
UPDATE, ONLY = "dynamodb:UpdateItem", "ForAllValues:StringLike"
KEYS, ANY_KEY = {"dynamodb:LeadingKeys": ["ACTIVITY#*"]}, {"dynamodb:LeadingKeys": ["*"]}


def allow(action: str, resource: object, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def eleven() -> list[dict[str, Any]]:
    """A sum of one metric more than an alarm takes."""
    ids = [f"m{number}" for number in range(11)]
    total = f"SUM([{', '.join(f'FILL({each}, 0)' for each in ids)}])"
    return [{"Id": "all", "Expression": total}, *({"Id": each, "MetricStat": {}} for each in ids)]


WHOLE = ("FailuresLostAlarm", "Properties", "Metrics", 0)
INSIGHTS = "SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE A = 'a' OR A = 'b'"
TO_SCHEDULER = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
READ_SECRET, KEY = "secretsmanager:GetSecretValue", {"Ref": "LinkKey"}
COUNTS = allow(UPDATE, AGREEMENTS, Condition={ONLY: KEYS})
PASS = allow("iam:PassRole", {"Fn::GetAtt": ["SchedulerRole", "Arn"]}, Condition=TO_SCHEDULER)

LOCKED = ("Properties", "PolicyDocument", "Statement")
RETENTION = ("ObjectLockConfiguration", "Rule", "DefaultRetention")
KEY_STATEMENT = ("SealKey", "Properties", "KeyPolicy", "Statement")
ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
TRUST = ("Properties", "AssumeRolePolicyDocument", "Statement", 0)
OPENED = {"Effect": "Allow", "Principal": ROOT, "Action": ["s3:GetObject"], "Resource": "*"}
TO_QUARANTINE = ("QuarantinePolicy", *LOCKED, 0)
RULED = ("Properties", "LifecycleConfiguration", "Rules")
PATTERN = (*MAPPING, "FilterCriteria", "Filters", 0, "Pattern")
HERE = "${AWS::Region}:${AWS::AccountId}"

SCOPES = ("Properties", "AuthorizationScopes", "Fn::If")
FILES = {"Fn::Sub": "${Seals.Arn}/*"}
VARIABLES = ("Properties", "Environment", "Variables")
DELIVERIES = ("Stage", "Properties", "RouteSettings", "POST /webhooks/{connection}")
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
    ("queues_that_are_read_give_up", ("NotifyTogether", "Properties", "FunctionResponseTypes"), GONE),
    ("queues_that_are_read_give_up", ("Reminders", "Properties", "RedrivePolicy"), GONE),
    (
        "queues_that_are_read_give_up",
        ("Reminders", "Properties", "RedrivePolicy", "deadLetterTargetArn"),
        "arn:aws:sqs:::x",
    ),
    ("queues_that_are_read_give_up", ("Reminders", "Properties", "RedrivePolicy", "maxReceiveCount"), 4),
    ("queues_that_are_read_give_up", ("Reminders", "Properties", "VisibilityTimeout"), 419),
    ("routes_say_who_may_call", ("BreachesRoute", "Properties", "AuthorizationType"), GONE),
    ("routes_say_who_may_call", ("TicketRoute", "Properties", "AuthorizationType"), "NONE"),
    ("routes_say_who_may_call", ("QueueRoute", "Properties", "AuthorizationType"), "AWS_IAM"),
    ("routes_say_who_may_call", ("QueueRoute", "Properties", "AuthorizerId"), GONE),
    ("routes_say_who_may_call", ("QueueRoute", "Properties", "AuthorizationScopes"), GONE),
    ("routes_say_who_may_call", ("QueueRoute", *SCOPES, 1), []),
    ("tokens_are_for_somebody", ("JwtAuthorizer", "Properties", "AuthorizerType"), "REQUEST"),
    ("tokens_are_for_somebody", ("JwtAuthorizer", "Properties", "JwtConfiguration", "Audience"), []),
    ("tokens_are_for_somebody", ("Records", *VARIABLES, "AUTHORIZATION"), "none"),
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
    ("buckets_are_private", ("Seals", "Properties", "BucketEncryption"), GONE),
    ("buckets_are_reached_over_tls", ("QuarantinePolicy",), GONE),
    ("buckets_are_reached_over_tls", ("SealsPolicy", *LOCKED, 0), GONE),
    ("buckets_are_reached_over_tls", ("LakePolicy",), GONE),
    (
        "raw_deliveries_live_for_two_weeks",
        ("Quarantine", "Properties", "LifecycleConfiguration"),
        GONE,
    ),
    (
        "raw_deliveries_live_for_two_weeks",
        ("Seals", "Properties", "LifecycleConfiguration", "Rules", 0, "ExpirationInDays"),
        14,
    ),
    ("seals_can_not_be_taken_back", ("Seals", "DeletionPolicy"), GONE),
    ("seals_can_not_be_taken_back", ("Seals", "Properties", "VersioningConfiguration"), GONE),
    ("seals_can_not_be_taken_back", ("Seals", "Properties", "ObjectLockEnabled"), GONE),
    ("seals_can_not_be_taken_back", ("Seals", "Properties", *RETENTION, "Mode"), "GOVERNANCE"),
    ("seals_can_not_be_taken_back", ("Seals", "Properties", *RETENTION, "Days"), 1),
    ("seals_can_not_be_taken_back", ("SealKey", "DeletionPolicy"), "Delete"),
    ("seals_can_not_be_taken_back", ("SealKey", "Properties", "KeySpec"), "RSA_2048"),
    ("logs_end", ("WebhookLogs", "Properties", "RetentionInDays"), GONE),
    ("logs_end", ("Webhook", "Properties", "LoggingConfig"), GONE),
    ("alarms_reach_somebody", ("QuarantinedAlarm", "Properties", "AlarmActions"), GONE),
    ("alarms_reach_somebody", ("QuarantinedAlarm", "Properties", "AlarmActions"), ["arn:aws:sns:::mine"]),
    ("alarms_reach_somebody", ("QuarantinedAlarm", "Properties", "AlarmDescription"), GONE),
    ("alarms_reach_somebody", ("AuditSilentAlarm", "Properties", "TreatMissingData"), "missing"),
    ("alarms_add_up_what_they_name", (*WHOLE, "Expression"), INSIGHTS),
    ("alarms_add_up_what_they_name", (*WHOLE, "Expression"), {"Fn::Sub": INSIGHTS}),
    ("alarms_add_up_what_they_name", (*WHOLE, "Expression"), "SUM([FILL(timer, 0), FILL(arm, 0)])"),
    ("alarms_add_up_what_they_name", (*WHOLE, "Expression"), "SUM([timer, arm, notify, audit])"),
    ("alarms_add_up_what_they_name", ("FailuresLostAlarm", "Properties", "Metrics", 1), GONE),
    ("alarms_add_up_what_they_name", ("FailuresLostAlarm", "Properties", "Metrics"), eleven()),
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
    ("the_ledger_is_append_only", ("TimerRole", *STATEMENT, 1), allow("DynamoDB:deleteItem", LEDGER)),
    (
        "accesses_are_only_added_to",
        ("SealRole", *STATEMENT, 1),
        allow("dynamodb:Query", {"Fn::GetAtt": ["Accesses", "Arn"]}),
    ),
    (
        "accesses_are_only_added_to",
        ("RecordsRole", *STATEMENT, 1),
        allow("dynamodb:Query", {"Fn::GetAtt": ["Accesses", "Arn"]}),
    ),
    ("updates_are_of_counts", ("TimerRole", *STATEMENT, 1), allow("dynamodb:UpdateItem", AGREEMENTS)),
    (
        "updates_are_of_counts",
        ("TimerRole", *STATEMENT, 1),
        {**COUNTS, "Action": [UPDATE, "dynamodb:X"]},
    ),
    ("updates_are_of_counts", ("TimerRole", *STATEMENT, 1), {**COUNTS, "Condition": {ONLY: ANY_KEY}}),
    ("the_key_of_links_is_read_by_few", ("WebhookRole", *STATEMENT, 1), allow(READ_SECRET, KEY)),
    ("the_key_of_links_is_read_by_few", ("NotifyRole", *STATEMENT, 1), allow("secretsmanager:PutValue", KEY)),
    ("only_arm_passes_a_role", ("TimerRole", *STATEMENT, 1), PASS),
    ("only_arm_passes_a_role", ("ArmRole", *STATEMENT, 1), {**PASS, "Condition": {}}),
    ("only_arm_passes_a_role", ("ArmRole", *STATEMENT, 1), {**PASS, "Resource": "arn:aws:iam::1:role/admin"}),
    (
        "a_schedule_only_wakes_timer",
        ("SchedulerRole", *STATEMENT, 1),
        allow("sns:Publish", {"Ref": "LegalTopic"}),
    ),
    (
        "roles_are_assumed_by_their_service",
        ("SchedulerRole", *TRUST, "Condition"),
        GONE,
    ),
    ("queues_take_from_named_senders_only", (*DOOR, "Condition"), GONE),
    ("queues_take_from_named_senders_only", (*DOOR, "Principal"), "*"),
    ("queues_take_from_named_senders_only", (*DOOR, "Action"), "sqs:ReceiveMessage"),
    ("queues_take_from_named_senders_only", (*BUS, "Condition"), GONE),
    ("functions_are_invoked_by_name", ("PartnerEventsPermission", "Properties", "SourceArn"), GONE),
    (
        "functions_are_invoked_by_name",
        ("WebhookPermission", "Properties", "SourceArn"),
        "arn:aws:execute-api:*",
    ),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Action"), "kms:*"),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Action"), ["kms:Sign"]),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Action"), ["kms:CreateGrant"]),
    ("only_seal_signs", (*KEY_STATEMENT, 1, "Principal"), ROOT),
    (
        "key_policies_say_who_uses_keys",
        ("AuditRole", *STATEMENT, 1),
        allow("kms:Sign", {"Ref": "SealKeyArn"}),
    ),
    ("concurrency_is_reserved_by_choice", ("Seal", "Properties", "ReservedConcurrentExecutions"), 10),
    ("concurrency_is_reserved_by_choice", ("Arm", "Properties", "ReservedConcurrentExecutions"), GONE),
    ("tracing_is_off", ("Webhook", "Properties", "TracingConfig"), {"Mode": "Active"}),
    ("log_retention_is_chosen", ("SealLogs", "Properties", "RetentionInDays"), 3653),
    ("open_routes_have_limits_of_their_own", (*DELIVERIES, "ThrottlingRateLimit"), 100_000),
    ("open_routes_have_limits_of_their_own", (*DELIVERIES, "ThrottlingBurstLimit"), GONE),
    ("the_record_outlives_the_stack", ("SealKey", "DeletionPolicy"), "Delete"),
    ("the_record_outlives_the_stack", ("Lake", "UpdateReplacePolicy"), GONE),
    ("only_seal_writes_seals", ("SealsPolicy", *LOCKED, 1), GONE),
    ("only_seal_writes_seals", ("SealsPolicy", *LOCKED, 2), GONE),
    ("only_seal_writes_seals", ("SealsPolicy", *LOCKED, 2, "Condition"), GONE),
    (
        "functions_write_their_own_logs_only",
        ("TimerRole", *STATEMENT, 0, "Resource"),
        {"Fn::GetAtt": ["ArmLogs", "Arn"]},
    ),
]
# Of policies: whom they let in, and to what.
OPEN_DOORS: list[tuple[str, tuple[str | int, ...], object]] = [
    ("nothing_is_everything", ("TimerRole", *STATEMENT, 1), allow("dynamodb:Quer?", TICKETS)),
    ("updates_are_of_counts", ("TimerRole", *STATEMENT, 1), allow("dynamodb:updateItem", TICKETS)),
    ("only_arm_passes_a_role", ("TimerRole", *STATEMENT, 1), {**PASS, "Action": "iam:passrole"}),
    (
        "key_policies_say_who_uses_keys",
        ("AuditRole", *STATEMENT, 1),
        allow("KMS:Sign", {"Ref": "SealKeyArn"}),
    ),
    (
        "only_seal_adds_to_seals",
        ("AuditRole", *STATEMENT, 1),
        allow("s3:PutBucketObjectLockConfiguration", {"Fn::GetAtt": ["Seals", "Arn"]}),
    ),
    ("only_seal_adds_to_seals", ("AuditRole", *STATEMENT, 1), allow("S3:putobject", FILES)),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Action"), ["kms:sign"]),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Action"), ["KMS:createGrant"]),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Action"), ["kms:Sig?"]),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Principal"), "*"),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Principal"), {"AWS": "*"}),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Principal"), ROOT),
    ("only_seal_signs", (*KEY_STATEMENT, 0, "Principal"), {"Service": "sns.amazonaws.com"}),
    ("only_seal_signs", (*KEY_STATEMENT, 1, "Action"), ["kms:Sign", "kms:PutKeyPolicy"]),
    *(
        ("statements_name_what_is_ours", (role, *STATEMENT, 1), allow(action, resource))
        for role, action, resource in (
            ("AuditRole", "s3:GetObject", "arn:aws:s3:::*"),
            (
                "WebhookRole",
                READ_SECRET,
                {"Fn::Sub": f"arn:${{AWS::Partition}}:secretsmanager:{HERE}:secret:*"},
            ),
            (
                "ArmRole",
                "scheduler:CreateSchedule",
                {"Fn::Sub": f"arn:${{AWS::Partition}}:scheduler:{HERE}:schedule/*"},
            ),
            ("TimerRole", "dynamodb:Query", {"Fn::Sub": f"arn:${{AWS::Partition}}:dynamodb:{HERE}:table/*"}),
            ("TimerRole", "dynamodb:Query", "arn:aws:dynamodb:eu-west-1:123456789012:table/theirs"),
            ("TimerRole", "dynamodb:Query", {"Fn::Sub": "${Tickets.Arn}*"}),
            ("TimerRole", "dynamodb:Query", [TICKETS, {"Fn::If": ["HasAthena", TICKETS, "arn:aws:s3:::x"]}]),
            (
                "RecordsRole",
                "iam:AttachRolePolicy",
                {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*"},
            ),
            ("TimerRole", "dynamodb:Query", {"Ref": "AWS::StackId"}),
        )
    ),
    ("roles_are_assumed_by_their_service", ("SealRole", *TRUST, "Principal"), ROOT),
    (
        "roles_are_assumed_by_their_service",
        ("SealRole", *TRUST, "Principal"),
        {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]},
    ),
    (
        "roles_are_assumed_by_their_service",
        ("SchedulerRole", *TRUST, "Condition", "StringEquals", "aws:SourceAccount"),
        GONE,
    ),
    ("buckets_are_reached_over_tls", (*TO_QUARANTINE, "Resource"), "arn:aws:s3:::somewhere/else"),
    ("buckets_are_reached_over_tls", (*TO_QUARANTINE, "Resource"), {"Fn::GetAtt": ["Quarantine", "Arn"]}),
    ("buckets_are_reached_over_tls", (*TO_QUARANTINE, "Action"), "s3:GetObject"),
    ("buckets_are_reached_over_tls", (*TO_QUARANTINE, "Principal"), ROOT),
    ("buckets_are_reached_over_tls", ("QuarantinePolicy", "Condition"), "HasAthena"),
    ("only_seal_writes_seals", ("SealsPolicy", *LOCKED, 1, "Resource"), {"Fn::Sub": "${Seals.Arn}/nothing"}),
    ("only_seal_writes_seals", ("SealsPolicy", *LOCKED, 2, "Resource"), {"Fn::Sub": "${Lake.Arn}/*"}),
    ("nobody_is_let_in_from_outside", TO_QUARANTINE, OPENED),
    ("nobody_is_let_in_from_outside", TO_QUARANTINE, {**OPENED, "Principal": "*"}),
    (
        "nobody_is_let_in_from_outside",
        ("Ledger", "Properties", "ResourcePolicy"),
        {"PolicyDocument": {"Statement": [OPENED]}},
    ),
    ("nobody_is_let_in_from_outside", ("Open",), {"Type": "AWS::SNS::TopicPolicy", "Properties": {}}),
    ("nobody_is_let_in_from_outside", ("Open",), {"Type": "AWS::Lambda::Url", "Properties": {}}),
    ("nobody_is_let_in_from_outside", ("Open",), {"Type": "AWS::Lambda::LayerVersionPermission"}),
    (
        "queues_take_from_named_senders_only",
        (*DOOR, "Condition", "ArnEquals", "aws:SourceArn"),
        {"Fn::Sub": "arn:aws:sns:*:*:*${LegalTopic}*"},
    ),
    ("functions_are_invoked_by_name", ("WebhookPermission", "Properties", "Principal"), "*"),
    ("functions_are_invoked_by_name", ("WebhookPermission", "Properties", "Principal"), "123456789012"),
    ("functions_are_invoked_by_name", ("WebhookPermission", "Properties", "Action"), "lambda:*"),
    (
        "functions_are_invoked_by_name",
        ("WebhookPermission", "Properties", "SourceArn"),
        {"Fn::Sub": "arn:aws:execute-api:*:*:*${Api}*"},
    ),
]
# Declared, and yet it does nothing, or not what it is there for.
SWITCHED_OFF: list[tuple[str, tuple[str | int, ...], object]] = [
    ("items_go_by_one_attribute", ("Ledger", "Properties", "TimeToLiveSpecification", "AttributeName"), "at"),
    ("items_go_by_one_attribute", ("Ledger", "Properties", "TimeToLiveSpecification", "Enabled"), False),
    ("items_go_by_one_attribute", ("Accesses", "Properties", "TimeToLiveSpecification"), GONE),
    (
        "items_go_by_one_attribute",
        ("Reports", "Properties", "TimeToLiveSpecification"),
        {"AttributeName": "expires_at", "Enabled": True},
    ),
    ("raw_deliveries_live_for_two_weeks", ("Quarantine", *RULED, 0, "Status"), "Disabled"),
    ("raw_deliveries_live_for_two_weeks", ("Quarantine", *RULED, 0, "Prefix"), "nothing/"),
    ("raw_deliveries_live_for_two_weeks", ("Quarantine", *RULED, 0, "ObjectSizeGreaterThan"), 10**9),
    ("raw_deliveries_live_for_two_weeks", ("Lake", *RULED, 2, "Prefix"), GONE),
    ("raw_deliveries_live_for_two_weeks", ("Lake", *RULED, 3, "Fn::If", 1, "ExpirationInDays"), 1),
    ("raw_deliveries_live_for_two_weeks", ("Lake", *RULED, 3, "Fn::If", 1, "Status"), "Disabled"),
    (
        "tables_outlive_mistakes",
        ("Ledger", "Properties", "PointInTimeRecoverySpecification", "RecoveryPeriodInDays"),
        1,
    ),
    ("what_is_declared_is_on", ("AuditSweep", "Properties", "State"), "DISABLED"),
    ("what_is_declared_is_on", ("SealNightly", "Properties", "State"), "DISABLED"),
    ("what_is_declared_is_on", ("ArmMoved", "Properties", "Enabled"), False),
    ("what_is_declared_is_on", ("SealSilentAlarm", "Properties", "ActionsEnabled"), False),
    ("what_is_declared_is_on", ("SealKey", "Properties", "Enabled"), False),
    (
        "streams_give_up_in_time",
        (*MAPPING, "DestinationConfig", "OnFailure", "Destination"),
        {"Fn::GetAtt": ["TimerFailures", "Arn"]},
    ),
    (
        "tracing_is_off",
        ("Webhook", "Properties", "TracingConfig"),
        {"Fn::If": ["HasAthena", {"Mode": "Active"}, {"Ref": "AWS::NoValue"}]},
    ),
    ("streams_tell_before_and_after", ("Tickets", "Properties", "StreamSpecification"), GONE),
    (
        "streams_tell_before_and_after",
        ("Ledger", "Properties", "StreamSpecification", "StreamViewType"),
        "KEYS_ONLY",
    ),
    (
        "a_schedule_only_wakes_timer",
        ("Arm", *VARIABLES, "SCHEDULE_DEAD_LETTERS_ARN"),
        {"Fn::GetAtt": ["TimerFailures", "Arn"]},
    ),
    ("requests_are_logged", ("Stage", "Properties", "AccessLogSettings"), GONE),
    ("functions_log_what_matters", ("Webhook", *VARIABLES, "POWERTOOLS_LOG_LEVEL"), "DEBUG"),
    ("filters_are_json", PATTERN, "{}"),
    ("filters_are_json", PATTERN, '{"eventName": ["NEVER"]}'),
    ("filters_are_json", PATTERN, '{"eventName": []}'),
    ("filters_are_json", PATTERN, '{"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": []}}}}'),
    (
        "filters_are_json",
        ("NotifyTogether", "Properties", "FilterCriteria"),
        {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
    ),
]
WORKGROUP = ("LakeQueries", "Properties", "WorkGroupConfiguration")
# It says something, and not what is meant; or it is where no rule looks.
OTHERWISE: list[tuple[str, tuple[str | int, ...], object]] = [
    ("queues_and_topics_are_encrypted", ("LegalTopic", "Properties", "KmsMasterKeyId"), ""),
    ("queues_and_topics_are_encrypted", ("LegalTopic", "Properties", "KmsMasterKeyId"), "alias/theirs"),
    ("queues_and_topics_are_encrypted", ("ArmFailures", "Properties", "KmsMasterKeyId"), "alias/theirs"),
    ("tables_outlive_mistakes", ("Ledger", "Properties", "SSESpecification", "SSEEnabled"), False),
    ("tables_outlive_mistakes", ("Ledger", "Properties", "SSESpecification", "KMSMasterKeyId"), "alias/x"),
    ("buckets_are_private", ("Seals", "Properties", "BucketEncryption"), {}),
    (
        "buckets_are_private",
        ("Seals", "Properties", "BucketEncryption", "ServerSideEncryptionConfiguration"),
        [],
    ),
    (
        "buckets_are_private",
        ("Lake", "Properties", "PublicAccessBlockConfiguration", "BlockPublicAcls"),
        "false",
    ),
    ("buckets_are_private", (*WORKGROUP, "ResultConfiguration", "EncryptionConfiguration"), GONE),
    ("buckets_are_private", (*WORKGROUP, "EnforceWorkGroupConfiguration"), False),
    ("tracing_is_off", ("LegalTopic", "Properties", "TracingConfig"), "Active"),
    ("tracing_is_off", ("Stage", "Properties", "TracingEnabled"), True),
    ("tracing_is_off", ("Timer", "Properties", "TracingConfig"), {"Mode": "Active"}),
    ("nothing_else_outlives_the_stack", ("WebhookLogs", "DeletionPolicy"), "Retain"),
    ("nothing_else_outlives_the_stack", ("ArmFailures", "UpdateReplacePolicy"), "Retain"),
    ("nothing_else_outlives_the_stack", ("LegalTopic", "DeletionPolicy"), "RetainExceptOnCreate"),
    ("rules_know_every_kind", ("Tickets", "Type"), "AWS::DynamoDB::GlobalTable"),
    ("rules_know_every_kind", ("Api", "Type"), "AWS::ApiGateway::RestApi"),
    ("rules_know_every_kind", ("Tickets", "Type"), GONE),
    ("rules_know_every_kind", ("Tickets",), "a table"),
    ("routes_are_resources", ("Api", "Properties", "Target"), {"Fn::GetAtt": ["Webhook", "Arn"]}),
    ("routes_are_resources", ("Api", "Properties", "Body"), {"openapi": "3.0.1"}),
    # Written as IAM and CloudFormation take them, too.
    ("nothing_is_everything", ("TimerRole", *STATEMENT), allow("dynamodb:*", TICKETS)),
    (
        "nothing_is_everything",
        ("TimerRole", *STATEMENT, 1),
        allow("dynamodb:Query", {"Fn::If": ["HasAthena", "*", TICKETS]}),
    ),
    (
        "nothing_is_everything",
        ("TimerRole", "Properties", "Policies", 0),
        {
            "Fn::If": [
                "HasAthena",
                {"PolicyDocument": {"Statement": allow("dynamodb:*", TICKETS)}},
                NO_VALUE,
            ]
        },
    ),
    ("only_seal_signs", KEY_STATEMENT, {"Effect": "Allow", "Principal": "*", "Action": "kms:Sign"}),
]
FAULTS += OPEN_DOORS + SWITCHED_OFF + OTHERWISE
LEFT_OUT = [(rule, where) for rule, where, fault in FAULTS if fault is GONE]
# Of parameters: the rule, the parameter, and which of its members would be what.
NOT_SAFE: list[tuple[str, str, str, object]] = [
    ("concurrency_is_reserved_by_choice", "ReservedConcurrency", "Default", 5),
    ("log_retention_is_chosen", "LogRetentionDays", "Default", 0),
    ("open_routes_have_limits_of_their_own", "WebhookRate", "MinValue", 0),
    ("open_routes_have_limits_of_their_own", "LinkBurst", "Default", 0),
    ("numbers_are_bounded", "WebhookRate", "MaxValue", None),
    ("numbers_are_bounded", "LinkRate", "MinValue", None),
    ("numbers_are_bounded", "WebhookBurst", "Default", 10_001),
    ("numbers_are_bounded", "LogRetentionDays", "Default", 31),
    ("numbers_are_bounded", "LogRetentionDays", "AllowedValues", None),
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
        if owner == role and action.lower() in template_access.actions(each)
    ]


@pytest.mark.parametrize("rule", RULES)
def test_the_template_keeps_every_rule(rule: str) -> None:
    """The rules are those of scripts/template_*.py; each is one test here."""
    assert list(RULES[rule](Template(deployed()))) == []


@pytest.mark.parametrize(("rule", "where", "fault"), FAULTS)
def test_a_rule_notices_the_fault_it_is_for(rule: str, where: tuple[str | int, ...], fault: object) -> None:
    """A rule that a seeded fault gets past guards nothing."""
    assert list(RULES[rule](sown(where, fault))) != []


@pytest.mark.parametrize(("rule", "where"), LEFT_OUT)
def test_what_is_left_out_by_no_value_is_as_absent(rule: str, where: tuple[str | int, ...]) -> None:
    """`!Ref AWS::NoValue` is CloudFormation's way to say nothing; so is a condition of two of them."""
    assert list(RULES[rule](sown(where, NO_VALUE))) != []
    assert list(RULES[rule](sown(where, {"Fn::If": ["HasAthena", NO_VALUE, NO_VALUE]}))) != []


@pytest.mark.parametrize(("rule", "parameter", "member", "value"), NOT_SAFE)
def test_a_default_or_bound_that_is_not_safe_is_noticed(
    rule: str, parameter: str, member: str, value: object
) -> None:
    """What is deployed by whoever takes every default, and by whoever types a nought too many."""
    body = copy.deepcopy(deployed())
    body["Parameters"][parameter][member] = value
    if value is None:
        del body["Parameters"][parameter][member]
    assert list(RULES[rule](Template(body))) != []


def test_every_rule_has_been_seen_to_bite() -> None:
    """A new rule comes with a fault of its own."""
    assert {rule for rule, *_ in (*FAULTS, *NOT_SAFE)} == set(RULES)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Resources": None},
        {"Resources": {"A": None}},
        {"Resources": {"A": {"Properties": {}}}},
        {"Resources": {"A": {"Type": "AWS::IAM::Role"}, "B": {"Type": "AWS::KMS::Key", "Properties": None}}},
    ],
)
def test_rules_say_of_any_template_what_is_wrong_with_it(body: dict[str, Any]) -> None:
    """In lines that begin with a rule's name; none ends the others."""
    told = list(judged(Template(body), RULES.values()))
    assert {each.split(": ")[0] for each in told} <= RULES.keys()
    assert "seals_can_not_be_taken_back: the template can't be judged: KeyError: 'Seals'" in told


def test_a_rule_that_stumbles_names_the_resource() -> None:
    """And what it stumbled at."""
    told = list(judged(sown(("SealKey", "Properties", "KeyPolicy"), GONE), RULES.values()))
    assert told == ["only_seal_signs: SealKey can't be judged: KeyError: 'KeyPolicy'"]


def test_only_who_announces_and_the_auditor_delete_and_only_from_tickets() -> None:
    """An outbox item once announced, by either; a log whose retention has ended, by the auditor."""
    deleting = {
        role: may(role, "dynamodb:DeleteItem") for role, _ in Template(deployed()).of_type("AWS::IAM::Role")
    }
    assert {role: on for role, on in deleting.items() if on} == {
        "NotifyRole": [TICKETS],
        "AuditRole": [TICKETS],
    }


def test_nobody_updates_an_item_but_to_count_deliveries() -> None:
    """Every other write is a put under a condition, in one transaction: an update slips past `version`."""
    updating = {role: may(role, UPDATE) for role, _ in Template(deployed()).of_type("AWS::IAM::Role")}
    assert {role: on for role, on in updating.items() if on} == {
        each: [AGREEMENTS] for each in ("WebhookRole", "AuditRole")
    }


def test_secrets_are_read_only_where_signatures_are_checked() -> None:
    """A delivery is verified by webhook, or by audit when put through again; nobody else sees its secret.

    Who makes links, or opens them, reads the key of links, and no other secret.
    """
    roles = {role for role, _ in Template(deployed()).of_type("AWS::IAM::Role")}
    assert {role for role in roles if may(role, "ssm:GetParameter")} == {"WebhookRole", "AuditRole"}
    read = {role: may(role, READ_SECRET) for role in roles}
    verifying = {role for role, secrets in read.items() if any(each != KEY for each in secrets)}
    assert verifying == {"WebhookRole", "AuditRole"}
    assert {role for role in roles if KEY in read[role]} == {"NotifyRole", "AuditRole", "RecordsRole"}


def test_arm_creates_and_deletes_schedules_and_never_updates_one() -> None:
    """An update resets what it leaves out, and fails on a schedule that has deleted itself."""
    assert may("ArmRole", "scheduler:CreateSchedule") == may("ArmRole", "scheduler:DeleteSchedule")
    assert may("ArmRole", "scheduler:UpdateSchedule") == []


def alarms() -> dict[str, dict[str, Any]]:
    return dict(Template(deployed()).of_type("AWS::CloudWatch::Alarm"))


def members(alarm: str) -> list[tuple[str, dict[str, Any]]]:
    """The metrics that an alarm adds up: each one's name, and its dimensions."""
    metrics = [each["MetricStat"]["Metric"] for each in alarms()[alarm]["Metrics"] if "MetricStat" in each]
    return [
        (metric["MetricName"], {each["Name"]: each["Value"] for each in metric["Dimensions"]})
        for metric in metrics
    ]


def every(metric: str, *dimensions: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(metric, each) for each in dimensions]


def asked(function: str) -> dict[str, Any]:
    """The dimensions of what is counted of a function: of its alias where it has one, which callers ask."""
    whole = {"FunctionName": {"Ref": function}}
    alias = f"{function}Aliaslive" in deployed()["Resources"]
    return {**whole, "Resource": {"Fn::Sub": f"${{{function}}}:live"}} if alias else whole


def same(found: list[Any], wanted: list[Any]) -> bool:
    """Whatever the order."""
    return sorted(map(json.dumps, found)) == sorted(map(json.dumps, wanted))


def test_every_failure_has_a_queue_and_every_queue_an_alarm_and_an_output() -> None:
    """Ten ways to fail without an answer to anybody: each ends in a queue that somebody is told about."""
    queues = {name for name, _ in Template(deployed()).of_type("AWS::SQS::Queue")} - {"Reminders"}
    depths = [
        alarm
        for alarm in alarms().values()
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
    ]
    assert {alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for alarm in depths} == queues
    ages = every(
        "ApproximateAgeOfOldestMessage",
        *({"QueueName": {"Fn::GetAtt": [name, "QueueName"]}} for name in queues),
    )
    assert same(members("QueueAgeAlarm"), ages)
    assert {name: deployed()["Outputs"][name]["Value"] for name in queues} == {
        name: {"Ref": name} for name in queues
    }
    assert len(queues) == 10


def test_reminders_wait_for_a_minute_and_the_auditor_is_not_quicker() -> None:
    """A window and a whole invocation, twice over, and still within its five minutes."""
    reader, queue = properties("NotifyTogether"), properties("Reminders")
    assert reader["EventSourceArn"] == {"Fn::GetAtt": ["Reminders", "Arn"]}
    assert reader["MaximumBatchingWindowInSeconds"] == 60
    assert reader["BatchSize"] >= 100
    assert timedelta(seconds=2 * (60 + properties("Notify")["Timeout"])) <= UNANNOUNCED
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["ReminderFailures", "Arn"]}
    (alarm,) = [each for each in alarms().values() if "Reminders" in json.dumps(each.get("Dimensions", ""))]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateAgeOfOldestMessage", 300)


def test_reminders_that_fail_are_tried_at_once_and_for_half_an_hour() -> None:
    """30, 60, 120 … seconds apart: an outage of minutes leaves none behind, and a bad one soon rests."""
    queue, window = properties("Reminders"), properties("NotifyTogether")["MaximumBatchingWindowInSeconds"]
    tries = queue["RedrivePolicy"]["maxReceiveCount"]
    pauses = [pause(number) for number in range(1, tries)]
    assert pauses == [30, 60, 120, 240, 480, 960]
    assert 1800 <= sum(pauses) <= sum(pauses) + tries * window <= 2400
    assert queue["VisibilityTimeout"] >= 6 * properties("Notify")["Timeout"] + window


def test_only_notify_puts_reminders_on_their_queue_and_reads_them() -> None:
    """Whoever else could write there could have people told what is not so, and who reads takes out."""
    reminders = {"Fn::GetAtt": ["Reminders", "Arn"]}
    for action in ("SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"):
        roles = {role for role, _ in Template(deployed()).of_type("AWS::IAM::Role")}
        granted = {role: may(role, f"sqs:{action}") for role in roles}
        on = {
            role: [x for each in found for x in template_access.listed(each)]
            for role, found in granted.items()
        }
        assert {role for role, found in on.items() if reminders in found} == {"NotifyRole"}


def test_every_function_has_an_alarm_on_its_errors_and_on_what_lambda_refuses() -> None:
    """One that crashes, and one that there is no concurrency for, can say nothing themselves."""
    functions = {name for name, _ in Template(deployed()).of_type("AWS::Lambda::Function")}
    errors = [alarm for alarm in alarms().values() if alarm.get("MetricName") == "Errors"]
    assert {alarm["Dimensions"][0]["Value"]["Ref"] for alarm in errors} == functions
    refused = every("Throttles", *map(asked, functions))
    assert same(members("FunctionsThrottledAlarm"), refused)


def test_both_readers_of_the_tickets_stream_have_an_alarm_on_how_far_behind_they_are() -> None:
    """Five minutes, in milliseconds: the auditor is as quick."""
    ages = [alarm for alarm in alarms().values() if alarm.get("MetricName") == "IteratorAge"]
    assert {alarm["Dimensions"][0]["Value"]["Ref"] for alarm in ages} == {"Arm", "Notify"}
    assert {alarm["Threshold"] for alarm in ages} == {300_000}


def test_every_topic_is_in_the_alarm_on_messages_that_fail() -> None:
    """What is added later must be in it."""
    topics = [name for name, _ in Template(deployed()).of_type("AWS::SNS::Topic")]
    failed = every(
        "NumberOfNotificationsFailed",
        *({"TopicName": {"Fn::GetAtt": [name, "TopicName"]}} for name in topics),
    )
    assert same(members("NoticesFailedAlarm"), failed)


@pytest.mark.parametrize("kind", ["Read", "Write"])
def test_every_table_and_each_of_its_indexes_is_in_an_alarm_on_its_throttling(kind: str) -> None:
    """DynamoDB counts a table without its indexes, so that each index has a metric of its own."""
    wanted: list[dict[str, Any]] = []
    for name, table in Template(deployed()).of_type("AWS::DynamoDB::Table"):
        indexes = [each["IndexName"] for each in table.get("GlobalSecondaryIndexes", [])]
        one = {"TableName": {"Ref": name}}
        wanted += [one, *({**one, "GlobalSecondaryIndexName": index} for index in indexes)]
    found = members(f"{kind}sThrottledAlarm") + members(f"Ledger{kind}sThrottledAlarm")
    assert same(found, every(f"{kind}ThrottleEvents", *wanted))


def test_every_function_whose_failures_go_to_a_queue_is_in_the_alarm_on_those_that_do_not_get_there() -> None:
    """Those that are invoked without anybody who waits, and those that read a stream."""
    body = Template(deployed())
    given = ("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping")
    kept = {each["FunctionName"]["Ref"] for kind in given for _, each in body.of_type(kind)}
    lost = every("DestinationDeliveryFailures", *map(asked, kept))
    assert same(members("FailuresLostAlarm"), lost)


def test_an_alarm_adds_up_counts_and_takes_the_highest_of_ages() -> None:
    """A sum of ages, or a maximum of single failures, would mean nothing."""
    for alarm in (each for each in alarms().values() if "Metrics" in each):
        total, *parts = alarm["Metrics"]
        fold, statistic = ("MAX", "Maximum") if "Age" in json.dumps(parts) else ("SUM", "Sum")
        assert total["Expression"].startswith(fold)
        assert {(each["MetricStat"]["Stat"], each["MetricStat"]["Period"]) for each in parts} == {
            (statistic, 300)
        }
        assert (total["ReturnData"], {each["ReturnData"] for each in parts}) == (True, {False})


def test_messages_that_sns_can_not_deliver_may_come_from_our_topics_and_those_in_their_place() -> None:
    """Any other topic, of any account, is refused."""
    statements = properties("NoticeFailuresPolicy")["PolicyDocument"]["Statement"]
    ours, others = (each["Condition"]["ArnEquals"]["aws:SourceArn"] for each in statements)
    topics = {name for name, _ in Template(deployed()).of_type("AWS::SNS::Topic")}
    assert {each["Ref"] for each in ours} == topics
    assert others == {"Ref": "AudienceTopicArns"}
    assert {json.dumps(each["Resource"]) for each in statements} == {
        '{"Fn::GetAtt": ["NoticeFailures", "Arn"]}'
    }


def test_the_heartbeat_may_be_published_where_it_is_asked_for_and_by_audit_alone() -> None:
    """Without HeartbeatTopic there is no such statement, and the variable is empty."""
    statements = properties("AuditRole")["Policies"][0]["PolicyDocument"]["Statement"]
    (conditional,) = [each["Fn::If"] for each in statements if "Fn::If" in each]
    topic = {"Ref": "HeartbeatTopic"}
    assert conditional == ["HasHeartbeatTopic", allow("sns:Publish", topic), {"Ref": "AWS::NoValue"}]
    variable = properties("Audit")["Environment"]["Variables"]["HEARTBEAT_TOPIC"]
    assert variable == {"Fn::If": ["HasHeartbeatTopic", topic, ""]}
    roles = {role for role, _ in Template(deployed()).of_type("AWS::IAM::Role")}
    assert [role for role in sorted(roles) if topic in may(role, "sns:Publish")] == ["AuditRole"]


@pytest.mark.parametrize(
    ("topic", "taken"),
    [
        ("", True),
        ("arn:aws:sns:eu-west-1:123456789012:beats", True),
        ("arn:aws-cn:sns:cn-north-1:123456789012:beats-2_b", True),
        ("beats", False),
        ("arn:aws:sns:::none", False),
        ("arn:aws:sqs:eu-west-1:123456789012:beats", False),
        ("arn:aws:sns:eu-west-1:123456789012:beats:subscription", False),
    ],
)
def test_a_topic_that_is_told_is_an_arn_or_is_refused_at_deployment(topic: str, *, taken: bool) -> None:
    """A mistake is noticed by who makes it, and not by nobody."""
    for parameter in ("HeartbeatTopic", "AlarmTopic"):
        pattern = deployed()["Parameters"][parameter]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, topic)) == taken


@pytest.mark.parametrize(
    ("day", "taken"),
    [
        ("2026-01-01", True),
        ("2099-12-31", True),
        ("2026-00-01", False),
        ("2026-13-01", False),
        ("2026-01-00", False),
        ("2026-01-32", False),
        ("1999-12-31", False),
        ("2026-1-1", False),
        ("", False),
    ],
)
def test_the_first_day_of_the_lake_is_a_day_or_is_refused_at_deployment(day: str, *, taken: bool) -> None:
    """2000 to 2099, a month and a day of a calendar."""
    assert bool(re.fullmatch(deployed()["Parameters"]["LakeBegins"]["AllowedPattern"], day)) == taken


@pytest.mark.parametrize(
    ("function", "queue"),
    [
        ("Webhook", "PartnerFailures"),
        ("Timer", "TimerFailures"),
        ("Audit", "AuditFailures"),
        ("Seal", "SealFailures"),
    ],
)
def test_an_asynchronous_failure_is_kept(function: str, queue: str) -> None:
    """Scheduler only sees that Lambda took the event: what the handler fails at needs a queue of its own."""
    kept = properties(f"{function}EventInvokeConfig")["DestinationConfig"]["OnFailure"]["Destination"]
    assert kept == {"Fn::GetAtt": [queue, "Arn"]}
    assert "sqs:SendMessage" in json.dumps(properties(f"{function}Role"))


def test_partner_events_come_in_where_a_bus_is_named_and_from_its_rule_alone() -> None:
    """Without PartnerEventBus there is no rule, no permission and no way into the queue from outside."""
    parts = ("PartnerEvents", "PartnerEventsPermission", "PartnerFailuresPolicy")
    assert {deployed()["Resources"][name]["Condition"] for name in parts} == {"HasPartnerEventBus"}
    rule = {"Fn::GetAtt": ["PartnerEvents", "Arn"]}
    permission, policy = properties("PartnerEventsPermission"), properties("PartnerFailuresPolicy")
    assert (permission["Principal"], permission["SourceArn"]) == ("events.amazonaws.com", rule)
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": rule}}


def test_a_partner_event_is_handed_over_whole_and_kept_where_it_can_not_be() -> None:
    """EventBridge fills the event in as JSON, so without quotes; after a day it gives up, into a queue."""
    rule = properties("PartnerEvents")
    assert rule["EventBusName"] == {"Ref": "PartnerEventBus"}
    (target,) = rule["Targets"]
    template = target["InputTransformer"]["InputTemplate"]["Fn::Sub"]
    filled = template.replace("<aws.events.event.json>", '{"id": "x"}').replace(
        "${PartnerConnection}", "desk"
    )
    assert json.loads(filled) == {"pathParameters": {"connection": "desk"}, "partner": {"id": "x"}}
    assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86_400
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["PartnerFailures", "Arn"]}}


@pytest.mark.parametrize(
    ("bus", "taken"),
    [
        ("", True),
        ("aws.partner/zendesk.com/21436587/default", True),
        ("default", False),
        ("aws.partner/auth0.com/x/y", False),
        ("arn:aws:events:eu-west-1:123456789012:event-bus/aws.partner/zendesk.com/1/default", False),
    ],
)
def test_a_partner_bus_is_one_of_zendesk_or_is_refused_at_deployment(bus: str, *, taken: bool) -> None:
    """By its name; any other bus would let whoever may write to it speak for the helpdesk."""
    pattern = deployed()["Parameters"]["PartnerEventBus"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, bus)) == taken


@pytest.mark.parametrize(
    ("function", "needs"),
    [
        ("Webhook", DATA | {"QUARANTINE_BUCKET", "IDENTITY_KEYS"}),
        ("Timer", DATA),
        ("Arm", DATA | SCHEDULING),
        ("Notify", {"TICKETS_TABLE", "AUDIENCES", "REMINDERS_QUEUE", *LINKING}),
        (
            "Audit",
            DATA | LINKING | {"QUARANTINE_BUCKET", "IDENTITY_KEYS", "AUDIENCES", "STACK", "HEARTBEAT_TOPIC"},
        ),
        (
            "Records",
            DATA
            | {"REPORTS_TABLE", "AUDIENCES", "LINK_KEY", "SEALS_BUCKET", "AUTHORIZATION", "ACCESSES_TABLE"},
        ),
        (
            "Seal",
            DATA
            | {"REPORTS_TABLE", "AUDIENCES", "SEALS_BUCKET", "LAKE_BUCKET"}
            | {"SEAL_KEY", "FORMER_SEAL_KEY", "STACK"},
        ),
        (
            "Report",
            {
                *("LEDGER_TABLE", "AGREEMENTS_TABLE", "REPORTS_TABLE", "SEALS_BUCKET", "REPORTS_BUCKET"),
                "AUDIENCES",
            },
        ),
    ],
)
def test_a_function_is_told_what_it_uses_and_no_more(function: str, needs: set[str]) -> None:
    """The names are the contract with settings.py, where a missing one is an error at the first call."""
    assert properties(function)["Environment"]["Variables"].keys() == needs | POWERTOOLS


def test_seals_are_made_every_night_and_their_absence_is_noticed() -> None:
    """Half an hour after midnight of UTC, when the day is written; 26 hours leave room for its retries."""
    assert properties("SealNightly")["ScheduleExpression"] == "cron(30 0 * * ? *)"
    silent = alarms()["SealSilentAlarm"]
    assert (silent["Period"] * silent["EvaluationPeriods"], silent["TreatMissingData"]) == (
        93_600,
        "breaching",
    )


def test_athena_is_there_for_who_asks_for_it() -> None:
    """Off unless said; the table has the columns of the files, and reckons its partitions."""
    assert deployed()["Parameters"]["WithAthena"]["Default"] == "false"
    resources = deployed()["Resources"]
    for name in ("LakeDatabase", "LakeTable", "LakeQueries"):
        assert resources[name]["Condition"] == "HasAthena"
    assert "Condition" not in resources["Lake"]
    table = properties("LakeTable")["TableInput"]
    assert [(each["Name"], each["Type"]) for each in table["StorageDescriptor"]["Columns"]] == [
        (each.name, each.type) for each in COLUMNS
    ]
    assert [each["Name"] for each in table["PartitionKeys"]] == ["account", "day"]
    assert table["Parameters"]["projection.account.type"] == "injected"
    where = table["Parameters"]["storage.location.template"]["Fn::Sub"]
    assert where == "s3://${Lake}/rows/account=${!account}/day=${!day}"


def test_files_of_rows_end_where_somebody_said_when() -> None:
    """By default they stay; what was removed or written over is gone after a month."""
    assert deployed()["Parameters"]["LakeRetentionDays"]["Default"] == 0
    rules = properties("Lake")["LifecycleConfiguration"]["Rules"]
    assert rules[1]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    condition, rule, otherwise = rules[3]["Fn::If"]
    assert (condition, otherwise) == ("LakeEnds", {"Ref": "AWS::NoValue"})
    assert (rule["Prefix"], rule["ExpirationInDays"]) == ("rows/", {"Ref": "LakeRetentionDays"})
    assert properties("Lake")["VersioningConfiguration"] == {"Status": "Enabled"}


def test_reports_are_made_every_morning_and_put_where_only_they_are() -> None:
    """After the night's seal; the function reads rows, rollups and seals, and writes what it was told of."""
    assert properties("ReportDaily")["ScheduleExpression"] == "cron(0 6 * * ? *)"
    assert may("ReportRole", "s3:PutObject") == [{"Fn::Sub": "${ReportFiles.Arn}/reports/*"}]
    assert may("ReportRole", "dynamodb:PutItem") == [{"Fn::GetAtt": ["Reports", "Arn"]}]
    assert may("ReportRole", "dynamodb:DeleteItem") == may("ReportRole", "dynamodb:UpdateItem") == []
    bucket = properties("ReportFiles")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_a_seal_reads_the_ledger_and_writes_only_seals_rollups_and_the_lake() -> None:
    """It reads rows and heads by their indexes; the key that it signs with lets no other role sign."""
    statements = [each for owner, each in Template(deployed()).statements() if owner == "SealRole"]
    on = {action for each in statements for action in template_access.actions(each)}
    assert {each for each in on if each.startswith("dynamodb:")} == {
        "dynamodb:batchgetitem",
        "dynamodb:query",
        "dynamodb:putitem",
    }
    assert may("SealRole", "dynamodb:PutItem") == [{"Fn::GetAtt": ["Reports", "Arn"]}]
    assert may("SealRole", "s3:PutObject") == [
        {"Fn::Sub": "${Seals.Arn}/seals/*"},
        [{"Fn::Sub": "${Lake.Arn}/rows/*"}, {"Fn::Sub": "${Lake.Arn}/days/*"}],
    ]
    signing = [
        each for each in properties("SealKey")["KeyPolicy"]["Statement"] if "kms:Sign" in each["Action"]
    ]
    assert [each["Principal"] for each in signing] == [{"AWS": {"Fn::GetAtt": ["SealRole", "Arn"]}}]


def test_a_key_of_ones_own_may_sign_in_place_of_the_stacks() -> None:
    """By its ARN: what a rotated key is called stands in every seal."""
    condition, given, made = properties("Seal")["Environment"]["Variables"]["SEAL_KEY"]["Fn::If"]
    assert (condition, given) == ("HasSealKeyArn", {"Ref": "SealKeyArn"})
    assert made == {"Fn::GetAtt": ["SealKey", "Arn"]}
    before = properties("Seal")["Environment"]["Variables"]["FORMER_SEAL_KEY"]["Fn::If"]
    assert before == ["HasFormerSealKeyArn", {"Ref": "FormerSealKeyArn"}, made]
    for name in ("SealKeyArn", "FormerSealKeyArn"):
        pattern = deployed()["Parameters"][name]["AllowedPattern"]
        taken = ["", "arn:aws:kms:eu-west-1:123456789012:key/1a2b-3c", "alias/mine", "arn:aws:kms:::key/1"]
        assert [bool(re.fullmatch(pattern, each)) for each in taken] == [True, True, False, False]


def test_links_lead_to_the_api_unless_people_reach_it_elsewhere() -> None:
    """Over TLS, either way: whoever reads a link can use it."""
    for function in ("Notify", "Audit"):
        condition, given, made = properties(function)["Environment"]["Variables"]["PUBLIC_URL"]["Fn::If"]
        assert (condition, given) == ("HasPublicUrl", {"Ref": "PublicUrl"})
        assert made["Fn::Sub"].startswith("https://${Api}.execute-api.")
    pattern = deployed()["Parameters"]["PublicUrl"]["AllowedPattern"]
    taken = ["", "https://sla.example", "https://sla.example:8443/desk", "http://sla.example", "https://a b"]
    assert [bool(re.fullmatch(pattern, each)) for each in taken] == [True, True, True, False, False]


def test_no_address_is_taken_whose_links_an_sms_would_leave_out() -> None:
    """`/ack/` and a token are 27 characters; those that take two septets are not taken."""
    parameter = deployed()["Parameters"]["PublicUrl"]
    longest = f"https://{'x' * (parameter['MaxLength'] - 8)}"
    assert re.fullmatch(parameter["AllowedPattern"], longest)
    assert septets(f"{longest}/ack/{'A' * LENGTH}") == LONGEST_LINK
    assert not any(re.fullmatch(parameter["AllowedPattern"], f"https://x/{each}") for each in "~^{}[]|\\€")


def test_no_topic_puts_its_name_before_a_text_message() -> None:
    """A text message is one part to the last character: a display name would make it two."""
    topics = [each for each in deployed()["Resources"].values() if each["Type"] == "AWS::SNS::Topic"]
    assert len(topics) >= len(AUDIENCES)
    assert not any("DisplayName" in each.get("Properties", {}) for each in topics)


def test_the_key_of_links_is_made_here_and_is_no_helpdesks() -> None:
    """As long as its hash; under a name that no role for helpdesks' secrets reaches."""
    key = properties("LinkKey")
    assert key["GenerateSecretString"]["PasswordLength"] >= 43  # of 62 characters each: 256 bits
    assert "Name" not in key


@pytest.mark.parametrize("function", ["Notify", "Audit"])
def test_every_audience_has_a_topic_unless_the_stack_is_given_others(function: str) -> None:
    """AUDIENCES is JSON once the topics' addresses are filled in, or the parameter as it was given."""
    condition, given, made = properties(function)["Environment"]["Variables"]["AUDIENCES"]["Fn::If"]
    assert (condition, given) == ("HasAudiences", {"Ref": "Audiences"})
    assert json.loads(made["Fn::Sub"]).keys() == AUDIENCES
    assert may(f"{function}Role", "sns:Publish")[0]["Fn::If"][1] == {"Ref": "AudienceTopicArns"}


def test_access_logs_hold_no_personal_data() -> None:
    """No address, no user agent and no path (a connection's id is in it, and is its only secret to find).

    What API Gateway refuses itself stands here only: by its kind, for its words may quote a token.
    """
    logged = json.loads(properties("Stage")["AccessLogSettings"]["Format"])
    assert logged.keys() == {"requestId", "routeKey", "status", "refused", "latency"}
    assert logged["refused"] == "$context.error.responseType"


def test_tokens_let_in_once_both_parameters_are_given() -> None:
    """By an issuer over TLS; else AWS's signatures do, and there is no authorizer."""
    assert deployed()["Resources"]["JwtAuthorizer"]["Condition"] == "UseJwt"
    assert deployed()["Conditions"]["UseJwt"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "JwtIssuer"}, ""]}]}
    pattern = deployed()["Parameters"]["JwtIssuer"]["AllowedPattern"]
    taken = ["", "https://id.example/", "https://id.example/realms/desk", "http://id.example", "id.example"]
    assert [bool(re.fullmatch(pattern, each)) for each in taken] == [True, True, True, False, False]
    rules = deployed()["Rules"]
    for rule, given, needed in (
        ("TokensHaveAnAudience", "JwtIssuer", "JwtAudience"),
        ("AudiencesHaveAnIssuer", "JwtAudience", "JwtIssuer"),
    ):
        assert rules[rule]["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": given}, ""]}]}
        (assertion,) = rules[rule]["Assertions"]
        assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": needed}, ""]}]}


def test_records_reads_tags_and_nothing_else_of_iam() -> None:
    """Of this account's roles and users, none of which it may change."""
    statements = [each for owner, each in Template(deployed()).statements() if owner == "RecordsRole"]
    asked = {act for each in statements for act in template_access.actions(each) if act.startswith("iam:")}
    assert asked == {"iam:listroletags", "iam:listusertags"}
    assert [each["Fn::Sub"].rpartition(":")[2] for each in may("RecordsRole", "iam:ListRoleTags")] == [
        "role/*"
    ]
    assert [each["Fn::Sub"].rpartition(":")[2] for each in may("RecordsRole", "iam:ListUserTags")] == [
        "user/*"
    ]


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
