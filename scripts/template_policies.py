"""Whom policies let in, and to what: of resources, of keys, of roles; and what a role's own may name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scripts.template_access import actions, wide
from scripts.template_source import each_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

HERE = "arn:${AWS::Partition}:{service}:${AWS::Region}:${AWS::AccountId}:"
ACCOUNT = "arn:${AWS::Partition}:iam::${AWS::AccountId}:"
SCHEDULES = {"scheduler:createschedule", "scheduler:deleteschedule"}
# What is ours without being a resource of the template: where its name begins so, and for these actions.
OURS: dict[str, set[str]] = {
    # Secrets of connections, made by whoever adds one: they are told apart by how they begin.
    f"{HERE.replace('{service}', 'secretsmanager')}secret:slaclock/": {"secretsmanager:getsecretvalue"},
    f"{HERE.replace('{service}', 'ssm')}parameter/slaclock/": {"ssm:getparameter"},
    # Schedules are made by the thousand, in one group, which goes with all of them.
    f"{HERE.replace('{service}', 'scheduler')}schedule/${{ScheduleGroup}}/": SCHEDULES,
    # Who asks is known by the tags of a role or user of the account, whichever asks; the tags alone are read.
    f"{ACCOUNT}role/": {"iam:listroletags"},
    f"{ACCOUNT}user/": {"iam:listusertags"},
}
PART = re.compile(r"\$\{(\w+)\.Arn\}(/.*)?")  # an index of a table, files of a bucket
ROOT = {"AWS": {"Fn::Sub": f"{ACCOUNT}root"}}
SEAL = {"Fn::GetAtt": ["SealRole", "Arn"]}
SEALS_PART = {"kms:sign", "kms:verify", "kms:getpublickey"}
SIGNING = {"kms:sign", "kms:creategrant"}  # who makes grants can let anybody sign
OTHERS = {"ArnNotEquals": {"aws:PrincipalArn": SEAL}}
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
GROUP = {
    "StringEquals": {
        "aws:SourceAccount": {"Ref": "AWS::AccountId"},
        "aws:SourceArn": {"Fn::GetAtt": ["ScheduleGroup", "Arn"]},
    }
}
SENDERS = [{"Service": "sns.amazonaws.com"}, {"Service": "events.amazonaws.com"}]
API = f"{HERE.replace('{service}', 'execute-api')}${{Api}}/"
INVOKERS = {"apigateway.amazonaws.com", "events.amazonaws.com"}
# Kinds that let somebody in; those that this template has are read by rules of their own.
DOOR = re.compile(r".*(Policy|Permission|Url|AccessPoint|Grant|AccessKey|::User)")
READ = {"AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::Lambda::Permission"}
OF_THEIR_OWN = {"AWS::IAM::Role", "AWS::KMS::Key"}


def statements_name_what_is_ours(template: Template) -> Iterator[str]:
    """A role's statement is for resources and parameters of this template, or for what OURS says is ours."""
    for role, statement in template.statements():
        for each in each_of(statement.get("Resource", "*")):
            if not (_of_the_template(template, each) or _by_name(each, actions(statement))):
                yield f"{role} may do {actions(statement)} on {each}"


def _of_the_template(template: Template, value: Any) -> bool:
    match value:
        case {"Ref": str(name)} if name in template.body["Parameters"]:
            return "*" not in str(template.body["Parameters"][name].get("Default", ""))
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "Arn" | "StreamArn"]}:
            return name in template.body["Resources"]
        case {"Fn::Sub": str(text)}:
            part = PART.fullmatch(text)
            return part is not None and part[1] in template.body["Resources"]
    return False


def _by_name(value: Any, asked: list[str]) -> bool:
    text = value.get("Fn::Sub") if isinstance(value, dict) else None
    ours = [may for prefix, may in OURS.items() if isinstance(text, str) and text.startswith(prefix)]
    return any(set(asked) <= may for may in ours)


def roles_are_assumed_by_their_service(template: Template) -> Iterator[str]:
    """By Lambda each function's, and by Scheduler its own, for the group of this stack; by nobody else."""
    for name, properties in template.of_type("AWS::IAM::Role"):
        service = {"Service": f"{'scheduler' if name == 'SchedulerRole' else 'lambda'}.amazonaws.com"}
        trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
        wanted = {**trust, "Condition": GROUP} if name == "SchedulerRole" else trust
        said = properties["AssumeRolePolicyDocument"]["Statement"]
        if said != [wanted]:
            yield f"{name} is assumed by {said}"


