"""What roles may do, in the translated template: the rules that no linter knows.

Whom other policies let in is in template_policies. IAM takes actions in any case: here all are lower.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from scripts.template_source import each_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

LEDGER_ACTIONS = {
    *(f"dynamodb:{verb}" for verb in ("putitem", "getitem", "batchgetitem", "query", "conditioncheckitem")),
    *(f"dynamodb:{verb}" for verb in ("describestream", "getrecords", "getsharditerator", "liststreams")),
}
READ_KEY = ["secretsmanager:getsecretvalue"]
LINK_KEY_READERS = {"NotifyRole", "AuditRole", "RecordsRole"}
ONLY = "ForAllValues:StringLike"
TO_SCHEDULER = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
SCHEDULING = {
    "SCHEDULE_GROUP": {"Ref": "ScheduleGroup"},
    "TIMER_ARN": {"Fn::GetAtt": ["Timer", "Arn"]},
    "SCHEDULER_ROLE_ARN": {"Fn::GetAtt": ["SchedulerRole", "Arn"]},
    "SCHEDULE_DEAD_LETTERS_ARN": {"Fn::GetAtt": ["ScheduleDeadLetters", "Arn"]},
}
READ_SEALS = {"s3:listbucket", "s3:getobject", "s3:getobjectversion"}
MENTION = re.compile(r'"Ref": "(\w+)"|"Fn::GetAtt": \["(\w+)"|\$\{(\w+)[.}]')


def mentioned(value: object) -> set[str]:
    """Name the resources and parameters that a value refers to."""
    return {name for groups in MENTION.findall(json.dumps(value)) for name in groups if name}


def listed(value: Any) -> list[Any]:
    """Make many of one or many, as IAM does."""
    return value if isinstance(value, list) else [value]


def actions(statement: dict[str, Any]) -> list[str]:
    """Name what a statement allows, in lower case; one that says what it does not is for everything."""
    return [each.lower() for each in each_of(statement.get("Action", "*"))]


def wide(action: str) -> bool:
    """Whether an action is more than one."""
    return "*" in action or "?" in action


def roles_hold_their_policies(template: Template) -> Iterator[str]:
    """What a role may do is read in one place: no managed policy, no policy attached from elsewhere."""
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        yield from (f"{name} stands outside a role" for name, _ in template.of_type(kind))
    for name, properties in template.of_type("AWS::IAM::Role"):
        if properties.get("ManagedPolicyArns"):
            yield f"{name} has managed policies"


def functions_have_roles_of_their_own(template: Template) -> Iterator[str]:
    """A role that SAM would make is wider than needed, and a shared one adds up."""
    seen: set[str] = set()
    roles = dict(template.of_type("AWS::IAM::Role"))
    for name, properties in template.of_type("AWS::Lambda::Function"):
        role = next(iter(mentioned(properties.get("Role"))), "")
        if role != f"{name}Role" or role not in roles or role in seen:
            yield f"{name} has no role of its own called {name}Role"
        seen.add(role)


def nothing_is_everything(template: Template) -> Iterator[str]:
    """No statement is for every resource, for every action of a service, or for all but some."""
    for role, statement in template.statements():
        if any(map(wide, actions(statement))) or "*" in each_of(statement.get("Resource", "*")):
            yield f"{role} may do {actions(statement)} on {statement.get('Resource')}"


def the_ledger_is_append_only(template: Template) -> Iterator[str]:
    """No role has Update, Delete or BatchWrite on the ledger, named or not: a transaction needs these too."""
    tables = {name for name, _ in template.of_type("AWS::DynamoDB::Table")}
    for role, statement in template.statements():
        writes = {act for act in actions(statement) if act.startswith("dynamodb:")} - LEDGER_ACTIONS
        named = [mentioned(each) & tables for each in listed(statement.get("Resource"))]
        if writes and any(not table or "Ledger" in table for table in named):
            yield f"{role} may do {sorted(writes)} on the ledger"


def accesses_are_only_added_to(template: Template) -> Iterator[str]:
    """Who is recorded can't read or remove what is recorded: records adds to it, and nobody does more."""
    added = [("RecordsRole", ["dynamodb:putitem"])]
    found = [
        (role, actions(statement))
        for role, statement in template.statements()
        if any("Accesses" in mentioned(each) for each in listed(statement.get("Resource")))
    ]
    if found != added:
        yield f"Accesses: {found}"


