"""`slaclock doctor`: a stack that is well, and each way in which it is not."""

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.template import ROOT
from slaclock.cli import doctor, doctor_deployment, doctor_records, doctor_watch, main
from slaclock.cli.doctor_stack import Patient
from slaclock.cli.redrive_kinds import KINDS
from slaclock.domain.instants import parse_instant
from slaclock.secrets import Secrets
from tests.local.desk import MONDAY
from tests.local.ward import KINDS_OF_RESOURCES, Ward, open_ward, ring, swept, unconfirmed

# What AWS says of a secret, what is said of that, and what to do.
REFUSED = [
    ("AccessDeniedException", "its secret could not be looked at (AccessDeniedException)", "a right"),
    ("ThrottlingException", "its secret could not be looked at (ThrottlingException)", "in a minute"),
    ("InvalidRequestException", "its secret is marked for deletion", "restore-secret"),
    (
        "ResourceNotFoundException",
        "there is no secret (ResourceNotFoundException), so nothing",
        "remove ID",
    ),
]


@pytest.fixture
def ward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Ward]:
    with open_ward(tmp_path, monkeypatch, capsys) as found:
        yield found


def refusing(code: str, message: str) -> Callable[..., Any]:
    """What AWS refuses to do."""

    def refuse(*_: Any) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "Look")

    return refuse


def test_a_stack_that_is_well_has_a_line_for_each_thing_and_status_0(ward: Ward) -> None:
    """The first night is over by Tuesday at nine, and its seal is there."""
    ward.desk.advance(days=1)
    swept(3, minutes=-24 * 60 + 5)
    code, found = ward.examined()
    assert [each for each in found if each["level"] == "fail"] == []
    assert code == 0
    assert list(dict.fromkeys(each["check"] for each in found)) == [name for name, *_ in doctor.CHECKS]
    said = {(each["check"], each["what"]) for each in found}
    assert ("seals", "sealed up to 2026-03-02") in said
    assert ("agreements", "example: gold") in said
    assert ("queues", "all 10 queues for what failed are empty") in said
    assert ("alarms", "none of 53 rings") in said
    assert ("kept", "tables, buckets and the keys of links and seals are there; tables are protected") in said
    assert ("heartbeat", "3 sweeps in a quarter of an hour") in said
    assert ("heartbeat", "each sweep was clean, and its heartbeat published") in said
    assert ("quarantine", "no delivery waits for a person") in said


def test_whoever_hears_nothing_is_named_and_nobody_by_his_address(ward: Ward) -> None:
    """Nobody at all fails where an agreement tells that audience of something, or none is more fitting."""
    sns, cloud = boto3.client("sns"), ward.desk.stack.cloud
    assert ("warn", "management: nobody is subscribed to ManagementTopic") in ward.said("subscriptions")
    for topic in ("OnCall1Topic", "DefaultTopic"):
        (listed,) = sns.list_subscriptions_by_topic(TopicArn=cloud.arns[topic])["Subscriptions"]
        sns.unsubscribe(SubscriptionArn=listed["SubscriptionArn"])
    sns.subscribe(
        TopicArn=cloud.arns["TeamTopic"], Protocol="https", Endpoint="https://team.example/kim-private"
    )
    unconfirmed(cloud.arns["LegalTopic"])
    found = ward.said("subscriptions")
    assert ("fail", "oncall-1: nobody is subscribed to OnCall1Topic, and messages go there") in found
    assert ("fail", "legal: 1 of 1 subscriptions are not confirmed (sqs)") in found
    assert ("fail", "default: nobody is subscribed to DefaultTopic, and messages go there") in found
    lossy = "team: 1 subscriptions by HTTP have no queue for what can't be delivered"
    assert ("warn", lossy) in found
    assert "kim-private" not in json.dumps(found)
    ward.parameters["AlarmTopic"] = ""
    assert ("warn", "alarms tell nobody: AlarmTopic is empty") in ward.said("subscriptions")


