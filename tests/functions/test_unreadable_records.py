"""A record of a stream that can't be read: it is logged with its keys' ids, and keeps no other waiting."""

import json
from typing import Any

import pytest

from slaclock.domain.facts import public_id
from tests.functions.emitted import values
from tests.functions.test_notify_and_audit import BREACH, announced, outbox
from tests.functions.test_timer_and_arm import record
from tests.functions.test_webhook import SUBJECT, posted, sample
from tests.functions.world import World

LEVEL = "escalation_due:first_response:1.0:1.0"
ROW = "clock_breached:first_response:1.0"
MARK = "PRIVATE"


@pytest.fixture
def world() -> World:
    """A ticket whose first response has just been breached."""
    world = World("2026-03-27T14:06:00Z")
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    world.at(BREACH)
    world.workflow.wake(SUBJECT, "timer")
    return world


def only(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """The one error that was logged, without what anybody wrote."""
    (line,) = [vars(each) for each in caplog.records if each.levelname == "ERROR"]
    assert MARK not in json.dumps(line, default=str)
    return line


def ids(line: dict[str, Any]) -> list[Any]:
    return [line.get(name) for name in ("account", "ticket", "clock", "fact", "fact_id")]


def test_what_another_version_put_into_the_outbox_is_named(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Its body has nothing that this one knows; what comes behind it is told."""
    (item,) = outbox(world, "escalation_due")
    strange = {**item, "body": json.dumps({MARK: MARK})}
    breach = outbox(world, "clock_breached")
    caplog.clear()
    assert announced(world, [strange, *breach]) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    line = only(caplog)
    assert line["message"].startswith("a fact could not be announced: KeyError at ")
    assert ids(line) == ["example", "4711", "first_response", LEVEL, public_id(SUBJECT, LEVEL)]
    assert line["keys"] == {"pk": SUBJECT, "sk": f"OUTBOX#{LEVEL}"}
    assert len(world.sns.sent) == 1


@pytest.mark.parametrize(
    ("pk", "named"), [(SUBJECT, ["example", "4711"]), ("4711", [None, None]), ("a#b#c#d", [None, None])]
)
def test_a_ticket_that_can_not_be_read_is_named_as_far_as_its_keys_do(
    world: World, caplog: pytest.LogCaptureFixture, pk: str, named: list[str | None]
) -> None:
    """Its moments are no JSON, or its key is no subject of ours."""
    item = world.memory.tables["tickets"][SUBJECT, "TICKET"]
    strange = {**item, "pk": pk, **({"wakes": MARK} if pk == SUBJECT else {})}
    caplog.clear()
    answer = world.function("arm").handler({"Records": [record(None, strange, 7)]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "7"}]}
    line = only(caplog)
    assert "a ticket's schedules could not be made: " in line["message"]
    assert ids(line)[:2] == named
    assert line["keys"] == {"pk": pk, "sk": "TICKET"}


def test_a_row_of_the_ledger_that_can_not_be_read_hides_no_other(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """DynamoDB removed one that lacks its time; the one behind it was altered, and that is found."""
    row = world.memory.tables["ledger"][SUBJECT, ROW]
    strange = {**row, "recorded_order": MARK, "expires_at": 1}
    gone = record(strange, strange, 1)
    gone |= {
        "eventName": "REMOVE",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
    }
    del gone["dynamodb"]["NewImage"]
    caplog.clear()
    capsys.readouterr()
    records = [gone, record(row, {**row, "body": MARK}, 2)]
    answer = world.function("audit").handler({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert values(capsys)["LedgerChanged"] == [1.0]
    unread, altered = [vars(each) for each in caplog.records if each.levelname == "ERROR"]
    assert unread["message"].startswith("a change of the ledger could not be looked at: ")
    assert altered["message"] == "a row of the ledger was altered"
    for line in (unread, altered):
        assert MARK not in json.dumps(line, default=str)
        assert ids(line) == ["example", "4711", "first_response", ROW, public_id(SUBJECT, ROW)]


def test_a_record_without_its_keys_is_logged_all_the_same(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing that a record lacks keeps its error from the log, or those behind it from being acted on."""
    (item,) = outbox(world, "escalation_due")
    strange, good = record(None, {**item, "body": "{}"}, 1), record(None, item, 2)
    del strange["dynamodb"]["Keys"]
    caplog.clear()
    answer = world.function("notify").handler({"Records": [strange, good]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert only(caplog)["keys"] == {}
    assert len(world.sns.sent) == 1
