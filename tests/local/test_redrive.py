"""`slaclock redrive`: what was left in a queue is done by the ordinary path, and only then deleted."""

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.parsers import ResponseParserError

from local.functions import variables_of
from local.stack import inbox
from local.template import ROOT
from scripts.template_source import Template, written
from slaclock.cli import deployed, main, redrive_letters, stacks
from slaclock.cli.redrive_kinds import KINDS
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant
from slaclock.notices.identity import customers_id
from slaclock.schedules import schedule_name
from slaclock.settings import InvalidSettings
from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import StoreUnavailableError
from slaclock.wiring import Wiring
from slaclock.workflow import Workflow
from tests.local.desk import MONDAY, Desk, open_desk

DUE = "2026-03-02T13:00:00Z"
GOLD = """\
agreement: gold
order: 10
applies_to: {plan: gold}
calendars: {always: {timezone: UTC, hours: 24x7}}
targets:
  resolution: {budget: 4h, reminders: [50%]}
escalation:
  - {after: 0m, notify: oncall-1}
"""


@dataclass(slots=True)
class Left:
    """A desk, and a queue in which something is left."""

    desk: Desk
    sqs: Any
    url: str

    def send(self, *messages: Any, **attributes: str) -> None:
        for message in messages:
            body = message if isinstance(message, str) else json.dumps(message)
            named = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageAttributes=named)

    def stays(self) -> list[str]:
        """The bodies of the messages that anybody can see."""
        found = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [message["Body"] for message in found.get("Messages", ())]

    def empty(self) -> None:
        """Take out what anybody can see; a purge is allowed once a minute."""
        for message in self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)["Messages"]:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def all_that_stays(self) -> list[str]:
        """The same, beyond a page; after it they are hidden for a second."""
        found: dict[str, str] = {}
        while page := self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=1
        ).get("Messages"):
            found |= {message["MessageId"]: message["Body"] for message in page}
        return list(found.values())

    def run(self, name: str, *options: str) -> tuple[int, list[str], list[str]]:
        """Exit status, and the lines of stdout and stderr."""
        self.desk.capsys.readouterr()
        where = () if "--stack" in options else ("--queue", self.url)
        code = main(["redrive", name, *where, *options])
        said = self.desk.capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    def at(self, **since_monday: float) -> None:
        """Move the time, and let nothing happen that is due."""
        self.desk.stack.clock.move_to(MONDAY + timedelta(**since_monday))

    def schedules(self) -> dict[str, str]:
        """When each live schedule fires, by its name."""
        return {each.name: format_instant(each.at) for each in self.desk.stack.schedules.all()}

    def lose_schedules(self) -> None:
        for each in self.desk.stack.schedules.all():
            self.desk.stack.cloud.scheduler.delete_schedule(Name=each.name, GroupName=each.group)

    def told(self, ticket_id: str) -> list[str]:
        return [name for name, _ in self.desk.facts(ticket_id)]


@pytest.fixture
def left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Left]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        monkeypatch.setattr(redrive_letters, "WAIT", 0)  # moto waits it out
        for kind in KINDS:
            os.environ.update(variables_of(kind.function, desk.stack.cloud))
        sqs = boto3.client("sqs")
        yield Left(desk, sqs, sqs.create_queue(QueueName="left")["QueueUrl"])


def nudge(ticket_id: str = "1", arming: int = 1, lane: str = "resolution") -> dict[str, Any]:
    return {"subject": f"ticket#example#{ticket_id}", "lane": lane, "arming": arming}


def failed(payload: Any) -> dict[str, Any]:
    """Lambda's record of an asynchronous invocation that failed for good."""
    context = {"requestId": "r", "functionArn": "arn:f", "condition": "RetriesExhausted"}
    return {"version": "1.0", "requestContext": context, "requestPayload": payload, "responsePayload": {}}


def position(arrived: str, table: str = "TICKETS_TABLE") -> dict[str, Any]:
    """Lambda's record of a batch of a stream that a function gave up on: no records are in it."""
    info = {
        "shardId": "shardId-1",
        "startSequenceNumber": "1",
        "endSequenceNumber": "9",
        "approximateArrivalOfFirstRecord": arrived,
        "approximateArrivalOfLastRecord": arrived,
        "batchSize": 3,
        "streamArn": f"arn:aws:dynamodb:eu-north-1:123456789012:table/{os.environ[table]}/stream/2026",
    }
    return {
        "version": "1.0",
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": info,
    }


@pytest.mark.parametrize(("name", "message"), [("schedules", nudge()), ("timer", failed(nudge()))])
def test_a_schedule_that_came_to_nothing_wakes_its_ticket(left: Left, name: str, message: Any) -> None:
    """As timer would have; the message is deleted, and a second run finds nothing."""
    left.desk.event("1")
    left.lose_schedules()
    left.at(hours=2)
    left.send(message)
    line = "ticket 1, resolution, arming 1: 1 facts told"
    assert left.run(name) == (0, [line, "messages done: 1", "messages that stay: 0"], [])
    assert left.told("1") == ["clock_started", "reminder_due"]
    assert left.run(name) == (0, ["nothing is in the queue"], [])


