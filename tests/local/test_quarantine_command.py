"""`slaclock quarantine`: what could not be taken is listed, shown with care, and taken in after all."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from local.front import Request
from local.functions import variables_of
from local.sending import Signed, sign
from local.stack import ACCOUNT
from slaclock.cli import main
from slaclock.helpdesks import Unmappable, zendesk
from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import StoreUnavailableError
from slaclock.workflow import Workflow
from tests.local.desk import CREATED, GOLD, MONDAY, Desk, open_desk

KEY = r"(?:unmapped|table)/2026-03-02T[0-9:.]+Z-[0-9a-f]{32}\.json"


@dataclass(slots=True)
class Ward:
    """A desk, whose deliveries some go wrong, and somebody who sees to them."""

    desk: Desk
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def run(self, *argv: str) -> tuple[int, list[str], list[str]]:
        """Exit status, and the lines of stdout and stderr; what follows from it has happened."""
        self.capsys.readouterr()
        code = main(["quarantine", *argv])
        said = self.capsys.readouterr()
        self.desk.stack.settle()
        return code, said.out.splitlines(), said.err.splitlines()

    def listed(self, *argv: str) -> list[str]:
        return [line.split("  ")[0] for line in self.run("list", *argv)[1]]

    def post(self, signed: Signed) -> None:
        answer = self.desk.stack.request(Request("POST", signed.path, signed.headers, signed.body))
        assert answer.status == 202
        assert json.loads(answer.body)["quarantined"] == 1

    def unmapped(self, body: Any) -> None:
        """A helpdesk posts what can't be mapped."""
        self.post(sign({"connection": "zendesk-local", "body": body}, self.desk.stack.clock.now()))

    def event(self, ticket_id: str) -> Signed:
        """A ticket of plan gold is opened now."""
        now = f"{self.desk.stack.clock.now():%Y-%m-%dT%H:%M:%SZ}"
        ticket = {"status": "new", "priority": "high", "plan": "gold", "created_at": now}
        body = {**CREATED["body"], "ticket_id": ticket_id, "occurred_at": now, "event_id": ticket_id}
        body |= {"ticket": ticket, "known": sorted(ticket)}
        return sign({"connection": "generic-local", "body": body}, self.desk.stack.clock.now())

    def during_an_outage(self, *signed: Signed, of: str = "load") -> None:
        """Deliveries come while the table can't be had, or the connections."""

        def unavailable(*_: Any, **__: Any) -> None:
            raise StoreUnavailableError("InternalServerError")

        with self.monkeypatch.context() as outage:
            outage.setattr(DynamoStore, of, unavailable)
            for each in signed:
                self.post(each)


@pytest.fixture
def ward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Ward]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        for name, value in variables_of("Audit", desk.stack.cloud).items():
            monkeypatch.setenv(name, value)
        yield Ward(desk, capsys, monkeypatch)


