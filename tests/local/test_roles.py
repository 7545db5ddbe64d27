"""Each role allows what its function calls, and nothing else; so it is with what services do in its name."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clock import VirtualClock
from local.front import Request
from local.guard import Guard
from local.permissions import Asked, asked
from local.roles import Grant, Roles
from local.stack import ACCOUNT, running
from scripts.template_source import Template, translated
from tests.local.desk import GOLD, MONDAY
from tests.local.working import HEARTBEAT, Work, works

GIVEN: Mapping[str, Any] = {"HeartbeatTopic": HEARTBEAT}
OURS = "arn:aws:sns:eu-north-1:123456789012:ours"
OTHER: Mapping[str, Any] = {**GIVEN, "Audiences": json.dumps({"default": OURS}), "AudienceTopicArns": [OURS]}
STREAM = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
QUEUE = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
LOG = ("CreateLogStream", "PutLogEvents")
Needs = list[list[Asked]]  # of a role, in each of the story's clouds, as the grants are


@cache
def deployed() -> dict[str, Any]:
    return translated()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> list[Work]:
    return works(tmp_path_factory.mktemp("working"))


def roles() -> list[str]:
    return [name for name, _ in Template(deployed()).of_type("AWS::IAM::Role")]


def grants(story: Sequence[Work], role: str, given: Mapping[str, Any] = GIVEN) -> list[list[Grant]]:
    """What a role may do, in each of the story's clouds; the order is the same in all."""
    return [Roles(deployed(), work.cloud, given).grants(role) for work in story]


def needs(story: Sequence[Work], role: str) -> Needs:
    """What is asked of a role, in each cloud of the story."""
    if role == "SchedulerRole":
        return [when_a_schedule_fires(work) for work in story]
    name = role.removesuffix("Role")
    return [[*called(work, name), *by_lambda(Roles(deployed(), work.cloud, GIVEN), name)] for work in story]


def when_a_schedule_fires(work: Work) -> list[Asked]:
    """Scheduler invokes the target that arm named, or says where arm named that it could not."""
    arns = work.cloud.arns
    return [
        Asked("lambda:InvokeFunction", arns["Timer"]),
        Asked("sqs:SendMessage", arns["ScheduleDeadLetters"]),
    ]


def called(work: Work, function: str) -> Iterator[Asked]:
    """The function's own calls. Who publishes to one audience may have to publish to any that is set."""
    guard = work.guards[function]
    settings = dict(Template(deployed()).of_type("AWS::Lambda::Function"))[function]["Environment"][
        "Variables"
    ]
    audiences = json.loads(Roles(deployed(), work.cloud).value(settings.get("AUDIENCES", "{}")))
    for each in [*guard.needed.values(), *guard.refused]:
        yield each
        if each.action == "sns:Publish" and each.on in audiences.values():
            yield from (Asked(each.action, topic) for topic in audiences.values())


def by_lambda(made: Roles, function: str) -> Iterator[Asked]:
    """What Lambda does as the function's role: its log, what it is brought, and what it failed at."""
    template, of = Template(deployed()), {"Ref": function}
    log = dict(template.of_type("AWS::Lambda::Function"))[function]["LoggingConfig"]["LogGroup"]["Ref"]
    yield from (Asked(f"logs:{each}", made.value({"Fn::GetAtt": [log, "Arn"]})) for each in LOG)
    for _, reader in template.of_type("AWS::Lambda::EventSourceMapping"):
        if reader["FunctionName"] == of:
            source = made.value(reader["EventSourceArn"])
            service, verbs = ("dynamodb", STREAM) if source.endswith("/stream") else ("sqs", QUEUE)
            yield from (Asked(f"{service}:{verb}", source) for verb in verbs)
            yield from failing(made, reader)
    for _, invoked in template.of_type("AWS::Lambda::EventInvokeConfig"):
        if invoked["FunctionName"] == of:
            yield from failing(made, invoked)


def failing(made: Roles, config: Mapping[str, Any]) -> Iterator[Asked]:
    target = config.get("DestinationConfig", {}).get("OnFailure")
    if target:
        yield Asked("sqs:SendMessage", made.value(target["Destination"]))


