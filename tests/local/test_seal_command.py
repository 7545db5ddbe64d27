"""`slaclock seal`, and the local stack that seals by itself when midnight passes."""

import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.door import environment as door
from local.front import Request
from local.functions import variables_of
from local.http import local
from local.stack import MOST_NIGHTS
from slaclock.cli import deployed, main, seal, stacks
from slaclock.evidence.seal import der_of, fingerprint
from tests.local.desk import GOLD, Desk, open_desk
from tests.local.test_redrive import failed

EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@dataclass(slots=True)
class Archive:
    """A desk whose days are sealed, and somebody who looks at them."""

    desk: Desk
    capsys: pytest.CaptureFixture[str]

    def run(self, *argv: str) -> tuple[int, list[str], list[str]]:
        """Exit status, and the lines of stdout and stderr."""
        self.capsys.readouterr()
        code = main(["seal", *argv])
        said = self.capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    def check(self, first: str, last: str, *more: str) -> tuple[int, list[str]]:
        code, out, _ = self.run("check", "--from", first, "--to", last, *more)
        return code, out

    def days(self) -> list[str]:
        """The days that have a seal."""
        listed = boto3.client("s3").list_objects_v2(Bucket=os.environ["SEALS_BUCKET"], Prefix="seals/")
        keys = [each["Key"] for each in listed.get("Contents", ())]
        return [key[6:16].replace("/", "-") for key in keys if key.endswith("seal.json")]


@pytest.fixture
def archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Archive]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        os.environ.update(variables_of("Seal", desk.stack.cloud))
        os.environ["STACK"] = "local"
        yield Archive(desk, capsys)


def test_the_local_stack_seals_each_day_half_an_hour_after_its_midnight(archive: Archive) -> None:
    """In virtual time, and before the hour not; a jump stops at each night on the way."""
    archive.desk.event("1")
    archive.desk.advance(hours=15, minutes=29)
    assert archive.days() == []
    archive.desk.advance(minutes=1)
    assert archive.days() == ["2026-03-02"]
    archive.desk.advance(days=3)
    assert archive.days() == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
    sealed = boto3.client("s3").get_object(Bucket="local-seals", Key="seals/2026/03/04/seal.json")
    assert json.loads(sealed["Body"].read())["seal"]["sealed_at"] == "2026-03-05T00:30:00Z"
    assert sealed["ObjectLockMode"] == "COMPLIANCE"


def test_a_request_that_passes_midnight_has_the_day_sealed(archive: Archive) -> None:
    """`POST /local/clock`; and time that passes by itself, too."""
    local(archive.desk.stack, Request("POST", "/local/clock", {}, b'{"advance": "16h"}'))
    assert archive.days() == ["2026-03-02"]
    archive.desk.stack.clock.move_to(archive.desk.stack.clock.now().replace(day=4))
    archive.desk.stack.tick()
    archive.desk.stack.tick()
    assert archive.days() == ["2026-03-02", "2026-03-03"]


def test_a_long_jump_stops_at_the_nights_of_its_last_month_only(archive: Archive) -> None:
    """The first of those makes up for a month before it, the others for what is left."""
    archive.desk.advance(hours=16)
    archive.desk.advance(days=MOST_NIGHTS + 9)
    assert len(archive.days()) == 1 + MOST_NIGHTS + 9


def test_run_seals_what_is_over_and_says_what_of(archive: Archive) -> None:
    """As the function would at night; a second run has nothing to do."""
    archive.desk.event("1")
    archive.desk.stack.functions["Seal"] = lambda _: {}
    archive.desk.advance(hours=15, minutes=30)
    code, out, err = archive.run("run")
    (line,) = out
    assert (code, err) == (0, [])
    assert line.startswith("2026-03-02 sealed: 1 rows, 0 late, 1 heads, sha256:")
    assert archive.run("run") == (0, ["nothing is to be sealed"], [])


def test_run_seals_one_day_and_says_why_not(archive: Archive) -> None:
    """A day that is not over, or that another seal says is missing."""
    archive.desk.stack.functions["Seal"] = lambda _: {}
    archive.desk.advance(hours=16)
    archive.run("run")
    archive.desk.advance(days=3)
    assert archive.run("run", "--day", "2026-03-05")[:2] == (
        0,
        [f"2026-03-05 sealed: 0 rows, 0 late, 0 heads, {EMPTY}"],
    )
    assert archive.run("run", "--day", "2026-03-04") == (
        1,
        [],
        ["slaclock: 2026-03-04 lies before 2026-03-05, which is sealed: its rows came late"],
    )
    assert archive.run("run", "--day", "2026-03-06")[2] == [
        "slaclock: 2026-03-06 can be sealed from 2026-03-07 00:15 UTC on"
    ]
    with pytest.raises(SystemExit, match="2"):
        archive.run("run", "--day", "5 March")