def test_what_lies_in_a_queue_is_counted_with_the_command_that_does_it(ward: Ward) -> None:
    """Nothing is taken out of it. For people it is a line each, which begins with how bad it is."""
    sqs = boto3.client("sqs")
    for _ in range(2):
        sqs.send_message(QueueUrl=ward.physical["TimerFailures"], MessageBody="{}")
    for _ in range(2):
        code, found = ward.examined()
        (line,) = [each for each in found if each["check"] == "queues"]
        assert (code, line["level"]) == (1, "fail")
        assert line["what"].startswith("TimerFailures holds 2: ")
        assert line["do"].endswith("TimerFailuresAlarm; then slaclock redrive timer --stack production")
    assert len(KINDS) == 10
    sqs.receive_message(QueueUrl=ward.physical["TimerFailures"], VisibilityTimeout=60)
    assert ward.said("queues")[0][1].startswith(
        "TimerFailures holds 2: "
    )  # one of which somebody has in hand
    assert main(["doctor", "--stack", "production"]) == 1
    out = ward.desk.capsys.readouterr().out
    assert re.search(
        r"^fail  queues         TimerFailures holds 2: .*\n {21}-> docs/operations", out, re.MULTILINE
    )


def test_what_watches_and_does_not_is_named(ward: Ward) -> None:
    """An alarm that rings, is muted or gone; no sweep; a stream or a rule that is off; what is denied."""
    ring("NotKeptAlarm")
    boto3.client("cloudwatch").disable_alarm_actions(AlarmNames=["production-ArmLagAlarm"])
    boto3.client("cloudwatch").delete_alarms(AlarmNames=["production-FireLagAlarm"])
    assert ward.said("alarms") == [
        ("fail", "NotKeptAlarm rings"),
        ("warn", "ArmLagAlarm is muted"),
        ("fail", "removed by hand: FireLagAlarm"),
    ]
    (muted,) = [each["do"] for each in ward.examined()[1] if each["what"] == "ArmLagAlarm is muted"]
    assert muted.endswith(" --alarm-names production-ArmLagAlarm")
    ward.mapping = "Disabled"
    boto3.client("events").disable_rule(Name="production-SealNightly")
    starts = ward.said("starts")
    assert ("fail", "ArmMoved is Disabled") in starts
    assert ("fail", "the rule SealNightly is off") in starts
    swept(1, "HeartbeatFailed")
    assert ("fail", "the heartbeat could not be published") in ward.said("heartbeat")
    ward.heartbeat = ""
    said = "nobody outside hears that all is well: HeartbeatTopic is empty"
    assert ward.said("heartbeat")[1] == ("warn", said)
    ward.desk.advance(minutes=16)
    assert ward.said("heartbeat")[0] == ("fail", "no sweep for a quarter of an hour")
    ward.made = timedelta(minutes=-10)
    assert ward.said("heartbeat")[0] == ("warn", "no sweep yet")
    ward.denied = "sqs"
    code, found = ward.examined()
    lines = [each for each in found if each["check"] == "queues"]
    assert (code, len(lines), {each["level"] for each in lines}) == (1, len(KINDS), {"fail"})
    assert lines[0]["what"] == "ScheduleDeadLetters could not be looked at (AccessDenied)"
    assert "fail" in {each["level"] for each in found if each["check"] == "alarms"}
    ward.denied, ward.without = "", {"TimerFailures"}
    (level, what), *others = ward.said("queues")
    assert (level, what.split(":")[0], others) == ("fail", "production has no TimerFailures", [])


def test_connections_are_verified_by_what_they_delivered(ward: Ward) -> None:
    """One that was never heard, one whose secret is gone, one that can't be read, and none at all."""
    store, secrets = ward.desk.stack.store, boto3.client("secretsmanager")
    record = dict(store.connection("generic-local") or {})
    store.connect({**record, "id": "never-heard-of"})
    store.connect({**record, "id": "without-secret", "secret": "slaclock/nowhere"})
    store.connect({**record, "id": "unreadable", "kind": "mapping", "mapping": "abacus"})
    store.connect({**record, "id": "without-promise", "account": "another"})
    found = {what: level for level, what in ward.said("connections")}
    assert found["never-he… (generic, example): no delivery was verified yet"] == "warn"
    lost = "without-… (generic, example): there is no secret (ResourceNotFoundException), so nothing comes in"
    assert found[lost] == "fail"
    assert [
        level for what, level in found.items() if what.startswith("unreadab… (abacus, example) can't be read")
    ] == ["fail"]
    assert ("fail", "another has none, so no clock starts") in ward.said("agreements")
    assert secrets.list_secrets()["SecretList"]  # none was changed
    for account, connection_id in list(store.connections()):
        store.disconnect({"account": account, "id": connection_id})
    assert ward.said("connections") == [("warn", "there are none: nothing can come in")]
    assert ward.said("agreements") == []


