"""Announcing: what is no longer said, how the rest is published, and what is written down of it."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from slaclock.domain.clock import Clock
from slaclock.domain.facts import Fact
from slaclock.domain.instants import parse_instant
from slaclock.domain.ticket import Ticket
from slaclock.store.commit import Commit
from slaclock.store.messages import Announcement
from tests.functions.emitted import values
from tests.functions.test_notify_and_audit import announced, outbox
from tests.functions.test_timer_and_arm import record
from tests.functions.test_webhook import SUBJECT as OPENED
from tests.functions.test_webhook import posted, sample
from tests.functions.world import World, refused

SUBJECT = "ticket#acme#1"
DUE, NOW = parse_instant("2026-03-27T16:00:00Z"), "2026-03-27T15:00:00Z"
STARTED = parse_instant("2026-03-27T08:00:00Z")
TICKET = Ticket("acme", "1", STARTED)
CLOCK = Clock("", "gold", 1, "resolution", "resolution", "8h", "office", STARTED)
MISSED = replace(CLOCK, outcome="breached", breached_at=DUE, due_at=DUE, levels=(1, 1))
ENDED: dict[str, Any] = {"stopped_at": DUE}
TAKEN: dict[str, Any] = {"acknowledged_at": DUE}
DONE: dict[str, list[Any]] = {"batchItemFailures": []}


def fact(name: str, mark: str = "", **details: Any) -> Fact:
    """Something told of the first cycle of the resolution of ticket 1, due at 16:00."""
    key = f"{name}:resolution:1.0{mark and ':'}{mark}"
    return Fact(
        name, key, "acme", "1", "ticket", "gold", 1, "resolution", "resolution", 1, 0, DUE, DUE, details
    )


def reminder(budget: str = "b0") -> Fact:
    return fact("reminder_due", f"{budget}.0", reminder="50%", told=["legal"])


def level(number: int, repeat: int = 0, until: str = "stopped") -> Fact:
    said = {"level": number, "repeat": repeat, "until": until, "notify": "legal"}
    return fact("escalation_due", f"{number}.{repeat}", **said)


BREACH = fact("clock_breached", told=["legal"])
HANDED = fact("escalation_handed_over", "5e1f", by="kim", to="legal", told=["legal"])


@pytest.fixture
def world() -> World:
    return World(NOW)


@pytest.fixture
def breached() -> World:
    """A ticket whose first response has just been breached."""
    world = World("2026-03-27T14:06:00Z")
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    world.at("2026-03-27T14:35:00Z")
    world.workflow.wake(OPENED, "timer")
    return world


def stored(world: World, clock: Clock | None) -> None:
    """Let the ticket have this clock, or none."""
    clocks = (clock,) if clock else ()
    before = world.memory.load(SUBJECT).saved
    world.memory.commit(Commit(before, replace(TICKET, clocks=clocks), (), None, world.time))


def sent(world: World) -> list[tuple[str, str]]:
    """What was published: topic, and event."""
    return [(each["TopicArn"], each["MessageAttributes"]["event"]["StringValue"]) for each in world.sns.sent]


@pytest.mark.parametrize(
    ("said", "clock", "now", "why"),
    [
        # A reminder: while its clock is neither met nor ended nor cancelled, and its deadline ahead.
        (reminder(), CLOCK, NOW, None),
        (reminder(), CLOCK, "2026-03-27T15:59:59.999Z", None),
        (reminder(), CLOCK, "2026-03-27T16:00:00Z", "overtaken"),
        (reminder(), CLOCK, "2026-03-27T16:00:01Z", "overtaken"),
        (replace(reminder(), due_at=None), CLOCK, NOW, None),
        (reminder(), CLOCK.pause(STARTED), NOW, None),
        (reminder(), CLOCK.pause(STARTED), "2026-03-27T16:00:01Z", None),
        (reminder(), CLOCK.pause(STARTED).resume(DUE), NOW, None),
        (reminder(), replace(CLOCK, outcome="met", **ENDED), NOW, "met"),
        (reminder(), replace(CLOCK, outcome="cancelled", **ENDED), NOW, "cancelled"),
        (reminder(), MISSED, NOW, "missed"),
        (reminder(), replace(CLOCK, cycle=2), NOW, "overtaken"),
        (reminder(), replace(CLOCK, budget_set="5e1f"), NOW, "overtaken"),
        (reminder("b5e1f"), replace(CLOCK, budget_set="5e1f"), NOW, None),
        (reminder("b5e1f"), CLOCK, NOW, "overtaken"),
        (reminder(), replace(CLOCK, target="first_response"), NOW, "overtaken"),
        (reminder(), None, NOW, "overtaken"),
        # A breach and its first message: always.
        (BREACH, MISSED, NOW, None),
        (BREACH, replace(MISSED, **ENDED), NOW, None),
        (BREACH, replace(MISSED, revision=1), NOW, None),
        (BREACH, replace(MISSED, revision=1, cycle=2), NOW, None),
        (replace(BREACH, revision=1), replace(MISSED, revision=1), NOW, None),
        (BREACH, None, NOW, None),
        (level(1), replace(MISSED, **ENDED, **TAKEN), NOW, None),
        (level(1, until="acknowledged"), replace(MISSED, **TAKEN), NOW, None),
        (level(1), replace(MISSED, revision=1), NOW, None),
        (level(1), None, NOW, None),
        # A later message of a level: while it is waited for, and nothing newer is said of it.
        (level(2), MISSED, NOW, None),
        (level(2), replace(MISSED, **ENDED), NOW, "ended"),
        (level(2), replace(MISSED, revision=1), NOW, "withdrawn"),
        (level(2), replace(MISSED, cycle=2), NOW, "ended"),
        (level(2), None, NOW, "ended"),
        (level(2), replace(MISSED, **TAKEN), NOW, None),
        (level(2, until="acknowledged"), MISSED, NOW, None),
        (level(2, until="acknowledged"), replace(MISSED, **TAKEN), NOW, "acknowledged"),
        (level(2), replace(MISSED, levels=(1, 5)), NOW, None),
        (level(2, 1), replace(MISSED, levels=(1, 2)), NOW, None),
        (level(2, 1), replace(MISSED, levels=(1, 3)), NOW, "overtaken"),
        (level(1, 1), replace(MISSED, levels=(2, 5)), NOW, None),
        (level(3, 1), replace(MISSED, levels=(5, 5)), NOW, None),
        # What was handed over: while it is open.
        (HANDED, MISSED, NOW, None),
        (HANDED, replace(MISSED, **TAKEN), NOW, None),
        (HANDED, replace(MISSED, **ENDED), NOW, "ended"),
        (HANDED, replace(MISSED, revision=1), NOW, "withdrawn"),
        # The end of a breach: always.
        (fact("breach_ended", "a", reason="solved", told=["legal"]), replace(CLOCK, revision=1), NOW, None),
        (fact("breach_ended", "a", reason="solved", told=["legal"]), None, NOW, None),
    ],
)
def test_what_has_nothing_true_to_say_any_more_is_not_said_and_the_record_says_why(
    world: World, said: Fact, clock: Clock | None, now: str, why: str | None
) -> None:
    """Rule 22, by the clock as it stands just before publishing, the first time and when it is repeated."""
    world.at(now)
    stored(world, clock)
    told = world.announcer.announce(Announcement(SUBJECT, said.key, said, world.time))
    assert (told, world.announcer.became["held"]) == ((1, 0) if why is None else (0, 1))
    assert sent(world) == [("arn:legal", said.fact)] * (why is None)
    became = [(each["message_id"], each["why"]) for each in world.memory.messages(SUBJECT)]
    assert became == [("message-1" if why is None else None, why)]
    assert world.announcer.repeat(SUBJECT, said, "legal") is (why is None)


@pytest.mark.parametrize(
    ("said", "told"), [(BREACH, True), (level(1), True), (level(2), False), (reminder(), False)]
)
def test_where_there_is_no_ticket_a_breach_is_told_all_the_same(
    world: World, said: Fact, *, told: bool
) -> None:
    """Nothing can be said of its clock; its first message never waits for that."""
    world.announcer.announce(Announcement(SUBJECT, said.key, said, world.time))
    assert world.announcer.repeat(SUBJECT, said, "legal") is told
    assert sent(world) == [("arn:legal", said.fact)] * 2 * told


def test_a_message_that_may_have_been_lost_is_told_again_as_of_now(world: World) -> None:
    """To the one audience, with the same id, and written down again."""
    stored(world, MISSED)
    world.announcer.announce(Announcement(SUBJECT, BREACH.key, BREACH, world.time))
    stored(world, replace(MISSED, **TAKEN))
    world.at("2026-03-27T18:00:00Z")
    assert world.announcer.repeat(SUBJECT, BREACH, "oncall-1") is True
    assert sent(world) == [("arn:legal", "clock_breached"), ("arn:oncall-1", "clock_breached")]
    ids = {each["MessageAttributes"]["notification_id"]["StringValue"] for each in world.sns.sent}
    assert ids == {BREACH.id}
    text = json.loads(world.sns.sent[1]["Message"])["email"]
    assert "Late by: 2 h 0 min" in text
    assert "Meanwhile: acknowledged at" in text
    about = {"fact_key": "clock_breached:resolution:1.0", "why": None}
    assert world.memory.messages(SUBJECT) == [
        {**about, "audience": "legal", "at": NOW, "message_id": "message-1"},
        {**about, "audience": "oncall-1", "at": "2026-03-27T18:00:00Z", "message_id": "message-2"},
    ]


def test_what_has_nothing_to_say_any_more_is_not_told_again(world: World) -> None:
    """A level of a clock that stopped: nothing is published, nothing written down."""
    stored(world, replace(MISSED, **ENDED))
    assert world.announcer.repeat(SUBJECT, level(2), "legal") is False
    assert (sent(world), world.memory.messages(SUBJECT)) == ([], [])


def test_an_audience_that_cannot_be_told_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first error is raised when all were tried; the fact waits for those alone who were not told."""
    stored(world, MISSED)
    publish, failing = world.sns.publish, {"arn:legal": "NotFound", "arn:default": "InternalError"}

    def sometimes(**message: Any) -> Any:
        if code := failing.get(message["TopicArn"]):
            raise refused(code)
        return publish(**message)

    monkeypatch.setattr(world.sns, "publish", sometimes)
    said = fact("clock_breached", told=["legal", "management", "oncall-1"])
    waiting = Announcement(SUBJECT, said.key, said, world.time)
    with pytest.raises(ClientError, match="NotFound"):
        world.announcer.announce(waiting)
    assert sent(world) == [("arn:oncall-1", "clock_breached")]
    failing.clear()
    assert world.announcer.announce(waiting) == 2
    assert [topic for topic, _ in sent(world)] == ["arn:oncall-1", "arn:legal", "arn:default"]


