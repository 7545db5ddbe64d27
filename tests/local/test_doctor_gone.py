"""`slaclock doctor`: what is gone, mute or shut, what was mistyped, and what is not AWS."""

import json
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from slaclock.cli import doctor_kept, main
from slaclock.cli.doctor_refusals import not_looked_at
from slaclock.domain.errors import SlaError
from slaclock.settings import InvalidSettings
from slaclock.store.errors import StoreUnavailableError
from tests.local.ward import BUCKETS, KINDS_OF_RESOURCES, PLAIN, TABLES, Ward, open_ward, protected

BY_HAND = "docs/operations.md, What somebody changed by hand"
LOUD = "deploy with the ARN of one that CloudWatch may publish to: docs/operations.md, Settings"
KEPT = [("ok", "tables, buckets and the keys of links and seals are there; tables are protected")]


@pytest.fixture
def ward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Ward]:
    with open_ward(tmp_path, monkeypatch, capsys) as found:
        yield found


def lines(ward: Ward, check: str) -> list[tuple[str, str, str | None]]:
    """Level, what was found, and what to do about it."""
    return [
        (each["level"], each["what"], each["do"]) for each in ward.examined()[1] if each["check"] == check
    ]


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "kim"}}, "Look")


def test_what_a_stack_has_at_least_is_what_the_template_has_under_no_condition() -> None:
    """By type. Another number in the template is another one here."""
    bodies = PLAIN.body["Resources"].values()
    found = Counter(each["Type"] for each in bodies if "Condition" not in each)
    assert {kind: found[kind] for kind in doctor_kept.WANTED} == doctor_kept.WANTED
    assert (len(TABLES), len(BUCKETS)) == (5, 4)


def test_a_stack_that_lacks_resources_of_the_template_is_not_well(ward: Ward) -> None:
    """Of no alarm none rings, and that is no good news. What an update removed does not count."""
    assert ward.said("resources")[0][0] == "ok"
    ward.removed = {"ArmMoved"}
    said = "production has 3 of 4 AWS::Lambda::EventSourceMapping: is it a stack of this version of slaclock?"
    assert lines(ward, "resources") == [("fail", said, "docs/operations.md, Upgrade")]
    for check, kind in (
        ("alarms", "AWS::CloudWatch::Alarm"),
        ("starts", "AWS::Events::Rule"),
        ("kept", "AWS::DynamoDB::Table"),
    ):
        ward.without = {name for name, each in KINDS_OF_RESOURCES.items() if each == kind}
        ((level, what),) = ward.said(check)
        assert (level, what.split(":: ")[0]) == (
            "fail",
            f"production has no {kind}: is it a stack of this version of slaclock?",
        )


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_gone_is_restored(ward: Ward, name: str) -> None:
    """Whether or not another check needs it; the others say that it is gone, and of no right."""
    table = ward.desk.stack.cloud.names[name]
    protected(table, deletion=False)
    boto3.client("dynamodb").delete_table(TableName=table)
    assert lines(ward, "kept") == [("fail", f"the table {name} is gone", "docs/operations.md, Restore")]
    others = [each for each in ward.examined()[1] if "ResourceNotFound" in each["what"]]
    assert {each["do"] for each in others} <= {BY_HAND}
    assert bool(others) is (name == "Agreements")


def test_a_table_that_anybody_may_delete_or_nobody_can_restore_is_told(ward: Ward) -> None:
    """With the command that mends it. What can't be looked at is a line for each, and no other check's."""
    assert ward.said("kept") == KEPT
    table = ward.desk.stack.cloud.names["Ledger"]
    protected(table, deletion=False)
    protected(ward.desk.stack.cloud.names["Reports"], recovery=False)
    (deletion, recovery) = lines(ward, "kept")
    assert deletion[:2] == ("warn", "the table Ledger can be deleted")
    assert deletion[2] == f"aws dynamodb update-table --deletion-protection-enabled --table-name {table}"
    assert recovery[:2] == ("warn", "the table Reports could not be restored: its recovery is off")
    ward.denied = "dynamodb"
    said = [what for level, what in ward.said("kept") if level == "fail"]
    assert said == [f"{name} could not be looked at (AccessDenied)" for name in TABLES]