def test_a_connection_that_is_silent_against_its_habit_fails(ward: Ward) -> None:
    """By the rule that raises the alarm."""
    store = ward.desk.stack.store
    store.connect({**(store.connection("generic-local") or {}), "id": "fallen-silent"})
    for week in (3, 2, 1):
        for hour in (3, 2, 1):
            store.note("fallen-silent", MONDAY - timedelta(weeks=week, hours=hour))
    (line,) = [each for each in ward.examined()[1] if "is silent since" in each["what"]]
    assert (line["check"], line["level"]) == ("connections", "fail")
    assert line["what"] == "fallen-s… (generic, example) is silent since 2026-02-23T08:00:00Z"
    assert line["do"] == "docs/operations.md, SilentConnectionsAlarm"


def test_an_agreement_that_was_ended_promises_nothing(ward: Ward) -> None:
    """Whoever has no other has none."""
    end = ("agreement", "end", "gold", "--reason", "over", "--by", "ada", "--yes", "--settle", "0")
    code, _, err = ward.desk.run(*end, "--stack", "production")
    assert code == 0, err
    assert ward.said("agreements") == [("fail", "example has none, so no clock starts")]


@pytest.mark.parametrize(
    ("now", "days", "age", "said"),
    [
        ("2026-03-02T01:59:00Z", [date(2026, 2, 28)], 30, ("ok", "sealed up to 2026-02-28")),
        (
            "2026-03-02T02:00:00Z",
            [date(2026, 2, 28)],
            30,
            ("fail", "2026-03-01 has no seal: the last one is of 2026-02-28"),
        ),
        (
            "2026-03-02T02:00:00Z",
            [date(2026, 2, 28), date(2026, 3, 1)],
            30,
            ("ok", "sealed up to 2026-03-01"),
        ),
        ("2026-03-02T09:00:00Z", [], 30, ("fail", "2026-03-01 has no seal: there is none")),
        ("2026-03-02T09:00:00Z", [], 1, ("ok", "the first night is still to come")),
    ],
)
def test_the_day_before_has_its_seal_from_two_on_or_the_stack_is_younger(
    now: str, days: list[date], age: int, said: tuple[str, str]
) -> None:
    """Seal begins half an hour after midnight of UTC, and has an hour and a half."""
    patient = Patient("production", parse_instant(now), {"AWS_REGION": "eu-north-1"})
    patient.__dict__["described"] = {"CreationTime": patient.now - timedelta(days=age)}
    patient.__dict__["wiring"] = SimpleNamespace(seals=SimpleNamespace(days=lambda: days))
    assert [(each.level, each.what) for each in doctor_records.seals(patient)] == [said]