def updates_are_of_counts(template: Template) -> Iterator[str]:
    """What is written once stays: an item is changed in place only where it counts deliveries."""
    for role, statement in template.statements():
        if "dynamodb:updateitem" in actions(statement):
            of = [listed(each) for each in statement.get("Condition", {}).get(ONLY, {}).values()]
            if actions(statement) != ["dynamodb:updateitem"] or of != [["ACTIVITY#*"]]:
                yield f"{role} may update {statement.get('Resource')} under {statement.get('Condition')}"


def the_key_of_links_is_read_by_few(template: Template) -> Iterator[str]:
    """Who could read the key could acknowledge anything: who makes links reads it, and who opens them."""
    for role, statement in template.statements():
        keys = [each for each in listed(statement.get("Resource")) if mentioned(each) & {"LinkKey"}]
        if keys and not (role in LINK_KEY_READERS and actions(statement) == READ_KEY):
            yield f"{role} may do {actions(statement)} with the key of links"


def only_arm_passes_a_role(template: Template) -> Iterator[str]:
    """PassRole is for arm, for Scheduler's role, to Scheduler: elsewhere it is a way to more rights."""
    for role, statement in template.statements():
        if "iam:passrole" in actions(statement):
            passed = mentioned(statement.get("Resource")) == {"SchedulerRole"}
            if role != "ArmRole" or not passed or statement.get("Condition") != TO_SCHEDULER:
                yield f"{role} may pass {statement.get('Resource')} under {statement.get('Condition')}"


def a_schedule_only_wakes_timer(template: Template) -> Iterator[str]:
    """What is passed to Scheduler can wake timer and report that it could not; arm tells it to do these."""
    can = {(act, name) for action, on in _of(template, "SchedulerRole") for act in action for name in on}
    if can != {("lambda:invokefunction", "Timer"), ("sqs:sendmessage", "ScheduleDeadLetters")}:
        yield f"SchedulerRole may do {sorted(can)}"
    variables = dict(template.of_type("AWS::Lambda::Function"))["Arm"]["Environment"]["Variables"]
    told = {name: variables.get(name) for name in SCHEDULING}
    if told != SCHEDULING:
        yield f"Arm tells Scheduler {told}"


def _of(template: Template, role: str) -> Iterator[tuple[list[str], set[str]]]:
    for owner, statement in template.statements():
        if owner == role:
            yield actions(statement), mentioned(statement.get("Resource"))


def functions_write_their_own_logs_only(template: Template) -> Iterator[str]:
    """A function that could write another's log could say things in its name."""
    groups = {
        f"{name}Role": each.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref")
        for name, each in template.of_type("AWS::Lambda::Function")
    }
    for role, statement in template.statements():
        logs = any(action.startswith("logs:") for action in actions(statement))
        if logs and mentioned(statement.get("Resource")) != {groups.get(role)}:
            yield f"{role} may write to {statement.get('Resource')}"


def key_policies_say_who_uses_keys(template: Template) -> Iterator[str]:
    """No role has rights on keys of its own: they are read in one place, the key's policy."""
    for role, statement in template.statements():
        if any(each.startswith("kms:") for each in actions(statement)):
            yield f"{role} may do {actions(statement)}"


def only_seal_adds_to_seals(template: Template) -> Iterator[str]:
    """What is sealed is read by many and put there by one; its locks and its bucket are nobody's to set."""
    for role, statement in template.statements():
        more = set(actions(statement)) - READ_SEALS - ({"s3:putobject"} if role == "SealRole" else set())
        if more and "Seals" in mentioned(statement.get("Resource")):
            yield f"{role} may do {sorted(more)} with seals"


RULES = (
    roles_hold_their_policies,
    functions_have_roles_of_their_own,
    nothing_is_everything,
    the_ledger_is_append_only,
    accesses_are_only_added_to,
    updates_are_of_counts,
    the_key_of_links_is_read_by_few,
    only_arm_passes_a_role,
    a_schedule_only_wakes_timer,
    functions_write_their_own_logs_only,
    key_policies_say_who_uses_keys,
    only_seal_adds_to_seals,
)