def test_a_schedule_that_is_not_current_does_nothing(left: Left) -> None:
    """The fence holds for what comes from a queue, too: another arming, ticket or clock."""
    left.desk.event("1")
    left.at(hours=2)
    left.send(nudge(arming=7), nudge("none"), nudge(lane="first_response"))
    code, out, _ = left.run("schedules")
    said = {line.partition(": ")[2] for line in out[:3]}
    assert (code, said) == (0, {"nothing to do, it is not the clock's current schedule"})
    assert left.stays() == []


def test_the_same_message_twice_tells_nothing_twice(left: Left) -> None:
    """Facts have keys that are used once."""
    left.desk.event("1")
    left.at(hours=5)
    left.send(nudge(), nudge())
    assert left.run("schedules")[0] == 0
    assert left.told("1") == ["clock_started", "reminder_due", "clock_breached", "escalation_due"]


POISON = (
    "no JSON",
    "[1]",
    "{}",
    json.dumps({"subject": 7, "lane": "x", "arming": 1}),
    json.dumps({"subject": "x", "lane": "x", "arming": 1}),
    json.dumps({"subject": "ticket#example#", "lane": "x", "arming": 1}),
    json.dumps({"subject": "##", "lane": "x", "arming": 1}),
    json.dumps({"subject": "ticket#example#1", "lane": 7, "arming": 1}),
    json.dumps({"subject": "ticket#example#1", "lane": "", "arming": 1}),
    json.dumps({"subject": "ticket#example#1", "lane": "x", "arming": "1"}),
    json.dumps({"subject": "ticket#example#1", "lane": "x", "arming": True}),
    "[" * 100_000,
)


def test_a_message_that_cant_be_read_stays_and_is_named(left: Left) -> None:
    """The others go on; whoever looks next sees it at once."""
    left.desk.event("1")
    left.at(hours=2)
    left.send(*POISON, nudge())
    code, out, err = left.run("schedules")
    assert (code, out[-2:]) == (1, ["messages done: 1", "messages that stay: 12"])
    said = Counter(line.split(" stays: ")[1] for line in err)
    assert said == {"it holds no input of a schedule": 9, "it is no JSON": 2, "it is no JSON object": 1}
    assert sorted(left.all_that_stays()) == sorted(POISON)
    assert "reminder_due" in left.told("1")


def test_a_message_of_another_queue_stays(left: Left) -> None:
    """Each queue knows its own."""
    left.send(nudge())
    for name in ("timer", "arm", "notify", "ledger", "audit", "notices"):
        code, out, err = left.run(name)
        assert (code, len(err), left.stays()) == (1, 1, [json.dumps(nudge())])
        assert out == ["messages done: 0", "messages that stay: 1"]