def only_seal_signs(template: Template) -> Iterator[str]:
    """The account administers the key and can't sign; seal's role signs, and nobody else is in the policy."""
    for name, properties in template.of_type("AWS::KMS::Key"):
        for statement in each_of(properties["KeyPolicy"]["Statement"]):
            asked, who = set(actions(statement)), statement.get("Principal")
            administers = who == ROOT and not asked & SIGNING and not any(map(wide, asked))
            signs = who == {"AWS": SEAL} and asked <= SEALS_PART
            if statement.get("Effect") != "Allow" or not (administers or signs):
                yield f"{name} lets {who} do {sorted(asked)}"


def _denied(template: Template, bucket: str) -> list[dict[str, Any]]:
    """What a bucket's policy says, whatever its statements are called; none where it may not be there."""
    return [
        {name: value for name, value in statement.items() if name != "Sid"}
        for name, properties in template.of_type("AWS::S3::BucketPolicy")
        if properties["Bucket"] == {"Ref": bucket} and "Condition" not in template.body["Resources"][name]
        for statement in each_of(properties["PolicyDocument"]["Statement"])
    ]


def _deny(action: str, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource, **more}


def buckets_are_reached_over_tls(template: Template) -> Iterator[str]:
    """Whoever asks, for whatever, of the bucket or of any file in it."""
    for name, _ in template.of_type("AWS::S3::Bucket"):
        whole = [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}/*"}]
        if _deny("s3:*", whole, Condition=PLAIN) not in _denied(template, name):
            yield f"{name} may be read without TLS"


def only_seal_writes_seals(template: Template) -> Iterator[str]:
    """Nobody but seal's role puts anything into the bucket, and nobody hides what is in it."""
    said, files = _denied(template, "Seals"), {"Fn::Sub": "${Seals.Arn}/*"}
    if (
        _deny("s3:PutObject", files, Condition=OTHERS) not in said
        or _deny("s3:DeleteObject", files) not in said
    ):
        yield "Seals takes what others put there, or lets it be hidden"


def nobody_is_let_in_from_outside(template: Template) -> Iterator[str]:
    """No resource's own policy allows anything, but that queues take from services; no address is open."""
    for name, resource in template.body["Resources"].items():
        kind = resource["Type"]
        if DOOR.fullmatch(kind) and kind not in READ:
            yield f"{name} is a door: {kind}"
        if kind not in OF_THEIR_OWN | {"AWS::SQS::QueuePolicy"}:
            for each in _effects(resource.get("Properties", {})):
                if each["Effect"] != "Deny":
                    yield f"{name} lets {each.get('Principal')} do {each.get('Action')}"


def _effects(value: Any) -> Iterator[dict[str, Any]]:
    """Every statement in a value, however deep."""
    if isinstance(value, dict) and "Effect" in value:
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _effects(each)


def queues_take_from_named_senders_only(template: Template) -> Iterator[str]:
    """A queue is open to named topics and rules at most; Lambda and Scheduler write by their roles."""
    for name, properties in template.of_type("AWS::SQS::QueuePolicy"):
        for statement in each_of(properties["PolicyDocument"]["Statement"]):
            sources = statement.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn", "*")
            ours = all(_of_the_template(template, each) for each in each_of(sources))
            named = statement.get("Principal") in SENDERS and ours
            if not named or actions(statement) != ["sqs:sendmessage"]:
                yield f"{name} lets {statement.get('Principal')} do {actions(statement)} from {sources}"


def functions_are_invoked_by_name(template: Template) -> Iterator[str]:
    """A service may invoke a function for one API or rule of this stack, not for anybody's."""
    for name, properties in template.of_type("AWS::Lambda::Permission"):
        who, source = properties.get("Principal"), properties.get("SourceArn", "*")
        of_the_api = isinstance(source, dict) and str(source.get("Fn::Sub")).startswith(API)
        does = properties.get("Action") == "lambda:InvokeFunction" and who in INVOKERS
        if not (does and (of_the_api or _of_the_template(template, source))):
            yield f"{name} lets {who} do {properties.get('Action')} for {properties.get('SourceArn')}"


RULES = (
    statements_name_what_is_ours,
    roles_are_assumed_by_their_service,
    only_seal_signs,
    buckets_are_reached_over_tls,
    only_seal_writes_seals,
    nobody_is_let_in_from_outside,
    queues_take_from_named_senders_only,
    functions_are_invoked_by_name,
)
