"""Announcing facts on SNS, and the auditor that finds what was left behind."""

import json
from typing import Any

import pytest

from tests.functions.emitted import values
from tests.functions.test_timer_and_arm import record
from tests.functions.test_webhook import SUBJECT, posted, sample
from tests.functions.world import World

BREACH = "2026-03-27T14:35:00Z"


@pytest.fixture
def world() -> World:
    """A ticket whose first response has just been breached."""
    world = World("2026-03-27T14:06:00Z")
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    world.at(BREACH)
    world.workflow.wake(SUBJECT, "timer")
    return world


def outbox(world: World, key: str = "") -> list[dict[str, Any]]:
    items = world.memory.tables["tickets"].values()
    return [item for item in items if item["sk"].startswith(f"OUTBOX#{key}")]


def announced(world: World, items: list[dict[str, Any]]) -> dict[str, Any]:
    records = [record(None, item, number) for number, item in enumerate(items, 1)]
    answer: dict[str, Any] = world.function("notify").handler({"Records": records}, None)
    return answer


def gathered(world: World, receives: int = 1) -> dict[str, Any]:
    """What waits on the queue comes to notify, as Lambda brings it."""
    records = [
        {
            "messageId": f"m{number}",
            "receiptHandle": f"receipt {number}",
            "body": body,
            "attributes": {"ApproximateReceiveCount": str(receives)},
            "eventSource": "aws:sqs",
        }
        for number, body in enumerate(world.sqs.messages)
    ]
    world.sqs.messages.clear()
    answer: dict[str, Any] = world.function("notify").handler({"Records": records}, None)
    return answer


def test_a_level_is_published_to_its_audience(world: World) -> None:
    """Text for people with local time and UTC, JSON for programs, attributes for filters."""
    announced(world, outbox(world, "escalation_due"))
    (message,) = world.sns.sent
    assert message["TopicArn"] == "arn:oncall-1"
    assert message["Subject"] == "BREACH, level 1: first response of ticket 4711 (acme, urgent) was missed"
    texts = json.loads(message["Message"])
    assert "Due: Fri 27 Mar 2026 15:35 CET (14:35 UTC)" in texts["email"]
    assert len(texts["sms"]) <= 140
    document = json.loads(texts["sqs"])
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes["notification_id"] == document["notification_id"] == document["id"]
    assert {name: attributes[name] for name in ("account", "event", "severity", "level", "customer")} == {
        "account": "example",
        "event": "escalation_due",
        "severity": "critical",
        "level": "1",
        "customer": "acme",
    }


def test_an_audience_without_a_topic_is_told_through_the_default(world: World) -> None:
    """No message is lost for want of a topic: of level 2's audience the settings know none."""
    world.at("2026-03-27T15:05:00Z")
    world.workflow.wake(SUBJECT, "timer")
    announced(world, outbox(world, "escalation_due:first_response:1.0:2."))
    assert [message["TopicArn"] for message in world.sns.sent] == ["arn:default"]


def test_what_was_sent_is_recorded_and_leaves_the_outbox(world: World) -> None:
    """The delivery ledger: which audience, when, which message."""
    announced(world, outbox(world, "escalation_due"))
    assert outbox(world, "escalation_due") == []
    assert world.memory.messages(SUBJECT) == [
        {
            "fact_key": "escalation_due:first_response:1.0:1.0",
            "audience": "oncall-1",
            "at": BREACH,
            "message_id": "message-1",
            "why": None,
        }
    ]


def test_a_record_that_comes_twice_is_published_once(world: World) -> None:
    """What was sent is looked up first."""
    items = outbox(world, "escalation_due")
    announced(world, items)
    announced(world, items)
    assert len(world.sns.sent) == 1


