"""Each function calls only what its role in the template allows."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from local.clock import VirtualClock
from local.front import Request, match, to_event
from local.sending import sign
from local.stack import ACCOUNT, inbox, running
from local.story import STEPS, TICKET, delivery
from local.template import ROOT, resources, routes
from tests.local.test_same_story import played

# TransactWriteItems and BatchGetItem of one table are authorised as what they hold.
HELD = {"Put": "dynamodb:PutItem", "Delete": "dynamodb:DeleteItem", "Update": "dynamodb:UpdateItem"}
CREDITS = """\
credits:
  {period: month, currency: DKK, each: {credit: {amount: "500.00"}}, grace: 5,
   warn: [{breaches_left: 5, notify: legal}]}
"""
Called = dict[str, set[tuple[str, str]]]
REPORTS = "reports: {monthly: {on: 1, notify: legal}}\n"


def actions(service: str, operation: str, given: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What a call asks to be allowed: actions, each with the name of the table where there is one."""
    if operation == "TransactWriteItems":
        items = [
            (HELD[kind], each["TableName"]) for item in given["TransactItems"] for kind, each in item.items()
        ]
        return set(items)
    if operation == "BatchGetItem":
        return {("dynamodb:BatchGetItem", table) for table in given["RequestItems"]}
    name = {"ListObjectsV2": "s3:ListBucket"}.get(operation, f"{service}:{operation}")
    if operation == "GetObject" and "VersionId" in given:
        name = "s3:GetObjectVersion"
    return {(name, given.get("TableName", ""))}


def allowed(function: str) -> set[tuple[str, str]]:
    """The actions of a function's role, with the logical name of the table where it is one's."""
    role = dict(resources("AWS::Serverless::Function"))[function]["Role"]["Fn::GetAtt"].split(".")[0]
    found = {(action, "") for action in with_keys(role)}
    for policy in dict(resources("AWS::IAM::Role"))[role]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if "Fn::If" in statement:  # conditions go as parameters' defaults say
                continue
            listed = statement["Action"]
            named = re.findall(r"(Tickets|Ledger|Agreements|Reports|Accesses)\b", str(statement["Resource"]))
            for action in [listed] if isinstance(listed, str) else listed:
                found |= {(action, name) for name in named or [""]}
    return found


def with_keys(role: str) -> set[str]:
    """What a role may do with the stack's keys, by the keys' own policies."""
    return {
        action
        for _, key in resources("AWS::KMS::Key")
        for statement in key["KeyPolicy"]["Statement"]
        for action in statement["Action"]
        if statement["Principal"] == {"AWS": {"Fn::GetAtt": f"{role}.Arn"}}
    }


def recorded(monkeypatch: pytest.MonkeyPatch) -> tuple[Called, Callable[[str, Any], Any]]:
    """What each function calls, while it runs."""
    called: Called = defaultdict(set)
    running_now: list[str] = []
    call = vars(BaseClient)["_make_api_call"]  # the one place that every call goes through

    def watched(client: Any, operation: str, given: Mapping[str, Any]) -> Any:
        if running_now:
            called[running_now[-1]] |= actions(client.meta.service_model.service_name, operation, given)
        return call(client, operation, given)

    def inside(name: str, handler: Any) -> Any:
        def handled(event: Mapping[str, Any]) -> Any:
            running_now.append(name)
            try:
                return handler(event)
            finally:
                running_now.pop()

        return handled

    monkeypatch.setattr(BaseClient, "_make_api_call", watched)
    return called, inside


def test_every_call_of_a_function_is_one_that_its_role_allows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The demo's story, a late event, a quarantined delivery, queries, the nights of a month, and reports."""
    called, inside = recorded(monkeypatch)
    agreement = (ROOT / "agreements" / "acme-gold.yaml").read_text()
    (tmp_path / "acme-gold.yaml").write_text(f"{agreement}\n{CREDITS}{REPORTS}")
    with running(VirtualClock(STEPS[0].at, speed=0), tmp_path) as stack:
        for name, handler in list(stack.functions.items()):
            stack.functions[name] = inside(name, handler)
        played(stack)
        unmapped = sign({"connection": "zendesk-local", "body": {"id": 7}}, STEPS[-1].at)
        stack.request(Request("POST", unmapped.path, unmapped.headers, unmapped.body))
        late = sign(delivery(replace(STEPS[1], at=STEPS[1].at + timedelta(minutes=1))), STEPS[-1].at)
        stack.request(Request("POST", late.path, late.headers, late.body))
        stack.request(Request("GET", f"/v1/tickets/{ACCOUNT}/{TICKET}"))
        found = stack.request(Request("GET", f"/v1/breaches?account={ACCOUNT}&from=2026-03-01&to=2026-04-01"))
        stack.audit()
        stack.advance(datetime(2026, 4, 1, 7, tzinfo=UTC))
        breach = json.loads(found.body)["breaches"][0]["id"]
        assert stack.request(Request("GET", f"/v1/breaches/{breach}/evidence")).status == 200
        taken = Request("GET", f"/v1/breaches?account={ACCOUNT}", {"Accept": "text/csv"})
        assert stack.request(taken).status == 200
        report = f"/v1/reports/attainment?account={ACCOUNT}&month=2026-03"
        assert stack.request(Request("GET", report)).status == 200
        owed = f"/v1/reports/credits?account={ACCOUNT}&agreement=acme-gold&month=2026-03"
        statement = json.loads(stack.request(Request("GET", owed)).body)
        assert (statement["provisional"], statement["issued"]["number"]) == (False, 1)
        subjects = [message["subject"] for message in inbox(stack)]
        assert "Service credits at risk: acme-gold, 2026-03" in subjects
    refused = {
        name: {
            (action, table)
            for action, table in asked
            if (action, table.removeprefix("local-")) not in allowed(name)
        }
        for name, asked in called.items()
    }
    assert set(called) == {"Webhook", "Timer", "Arm", "Notify", "Audit", "Records", "Seal", "Report"}
    assert {name: calls for name, calls in refused.items() if calls} == {}


def test_what_binds_a_caller_is_read_as_the_role_of_records_allows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tags of a role and of a user, from IAM itself; what is refused is recorded."""
    called, inside = recorded(monkeypatch)
    (tmp_path / "acme-gold.yaml").write_text((ROOT / "agreements" / "acme-gold.yaml").read_text())
    with running(VirtualClock(STEPS[0].at, speed=0), tmp_path) as stack:
        iam = boto3.client("iam")
        tags = [{"Key": "slaclock:account", "Value": ACCOUNT}]
        iam.create_role(RoleName="legal", AssumeRolePolicyDocument="{}", Tags=tags)
        iam.create_user(UserName="ada", Tags=[{"Key": "slaclock:account", "Value": "other"}])
        stack.settings["AUTHORIZATION"] = "iam"
        handler = inside("Records", stack.functions["Records"])
        request = Request("GET", f"/v1/breaches?account={ACCOUNT}", {"Accept": "text/csv"})
        answers = []
        for arn in ("sts::123456789012:assumed-role/legal/kim", "iam::123456789012:user/ada"):
            route = match(routes(), request)
            assert route is not None
            event = to_event(*route, request, {"iam": {"userArn": f"arn:aws:{arn}"}})
            event["requestContext"]["accountId"] = "123456789012"
            answers.append(handler(event)["statusCode"])
        assert answers == [200, 403]
    asked = called["Records"]
    assert {("iam:ListRoleTags", ""), ("iam:ListUserTags", "")} <= asked
    assert {(action, table.removeprefix("local-")) for action, table in asked} <= allowed("Records")
