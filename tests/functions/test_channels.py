"""Through which topic an audience is told, in which language and shape, and with which story."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from slaclock.notices import Channel
from slaclock.notices.identity import customers_id
from slaclock.store.commit import Commit
from slaclock.store.errors import StoreUnavailableError
from slaclock.store.life import Told
from slaclock.store.messages import Announcement, Delivery
from tests.functions.world import World
from tests.spec.notice_samples import HISTORY, SAMPLES, TICKET

SUBJECT = "ticket#example#4711"
BREACH, ENDED = SAMPLES["clock_breached"], SAMPLES["breach_ended"]
AT = "2026-03-28T13:20:00Z"


def world(**channels: Any) -> World:
    """A world in which these audiences have a topic, and the others the default's."""
    made = World(AT)
    found = {name: Channel(f"arn:{name}", **how) for name, how in channels.items()}
    made.announcer.channels = {"default": Channel("arn:default"), **found}
    made.memory.commit(Commit(None, TICKET, (), None, made.time))
    return made


def told(world: World, audience: str, **details: Any) -> dict[str, Any]:
    """The message about the breach that an audience is sent."""
    fact = replace(BREACH, details={**BREACH.details, "told": [audience], **details})
    assert world.announcer.announce(Announcement(SUBJECT, fact.key, fact, world.time)) == 1
    sent: dict[str, Any] = world.sns.sent[-1]
    return sent


@pytest.mark.parametrize(
    ("channels", "team", "topic"),
    [
        ({"team:t2", "team:Tier 2", "team"}, "t2", "arn:team:t2"),
        ({"team:Tier 2", "team"}, "t2", "arn:team:Tier 2"),
        ({"team"}, "t2", "arn:team"),
        (set(), "t2", "arn:default"),
        ({"team:t2", "team:Tier 2", "team"}, "t3", "arn:team"),
        ({"team:t2", "team:t3", "team"}, "t3", "arn:team:t3"),
        ({"team:t2", "team"}, None, "arn:team:t2"),
        ({"team:", "team"}, "t3", "arn:team"),
    ],
)
def test_a_team_has_its_own_topic_where_it_was_given_one(
    channels: set[str], team: str | None, topic: str
) -> None:
    """By id, then by name, then `team`, then the default. The team is the fact's: a ticket moves on."""
    assert told(world(**{name: {} for name in channels}), "team", team=team)["TopicArn"] == topic


@pytest.mark.parametrize(
    ("assignee", "topic"),
    [
        ({"id": "7", "name": "Kim"}, "arn:assignee:7"),
        ({"name": "Kim"}, "arn:assignee:Kim"),
        ("7", "arn:assignee:7"),
        ({"id": "8"}, "arn:assignee"),
        (None, "arn:assignee"),
    ],
)
def test_an_assignee_may_have_one_too(assignee: Any, topic: str) -> None:
    """Whoever has the ticket when the message goes out."""
    made = world(**{"assignee:7": {}, "assignee:Kim": {}, "assignee": {}})
    saved = made.memory.load(SUBJECT).saved
    now = replace(TICKET, attributes={**TICKET.attributes, "assignee": assignee})
    made.memory.commit(Commit(saved, now, (), None, made.time))
    assert told(made, "assignee")["TopicArn"] == topic


def test_no_other_audience_is_refined() -> None:
    """`legal:t2` is nobody: only teams and assignees are of a ticket."""
    assert told(world(**{"legal:t2": {}, "legal": {}}), "legal")["TopicArn"] == "arn:legal"


def test_each_audience_is_told_in_its_language_and_shape() -> None:
    """One fact, to staff in Danish, to a chat, and to the customer."""
    made = world(
        legal={"language": "da"}, team={"format": "chat"}, customer={"language": "zh-Hant", "customer": True}
    )
    fact = replace(BREACH, details={**BREACH.details, "told": ["legal", "team", "customer"]})
    assert made.announcer.announce(Announcement(SUBJECT, fact.key, fact, made.time)) == 3
    danish, chat, customer = made.sns.sent
    assert danish["Subject"] == "BRUD: fristen er overskredet for løsning på sag 4711 (acme, haster)"
    assert json.loads(json.loads(chat["Message"])["https"])["source"] == "custom"
    assert customer["Subject"] == "工單 4711：問題解決已超過約定時限"
    assert "team" not in customer["MessageAttributes"]
    ids = [each["MessageAttributes"]["notification_id"]["StringValue"] for each in made.sns.sent]
    assert ids == [BREACH.id, BREACH.id, customers_id(BREACH.id)]


def test_a_mail_has_the_story_of_its_cycle_up_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told of this clock before; not of another cycle, nor what came after."""
    made = world()
    other = replace(HISTORY[0], key="clock_started:resolution:2.0", cycle=2)
    facts = [HISTORY[0], other, BREACH, HISTORY[-1]]
    monkeypatch.setattr(made.memory, "told", lambda _: [Told(each, 1, "", made.time) for each in facts])
    mail = json.loads(told(made, "legal")["Message"])["email"]
    assert mail.partition("So far:\n")[2].split("\n\n")[0].splitlines() == [
        "Sat 28 Mar 2026 09:50 CET (08:50 UTC)  clock started, created"
    ]


def test_a_story_leaves_out_what_reached_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was suppressed for all whom it was for; what one of them got was told."""
    made = world()
    levels = [
        replace(SAMPLES["escalation_due"], key=f"escalation_due:resolution:1.0:{number}.0")
        for number in (2, 3)
    ]
    monkeypatch.setattr(
        made.memory, "told", lambda _: [Told(each, 1, "", made.time) for each in (*levels, ENDED)]
    )
    for told_of, audience, message_id, why in (
        (levels[0], "oncall-2", None, "acknowledged"),
        (levels[1], "oncall-2", None, "acknowledged"),
        (levels[1], "management", "message-9", None),
        (ENDED, "management", None, "nobody_was_told"),
    ):
        became = Delivery(made.time, message_id, why)
        made.memory.mark_sent(SUBJECT, told_of.key, audience, became)
    fact = replace(ENDED, details={**ENDED.details, "told": ["legal"]})
    made.announcer.announce(Announcement(SUBJECT, fact.key, fact, made.time))
    mail = json.loads(made.sns.sent[-1]["Message"])["email"]
    assert mail.partition("So far:\n")[2].split("\n\n")[0].splitlines() == [
        "Sat 28 Mar 2026 14:20 CET (13:20 UTC)  level 2 to oncall-2"
    ]


def test_a_story_that_cannot_be_read_keeps_no_message_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes out without."""
    made = world()

    def unavailable(_: str) -> Any:
        raise StoreUnavailableError("ProvisionedThroughputExceededException")

    monkeypatch.setattr(made.memory, "told", unavailable)
    assert "So far" not in json.loads(told(made, "legal")["Message"])["email"]


def test_a_reminder_reads_no_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are many of them, and little to tell."""
    made = world()
    monkeypatch.setattr(made.memory, "told", None)
    fact = SAMPLES["reminder_due"]
    made.announcer.announce(Announcement(SUBJECT, fact.key, fact, made.time))


def test_the_topics_of_an_audience_are_all_through_which_it_may_be_told() -> None:
    """A message found undelivered is known by its topic."""
    announcer = world(**{"team:t2": {}, "team": {}, "teamwork": {}}).announcer
    assert announcer.topics("team") == {"arn:team:t2", "arn:team", "arn:default"}
    assert announcer.topics("legal") == {"arn:default"}