def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The adapter learns to read what it could not: as an event of a ticket."""
    read, detail = zendesk.read, {"id": "7", "status": "OPEN", "created_at": "2026-03-02T08:00:00Z"}

    def reads(delivery: Any, connection: Any) -> Any:
        body = json.loads(delivery.body)
        said = {"type": "zen:event-type:ticket.created", "id": body["n"], "time": "2026-03-02T08:00:00Z"}
        raw = json.dumps({**said, "detail": detail, "event": {}}).encode()
        return read(type(delivery)(raw, delivery.headers, delivery.received_at), connection)

    monkeypatch.setattr(zendesk, "read", reads)


def test_what_is_kept_is_listed_with_why(ward: Ward) -> None:
    """Oldest first, whatever it is kept for; and nothing that a customer wrote."""
    ward.unmapped({"type": "zen:event-type:ticket.created", "subject": "my password is hunter2"})
    ward.desk.advance(minutes=1)
    ward.during_an_outage(ward.event("1"))
    code, out, err = ward.run("list")
    assert (code, err) == (0, [])
    assert [re.sub(KEY, "KEY", line).split("  ")[1].partition(": ")[0] for line in out] == [
        "zendesk-local, 78 bytes, verified",
        f"generic-local, {len(ward.event('1').body)} bytes, verified",
    ]
    assert out[1].endswith(": StoreUnavailableError")
    assert "hunter2" not in "\n".join(out)
    assert [key.split("/")[0] for key in ward.listed()] == ["unmapped", "table"]


def test_a_listing_is_narrowed(ward: Ward) -> None:
    """By why it is kept, by connection, and by when it came."""
    ward.unmapped({"type": "zen:event-type:ticket.created"})
    ward.desk.advance(minutes=1)
    ward.during_an_outage(ward.event("1"))
    (first, second) = ward.listed()
    assert ward.listed("--reason", "unmapped") == ward.listed("--connection", "zendesk-local") == [first]
    assert ward.listed("--reason", "table") == ward.listed("--since", "2026-03-02T09:00:30Z") == [second]
    none = "slaclock: nothing is kept, and there is no connection 'nobody': see slaclock connection list"
    assert ward.run("list", "--connection", "nobody") == (0, [], [none])
    assert ward.run("list", "--since", "2026-03-03T00:00:00Z") == (0, [], ["slaclock: nothing is kept"])
    code, out, err = ward.run("list", "--most", "1")
    assert (code, len(out), err) == (0, 1, ["slaclock: there are more: narrow it, or say --most"])


def test_a_listing_for_programs_is_an_object_a_line(ward: Ward) -> None:
    """Its members are what is known of each without its content."""
    ward.unmapped({"type": "zen:event-type:ticket.created"})
    (line,) = ward.run("list", "--json")[1]
    listed = json.loads(line)
    assert re.fullmatch(KEY, listed.pop("key"))
    assert listed == {
        "readable": True,
        "connection": "zendesk-local",
        "received_at": "2026-03-02T09:00:00Z",
        "verified": True,
        "detail": listed["detail"],
        "bytes": 41,
    }
    assert listed["detail"]


def test_a_delivery_is_shown_so_that_a_terminal_obeys_none_of_it(ward: Ward) -> None:
    """Headers and body, after a warning that customers wrote them."""
    ward.unmapped({"type": "zen:event-type:ticket.created", "subject": "red \x1b[31m\u202e"})
    (key,) = ward.listed()
    code, out, err = ward.run("show", key)
    assert (code, err) == (
        0,
        ["slaclock: what follows was written by customers: show it to nobody, and keep no copy"],
    )
    assert out[0] == "connection  zendesk-local"
    assert out[2] == "signature   held"
    assert any(line.startswith("x-zendesk-webhook-signature: ") for line in out)
    assert out[-1].startswith('{"type": "zen:event-type:ticket.created"')
    assert all(line.isprintable() for line in out)


def test_a_body_is_written_as_it_is_for_another_program(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte, and nothing else."""
    ward.unmapped({"type": "zen:event-type:ticket.created", "n": "ø"})
    (key,) = ward.listed()
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=raw, flush=lambda: None))
    assert main(["quarantine", "show", key, "--body"]) == 0
    assert raw.getvalue() == b'{"type": "zen:event-type:ticket.created", "n": "\\u00f8"}'


@pytest.mark.parametrize("action", ["show", "replay"])
@pytest.mark.parametrize(
    ("key", "said"),
    [
        (
            "unmapped/nosuch.json",
            "unmapped/nosuch.json is not there, or not any more: see slaclock quarantine",
        ),
        ("nosuch.json", "'nosuch.json' is no key: it begins with table/ or unmapped/"),
    ],
)
def test_whoever_mistypes_a_key_is_told_so(ward: Ward, action: str, key: str, said: str) -> None:
    """In a line."""
    code, out, err = ward.run(action, key)
    assert (code, out, len(err)) == (1, [], 1)
    assert err[0].startswith(f"slaclock: {said}")


def test_what_was_mended_is_taken_in_as_of_when_it_came(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, however often it is replayed; what was applied is released."""
    ward.unmapped({"n": "1"})
    ward.unmapped({"n": "2"})
    keys = ward.listed()
    ward.desk.advance(hours=6)
    assert ward.run("replay", *keys)[0] == 1
    mended(monkeypatch)
    done = ["replayed: 2", "accepted: 2", "duplicates: 0", "ignored: 0", "stay: 0"]
    assert ward.run("replay", "--all") == (0, done, [])
    assert ward.desk.ticket("7")["created_at"] == "2026-03-02T08:00:00Z"
    assert ward.run("list") == (0, [], ["slaclock: nothing is kept"])


def test_a_replay_that_was_interrupted_is_done_again(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was applied, and not released: an event that is known already changes nothing."""
    ward.unmapped({"n": "1"})
    (key,) = ward.listed()
    content = boto3.client("s3").get_object(Bucket=bucket(), Key=key)["Body"].read()
    mended(monkeypatch)
    assert ward.run("replay", key)[0] == 0
    before = ward.desk.facts("7")
    boto3.client("s3").put_object(Bucket=bucket(), Key=key, Body=content)
    done = ["replayed: 1", "accepted: 0", "duplicates: 1", "ignored: 0", "stay: 0"]
    assert ward.run("replay", key) == (0, done, [])
    assert ward.desk.facts("7") == before


def bucket() -> str:
    names = [each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]]
    (found,) = [name for name in names if "quarantine" in name]
    return str(found)