def test_a_message_is_published_as_sns_wants_it(world: World) -> None:
    """A text for each protocol, and attributes that are texts; the audience is in what programs read."""
    stored(world, MISSED)
    world.announcer.repeat(SUBJECT, BREACH, "legal")
    (message,) = world.sns.sent
    assert set(message) == {"TopicArn", "Subject", "Message", "MessageStructure", "MessageAttributes"}
    assert message["MessageStructure"] == "json"
    assert message["MessageAttributes"]["severity"] == {"DataType": "String", "StringValue": "critical"}
    assert {frozenset(each) for each in message["MessageAttributes"].values()} == {
        frozenset({"DataType", "StringValue"})
    }
    assert json.loads(json.loads(message["Message"])["sqs"])["audience"] == "legal"


def test_what_was_announced_is_logged_without_a_name(
    breached: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The ids of ticket, clock and fact, and how many were told: the first time one, the second nobody."""
    level_1 = outbox(breached, "escalation_due")
    caplog.set_level(logging.INFO)
    caplog.clear()
    announced(breached, level_1)
    announced(breached, level_1)
    logged = [vars(each) for each in caplog.records]
    assert [(each["levelname"], each["msg"], each["fact"], each["sent"]) for each in logged] == [
        ("INFO", "announced", "escalation_due:first_response:1.0:1.0", 1),
        ("INFO", "announced", "escalation_due:first_response:1.0:1.0", 0),
    ]
    plain = vars(logging.makeLogRecord({})).keys() | {"message", "asctime"}
    named = {"account", "ticket", "clock", "fact", "fact_id", "sent", "held"}
    assert {name for each in logged for name in each} - plain == named


def test_what_could_not_be_announced_is_logged(breached: World, caplog: pytest.LogCaptureFixture) -> None:
    """The error's kind, AWS's code and its way; nothing that anybody wrote."""
    level_1 = outbox(breached, "escalation_due")
    breached.sns.down = True
    caplog.clear()
    announced(breached, level_1)
    (said,) = [each.getMessage() for each in caplog.records]
    told, _, way = said.partition(" at ")
    assert told == "a fact could not be announced: ClientError (InternalError)"
    assert "announcing.py:" in way


def test_the_messages_of_a_batch_are_counted(breached: World, capsys: pytest.CaptureFixture[str]) -> None:
    """One value for each fact."""
    facts = outbox(breached, "escalation_due") + outbox(breached, "clock_breached")
    capsys.readouterr()
    announced(breached, facts)
    found = values(capsys)
    assert (found["Announced"], found["NotAnnounced"]) == ([1.0, 1.0], [0.0])


def test_who_was_told_is_counted_though_another_could_not_be(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Legal's topic is gone: the first try tells two of three, the second nobody twice, the third legal."""
    publish, gone = world.sns.publish, {"arn:legal"}

    def sometimes(**message: Any) -> Any:
        if message["TopicArn"] in gone:
            raise refused("NotFound")
        return publish(**message)

    monkeypatch.setattr(world.sns, "publish", sometimes)
    caplog.set_level(logging.INFO)
    said = fact("clock_breached", told=["legal", "management", "oncall-1"])
    world.memory.commit(Commit(None, replace(TICKET, clocks=(MISSED,)), (said,), None, world.time))
    (item,) = outbox(world)
    for _ in range(2):
        announced(world, [item])
    gone.clear()
    assert announced(world, [item]) == DONE
    assert values(capsys)["Announced"] == [2.0, 0.0, 1.0]
    lines = [vars(each) for each in caplog.records if each.message == "announced"]
    assert [(each["sent"], each["held"]) for each in lines] == [(2, 0), (0, 0), (1, 0)]


def test_what_was_held_back_is_not_counted_as_told(
    breached: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Reminders of a clock that is breached by now have nothing to say; the log says that they were held."""
    reminders = outbox(breached, "reminder_due")
    caplog.set_level(logging.INFO)
    caplog.clear()
    capsys.readouterr()
    announced(breached, reminders)
    assert values(capsys)["Announced"] == [0.0] * len(reminders)
    lines = [vars(each) for each in caplog.records]
    assert [(each["msg"], each["sent"], each["held"]) for each in lines] == [("announced", 0, 1)] * 2


def test_only_what_enters_the_outbox_is_announced(breached: World) -> None:
    """Not what is changed or taken out there, nor what enters elsewhere, whatever the filter let through."""
    (item,) = outbox(breached, "escalation_due")
    changed, gone = record(item, item, 1), record(item, item, 2)
    gone |= {"eventName": "REMOVE"}
    del gone["dynamodb"]["NewImage"]
    nothing = {name: value for name, value in record(None, item, 3).items() if name != "dynamodb"}
    nameless = {name: value for name, value in record(None, item, 4).items() if name != "eventName"}
    others = [
        each for each in breached.memory.tables["tickets"].values() if not each["sk"].startswith("OUTBOX#")
    ]
    elsewhere = [record(None, each, number) for number, each in enumerate(others, 5)]
    records = [changed, gone, nothing, nameless, *elsewhere]
    assert breached.function("notify").handler({"Records": records}, None) == DONE
    assert breached.sns.sent == []