def lacking(wanted: Needs, granted: list[list[Grant]]) -> set[str]:
    """What is asked for and not granted."""
    return {
        f"{each.action} on {each.on}"
        for every, allowed in zip(wanted, granted, strict=True)
        for each in every
        if not any(grant.allows(each) for grant in allowed)
    }


def without(granted: list[list[Grant]], number: int) -> list[list[Grant]]:
    return [[*each[:number], *each[number + 1 :]] for each in granted]


def spare(wanted: Needs, granted: list[list[Grant]]) -> list[str]:
    """The permissions that nobody would miss: without one, no more is lacking than was before."""
    before = lacking(wanted, granted)
    return [
        f"{each.action} on {each.on}"
        for number, each in enumerate(granted[0])
        if lacking(wanted, without(granted, number)) == before
    ]


def actions(service: str, operation: str, given: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What a call asks to be allowed: actions, each with the name of the table where there is one."""
    return {(each.action, each.on.partition(":table/")[2]) for each in asked(service, operation, given)}


def test_every_call_is_one_that_the_role_allows(story: list[Work]) -> None:
    """The calls of the functions, and what Lambda and Scheduler do as their roles."""
    found = {role: lacking(needs(story, role), grants(story, role)) for role in roles()}
    assert {role: missing for role, missing in found.items() if missing} == {}


def test_no_role_has_a_permission_that_no_call_needs(story: list[Work]) -> None:
    """Each one is taken away in turn, and each time something is refused that the story needs."""
    found = {role: spare(needs(story, role), grants(story, role)) for role in roles()}
    assert {role: spares for role, spares in found.items() if spares} == {}


@pytest.mark.parametrize(
    ("role", "grant"),
    [
        ("TimerRole", Grant("dynamodb:GetItem", "{Tickets}")),
        ("TimerRole", Grant("dynamodb:Query", "{Ledger}/index/recorded")),
        ("WebhookRole", Grant("dynamodb:PutItem", "{Tickets}")),
        ("ArmRole", Grant("scheduler:UpdateSchedule", "{ScheduleGroup}")),
        ("ReportRole", Grant("s3:GetObjectVersion", "{Seals}/seals/*")),
    ],
)
def test_a_spare_permission_is_noticed(story: list[Work], role: str, grant: Grant) -> None:
    """Also one that another one covers already."""
    added = [
        [*each, Grant(grant.action, grant.on.format(**{"ScheduleGroup": "", **work.cloud.arns}))]
        for work, each in zip(story, grants(story, role), strict=True)
    ]
    assert any(each.startswith(grant.action) for each in spare(needs(story, role), added))


def test_a_spare_permission_is_noticed_where_another_is_lacking(story: list[Work]) -> None:
    """One permission exchanged for another is two findings."""
    granted = grants(story, "TimerRole")
    spoilt = [[*each[1:], Grant("dynamodb:UpdateItem", "arn:aws:dynamodb:::table/t")] for each in granted]
    wanted = needs(story, "TimerRole")
    assert {each.partition(" on ")[0] for each in lacking(wanted, spoilt)} == {granted[0][0].action}
    assert spare(wanted, spoilt) == ["dynamodb:UpdateItem on arn:aws:dynamodb:::table/t"]


def test_every_statement_was_judged(story: list[Work]) -> None:
    """A role's permissions are as many as its statements say, those under a condition as well."""
    said = 0
    for _, statement in Template(deployed()).statements():
        every = (statement["Action"], statement["Resource"])
        many = [len(each) if isinstance(each, list) else 1 for each in every]
        topics = isinstance(every[1], dict) and "Fn::If" in every[1]
        said += many[0] * (len(every[1]["Fn::If"][2]) if topics else many[1])
    keys = 3  # of SealRole, in the policy of the stack's key
    assert sum(len(grants(story, role)[0]) for role in roles()) == said + keys


def test_the_local_stack_judges_by_the_roles_that_are_deployed(story: list[Work]) -> None:
    """It reads them as they are written; translating changes none."""
    for work in story:
        for name, guard in work.guards.items():
            assert guard.grants == Roles(deployed(), work.cloud, GIVEN).grants(f"{name}Role")


def test_a_stack_that_is_given_topics_may_publish_to_those_in_place_of_its_own(story: list[Work]) -> None:
    """All else is the same."""
    for role in roles():
        (own, *_), (given, *_) = grants(story, role), grants(story, role, OTHER)
        publishing = [each for each in given if each not in own]
        assert publishing in ([], [Grant("sns:Publish", OURS)])
        gone = [each for each in own if each not in given]
        assert [each.action for each in gone] == ["sns:Publish"] * (6 if publishing else 0)
    assert [role for role in roles() if Grant("sns:Publish", OURS) in grants(story, role, OTHER)[0]] == [
        "NotifyRole",
        "AuditRole",
        "SealRole",
        "ReportRole",
    ]


def test_without_a_topic_for_it_nobody_may_publish_a_heartbeat(story: list[Work]) -> None:
    """The permission is there where there is something to tell."""
    (told, *_), (silent, *_) = grants(story, "AuditRole"), grants(story, "AuditRole", {})
    assert [each for each in told if each not in silent] == [Grant("sns:Publish", HEARTBEAT)]


@pytest.mark.parametrize(
    ("call", "allowed"),
    [
        (Asked("dynamodb:Query", "arn:table/t"), False),
        (Asked("dynamodb:UpdateItem", "arn:table/t", "dynamodb:LeadingKeys", "ACTIVITY#desk"), True),
        (Asked("dynamodb:UpdateItem", "arn:table/t", "dynamodb:LeadingKeys", "CONNECTION#desk"), False),
        (Asked("dynamodb:UpdateItem", "arn:table/u", "dynamodb:LeadingKeys", "ACTIVITY#desk"), False),
        (Asked("dynamodb:UpdateItem", "arn:table/t"), False),
    ],
)
def test_a_permission_is_for_an_action_a_resource_and_a_condition(call: Asked, allowed: bool) -> None:  # noqa: FBT001
    """All three have to fit."""
    grant = Grant("dynamodb:UpdateItem", "arn:table/t", "dynamodb:LeadingKeys", ("ACTIVITY#*",))
    assert grant.allows(call) is allowed


def test_a_transaction_asks_for_what_it_holds() -> None:
    """On each of its tables; there is no permission of its own."""
    items = [
        {"Put": {"TableName": "one", "Item": {"pk": {"S": "a"}}}},
        {"Delete": {"TableName": "one", "Key": {"pk": {"S": "a"}}}},
        {"Update": {"TableName": "two", "Key": {"pk": {"S": "a"}}}},
        {"ConditionCheck": {"TableName": "two", "Key": {"pk": {"S": "a"}}}},
    ]
    assert actions("dynamodb", "TransactWriteItems", {"TransactItems": items}) == {
        ("dynamodb:PutItem", "one"),
        ("dynamodb:DeleteItem", "one"),
        ("dynamodb:UpdateItem", "two"),
        ("dynamodb:ConditionCheckItem", "two"),
    }


@pytest.mark.parametrize(
    ("service", "operation"),
    [("dynamodb", "DescribeTable"), ("dynamodb", "BatchWriteItem"), ("lambda", "Invoke")],
)
def test_a_call_that_nothing_is_known_of_is_allowed_to_nobody(service: str, operation: str) -> None:
    """Whoever adds a call says what it needs."""
    assert asked(service, operation, {}) == (Asked(f"{service}:{operation}", "*"),)


def test_the_local_stack_refuses_what_a_role_does_not_allow(tmp_path: Path) -> None:
    """As AWS would; so every test on that stack finds a permission that is missing."""
    (tmp_path / "gold.yaml").write_text(GOLD)
    with running(VirtualClock(MONDAY, speed=0), tmp_path) as stack:
        guard = stack.guards["Records"]
        guard.grants = [each for each in guard.grants if not each.on.endswith("/index/queue")]
        answer = stack.request(Request("GET", f"/v1/queue?account={ACCOUNT}&team=first-line"))
        assert answer.status == 503
        assert [each.on.rpartition("/")[2] for each in guard.refused] == ["queue"]


def test_who_is_refused_is_told_what_the_role_lacks() -> None:
    """Whoever develops sees at once what to add."""
    with pytest.raises(ClientError, match=r"AccessDenied.*lacks s3:PutObject on arn:aws:s3:::b/k"):
        Guard([]).judge(asked("s3", "PutObject", {"Bucket": "b", "Key": "k"}), "PutObject")