def test_what_still_can_not_be_taken_stays_with_its_reason(ward: Ward) -> None:
    """The others go on; exit 1."""
    ward.unmapped({"type": "zen:event-type:ticket.created"})
    ward.during_an_outage(ward.event("1"))
    code, out, err = ward.run("replay", "--all")
    assert (code, out) == (1, ["replayed: 1", "accepted: 1", "duplicates: 0", "ignored: 0", "stay: 1"])
    (line,) = err
    assert re.match(rf"slaclock: {KEY} stays: /", line)
    assert ward.desk.facts("1")[0] == ("clock_started", "2026-03-02T09:00:00Z")
    assert [key.split("/")[0] for key in ward.listed()] == ["unmapped"]


def test_a_replay_is_of_one_connection(ward: Ward) -> None:
    """What others sent is left where it is."""
    ward.unmapped({"type": "zen:event-type:ticket.created"})
    ward.during_an_outage(ward.event("1"), ward.event("2"))
    out = ward.run("replay", "--connection", "generic-local")[1]
    assert out[:2] == ["replayed: 2", "accepted: 2"]
    assert len(ward.listed()) == 1


def test_nothing_is_replayed_that_nobody_named(ward: Ward) -> None:
    """Keys, or all of something; and what can't be verified only by its key."""
    said = ["slaclock: which? Say KEYs, or --all, or --connection ID"]
    assert ward.run("replay") == ward.run("replay", "--all", "unmapped/x") == (1, [], said)
    assert ward.run("replay", "--all", "--trust") == (
        1,
        [],
        ["slaclock: --trust is for deliveries that you have looked at: say their KEYs"],
    )


def test_what_nobody_can_verify_is_taken_on_somebodys_word(ward: Ward) -> None:
    """It came while the connections could not be read, and was signed by nobody: it stays, unless trusted."""
    signed = ward.event("1")
    forged = Signed(signed.path, {**signed.headers, "webhook-signature": "v1,AAAA"}, signed.body)
    ward.during_an_outage(forged, of="connection")
    (key,) = ward.listed()
    code, out, err = ward.run("replay", "--all")
    assert (code, out[-1]) == (1, "stay: 1")
    why = "its signature does not hold; if you know who sent it, say --trust with its key"
    assert err == [f"slaclock: {key} stays: {why}"]
    assert ward.run("replay", "--trust", key, "--by", "ada")[0] == 0
    (said,) = ward.desk.stack.store.changes("generic-local")
    assert (said.by, said.what) == ("ada", f"replay: {key} was trusted unsigned")
    assert ward.desk.facts("1") == [("clock_started", "2026-03-02T09:00:00Z")]