@pytest.mark.parametrize(
    ("change", "check", "said"),
    [
        ({"status": "UPDATE_ROLLBACK_COMPLETE"}, "stack", ("warn", "the last update was taken back")),
        ({"status": "UPDATE_IN_PROGRESS"}, "stack", ("warn", "production is UPDATE_IN_PROGRESS")),
        (
            {"parameters": {"SealRetentionDays": "1"}},
            "settings",
            ("warn", "SealRetentionDays is 1: seals can be removed the day after"),
        ),
        ({"parameters": {"LogRetentionDays": "3"}}, "settings", ("warn", "logs are gone after days")),
        (
            {"parameters": {"ReservedConcurrency": "2"}},
            "settings",
            ("warn", "ReservedConcurrency is below 5: a burst is refused"),
        ),
        (
            {"parameters": {"WebhookRate": "1", "WebhookBurst": "10"}},
            "settings",
            (
                "warn",
                "WebhookRate is 1: deliveries beyond it are turned away, most of them for good",
            ),
        ),
        (
            {"parameters": {"WebhookRate": "10", "WebhookBurst": "9"}},
            "settings",
            (
                "warn",
                "WebhookBurst is 9: deliveries beyond it are turned away, most of them for good",
            ),
        ),
        (
            {"parameters": {"WebhookRate": "10", "WebhookBurst": "10"}},
            "settings",
            ("ok", "nothing is set as for a trial"),
        ),
    ],
)
def test_what_a_deployment_left_behind_is_told(
    change: dict[str, Any], check: str, said: tuple[str, str]
) -> None:
    """By the stack's status and its parameters alone."""
    patient = Patient("production", MONDAY, {"AWS_REGION": "eu-north-1"})
    patient.__dict__["described"] = {"StackStatus": change.get("status", "CREATE_COMPLETE")}
    patient.__dict__["parameters"] = change.get("parameters", {})
    look = {"stack": doctor_deployment.deployment, "settings": doctor_deployment.settings}[check]
    assert [(each.level, each.what) for each in look(patient)] == [said]


@pytest.mark.parametrize(
    ("status", "do"),
    [
        ("REVIEW_IN_PROGRESS", "its first change set was never run: deploy"),
        ("CREATE_IN_PROGRESS", "look again when it is over"),
        ("DELETE_IN_PROGRESS", "look again when it is over"),
        ("DELETE_COMPLETE", "it was removed: deploy anew (docs/operations.md, Removal, says what stays)"),
        ("CREATE_FAILED", "aws cloudformation delete-stack --stack-name production, then deploy anew"),
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name production, then deploy anew"),
        ("ROLLBACK_FAILED", "aws cloudformation delete-stack --stack-name production, then deploy anew"),
        ("DELETE_FAILED", "aws cloudformation delete-stack --stack-name production, then deploy anew"),
    ],
)
def test_of_a_stack_that_was_never_made_there_is_one_line(status: str, do: str) -> None:
    """Its resources are gone or half there: ten more failures would hide what has to be done."""
    patient = Patient("production", MONDAY, {"AWS_REGION": "eu-north-1"})
    patient.__dict__["described"] = {"StackStatus": status}
    ((check, line),) = doctor.examined(patient)
    assert (check, line.level, line.what) == ("stack", "fail", f"production is {status}")
    assert do in line.do


def test_an_update_that_could_not_be_taken_back_is_gone_on_with_and_the_rest_looked_at(ward: Ward) -> None:
    """The functions of the version before still run."""
    ward.status = "UPDATE_ROLLBACK_FAILED"
    code, (line, *others) = ward.examined()
    assert (code, line["level"]) == (1, "fail")
    assert line["do"].endswith("aws cloudformation continue-update-rollback --stack-name production")
    assert {each["check"] for each in others} == {name for name, *_ in doctor.CHECKS} - {"stack"}


def test_a_stack_that_is_not_there_is_said_with_where_it_was_looked_for(ward: Ward) -> None:
    """Most often it is in another region or account. `--json` says it in a document, too."""
    ward.desk.capsys.readouterr()
    assert main(["doctor", "--stack", "nowhere", "--json"]) == 1
    (line,) = ward.desk.capsys.readouterr().out.splitlines()
    said = "there is no stack nowhere in eu-north-1 of account 123456789012"
    assert (json.loads(line)["level"], json.loads(line)["what"]) == ("fail", said)
    ward.denied = "sts"
    assert main(["doctor", "--stack", "nowhere"]) == 1
    out = ward.desk.capsys.readouterr().out.splitlines()
    assert out[0] == "fail  stack          there is no stack nowhere in eu-north-1"
    ward.denied = "cloudformation"
    code, (found,) = ward.examined()
    assert (code, found["do"]) == (1, "your credentials may lack a right: docs/operations.md, Doctor")