def test_a_failed_publish_is_reported_and_stays_in_the_outbox(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Partial batch response; nothing is marked as sent."""
    world.sns.down = True
    assert announced(world, outbox(world, "escalation_due")) == {
        "batchItemFailures": [{"itemIdentifier": "1"}]
    }
    assert len(outbox(world, "escalation_due")) == 1
    assert world.memory.messages(SUBJECT) == []
    assert values(capsys)["NotAnnounced"] == [1.0]


def test_a_reminder_of_a_clock_that_stopped_is_suppressed_and_a_breach_never(world: World) -> None:
    """State is read again just before publishing (rule 22)."""
    announced(world, outbox(world))
    events = [message["MessageAttributes"]["event"]["StringValue"] for message in world.sns.sent]
    assert sorted(events) == ["clock_breached", "escalation_due"]
    suppressed = [each for each in world.memory.messages(SUBJECT) if each["why"]]
    assert [each["fact_key"] for each in suppressed] == [
        "reminder_due:first_response:1.0:b0.0",
        "reminder_due:first_response:1.0:b0.1",
    ]


def test_only_insertions_into_the_outbox_are_announced(world: World) -> None:
    """Other records of the stream do nothing, whatever the filter let through."""
    announced(world, [world.memory.tables["tickets"][SUBJECT, "TICKET"]])
    assert world.sns.sent == []


def test_what_the_auditor_caught_is_counted_by_its_kind(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clock that no schedule woke, facts that nobody was told, a delivery that the table could not take."""
    other = sample("zendesk/ticket_created_urgent")
    other |= {"id": "other", "detail": other["detail"] | {"id": "1"}}
    world.memory.down = True
    posted(world, json.dumps(other).encode())
    world.memory.down = False
    world.at("2026-03-27T16:08:00Z")
    world.function("audit").handler({}, None)
    found = values(capsys)
    caught = {name: found[name] for name in found if name.startswith("Caught")}
    assert caught == {"CaughtTickets": [1.0], "CaughtFacts": [4.0], "CaughtDeliveries": [1.0]}
    assert (found["AuditorFailures"], found["SetAside"], found["LeftOver"]) == ([0.0], [0.0], [0.0])


def test_what_the_auditor_set_aside_for_a_person_is_counted(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A delivery that was kept unverified, and whose signature does not hold: no sweep takes it again."""
    world.memory.agreements_down = True
    world.at("2026-03-27T15:40:00Z")  # a connection is known for a minute
    posted(world, b"{}", **{"x-zendesk-webhook-signature": "AAAA"})
    world.memory.agreements_down = False
    audit = world.function("audit").handler
    assert [audit({}, None)["refused"] for _ in range(2)] == [1, 0]
    assert values(capsys)["SetAside"] == [1.0, 0.0]


def test_what_a_person_puts_back_is_taken_by_the_next_sweep(world: World) -> None:
    """A delivery that nobody could read, moved to where the table's are once its connection is mended."""
    other = sample("zendesk/ticket_created_urgent")
    other |= {"id": "other", "detail": other["detail"] | {"id": "9"}}
    connection = world.memory.connection("desk") or {}
    world.memory.connect({**connection, "kind": "zendisk"})
    assert posted(world, json.dumps(other).encode())[1]["quarantined"] == 1
    world.memory.connect(connection)
    (key,) = world.s3.objects
    world.s3.objects[key.replace("unmapped/", "table/")] = world.s3.objects.pop(key)
    world.at("2026-03-27T14:40:00Z")
    assert world.function("audit").handler({}, None)["replayed"] == 1
    assert world.memory.load("ticket#example#9").saved is not None


@pytest.mark.parametrize(("at", "woken"), [("2026-03-27T14:22:00Z", 0), ("2026-03-27T14:22:01Z", 1)])
def test_the_auditor_wakes_what_is_overdue_by_more_than_two_minutes(at: str, woken: int) -> None:
    """A lost schedule is noticed late, and told all the same."""
    world = World("2026-03-27T14:06:00Z")
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    world.at(at)
    assert world.function("audit").handler({}, None)["woken"] == woken


def test_a_breach_that_the_auditor_notices_is_recorded_at_its_deadline() -> None:
    """Due when it was due, noticed when it was noticed, and by whom."""
    world = World("2026-03-27T14:06:00Z")
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    world.at("2026-03-27T15:10:00Z")
    world.function("audit").handler({}, None)
    row = json.loads(world.memory.tables["ledger"][SUBJECT, "clock_breached:first_response:1.0"]["body"])
    assert (row["at"], row["due_at"]) == (BREACH, BREACH)
    assert (row["detected_at"], row["detected_by"]) == ("2026-03-27T15:10:00Z", "auditor")


@pytest.mark.parametrize(("at", "announced"), [("2026-03-27T14:40:00Z", 0), ("2026-03-27T14:40:01Z", 4)])
def test_the_auditor_announces_what_has_waited_for_five_minutes(
    world: World, at: str, announced: int
) -> None:
    """A stream record that was lost costs minutes, not the message."""
    world.at(at)
    assert world.function("audit").handler({}, None)["announced"] == announced


def test_what_the_auditor_cannot_put_right_stops_nothing_else(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """With SNS failing it counts the breach and its level, names both, and goes on to what is overdue."""
    world.at("2026-03-27T16:08:00Z")
    world.sns.down = True
    swept = world.function("audit").handler({}, None)
    assert swept["failed"] == 2
    assert swept["woken"] == 1
    lines = [vars(each) for each in caplog.records if "a fact could not be put right" in each.getMessage()]
    assert {(each["account"], each["ticket"], each["fact"]) for each in lines} == {
        ("example", "4711", "clock_breached:first_response:1.0"),
        ("example", "4711", "escalation_due:first_response:1.0:1.0"),
    }


@pytest.mark.parametrize(
    ("change", "alarms"),
    [({"expires_at": 1}, 0), ({"body": "{}"}, 1), (None, 1)],
    ids=["expiry set", "row changed", "row removed"],
)
def test_a_row_of_the_ledger_that_is_altered_raises_an_alarm(
    world: World, change: dict[str, Any] | None, alarms: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only `expires_at` may ever change."""
    row = world.memory.tables["ledger"][SUBJECT, "clock_breached:first_response:1.0"]
    altered = record(row, {**row, **(change or {})})
    if change is None:
        altered["eventName"] = "REMOVE"
        del altered["dynamodb"]["NewImage"]
    world.function("audit").handler({"Records": [altered]}, None)
    assert f'"LedgerChanged":[{alarms}.0]' in capsys.readouterr().out.replace(" ", "")


def texts(world: World) -> list[str]:
    return [json.loads(message["Message"])["email"] for message in world.sns.sent]


def test_a_breach_told_late_says_so_and_how_late_it_is_by_now(world: World) -> None:
    """On-call staff are not to think that it has just happened."""
    world.at("2026-03-27T16:05:00Z")
    announced(world, outbox(world, "escalation_due"))
    (text,) = texts(world)
    assert "Late by: 1 h 30 min" in text
    assert "Told late: this was to be told at Fri 27 Mar 2026 15:35 CET (14:35 UTC)" in text


def test_a_breach_told_after_its_end_says_that_it_has_ended(world: World) -> None:
    """The breach and its first message are always told (rule 22), and what has become of it is said."""
    late = outbox(world, "escalation_due")
    world.at("2026-03-27T14:40:00Z")
    posted(world, json.dumps(sample("zendesk/comment_by_agent") | {"time": "2026-03-27T14:39:00Z"}).encode())
    announced(world, late)
    assert "Meanwhile: it ended at Fri 27 Mar 2026 15:39 CET (14:39 UTC)" in texts(world)[0]


def test_of_repeats_that_come_at_once_only_the_latest_is_sent(world: World) -> None:
    """A timer that was hours late: level 1 tells its audience twice, its first message and its last."""
    world.at("2026-03-27T15:00:00Z")
    world.workflow.wake(SUBJECT, "timer")
    announced(world, outbox(world, "escalation_due"))
    to_one = [message for message in world.sns.sent if message["TopicArn"] == "arn:oncall-1"]
    subjects = [message["Subject"].partition(":")[0] for message in to_one]
    assert subjects == ["BREACH, level 1", "BREACH, level 1, message 3"]


def test_a_reminder_says_how_much_time_is_left_when_it_is_read() -> None:
    """Told at 14:20 for 14:35, read at 14:30."""
    world = World("2026-03-27T14:06:00Z")
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    world.at("2026-03-27T14:20:00Z")
    world.workflow.wake(SUBJECT, "timer")
    announced(world, outbox(world))
    world.at("2026-03-27T14:30:00Z")
    gathered(world)
    assert world.sns.sent[0]["Subject"].endswith("is due in 5 min")