def test_words_of_what_is_replayed_are_counted(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hour was counted when it came, and is not again."""
    ward.unmapped({"n": "1"})
    store = ward.desk.stack.store
    before = store.heard("zendesk-local", MONDAY)

    def reads(*_: Any) -> Any:
        said = {"status": "unknown", "status_raw": "IN TRANSIT"}
        named = {"account": "example", "subject": "ticket", "ticket_id": "1"}
        told = SimpleNamespace(type="created", attributes=said, occurred_at=MONDAY, **named)
        return SimpleNamespace(events=[told], ignored=0)

    monkeypatch.setattr(zendesk, "read", reads)
    monkeypatch.setattr(Workflow, "take", lambda *_: True)
    assert ward.run("replay", "--all")[0] == 0
    assert store.unmapped("zendesk-local") == {("status", "IN TRANSIT"): 1}
    assert store.heard("zendesk-local", MONDAY) == before


def test_a_secret_that_is_not_there_is_named(ward: Ward) -> None:
    """Else nobody knows which one to look for."""
    ward.during_an_outage(ward.event("1"), of="connection")
    store = ward.desk.stack.store
    record = dict(store.connection("generic-local") or {})
    store.connect({**record, "secret": "slaclock/gone"})
    ward.desk.advance(seconds=61)
    (line,) = ward.run("replay", "--all")[2]
    assert line.endswith("its connection's secret slaclock/gone can't be had: ResourceNotFoundException")
    boto3.client("secretsmanager").create_secret(Name="slaclock/empty", SecretString="{}")
    store.connect({**record, "secret": "slaclock/empty"})
    ward.desk.advance(seconds=61)
    assert "its connection's secret slaclock/empty: a secret in JSON" in ward.run("replay", "--all")[2][0]


def test_what_nobody_will_replay_is_discarded(ward: Ward) -> None:
    """By its key, also what can't be read; one mistyped key, and nothing is."""
    ward.unmapped({"n": "1"})
    boto3.client("s3").put_object(Bucket=bucket(), Key="unmapped/odd.json", Body=b"{}")
    (key, _) = ward.listed()
    gone = "unmapped/nosuch.json"
    said = f"slaclock: {gone} is not there, or not any more: see slaclock quarantine list"
    assert ward.run("discard", key, gone) == (1, [], [said])
    assert len(ward.listed()) == 2
    assert ward.run("discard", key, "unmapped/odd.json", key) == (
        0,
        [f"discarded: {key}", "discarded: unmapped/odd.json"],
        [],
    )
    assert ward.listed() == []


def test_what_the_next_sweep_takes_in_is_not_discarded(ward: Ward) -> None:
    """It only waits for the table."""
    ward.during_an_outage(ward.event("1"))
    (key,) = ward.listed()
    said = f"slaclock: {key} is for the next sweep, which takes it in: it is not discarded"
    assert ward.run("discard", key) == (1, [], [said])
    assert ward.listed() == [key]


def test_a_connection_that_is_gone_is_told(ward: Ward) -> None:
    """Nobody knows any more whose ticket it was."""
    ward.unmapped({"type": "zen:event-type:ticket.created"})
    ward.desk.stack.store.disconnect({"id": "zendesk-local", "account": ACCOUNT})
    err = ward.run("replay", "--all")[2]
    assert err[0].endswith(" stays: no such connection")


def test_what_is_no_kept_delivery_is_listed_and_stays(ward: Ward) -> None:
    """Somebody put it there."""
    boto3.client("s3").put_object(Bucket=bucket(), Key="unmapped/odd.json", Body=b"{}")
    assert ward.run("list")[1] == ["unmapped/odd.json  can't be read"]
    assert json.loads(ward.run("list", "--json")[1][0]) == {"key": "unmapped/odd.json", "readable": False}
    assert ward.run("replay", "--all")[2] == ["slaclock: unmapped/odd.json stays: it can't be read"]
    assert ward.run("show", "unmapped/odd.json")[2] == [
        "slaclock: unmapped/odd.json can't be read: it is no kept delivery"
    ]


def test_a_fault_of_ours_stops_no_other(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named by its kind, and quotes nothing."""
    ward.unmapped({"n": "1"})
    ward.during_an_outage(ward.event("1"))

    def faulty(*_: Any) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr(zendesk, "read", faulty)
    code, out, err = ward.run("replay", "--all")
    assert (code, out[0], out[-1]) == (1, "replayed: 1", "stay: 1")
    assert err[0].endswith(" stays: it meets a fault of ours: RuntimeError")


def test_with_the_table_failing_all_stays(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is there for the next run."""
    ward.during_an_outage(ward.event("1"))

    def unavailable(*_: Any) -> None:
        raise StoreUnavailableError("InternalServerError")

    monkeypatch.setattr(DynamoStore, "load", unavailable)
    code, _, err = ward.run("replay", "--all")
    assert code == 1
    assert err[0].endswith("the table, or what stands before it, can't be had: StoreUnavailableError")
    assert len(ward.listed()) == 1


def test_reasons_are_escaped(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member's name may be a customer's doing."""
    ward.unmapped({"n": "1"})

    def strange(*_: Any) -> None:
        raise Unmappable("/a\x1b[31m: is missing")

    monkeypatch.setattr(zendesk, "read", strange)
    assert ward.run("replay", "--all")[2][0].endswith(" stays: /a\\x1b[31m: is missing")


@pytest.mark.parametrize("name", ["AGREEMENTS_TABLE", "QUARANTINE_BUCKET"])
def test_a_variable_that_is_missing_is_named(ward: Ward, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Before anything is read."""
    monkeypatch.delenv(name)
    for argv in (["list"], ["show", "unmapped/x"], ["replay", "--all"]):
        assert ward.run(*argv) == (1, [], [f"slaclock: the environment variable {name} is missing"])