def test_a_table_that_does_not_serve_fails(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is changed in place does."""
    found = {"Table": {"TableStatus": "UPDATING", "DeletionProtectionEnabled": True}}
    recovery = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}}

    class Dynamo:
        def describe_table(self, **_: Any) -> Any:
            return found

        def describe_continuous_backups(self, **_: Any) -> Any:
            return {"ContinuousBackupsDescription": recovery}

    monkeypatch.setattr(doctor_kept, "_buckets", lambda _: ())
    monkeypatch.setattr(doctor_kept, "_secrets", lambda _: ())
    monkeypatch.setattr(doctor_kept, "_seals_key", lambda _: ())
    ward.instead["dynamodb"] = Dynamo()
    assert ward.said("kept") == KEPT
    found["Table"]["TableStatus"] = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
    assert ("fail", "the table Ledger is INACCESSIBLE_ENCRYPTION_CREDENTIALS") in ward.said("kept")


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_that_is_gone_is_told(ward: Ward, name: str) -> None:
    """Whatever else has to do with it says that it is gone, too, and of no right."""
    bucket = boto3.resource("s3").Bucket(ward.desk.stack.cloud.names[name])
    bucket.object_versions.delete()
    bucket.delete()
    assert lines(ward, "kept") == [("fail", f"the bucket {name} is gone", BY_HAND)]
    others = [each for each in ward.examined()[1] if "NoSuchBucket" in each["what"]]
    assert [each["check"] for each in others] == {"Quarantine": ["quarantine"], "Seals": ["seals"]}.get(
        name, []
    )
    for each in others:
        assert each["what"].startswith("what it looks at is gone: ")
        assert each["do"] == BY_HAND


def test_a_key_of_links_that_is_gone_or_going_is_told(ward: Ward) -> None:
    """Messages would go out without links."""
    secrets, key = boto3.client("secretsmanager"), ward.physical["LinkKey"]
    secrets.delete_secret(SecretId=key)
    said = "the secret LinkKey is marked for deletion: messages go out without links"
    assert lines(ward, "kept") == [("fail", said, f"aws secretsmanager restore-secret --secret-id {key}")]
    secrets.restore_secret(SecretId=key)
    secrets.delete_secret(SecretId=key, ForceDeleteWithoutRecovery=True)
    gone = "the secret LinkKey is gone: messages go out without links"
    assert lines(ward, "kept") == [("fail", gone, BY_HAND)]


def test_a_key_of_seals_that_can_not_sign_is_told(ward: Ward) -> None:
    """No day would be sealed. One that is going can be had back for as long as KMS waits."""
    kms, key = boto3.client("kms"), ward.desk.stack.cloud.arns["SealKey"]
    on = f"aws kms enable-key --key-id {key}"
    kms.disable_key(KeyId=key.rpartition("/")[2])
    assert lines(ward, "kept") == [("fail", "the key of seals is Disabled: no day is sealed", on)]
    kms.schedule_key_deletion(KeyId=key.rpartition("/")[2])
    back = f"aws kms cancel-key-deletion --key-id {key}, then {on}"
    assert lines(ward, "kept") == [("fail", "the key of seals is PendingDeletion: no day is sealed", back)]
    ward.variables["SEAL_KEY"] = key[:-1] + ("0" if key[-1] != "0" else "1")
    gone = ("fail", "the key of seals is gone: no day is sealed", "docs/operations.md, Seals")
    assert lines(ward, "kept") == [gone]
    ward.denied = "kms"
    assert ward.said("kept") == [("fail", "the key of seals could not be looked at (AccessDenied)")]


def test_what_starts_a_function_is_a_line_of_its_own_where_it_is_gone(ward: Ward) -> None:
    """The others are looked at."""
    boto3.client("events").delete_rule(Name="production-AuditSweep")
    ward.gone = {"ArmMoved", "Report"}
    assert lines(ward, "starts") == [
        ("fail", "ArmMoved is gone: nothing is read there", BY_HAND),
        ("fail", "the rule AuditSweep is gone", BY_HAND),
        ("fail", "the function Report is gone", BY_HAND),
    ]


def test_a_function_that_is_shut_takes_nothing(ward: Ward) -> None:
    """As it is left by whoever restored tables; it is opened with what the parameter says."""
    ward.reserved = {"Webhook": 0, "Timer": 7}
    said = "Webhook takes nothing: its reserved concurrency is 0"
    first = "unless tables are being restored: aws lambda"
    of_it = "--function-name production-Webhook"
    assert lines(ward, "starts") == [("fail", said, f"{first} delete-function-concurrency {of_it}")]
    ward.parameters["ReservedConcurrency"] = "7"
    put = "put-function-concurrency --reserved-concurrent-executions 7"
    assert lines(ward, "starts") == [("fail", said, f"{first} {put} {of_it}")]


def test_a_topic_that_cloudwatch_may_not_publish_to_hears_no_alarm(ward: Ward) -> None:
    """One of the stack's, or another under AWS's key, whoever is subscribed; nor does one that is gone.

    Nobody is sent to where a topic is made again under that key.
    """
    cloud = ward.desk.stack.cloud
    ward.parameters["AlarmTopic"] = cloud.arns["OnCall1Topic"]
    own = "alarms tell nobody: AlarmTopic is one of this stack, which CloudWatch can't use"
    assert lines(ward, "subscriptions")[-1] == ("fail", own, LOUD)
    sns = boto3.client("sns")
    mute = sns.create_topic(Name="mute", Attributes={"KmsMasterKeyId": "alias/aws/sns"})["TopicArn"]
    sns.subscribe(TopicArn=mute, Protocol="email", Endpoint="somebody@example.com")
    ward.parameters["AlarmTopic"] = mute
    under = "alarms tell nobody: AlarmTopic is under alias/aws/sns, which CloudWatch can't use"
    assert lines(ward, "subscriptions")[-1] == ("fail", under, LOUD)
    sns.delete_topic(TopicArn=mute)
    gone = "alarms: the topic mute is gone, so nobody hears"
    assert lines(ward, "subscriptions")[-1] == ("fail", gone, LOUD)
    ward.parameters["AlarmTopic"] = "ops"
    no_arn = ("fail", "alarms: ops is no ARN of a topic", "docs/operations.md, Settings")
    assert lines(ward, "subscriptions")[-1] == no_arn


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "AUDIENCES is no JSON object of audience and topic ARN"),
        ("{}", "AUDIENCES names no topic for 'default', so a message could be lost"),
        ('{"default": "nonsense"}', "AUDIENCES: the topic of 'default' is no ARN"),
        ('{"default": "arn:nonsense"}', "default: arn:nonsense is no ARN of a topic"),
    ],
)
def test_a_setting_that_is_not_valid_says_so(ward: Ward, text: str, said: str) -> None:
    """And is no missing right."""
    ward.variables["AUDIENCES"] = text
    assert lines(ward, "subscriptions")[0] == ("fail", said, "docs/operations.md, Settings")


@pytest.mark.parametrize(
    ("error", "said", "do"),
    [
        (refusal("AccessDenied"), "could not be looked at: ClientError", "a right"),
        (refusal("AuthorizationError"), "could not be looked at: ClientError", "a right"),
        (refusal("403"), "could not be looked at: ClientError", "a right"),
        (refusal("NoSuchBucket"), "what it looks at is gone: ClientError", "by hand"),
        (refusal("SignatureDoesNotMatch"), "could not be looked at: ClientError", "aws configure"),
        (NoCredentialsError(), "could not be looked at: NoCredentialsError", "aws configure"),
        (refusal("SlowDown"), "could not be looked at: ClientError", "in a minute"),
        (refusal("503"), "could not be looked at: ClientError", "in a minute"),
        (ReadTimeoutError(endpoint_url="https://x"), "could not be looked at: ReadTimeout", "in a minute"),
        (refusal("405"), "could not be looked at: ClientError", "AWS_ENDPOINT_URL"),
        (ResponseParserError("no XML"), "could not be looked at: ResponseParser", "AWS_ENDPOINT_URL"),
        (ClientError({}, "Look"), "could not be looked at: ", "AWS_ENDPOINT_URL"),
        (
            EndpointConnectionError(endpoint_url="https://sns.eu-nort-1.amazonaws.com/"),
            "could not be looked at: EndpointConnectionError",
            "https://sns.eu-nort-1.amazonaws.com/: is it the right region? export AWS_REGION",
        ),
        (
            ConnectTimeoutError(endpoint_url="https://x"),
            "could not be looked at: Connect",
            "https://x: is it",
        ),
        (InvalidSettings("X is missing"), "X is missing", "Settings"),
        (SlaError("production has no X"), "production has no X", "Upgrade"),
        (RuntimeError("abacus"), "could not be looked at: RuntimeError: abacus", "a fault of ours"),
    ],
)
def test_only_what_aws_denies_is_called_a_missing_right(error: Exception, said: str, do: str) -> None:
    """What is gone, mistyped, busy, out of reach, or not AWS at all is mended in other ways."""
    found = not_looked_at(error)
    assert found.level == "fail"
    assert found.what.startswith(said)
    assert do in found.do
    assert ("a right" in found.do) is (do == "a right")


def test_what_a_store_could_not_read_is_judged_by_what_aws_said() -> None:
    """The store's own error says nothing of it."""
    error = StoreUnavailableError("the table")
    error.__cause__ = refusal("ResourceNotFoundException")
    found = not_looked_at(error)
    assert (found.what, found.do) == ("what it looks at is gone: StoreUnavailableError: the table", BY_HAND)


@pytest.mark.parametrize("status", [200, 404])
def test_a_page_of_somebody_else_is_no_stack(
    status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a proxy, or of a wrong address: one line, and no other check."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "local")
        monkeypatch.setenv("AWS_REGION", "eu-north-1")
        assert main(["doctor", "--stack", "production", "--json"]) == 1
        server.shutdown()
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["check"], line["level"]) == ("stack", "fail")
    assert line["do"] == "something else than AWS answers: look at AWS_ENDPOINT_URL, and at proxies"


@pytest.mark.parametrize(
    "argv",
    [
        ("doctor",),
        ("connection", "list"),
        ("redrive", "arm"),
    ],
)
def test_a_stack_without_a_name_is_refused(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """A variable that nobody set must not mean what the environment names."""
    with pytest.raises(SystemExit) as ended:
        main([*argv, "--stack", ""])
    assert ended.value.code == 2
    assert "argument --stack: '' is no stack's name" in capsys.readouterr().err