def test_a_message_whose_work_fails_stays_until_it_succeeds(
    left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is deleted after the work, never before."""
    left.desk.event("1")
    left.desk.event("2")
    left.at(hours=2)
    left.send(nudge(), nudge("2"))
    fire = Workflow.fire

    def unlucky(workflow: Workflow, subject: str, lane: str, arming: int) -> Any:
        if subject.endswith("#1"):
            raise StoreUnavailableError("InternalServerError")
        return fire(workflow, subject, lane, arming)

    with monkeypatch.context() as patched:
        patched.setattr(Workflow, "fire", unlucky)
        code, _, err = left.run("schedules")
    assert (code, [line.split(" stays: ")[1] for line in err]) == (
        1,
        ["StoreUnavailableError: InternalServerError"],
    )
    assert left.stays() == [json.dumps(nudge())]
    assert left.run("schedules")[0] == 0
    assert [left.told(each) for each in "12"] == [["clock_started", "reminder_due"]] * 2


def test_a_schedule_whose_moment_is_yet_to_come_stays(left: Left) -> None:
    """By our clock it fired early: it is for later."""
    left.desk.event("1")
    left.send(nudge())
    code, _, err = left.run("schedules")
    assert (code, err[0].split(" stays: ")[1]) == (
        1,
        "ticket 1, resolution, arming 1: its moment is yet to come",
    )
    assert len(left.stays()) == 1


def test_whoever_ends_it_leaves_the_rest_to_be_seen(left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C: what was read and not done is nobody's, at once."""
    left.desk.event("1")
    left.send(nudge(), nudge("2"))

    def end(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Workflow, "fire", end)
    assert left.run("schedules")[0] == 130
    assert len(left.stays()) == 2


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_it_leaves_the_rest_to_be_seen(
    left: Left, monkeypatch: pytest.MonkeyPatch, ending: signal.Signals
) -> None:
    """As Ctrl-C does; and afterwards such a signal does what it did before."""
    left.send(nudge(), nudge("2"))
    monkeypatch.setattr(Workflow, "fire", lambda *_: signal.raise_signal(ending))
    before = signal.signal(ending, signal.SIG_DFL)
    try:
        assert left.run("schedules")[0] == 130
        assert signal.getsignal(ending) is signal.SIG_DFL
    finally:
        signal.signal(ending, before)
    assert len(left.stays()) == 2


def test_messages_that_somebody_else_has_are_told_from_none(left: Left) -> None:
    """Nobody takes a queue for empty while it isn't."""
    left.send(nudge(), nudge("2"))
    left.sqs.receive_message(QueueUrl=left.url, MaxNumberOfMessages=10, VisibilityTimeout=600)
    said = "2 are being looked at, and no others are in the queue"
    assert left.run("schedules") == (1, [said], [])


def of_function(name: str, message: dict[str, Any]) -> dict[str, Any]:
    """A record, and of which function it is."""
    arn = f"arn:aws:lambda:eu-north-1:123456789012:function:{name}:$LATEST"
    return message | {"requestContext": {"functionArn": arn, "condition": "RetriesExhausted"}}


def test_a_record_of_another_function_or_stream_stays(left: Left) -> None:
    """`--queue` may name any queue: a message whose work was not done is not deleted."""
    audit = of_function("desk-Audit-1a2B", failed({"source": "aws.events"}))
    arm = of_function("desk-Arm-1a2B", position(DUE))
    ledger = position(DUE, "LEDGER_TABLE")
    unsaid = position(DUE) | {"DDBStreamBatchInfo": {"approximateArrivalOfLastRecord": DUE}}
    tickets, rows = os.environ["TICKETS_TABLE"], os.environ["LEDGER_TABLE"]
    for name, message, said in (
        ("timer", of_function("desk-Audit-1a2B", failed(nudge())), "it is of desk-Audit-1a2B: "),
        ("audit", of_function("desk-Timer-1a2B", failed({})), "it is of desk-Timer-1a2B: "),
        ("audit", failed(nudge()), "it is of a ticket's schedule: "),
        ("notify", arm, "it is of desk-Arm-1a2B: "),
        ("arm", ledger, f"it is not of the stream of {tickets}: "),
        ("notify", ledger, f"it is not of the stream of {tickets}: "),
        ("ledger", position(DUE), f"it is not of the stream of {rows}: "),
        ("ledger", unsaid, f"it is not of the stream of {rows}: "),
    ):
        left.send(message)
        code, _, err = left.run(name)
        assert (code, err[0].split(" stays: ")[1]) == (1, f"{said}another queue's")
        assert left.stays() == [json.dumps(message)]
        left.empty()
    left.send(arm)
    assert left.run("arm")[0] == 0
    left.send(audit)
    assert left.run("audit")[0] == 0


@pytest.mark.parametrize("name", ["arm", "notify", "ledger", "audit", "timer", "notices"])
def test_a_message_made_to_break_it_stays_and_is_named(left: Left, name: str) -> None:
    """Nesting that no parser takes, and a moment that no calendar has a minute after."""
    left.send("[" * 100_000, position("9999-12-31T23:59:59Z"))
    code, out, err = left.run(name)
    assert (code, out[-2:], len(err)) == (1, ["messages done: 0", "messages that stay: 2"], 2)
    assert all(" stays: it " in line for line in err)


def test_what_a_terminal_would_obey_is_shown_escaped(left: Left) -> None:
    """A helpdesk's user chooses ids: no line of ours is forged, and no screen cleared."""
    left.send(nudge("1\nmessages done: 9\x1b[2J", lane="\x1b]0;x\x07"))
    code, out, _ = left.run("schedules")
    line = r"ticket 1\nmessages done: 9\x1b[2J, \x1b]0;x\x07, arming 1: "
    assert (code, out[0]) == (0, f"{line}nothing to do, it is not the clock's current schedule")


def test_the_region_may_be_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the profile that is configured, where the environment names none."""
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-west-3\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    assert deployed.stack(os.environ, ()).settings.region == "eu-west-3"
    assert deployed.stack({"AWS_REGION": "eu-north-1"}, ()).settings.region == "eu-north-1"
    config.write_text("")
    with pytest.raises(InvalidSettings, match="AWS_REGION is missing"):
        _ = deployed.stack(os.environ, ()).settings.region


def test_an_answer_that_is_none_of_awss_is_told_in_a_line() -> None:
    """Such as a proxy's page."""
    with pytest.raises(SlaError, match="AWS says no: no XML"), stacks.told_plainly():
        raise ResponseParserError("no XML")


def test_no_more_messages_than_asked_for(left: Left) -> None:
    """`--most`, beyond a page of SQS's; that there may be more is said, and is no success."""
    left.send(*[nudge(f"t{number}") for number in range(13)])
    code, out, err = left.run("schedules", "--most", "12")
    assert (code, out[-2]) == (1, "messages done: 12")
    assert err == ["slaclock: there may be more: run it again"]
    assert len(left.stays()) == 1
    assert left.run("schedules", "--most", "12")[0] == 0


def test_arm_makes_the_schedules_that_are_missing(left: Left) -> None:
    """From the table, under the same names; those that are there stay, and so it may run twice."""
    left.desk.event("1")
    left.at(hours=1)
    left.desk.event("2")
    before = left.schedules()
    left.lose_schedules()
    left.send(position(format_instant(MONDAY)), position(format_instant(MONDAY)))
    assert left.run("arm", "--dry-run") == (
        0,
        ["2 tickets would be armed anew", "messages looked at: 2", "messages that stay: 0"],
        [],
    )
    assert left.schedules() == {}
    assert left.run("arm") == (0, ["2 tickets armed anew", "messages done: 2", "messages that stay: 0"], [])
    assert left.schedules() == before
    left.send(position(format_instant(MONDAY)))
    assert left.run("arm")[0] == 0
    assert left.schedules() == before


def test_arm_decides_at_once_what_has_come_due(left: Left) -> None:
    """Never a schedule in the past: the ticket is woken, and its next one is for what comes next."""
    left.desk.event("1")
    left.lose_schedules()
    left.at(hours=3)
    left.send(position(format_instant(MONDAY)))
    assert left.run("arm")[0] == 0
    assert left.told("1") == ["clock_started", "reminder_due"]
    left.desk.stack.settle()
    assert left.schedules() == {schedule_name("ticket#example#1", "resolution", 2): DUE}


def test_arm_goes_on_where_it_was_cut_short(left: Left) -> None:
    """`--most` tickets, the next one due first; the messages stay until a run has reached the last one."""
    for number in "123":
        left.desk.event(number)
        left.at(minutes=int(number))
    left.lose_schedules()
    left.send(position(format_instant(MONDAY)))
    code, out, err = left.run("arm", "--most", "2")
    moment = "2026-03-02T11:02:00Z"
    assert (code, out[0], len(left.schedules())) == (1, "messages done: 0", 2)
    assert err[0].split(" stays: ")[1] == f"there are more than 2 tickets: go on with --since {moment}"
    code, _, err = left.run("arm", "--most", "2", "--since", moment)
    assert (code, len(left.schedules()), len(left.stays())) == (1, 3, 1)
    said = "1 tickets armed anew: run it once without --since to empty the queue"
    assert err[0].split(" stays: ")[1] == said
    assert (left.run("arm")[0], left.stays()) == (0, [])


def test_arm_names_a_ticket_that_fails_and_does_the_others(
    left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the messages stay."""
    left.desk.event("1")
    left.desk.event("2")
    left.lose_schedules()
    left.send(position(format_instant(MONDAY)))
    load = DynamoStore.load

    def unlucky(store: DynamoStore, subject: str, *more: Any) -> Any:
        if subject.endswith("#1"):
            raise StoreUnavailableError("InternalServerError")
        return load(store, subject, *more)

    with monkeypatch.context() as patched:
        patched.setattr(DynamoStore, "load", unlucky)
        code, _, err = left.run("arm")
    assert (code, err[0]) == (1, "slaclock: ticket 1: StoreUnavailableError: InternalServerError")
    assert err[1].endswith(" stays: 1 tickets armed anew, 1 failed")
    assert (len(left.schedules()), len(left.stays())) == (1, 1)


def untold(left: Left, ticket_id: str) -> None:
    """A ticket is breached, and notify hears nothing of it."""
    left.desk.stack.functions["Notify"] = lambda _: {}
    left.desk.event(ticket_id)
    left.at(hours=4, minutes=ticket_id != "1")
    left.desk.stack.settle()


def test_notify_tells_what_waits_to_be_told(left: Left) -> None:
    """What waited when the last of the records came; what came later, notify has before it."""
    untold(left, "1")
    left.at(hours=4, minutes=30)
    left.desk.event("2")
    left.at(hours=8, minutes=30)
    left.desk.stack.settle()
    left.send(position(DUE))
    assert left.run("notify", "--dry-run")[1][0] == "3 facts would be told"
    assert inbox(left.desk.stack) == []
    assert left.run("notify") == (0, ["3 facts told", "messages done: 1", "messages that stay: 0"], [])
    told = sorted((each["json"]["ticket_id"], each["json"]["fact"]) for each in inbox(left.desk.stack))
    assert told == [("1", "clock_breached"), ("1", "escalation_due")]
    left.send(position(DUE))
    assert left.run("notify")[1][0] == "0 facts told"


def test_notify_tells_no_more_than_asked_for(left: Left) -> None:
    """The messages stay as long as there may be more."""
    untold(left, "1")
    left.send(position(DUE))
    code, _, err = left.run("notify", "--most", "2")
    assert (code, err[0].split(" stays: ")[1]) == (1, "2 facts told, and there may be more: run it again")
    assert left.run("notify", "--most", "2")[:2] == (
        0,
        ["1 facts told", "messages done: 1", "messages that stay: 0"],
    )


def test_notify_does_not_ask_to_be_run_again_where_all_failed(
    left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would begin with the same ones."""
    untold(left, "1")
    left.send(position(DUE))

    def fail(*_: Any) -> None:
        raise StoreUnavailableError("InternalServerError")

    monkeypatch.setattr(DynamoStore, "announcement", fail)
    code, _, err = left.run("notify", "--most", "2")
    assert (code, err[-1].split(" stays: ")[1]) == (1, "0 facts told, 2 failed")


@contextmanager
def altered(left: Left, table: str, key: str, **members: Any) -> Iterator[None]:
    """An item of ticket 1 is changed behind everybody's back, or removed, for as long as the block lasts."""
    items = boto3.resource("dynamodb").Table(left.desk.stack.cloud.names[table])
    where = {"pk": "ticket#example#1", "sk": key}
    item = items.get_item(Key=where)["Item"]
    items.delete_item(Key=where)
    if members:
        items.put_item(Item={**item, **members})
    yield
    items.put_item(Item=item)


BREACH, STARTED = "clock_breached:resolution:1.0", "clock_started:resolution:1.0"
ALTERED: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("Ledger", BREACH, {}, f"the row of {BREACH} is missing"),
    ("Ledger", BREACH, {"body": "{}"}, f"the row of {BREACH} is not what was told"),
    ("Ledger", BREACH, {"breach_month": "2025-01#0"}, f"the row of {BREACH} is not what was told"),
    ("Tickets", f"FACT#{STARTED}", {"cause_hash": "x"}, f"fact 2, {STARTED}, is not what followed"),
    ("Tickets", f"FACT#{STARTED}", {}, "fact 2, "),
    ("Tickets", f"FACT#{BREACH}", {}, "fact 4, "),
    ("Tickets", "FACT#escalation_due:resolution:1.0:1.0", {}, "its last link is 5, and 4 are there"),
    ("Tickets", "TICKET", {"head": "x"}, "its head is not the hash of its last link"),
    ("Tickets", "TICKET", {"seq": 6}, "its last link is 6, and 5 are there"),
    ("Tickets", "TICKET", {"seq": "4"}, "can't be read: TICKET: "),
    ("Tickets", f"FACT#{BREACH}", {"seq": "3"}, f"can't be read: FACT#{BREACH}: "),
    ("Tickets", f"FACT#{BREACH}", {"body": "x"}, "can't be read: ValueError: it is no document"),
    ("Tickets", f"FACT#{BREACH}", {"body": "{}"}, f"fact 4, {BREACH}, is not what followed"),
    ("Tickets", f"FACT#{BREACH}", {"body": "null"}, "can't be read: ValueError: it is no document"),
    ("Ledger", BREACH, {"recorded_order": "x"}, f"the row of {BREACH} is not what was told"),
    ("Ledger", BREACH, {"seq": "3"}, "can't be read: AttributeDeserializationError: "),
)


def test_ledger_finds_that_all_is_as_it_was_told(left: Left) -> None:
    """Every fact against its row and its chain; the messages are done with."""
    left.desk.event("1")
    left.desk.event("2", status="pending")
    left.desk.advance(hours=5)
    left.send(position(DUE, "LEDGER_TABLE"))
    assert left.run("ledger", "--dry-run")[1][0] == "every fact would be held against its row"
    code, out, err = left.run("ledger")
    assert (code, err, left.stays()) == (0, [], [])
    assert out[0].endswith(" facts of 2 tickets held against their rows: all agree")


def test_ledger_names_what_was_altered(left: Left) -> None:
    """And the messages stay: they say when it was."""
    left.desk.event("1")
    left.desk.event("2")
    left.desk.advance(hours=5)
    left.send(position(DUE, "LEDGER_TABLE"))
    for table, key, members, fault in ALTERED:
        with altered(left, table, key, **members):
            code, _, err = left.run("ledger")
        assert (code, len(left.stays())) == (1, 1)
        assert err[0].startswith(f"slaclock: ticket 1: {fault}")
        assert " facts of 2 tickets held " in err[-1]
    assert left.run("ledger")[0] == 0


def test_audit_sweeps_once_for_all_that_failed(left: Left) -> None:
    """Whatever was left behind is put right; the messages go if nothing is left."""
    left.desk.event("1")
    left.lose_schedules()
    left.at(hours=5)
    left.send(failed({"source": "aws.events"}), failed({"source": "aws.events"}))
    assert left.run("audit", "--dry-run")[1][0] == "a sweep would be run"
    assert left.run("audit") == (0, ["swept: 1 woken", "messages done: 2", "messages that stay: 0"], [])
    assert "clock_breached" in left.told("1")


def test_a_sweep_that_leaves_something_behind_makes_up_for_none(
    left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The messages stay until one leaves nothing."""
    left.desk.event("1")
    left.lose_schedules()
    left.at(hours=5)
    left.send(failed({"source": "aws.events"}))

    def fail(*_: Any) -> None:
        raise StoreUnavailableError("InternalServerError")

    with monkeypatch.context() as patched:
        patched.setattr(Workflow, "wake", fail)
        code, _, err = left.run("audit")
    assert (code, len(left.stays())) == (1, 1)
    assert err[-1].endswith(" stays: swept: 1 failed")
    assert left.run("audit")[0] == 0


def subscribed(left: Left, topic: str, *, raw: bool) -> None:
    """The queue gets what a subscription of its kind would have got: as SNS writes it."""
    arn = left.sqs.get_queue_attributes(QueueUrl=left.url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    boto3.client("sns").subscribe(
        TopicArn=left.desk.stack.cloud.arns[topic],
        Protocol="sqs",
        Endpoint=arn,
        Attributes={"RawMessageDelivery": str(raw).lower()},
    )


def levels(left: Left) -> list[str]:
    """The ids of the messages to on-call staff."""
    to_oncall = [each for each in inbox(left.desk.stack) if each["topic"] == "OnCall1Topic"]
    return [each["json"]["notification_id"] for each in to_oncall]


@pytest.mark.parametrize("raw", [False, True], ids=["in its envelope", "raw"])
def test_a_message_that_nobody_got_is_told_again(left: Left, *, raw: bool) -> None:
    """To the same topic, with the same id, so that those who got it know it."""
    subscribed(left, "OnCall1Topic", raw=raw)
    left.desk.event("1")
    left.desk.advance(hours=4)
    (first,) = levels(left)
    line = "escalation_due of ticket 1 to oncall-1: "
    assert left.run("notices", "--dry-run")[1][0] == f"{line}would be told again"
    assert levels(left) == [first]
    code, out, _ = left.run("notices", "--most", "1")
    assert (code, out[0]) == (1, f"{line}told again")
    assert levels(left) == [first, first]


def test_what_is_left_of_one_message_at_several_subscribers_is_told_again_once(left: Left) -> None:
    """All of a topic's subscribers hear a repeat, so one is enough."""
    subscribed(left, "OnCall1Topic", raw=False)
    left.desk.event("1")
    left.desk.advance(hours=4)
    (body,) = left.stays()
    left.sqs.purge_queue(QueueUrl=left.url)
    boto3.client("sns").unsubscribe(
        SubscriptionArn=boto3.client("sns").list_subscriptions()["Subscriptions"][0]["SubscriptionArn"]
    )
    left.send(body, body)
    code, out, _ = left.run("notices")
    assert (code, [line.rpartition(": ")[2] for line in out[:2]]) == (0, ["told again", "is told"])
    assert len(levels(left)) == 2


def test_a_mail_is_known_by_what_stands_beside_it(left: Left) -> None:
    """A mail's text is no JSON: the envelope's attributes say which fact it told."""
    left.desk.event("1")
    left.desk.advance(hours=4)
    (first,) = levels(left)
    envelope = {
        "Type": "Notification",
        "MessageId": "m",
        "TopicArn": left.desk.stack.cloud.arns["OnCall1Topic"],
        "Message": "BREACH, level 1",
        "MessageAttributes": {"notification_id": {"Type": "String", "Value": first}},
    }
    left.send(envelope, envelope | {"TopicArn": "arn:aws:sns:eu-north-1:123456789012:elsewhere"})
    code, out, err = left.run("notices")
    assert (code, out[0]) == (1, "escalation_due of ticket 1 to oncall-1: told again")
    assert err[0].endswith("this fact was not for arn:aws:sns:eu-north-1:123456789012:elsewhere")
    assert levels(left) == [first, first]


def test_a_customers_message_is_known_by_its_ticket(left: Left) -> None:
    """Its id says nothing: the fact is looked for among what the ticket told. A mail names no ticket."""
    left.desk.event("1")
    left.desk.advance(hours=4)
    (first,) = levels(left)
    known = customers_id(first)
    document = {"notification_id": known, "account": "example", "ticket_id": "1", "audience": "oncall-1"}
    attributes = {"notification_id": {"Type": "String", "Value": known}}
    mail = {"Type": "Notification", "MessageId": "m", "Message": "Ticket 1", "MessageAttributes": attributes}
    left.send(document, mail, document | {"ticket_id": "2"})
    code, out, err = left.run("notices")
    assert (code, out[0]) == (1, "escalation_due of ticket 1 to oncall-1: told again")
    assert err[0].endswith("it is a customer's and names no ticket: tell them, then delete it")
    assert err[1].endswith("it tells of a fact that is not there")
    assert levels(left) == [first, first]


def test_a_reminder_of_a_clock_that_stopped_is_not_told_again(left: Left) -> None:
    """It has nothing to say any more, so its message is done with."""
    left.desk.event("1")
    left.desk.advance(hours=2, minutes=1)
    (reminder,) = inbox(left.desk.stack)
    left.desk.event("1", "solved", status="solved")
    left.send(reminder["json"])
    code, out, _ = left.run("notices")
    assert (code, out[0]) == (0, "reminder_due of ticket 1 to team: nothing to say any more")
    assert len(inbox(left.desk.stack)) == 1


def stormed(left: Left, *tickets: str) -> dict[str, Any]:
    """The message that lists the reminders of all these tickets."""
    for ticket in tickets:
        left.desk.event(ticket)
    left.desk.advance(hours=2, minutes=1)
    (message,) = inbox(left.desk.stack)
    assert [each["ticket_id"] for each in message["json"]["reminders"]] == list(tickets)
    return message


@pytest.mark.parametrize("raw", [False, True], ids=["in its envelope", "raw"])
def test_reminders_that_were_told_together_are_told_together_again(left: Left, *, raw: bool) -> None:
    """But for those that have nothing to say any more; what is left of one message twice is told once."""
    subscribed(left, "TeamTopic", raw=raw)
    stormed(left, "1", "2", "3")
    (body,) = left.all_that_stays()
    left.sqs.purge_queue(QueueUrl=left.url)
    left.desk.event("2", "solved", status="solved")
    left.send(body, body)
    assert left.run("notices", "--dry-run")[1][0] == "3 reminders to team: would be told again"
    boto3.client("sns").unsubscribe(
        SubscriptionArn=boto3.client("sns").list_subscriptions()["Subscriptions"][0]["SubscriptionArn"]
    )
    code, out, _ = left.run("notices")
    assert (code, out[:2]) == (0, ["3 reminders to team: told again", "3 reminders to team: is told"])
    again = inbox(left.desk.stack)[-1]["json"]
    assert [each["ticket_id"] for each in again["reminders"]] == ["1", "3"]
    assert len(inbox(left.desk.stack)) == 2


def test_reminders_of_clocks_that_all_stopped_are_not_told_again(left: Left) -> None:
    """The message is done with."""
    message = stormed(left, "1", "2")
    for ticket in ("1", "2"):
        left.desk.event(ticket, "solved", status="solved")
    left.send(message["json"])
    assert left.run("notices")[1][0] == "2 reminders to team: nothing to say any more"
    assert len(inbox(left.desk.stack)) == 1


def test_of_several_reminders_one_that_is_none_or_not_there_stays(left: Left) -> None:
    """A mail that names none of them, too: a person has to tell what it says."""
    document = stormed(left, "1", "2")["json"]
    left.desk.advance(hours=2)
    level = levels(left)[0]
    left.send(
        {**document, "reminders": [*document["reminders"], {"id": level}]},
        {**document, "reminders": [{"id": 7}]},
        {**document, "audience": "legal"},
        {"notification_id": document["notification_id"]},
    )
    before = len(inbox(left.desk.stack))
    code, _, err = left.run("notices")
    assert (code, len(inbox(left.desk.stack)), len(left.stays())) == (1, before, 4)
    none = "it tells of several reminders and names none: tell the people, then delete it"
    assert sorted(line.partition("stays: ")[2] for line in err) == [
        "it lists what is no reminder",
        none,
        none,
        "this fact was not for legal",
    ]


def asked(ticket: str, audience: str = "team") -> dict[str, str]:
    key = "reminder_due:resolution:1.0:b0.0"
    return {"subject": f"ticket#example#{ticket}", "key": key, "audience": audience}


def test_a_reminder_that_notify_gave_up_on_is_told_alone_and_once(left: Left) -> None:
    """Twice in the queue, it is told once; what was told meanwhile is done with."""
    left.desk.event("1")
    left.desk.stack.functions["Notify"] = lambda _event: {}
    left.desk.advance(hours=2, minutes=1)
    assert inbox(left.desk.stack) == []
    left.send(asked("1"), asked("1"))
    assert left.run("reminders", "--dry-run")[1][0] == "reminder_due of ticket 1 to team: would be told"
    code, out, err = left.run("reminders")
    assert (code, err, left.stays()) == (0, [], [])
    assert out[:2] == [
        "reminder_due of ticket 1 to team: done",
        "reminder_due of ticket 1 to team: nothing to do, it was told or had nothing to say",
    ]
    (message,) = inbox(left.desk.stack)
    assert message["json"]["fact"] == "reminder_due"


@pytest.mark.parametrize("message", [{}, [], "no JSON", {"subject": 1, "key": "", "audience": ""}, "null"])
def test_what_asks_for_no_reminder_stays(left: Left, message: Any) -> None:
    """Named, and given back."""
    left.send(message)
    code, _, err = left.run("reminders")
    assert (code, err[0].endswith("it asks for no reminder"), len(left.stays())) == (1, True, 1)


def test_a_stack_is_found_by_its_name(left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue by CloudFormation, and what its function works with by Lambda: nothing else is needed."""
    left.desk.event("1")
    left.lose_schedules()
    left.send(position(format_instant(MONDAY)))
    environ = variables_of("Arm", left.desk.stack.cloud)
    for name in environ:
        os.environ.pop(name, None)

    class Aws:
        def describe_stack_resource(self, *, StackName: str, LogicalResourceId: str) -> Any:  # noqa: N803
            assert StackName == "production"
            found = {"ArmFailures": left.url, "Arm": "production-Arm-X"}[LogicalResourceId]
            return {"StackResourceDetail": {"PhysicalResourceId": found}}

        def get_function_configuration(self, *, FunctionName: str) -> Any:  # noqa: N803
            assert FunctionName == "production-Arm-X"
            return {"Environment": {"Variables": environ}}

    client = Wiring.client
    monkeypatch.setattr(
        Wiring,
        "client",
        lambda self, service: Aws() if service in ("cloudformation", "lambda") else client(self, service),
    )
    assert left.run("arm", "--stack", "production")[:2][0] == 0
    assert len(left.schedules()) == 1


def test_what_is_missing_is_named(left: Left) -> None:
    """Where the queue is, a variable, a queue that is not there, a stack that nobody may see."""
    assert main(["redrive", "arm"]) == 1
    assert "where is the queue? Say --stack NAME, or --queue URL" in left.desk.capsys.readouterr().err
    missing = left.url.replace("left", "elsewhere")
    assert main(["redrive", "timer", "--queue", missing]) == 1
    assert "AWS says no: " in left.desk.capsys.readouterr().err
    del os.environ["SCHEDULE_GROUP"]
    assert left.run("arm") == (1, [], ["slaclock: the environment variable SCHEDULE_GROUP is missing"])


@pytest.mark.parametrize("options", [("--most", "0"), ("--most", "x"), ("--since", "yesterday")])
def test_what_cant_be_meant_is_refused(options: tuple[str, ...]) -> None:
    """Exit status 2, as for any wrong usage."""
    with pytest.raises(SystemExit, match="2"):
        main(["redrive", "arm", "--queue", "x", *options])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_queue_is_the_templates_and_its_function_knows_what_is_needed(kind: Any) -> None:
    """So that `--stack` is enough."""
    template = Template(written())
    assert kind.queue in dict(template.of_type("AWS::SQS::Queue"))
    function = dict(template.of_type("AWS::Serverless::Function"))[kind.function]
    assert set(kind.needs) <= set(function["Environment"]["Variables"])


def test_every_queue_of_the_template_has_a_command() -> None:
    """None is left without a way back."""
    queues = set(dict(Template(written()).of_type("AWS::SQS::Queue")))
    assert {kind.queue for kind in KINDS} == queues - {"Reminders"}  # in which what waits is well


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_help_says_what_the_queue_is_and_that_it_may_run_twice(
    kind: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is woken by an alarm reads it first."""
    with pytest.raises(SystemExit):
        main(["redrive", kind.name, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"{kind.queue} holds {kind.left}." in said
    assert "safe to run twice" in said


def partner_event(ticket_id: int = 7) -> dict[str, Any]:
    """What EventBridge brings of a new ticket."""
    sample = json.loads((ROOT / "events" / "zendesk" / "partner_created.json").read_text(encoding="utf-8"))
    event: dict[str, Any] = sample["body"]
    told = event["detail"]["ticket_event"]
    told["ticket"] |= {"id": ticket_id, "created_at": DUE, "updated_at": DUE}
    told["meta"]["occurred_at"] = DUE
    return event


def test_partner_events_that_webhook_failed_at_are_taken_in(left: Left) -> None:
    """Lambda's record has all that webhook was asked; a second run knows the event already."""
    asked = {"pathParameters": {"connection": "zendesk-local"}, "partner": partner_event()}
    left.send(failed(asked), failed(asked))
    code, out, err = left.run("partner")
    name = partner_event()["id"]
    assert (code, err, left.stays()) == (0, [], [])
    assert out[:2] == [
        f"event {name}: 1 accepted, 0 known already",
        f"event {name}: 0 accepted, 1 known already",
    ]
    assert left.desk.stack.store.load("ticket#example#7").saved


def test_a_partner_event_that_never_reached_webhook_is_for_the_connection_that_is_named(left: Left) -> None:
    """EventBridge's message is the event alone; without the connection it stays."""
    left.send(partner_event())
    code, _, err = left.run("partner")
    assert (code, "say so with --connection ID" in err[0], len(left.stays())) == (1, True, 1)
    assert left.run("partner", "--connection", "zendesk-local", "--dry-run")[1][0].endswith(
        "would be taken in"
    )
    code, out, _ = left.run("partner", "--connection", "zendesk-local")
    assert (code, left.stays()) == (0, [])
    assert out[0].endswith("1 accepted, 0 known already")


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ({"partner": partner_event()}, "it does not say which connection it is for"),
        ({"source": "aws.scheduler", "detail": {}}, "it is no partner event"),
        ({"partner": [], "pathParameters": {"connection": "zendesk-local"}}, "it is no partner event"),
        ({"partner": partner_event(), "pathParameters": {"connection": "nobody"}}, "UnknownConnection"),
        ({"requestPayload": [1]}, "it is no partner event"),
        ("[]", "it is no JSON object"),
    ],
)
def test_what_is_no_partner_event_of_ours_stays(left: Left, message: Any, why: str) -> None:
    """Named, and given back."""
    left.send(message)
    code, _, err = left.run("partner")
    assert (code, why in err[0], len(left.stays())) == (1, True, 1)