@pytest.mark.parametrize(
    ("environ", "what", "do"),
    [
        ({"AWS_REGION": "eu-north-1"}, "could not be looked at: NoCredentialsError", "aws configure"),
        (
            {"AWS_REGION": "eu-north-1", "AWS_PROFILE": "nosuch"},
            "could not be looked at: ProfileNotFound",
            "AWS_PROFILE",
        ),
        ({}, "the environment variable AWS_REGION is missing", "export AWS_REGION"),
        (
            {"AWS_REGION": "eu north"},
            "could not be looked at: InvalidRegionError",
            "eu north is no region: export AWS_REGION",
        ),
    ],
)
def test_whoever_is_nobody_to_aws_or_says_no_region_is_told_so(
    environ: dict[str, str],
    what: str,
    do: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """One line, and a document with `--json`; nothing is asked of anybody."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    nowhere = str(tmp_path / "nothing")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, nowhere)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor", "--stack", "production", "--json"]) == 1
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["check"], line["level"], line["what"].startswith(what)) == ("stack", "fail", True)
    assert do in line["do"]


def test_a_secret_that_is_gone_is_told_from_one_that_could_not_be_looked_at(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody rotates a secret that may be well. No line has a whole id, nor what AWS says beside its code."""
    store = ward.desk.stack.store
    for account, connection_id in list(store.connections()):
        store.disconnect({"account": account, "id": connection_id})
    record = {"kind": "generic", "account": "example", "secret": "slaclock/a-whole-id-of-one"}
    store.connect({**record, "id": "a-whole-id-of-one"})
    for code, said, do in REFUSED:
        monkeypatch.setattr(Secrets, "of", refusing(code, "kim may not read a-whole-id-of-one"))
        (line,) = [each for each in ward.examined()[1] if each["check"] == "connections"]
        assert (line["level"], said in line["what"], do in line["do"]) == ("fail", True, True)
        assert not [word for word in ("rotate", "whole-id", "kim") if word in json.dumps(line)]


def test_a_secret_that_is_gone_is_got_over_by_the_command_that_is_told(ward: Ward) -> None:
    """With the id that the list has: the connection goes, though nothing of its secret is there."""
    store = ward.desk.stack.store
    record = dict(store.connection("generic-local") or {})
    store.connect({**record, "id": "without-secret", "secret": "slaclock/without-secret"})
    (line,) = [each for each in ward.examined()[1] if "without-" in each["what"]]
    (told,) = re.findall(r"slaclock (connection remove [^,]+),", line["do"])
    (listing,) = re.findall(r"slaclock (connection list --stack production)", line["do"])
    assert main(listing.split()) == 0
    assert "without-secret" in ward.desk.capsys.readouterr().out
    argv = told.replace("ID", "without-secret").split()
    assert main([*argv, "--yes", "--by", "ada"]) == 0, ward.desk.capsys.readouterr().err
    assert store.connection("without-secret") is None


def test_a_queue_or_a_topic_that_is_gone_is_a_line_of_its_own(ward: Ward) -> None:
    """The others are looked at; a topic in another region is asked for there."""
    sqs, sns, cloud = boto3.client("sqs"), boto3.client("sns"), ward.desk.stack.cloud
    sqs.delete_queue(QueueUrl=ward.physical["ArmFailures"])
    sqs.send_message(QueueUrl=ward.physical["NotifyFailures"], MessageBody="{}")
    found = [each for each in ward.examined()[1] if each["check"] == "queues"]
    assert found[0]["what"] == "the queue ArmFailures is gone: what fails is lost"
    assert found[0]["do"] == "docs/operations.md, What somebody changed by hand"
    assert [each["what"].split(":")[0] for each in found[1:]] == ["NotifyFailures holds 1"]
    sns.delete_topic(TopicArn=cloud.arns["TeamTopic"])
    there = boto3.client("sns", region_name="us-east-2").create_topic(Name="alarms")["TopicArn"]
    ward.parameters["AlarmTopic"] = there
    said = ward.said("subscriptions")
    assert ("fail", "team: the topic TeamTopic is gone, so nobody hears") in said
    assert ("ok", "legal: 1 confirmed (sqs)") in said
    assert said[-1] == ("fail", "alarms tell nobody: AlarmTopic has no confirmed subscription")
    elsewhere = boto3.client("sns", region_name="us-east-2")
    elsewhere.subscribe(TopicArn=there, Protocol="email", Endpoint="somebody@example.com")
    assert ward.said("subscriptions")[-1] == ("ok", "alarms are heard")


def test_a_sweep_that_left_something_behind_is_not_ok(ward: Ward) -> None:
    """No heartbeat follows it; the alarm on what it left has a section."""
    for metric in doctor_watch.UNCLEAN:
        swept(2, metric)
    first, *lines = [each for each in ward.examined()[1] if each["check"] == "heartbeat"]
    assert (first["level"], first["what"]) == ("ok", "3 sweeps in a quarter of an hour")
    assert {each["level"] for each in lines} == {"warn"}
    assert [(each["what"], each["do"]) for each in lines] == [
        (f"not each was clean: {said} (2)", f"docs/operations.md, {metric}Alarm")
        for metric, said in doctor_watch.UNCLEAN.items()
    ]
    assert {f"{metric}Alarm" for metric in doctor_watch.UNCLEAN} <= KINDS_OF_RESOURCES.keys()


def test_deliveries_that_wait_for_a_person_are_counted_with_the_day_on_which_they_go(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to a bound. What somebody laid there himself has no such day; what a sweep takes is not counted."""
    s3, bucket = boto3.client("s3"), ward.desk.stack.cloud.names["Quarantine"]
    s3.put_object(Bucket=bucket, Key="table/2026-02-01T00:00:00Z-ab.json", Body=b"{}")
    assert ward.said("quarantine") == [("ok", "no delivery waits for a person")]
    s3.put_object(Bucket=bucket, Key="unmapped/somebody's", Body=b"{}")
    assert ward.said("quarantine") == [("warn", "deliveries that wait for a person: 1")]
    for day in ("2026-03-01", "2026-02-27"):
        s3.put_object(Bucket=bucket, Key=f"unmapped/{day}T00:00:00Z-ab.json", Body=b"{}")
    kept = "; the oldest is deleted on 2026-03-13, or days later"
    assert ward.said("quarantine") == [("warn", f"deliveries that wait for a person: 3{kept}")]
    monkeypatch.setattr(doctor_records, "_MOST_KEPT", 2)
    (line,) = [each for each in ward.examined()[1] if each["check"] == "quarantine"]
    assert line["what"].startswith("deliveries that wait for a person: more than 2;")
    assert line["do"] == "slaclock quarantine list --reason unmapped --stack production"
    assert main(line["do"].split()[1:]) == 0


def test_each_command_that_it_tells_names_the_stack() -> None:
    """As its source has them."""
    told = list[str]()
    for path in sorted((ROOT / "layers/core/slaclock/cli").glob("doctor_*.py")):
        told += re.findall(r'"[^"]*slaclock ([a-z]+ [^"]*)"', path.read_text())
    assert [each for each in told if "--stack {patient.stack}" not in each] == []
    assert len(told) >= 7


def test_each_page_that_it_sends_to_is_there() -> None:
    """By the headings of docs/operations.md, and of no other page but the one on subscribing."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^#{2,3} (.+)$", page, re.MULTILINE))
    sent = set[str]()
    for path in sorted((ROOT / "layers/core/slaclock/cli").glob("doctor*.py")):
        sent |= set(re.findall(r"(?:docs/operations\.md|\{_PAGE\}), ([\w' ]+)\"", path.read_text()))
    assert {each.strip() for each in sent} - headings == set()
    assert len(sent) >= 6


def test_each_right_that_it_needs_is_in_the_list() -> None:
    """By the calls in its source; who asks, anybody may know, and `HeadBucket` goes by `s3:ListBucket`."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rights = page.partition("### Doctor")[2].partition("### Upgrade")[0]
    asked = set[str]()
    for path in sorted((ROOT / "layers/core/slaclock/cli").glob("doctor_*.py")):
        asked |= set(
            re.findall(r"\.((?:describe|get|head|list)_\w+)\(\s*(?:[A-Z]\w+=|\*\*)", path.read_text())
        )
    named = {"".join(map(str.title, each.split("_"))).replace("HeadBucket", "ListBucket") for each in asked}
    assert [each for each in sorted(named) if f"{each}`" not in rights] == []
    assert len(named) >= 16
