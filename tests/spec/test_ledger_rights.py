"""Who may do what to a row of the ledger, by the translated policies as IAM reads them: add, and read.

The rules of scripts/template_access.py look for what a policy must not say. This evaluates what all of them
allow together, for every action that DynamoDB has, on the table, its indexes and its stream.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from fnmatch import translate
from functools import cache
from typing import Any

import pytest
from botocore.session import Session

from scripts.template_source import Template, translated

READS = {"GetItem", "BatchGetItem", "Query", "ConditionCheckItem"}
STREAMS = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
# Actions that no operation is called by.
BESIDE = {"ConditionCheckItem", *(f"PartiQL{verb}" for verb in ("Delete", "Insert", "Select", "Update"))}
TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/Ledger"
LEDGER = [TABLE, f"{TABLE}/index/recorded", f"{TABLE}/stream/2026-01-01T00:00:00.000"]


@cache
def every_action() -> tuple[str, ...]:
    """What DynamoDB and its streams can be asked for."""
    session = Session()
    models = (session.get_service_model(name) for name in ("dynamodb", "dynamodbstreams"))
    return tuple(sorted({name for model in models for name in model.operation_names} | BESIDE))


def arns(value: Any) -> Iterator[str]:
    """The resources that a statement names, for both branches of a condition."""
    if isinstance(value, list):
        for each in value:
            yield from arns(each)
    elif isinstance(value, str):
        yield value
    elif "Fn::If" in value:
        yield from arns(value["Fn::If"][1:])
    elif "Fn::GetAtt" in value:
        name, attribute = value["Fn::GetAtt"]
        yield from made(name, attribute)
    elif "Fn::Sub" in value:
        yield re.sub(r"\$\{(\w+)(?:\.(\w+))?\}", lambda found: next(made(*found.groups())), value["Fn::Sub"])
    else:
        yield value["Ref"]


def made(name: str, attribute: str | None) -> Iterator[str]:
    """The ARN of a resource as CloudFormation would make it; what stands for an account is any."""
    if name in ("Tickets", "Ledger", "Agreements"):
        table = f"arn:aws:dynamodb:eu-west-1:111122223333:table/{name}"
        yield f"{table}/stream/2026-01-01T00:00:00.000" if attribute == "StreamArn" else table
    else:
        yield f"<{name}>"


def fits(pattern: str, text: str) -> bool:
    """As IAM compares: `*` and `?` stand for anything; actions in any case."""
    escaped = pattern.replace("[", "[[]")
    return re.fullmatch(translate(escaped), text) is not None


def allowed(statement: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The actions that a statement allows on the ledger, whatever its conditions; each with where."""
    if "Fn::If" in statement:
        return {each for branch in statement["Fn::If"][1:] if "Effect" in branch for each in allowed(branch)}
    if statement["Effect"] != "Allow":
        return set()
    named = [each.lower() for each in arns(statement.get("Action", statement.get("NotAction", [])))]
    resources = list(arns(statement.get("Resource", statement.get("NotResource", []))))
    return {
        (action, arn)
        for action in every_action()
        for arn in LEDGER
        if any(fits(each, f"dynamodb:{action}".lower()) for each in named) == ("Action" in statement)
        if any(fits(each, arn) for each in resources) == ("Resource" in statement)
    }


def statements(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each statement of each policy that hangs on anybody, or on the table itself."""
    for name, resource in template.body["Resources"].items():
        properties = resource.get("Properties", {})
        policies = [
            each["PolicyDocument"] for each in properties.get("Policies", ()) if isinstance(each, dict)
        ]
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
            policies.append(properties["PolicyDocument"])
        if "ResourcePolicy" in properties:
            policies.append(properties["ResourcePolicy"]["PolicyDocument"])
        for policy in policies:
            listed = policy["Statement"]
            yield from ((name, each) for each in (listed if isinstance(listed, list) else [listed]))


def rights(template: Template) -> dict[str, set[str]]:
    """What each may do to the ledger."""
    found: dict[str, set[str]] = {}
    for name, statement in statements(template):
        found.setdefault(name, set()).update(action for action, _ in allowed(statement))
    return {name: actions for name, actions in found.items() if actions}


def test_whoever_writes_to_the_ledger_can_only_add() -> None:
    """No role may update, delete or batch-write there, nor change the table or its time to live."""
    everybody = rights(Template(translated()))
    assert {action for actions in everybody.values() for action in actions} <= {"PutItem"} | READS | STREAMS
    writing = {name for name, actions in everybody.items() if "PutItem" in actions}
    assert {"WebhookRole", "TimerRole", "ArmRole", "AuditRole"} <= writing
    assert not any(name.startswith("Notify") for name in writing)


def test_no_managed_policy_and_no_resource_policy_adds_to_that() -> None:
    """AWS's own policies can't be read here, so there are none."""
    for name, resource in translated()["Resources"].items():
        assert not resource.get("Properties", {}).get("ManagedPolicyArns"), name
        assert "ResourcePolicy" not in resource.get("Properties", {}), name
        assert resource["Type"] not in ("AWS::IAM::User", "AWS::IAM::Group"), name


SOWN = [
    {"Action": "dynamodb:DeleteItem", "Resource": {"Fn::GetAtt": ["Ledger", "Arn"]}},
    {"Action": "DynamoDB:updateitem", "Resource": {"Fn::GetAtt": ["Ledger", "Arn"]}},
    {"Action": "dynamodb:Batch*", "Resource": {"Fn::Sub": "${Ledger.Arn}"}},
    {"Action": "dynamodb:Del?teItem", "Resource": {"Fn::Sub": "${Ledger.Arn}*"}},
    {"Action": "dynamodb:PartiQLUpdate", "Resource": "arn:aws:dynamodb:*:*:table/*"},
    {"Action": ["dynamodb:Query", "dynamodb:UpdateTimeToLive"], "Resource": ["*"]},
    {"NotAction": "s3:*", "Resource": {"Fn::GetAtt": ["Ledger", "Arn"]}},
    {"Action": "dynamodb:DeleteItem", "NotResource": {"Fn::GetAtt": ["Tickets", "Arn"]}},
    {"Action": "dynamodb:DeleteItem", "Resource": {"Fn::If": ["C", "x", {"Fn::GetAtt": ["Ledger", "Arn"]}]}},
]


@pytest.mark.parametrize("sown", SOWN, ids=str)
def test_a_right_that_was_slipped_in_is_seen(sown: dict[str, Any]) -> None:
    """However it is written."""
    body = copy.deepcopy(translated())
    policy = body["Resources"]["TimerRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"].append({"Effect": "Allow", **sown})
    assert rights(Template(body))["TimerRole"] - {"PutItem"} - READS - STREAMS