def test_check_says_that_all_is_as_it_was_sealed(archive: Archive) -> None:
    """And what else there is to know: which seal was the first, which day was empty."""
    archive.desk.event("1")
    archive.desk.advance(days=2)
    assert archive.check("2026-03-01", "2026-03-04", "--heads") == (
        0,
        [
            "2026-03-01 there is no seal: the first one is of 2026-03-02",
            "2026-03-02 the first seal",
            "2026-03-03 empty: nothing was recorded",
            "2026-03-04 there is no seal yet",
            "4 days checked: no faults",
        ],
    )


def test_check_names_what_is_not_as_it_was_sealed(archive: Archive) -> None:
    """A row that was removed; the status says so, too."""
    archive.desk.event("1")
    archive.desk.advance(days=1)
    ledger = boto3.resource("dynamodb").Table(os.environ["LEDGER_TABLE"])
    (row,) = ledger.scan()["Items"]
    ledger.delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
    code, out = archive.check("2026-03-02", "2026-03-02")
    assert code == 1
    assert [line.partition(",")[0] for line in out] == [
        "2026-03-02 the first seal",
        "2026-03-02 FAULT removed: a row that was sealed",
        "1 day checked: 1 faults",
    ]
    code, _, err = archive.run("run")
    assert (code, err) == (1, ["slaclock: 1 things are not as they were sealed: slaclock seal check"])


def test_the_key_is_written_for_a_file_that_checks_what_it_signed(archive: Archive, tmp_path: Path) -> None:
    """Only PEM on stdout; what it is known by on stderr."""
    archive.desk.advance(days=1)
    code, out, err = archive.run("key")
    pem = "".join(f"{line}\n" for line in out)
    assert (code, err) == (0, [f"{fingerprint(der_of(pem))} {os.environ['SEAL_KEY']}"])
    (tmp_path / "seals.pem").write_text(pem)
    del os.environ["SEAL_KEY"]
    assert archive.check("2026-03-02", "2026-03-02", "--key", str(tmp_path / "seals.pem"))[0] == 0


def test_a_key_that_did_not_sign_vouches_for_nothing(archive: Archive, tmp_path: Path) -> None:
    """What lies beside a seal is trusted by nobody for that."""
    archive.desk.advance(days=1)
    kms = boto3.client("kms")
    other = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    os.environ["SEAL_KEY"] = other
    (tmp_path / "other.pem").write_text("".join(f"{line}\n" for line in archive.run("key")[1]))
    code, out = archive.check("2026-03-02", "2026-03-02", "--key", str(tmp_path / "other.pem"))
    assert (code, "which is none of the keys that you trust" in out[0]) == (1, True)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--from", "2026-03-03", "--to", "2026-03-02"), "are not 1 to 3660 days"),
        (("--from", "2016-03-03", "--to", "2026-03-12"), "are not 1 to 3660 days"),
        (("--from", "2026-03-02", "--to", "2026-03-02", "--key", "no.pem"), "--key no.pem: [Errno 2]"),
        (
            ("--from", "2026-03-02", "--to", "2026-03-02", "--key", "pyproject.toml"),
            "it is no public key in PEM",
        ),
    ],
)
def test_check_says_what_can_not_be(archive: Archive, argv: tuple[str, ...], said: str) -> None:
    """In a line."""
    code, _, (line,) = archive.run("check", *argv)
    assert (code, said in line) == (1, True)


def test_check_without_the_package_that_reads_signatures_says_so(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layer has no such package; whoever installed the command without its extras has none either."""

    def missing(_: bytes) -> None:
        raise ModuleNotFoundError(name="cryptography")

    monkeypatch.setattr(seal, "public_key", missing)
    _, _, err = archive.run("check", "--from", "2026-03-02", "--to", "2026-03-02")
    assert err == ["slaclock: seal check needs the package cryptography: pip install 'slaclock[command]'"]


class Lambdas:
    """Lambda, which runs the local stack's function, or answers that it failed."""

    def __init__(self, archive: Archive, *, fails: bool = False) -> None:
        self.archive, self.fails, self.asked = archive, fails, list[Any]()
        self.read = set[str]()

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        function = FunctionName.split("-")[1]
        self.read.add(function)
        return {"Environment": {"Variables": variables_of(function, self.archive.desk.stack.cloud)}}

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803  (AWS's names)
        assert FunctionName == "desk-Seal-1"
        self.asked.append(json.loads(Payload))
        if self.fails:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "SlowDown"}')}
        answer = self.archive.desk.stack.functions["Seal"](self.asked[-1])
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


def deployed_as(monkeypatch: pytest.MonkeyPatch, lambdas: Lambdas) -> None:
    """The stack `desk` is there, and says what its functions are called."""
    stack = deployed.stack

    def found(environ: Any, needed: Any = ()) -> Any:
        wiring = stack(environ, needed)
        client = wiring.client
        monkeypatch.setattr(wiring, "client", lambda each: lambdas if each == "lambda" else client(each))
        return wiring

    monkeypatch.setattr(deployed, "stack", found)
    monkeypatch.setattr(stacks, "resource", lambda name, logical: f"{name}-{logical}-1")


def test_of_a_stack_its_own_function_seals(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else may sign, or put anything where seals are."""
    lambdas = Lambdas(archive)
    deployed_as(monkeypatch, lambdas)
    archive.desk.stack.clock.move_to(archive.desk.stack.clock.now().replace(day=4))
    assert archive.run("run", "--stack", "desk", "--day", "2026-03-03")[0] == 0
    assert archive.run("run", "--stack", "desk") == (0, ["nothing is to be sealed"], [])
    assert lambdas.asked == [{"day": "2026-03-03"}, {}]
    assert archive.check("2026-03-03", "2026-03-03", "--stack", "desk")[0] == 0
    assert archive.run("key", "--stack", "desk")[0] == 0
    assert lambdas.read == {"Seal"}


def test_a_seal_that_does_not_hold_is_passed_over_by_hand(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then nothing is sealed, and the command says why; the next seal's line says what it passes."""
    lambdas = Lambdas(archive)
    deployed_as(monkeypatch, lambdas)
    clock = archive.desk.stack.clock
    clock.move_to(clock.now().replace(day=3))
    archive.run("run")
    boto3.client("s3").put_object(Bucket="local-seals", Key="seals/2026/03/02/seal.json", Body=b"{")
    clock.move_to(clock.now().replace(day=4))
    code, out, (err,) = archive.run("run")
    assert (code, out, err[:43]) == (1, [], "slaclock: seals/2026/03/02/seal.json: Expec")
    line = f"2026-03-03 sealed: 0 rows, 0 late, 0 heads, {EMPTY}, passes over 2026-03-02 to 2026-03-02"
    assert archive.run("run", "--stack", "desk", "--past", "2026-03-02")[:2] == (1, [line])
    assert lambdas.asked == [{"past": "2026-03-02"}]
    assert archive.run("run", "--past", "2026-03-03")[2] == [
        "slaclock: no day after 2026-03-03 is over: nothing can be passed over"
    ]


def test_a_function_that_fails_says_so(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its own words."""
    deployed_as(monkeypatch, Lambdas(archive, fails=True))
    assert archive.run("run", "--stack", "desk") == (1, [], ["slaclock: the function failed: SlowDown"])


def redriven(archive: Archive, *options: str) -> tuple[int, list[str], list[str]]:
    """`slaclock redrive seal` on a queue with one night that failed."""
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="left")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(failed({"source": "aws.events"})))
    archive.capsys.readouterr()
    code = main(["redrive", "seal", "--queue", url, *options])
    said = archive.capsys.readouterr()
    sqs.delete_queue(QueueUrl=url)
    return code, said.out.splitlines(), said.err.splitlines()


def test_nights_that_failed_are_made_up_for(archive: Archive) -> None:
    """A run seals all that is over, so the messages are done with."""
    archive.desk.stack.clock.move_to(archive.desk.stack.clock.now().replace(day=4))
    assert redriven(archive, "--dry-run")[:2] == (
        0,
        ["every day that is over would be sealed", "messages looked at: 1", "messages that stay: 0"],
    )
    assert redriven(archive)[:2] == (
        0,
        ["sealed: 2026-03-03", "messages done: 1", "messages that stay: 0"],
    )
    assert redriven(archive)[1][0] == "sealed: none"


def test_a_night_stays_where_something_is_not_as_it_was_sealed(archive: Archive) -> None:
    """Somebody has to look."""
    archive.desk.event("1")
    archive.desk.advance(days=1)
    ledger = boto3.resource("dynamodb").Table(os.environ["LEDGER_TABLE"])
    (row,) = ledger.scan()["Items"]
    ledger.delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
    code, _, err = redriven(archive)
    assert code == 1
    assert err[0].endswith(" stays: sealed: none; 1 things are not as they were sealed")


def test_commands_reach_the_seals_of_a_local_server(archive: Archive) -> None:
    """By what `make dev` prints."""
    named = door(archive.desk.stack, "http://127.0.0.1:1")
    assert {name: named[name] for name in ("SEALS_BUCKET", "SEAL_KEY", "STACK")} == {
        name: os.environ[name] for name in ("SEALS_BUCKET", "SEAL_KEY", "STACK")
    }


def test_rollups_of_days_before_the_first_night_are_made_by_command(archive: Archive) -> None:
    """What is sealed, and no more; a second run has none to make."""
    archive.desk.event("1")
    archive.desk.advance(days=2)
    reports = boto3.resource("dynamodb").Table(os.environ["REPORTS_TABLE"])
    for item in reports.scan()["Items"]:
        reports.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    nothing: tuple[int, list[str], list[str]] = (0, ["3 days looked at: 0 rolled up anew"], [])
    asked = ("rollups", "--account", "example", *days)
    assert archive.run(*asked) == (0, ["2026-03-02 rolled up", "3 days looked at: 1 rolled up anew"], [])
    assert archive.run("rollups", "--account", "exmaple", *days) == nothing
    made = ["2026-03-01 rolled up", "2026-03-03 rolled up", "3 days looked at: 2 rolled up anew"]
    assert archive.run(*asked) == (0, made, [])
    assert archive.run(*asked) == nothing
    query = "/v1/reports/attainment?account=example&month=2026-03"
    assert json.loads(archive.desk.stack.request(Request("GET", query)).body)["total"]["breached"] == 1


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2026-03-04", "2026-03-05"), "2026-03-04 is not sealed yet: the last sealed day is 2026-03-03"),
        (("2026-03-03", "2026-03-02"), "--from 2026-03-03 --to 2026-03-02 are not 1 to 3660 days"),
    ],
)
def test_only_sealed_days_are_rolled_up(archive: Archive, days: tuple[str, str], said: str) -> None:
    """The others are still being written."""
    archive.desk.advance(days=2)
    code, _, err = archive.run("rollups", "--account", "local", "--from", days[0], "--to", days[1])
    assert (code, err) == (1, [f"slaclock: {said}"])


def test_lake_writes_the_rows_of_sealed_days_anew(archive: Archive) -> None:
    """A line for each sealed day; days without a seal are passed over, and nothing is written twice over."""
    archive.desk.event("1")
    archive.desk.advance(days=2)
    s3 = boto3.client("s3")
    key = "rows/account=example/day=2026-03-02/rows.ndjson.gz"
    before = s3.get_object(Bucket="local-lake", Key=key)["Body"].read()
    s3.delete_object(Bucket="local-lake", Key=key)
    assert archive.run("lake", "--from", "2026-03-01", "--to", "2026-03-04") == (
        0,
        ["2026-03-02 1 rows in 1 files", "2026-03-03 0 rows in 0 files"],
        [],
    )
    assert s3.get_object(Bucket="local-lake", Key=key)["Body"].read() == before


def test_lake_says_whose_seal_does_not_hold(archive: Archive) -> None:
    """And goes on with the other days; a span of days has an end."""
    archive.desk.event("1")
    archive.desk.advance(days=2)
    boto3.client("s3").put_object(Bucket="local-seals", Key="seals/2026/03/02/seal.json", Body=b"{")
    code, out, err = archive.run("lake", "--from", "2026-03-02", "--to", "2026-03-04")
    assert (code, out) == (1, ["2026-03-03 0 rows in 0 files"])
    assert "seals/2026/03/02/seal.json" in err[0]
    assert archive.run("lake", "--from", "2026-03-02", "--to", "2026-03-01")[2] == [
        "slaclock: --from 2026-03-02 --to 2026-03-01 are not 1 to 3660 days"
    ]
