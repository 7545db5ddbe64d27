"""`slaclock escalation test`: a drill reaches every level of a ladder, is marked, and records nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from slaclock.agreements.document import read_document
from slaclock.agreements.freeze import freeze
from slaclock.cli import deployed, main
from slaclock.domain.instants import parse_instant
from slaclock.evidence.canonical import content_hash
from slaclock.notices import Channel
from slaclock.store.agreements import Version
from tests.functions.world import World, refused

LINK = "https://wiki.example.com/late"
LADDER = f"""\
agreement: night
calendars:
  office: {{timezone: Europe/Copenhagen, hours: {{mon-fri: ["09:00-17:00"]}}}}
audiences: {{support: [{{during: office, notify: team}}, {{notify: oncall-1}}]}}
targets:
  resolution: {{budget: {{urgent: 4h, low: none}}, clause: "§4.2", runbook: {LINK}}}
  first_response: {{budget: 1h, escalation: []}}
escalation:
  - {{after: 0m, notify: support, until: acknowledged}}
  - {{after: 30m wall, notify: legal}}
  - {{after: 1h, notify: assignee}}
"""
DRILL = (
    *("escalation", "test", "--account", "example"),
    *("--agreement", "night", "--target", "resolution", "--priority", "urgent"),
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Friday at 20:00: the office is closed."""
    world = World("2026-03-27T19:00:00Z")
    frozen = freeze(read_document(LADDER, "night.yaml"), published=world.time.date())
    world.memory.publish("example", [Version(frozen, 1, content_hash(frozen))], world.time, 1)
    monkeypatch.setattr(deployed, "stack", lambda *_: world)
    return world


def texts(message: dict[str, Any]) -> dict[str, str]:
    read: dict[str, str] = json.loads(message["Message"])
    return read


def test_each_level_is_told_by_its_topic_and_the_command_says_what_went_where(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the rota as of now; nobody has the imaginary ticket, so its assignee is the team."""
    assert main(DRILL) == 0
    assert capsys.readouterr().out.splitlines() == [
        "resolution of night version 1: 3 levels told, nothing recorded",
        "level 1, at the breach: oncall-1 (support now) by arn:oncall-1, message message-1",
        "level 2, 30m of elapsed time after the breach: legal by arn:legal, message message-2",
        "level 3, 1h of working time after the breach: team (assignee now) by arn:default, message message-3",
    ]
    assert [each["TopicArn"] for each in world.sns.sent] == ["arn:oncall-1", "arn:legal", "arn:default"]


def test_every_message_is_marked_as_a_drill(world: World) -> None:
    """Its subject and its texts begin with it, filters see it, and programs find it in their document."""
    main(DRILL)
    for number, message in enumerate(world.sns.sent, 1):
        said, attributes = texts(message), message["MessageAttributes"]
        assert message["Subject"].startswith("DRILL")
        assert all(said[each].startswith("DRILL") for each in ("default", "email", "sms"))
        assert attributes["event"]["StringValue"] == "drill"
        assert attributes["level"]["StringValue"] == str(number)
        body = json.loads(said["sqs"])
        assert (body["drill"], body["notify"] in said["sqs"], body["runbook"]) == (True, True, LINK)
        assert "/acknowledge" not in said["email"]
        assert LINK in said["email"]


def test_nothing_is_recorded(world: World) -> None:
    """No ticket, no fact, nothing sent as far as the outbox knows."""
    main(DRILL)
    assert list(world.memory.subjects("example")) == []


def test_a_second_drill_is_not_taken_for_the_first_one_doubled(world: World) -> None:
    """Whoever recognises a doubled delivery hears it, too; within one, each level has an id of its own."""
    main(DRILL)
    world.time = parse_instant("2026-03-30T08:00:00Z")
    main(DRILL)
    ids = [each["MessageAttributes"]["notification_id"]["StringValue"] for each in world.sns.sent]
    assert len(set(ids)) == 6
    assert world.sns.sent[3]["TopicArn"] == "arn:default"


def reached(world: World, *options: str) -> list[tuple[str, Any]]:
    """To which topic each message of a drill went, and what programs get of it."""
    before = len(world.sns.sent)
    main([*DRILL, *options])
    return [(each["TopicArn"], json.loads(texts(each)["sqs"])) for each in world.sns.sent[before:]]


@pytest.mark.parametrize(
    ("form", "name", "action", "opens", "resolves"),
    [
        ("pagerduty", "dedup_key", "event_action", "trigger", "resolve"),
        ("opsgenie", "alias", "action", "create", "close"),
    ],
)
def test_an_on_call_service_has_an_incident_for_each_drill_which_its_end_resolves(
    world: World, form: str, name: str, action: str, opens: str, resolves: str
) -> None:
    """Of an incident that is open, or was, it would say nothing when the next drill comes."""
    pager = Channel("arn:pager", format=form)
    world.announcer.channels = {"default": Channel("arn:default"), "oncall-1": pager, "legal": pager}
    first = reached(world)
    world.time = parse_instant("2026-03-27T19:00:00.000001Z")
    second = reached(world)
    for told in (first, second):
        assert [topic for topic, _ in told] == ["arn:pager", "arn:pager", "arn:default", "arn:pager"]
        done = [body[action] for topic, body in told if topic == "arn:pager"]
        assert done == [opens, opens, resolves]
    incidents = [{body[name] for topic, body in told if topic == "arn:pager"} for told in (first, second)]
    assert [len(each) for each in incidents] == [1, 1]
    assert incidents[0] != incidents[1]


def test_the_end_of_a_drill_is_marked_as_one(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It says that nothing happened, has an id of its own, and is among what went where."""
    world.announcer.channels = {"default": Channel("arn:default", format="pagerduty", language="da")}
    main(DRILL)
    *levels, end = world.sns.sent
    assert texts(end)["email"].startswith("ØVELSE, der er ikke sket noget: ")
    assert "øvelsen er slut" in texts(end)["email"]
    assert end["MessageAttributes"]["event"]["StringValue"] == "drill"
    ids = {each["MessageAttributes"]["notification_id"]["StringValue"] for each in (*levels, end)}
    assert len(ids) == 4
    assert capsys.readouterr().out.splitlines()[-1] == "the end: oncall-1 by arn:default, message message-4"


def test_an_end_that_cannot_be_told_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody has to close the incident by hand."""
    world.announcer.channels = {"default": Channel("arn:default", format="opsgenie")}
    publish = world.sns.publish

    def three(**message: Any) -> dict[str, str]:
        if len(world.sns.sent) == 3:
            raise refused("InternalError")
        return publish(**message)

    monkeypatch.setattr(world.sns, "publish", three)
    assert main(DRILL) == 1
    assert capsys.readouterr().err.startswith("slaclock: the end was not told: ClientError: ")


def test_customers_are_left_out_unless_they_are_asked_for(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody outside reads of a breach that did not happen; the output says whom it left out."""
    customer = Channel("arn:customer", customer=True)
    world.announcer.channels = {"default": Channel("arn:default"), "legal": customer}
    assert [topic for topic, _ in reached(world)] == ["arn:default", "arn:default"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "resolution of night version 1: 2 levels told, nothing recorded"
    assert lines[2] == (
        "level 2, 30m of elapsed time after the breach: legal by arn:customer, "
        "left out: a customer would read it (--customers-too)"
    )
    told = reached(world, "--customers-too")
    assert [topic for topic, _ in told] == ["arn:default", "arn:customer", "arn:default"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "resolution of night version 1: 3 levels told, nothing recorded"
    assert lines[2].endswith(": legal by arn:customer, message message-4")


def test_a_dry_run_of_a_pager_resolves_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It says that the end would be told."""
    world.announcer.channels = {"default": Channel("arn:default", format="pagerduty")}
    assert reached(world, "--dry-run") == []
    assert capsys.readouterr().out.splitlines()[-1] == "the end: oncall-1 by arn:default"


def test_a_dry_run_tells_nobody(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It says who would be told."""
    assert main([*DRILL, "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "resolution of night version 1: 3 levels would be told, nothing recorded",
        "level 1, at the breach: oncall-1 (support now) by arn:oncall-1",
    ]
    assert world.sns.sent == []


def test_a_level_that_cannot_be_told_keeps_none_of_the_others_from_it(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named, and the exit status is 1."""
    publish = world.sns.publish

    def partly(**message: Any) -> dict[str, str]:
        if message["TopicArn"] == "arn:legal":
            raise refused("AuthorizationError")
        return publish(**message)

    monkeypatch.setattr(world.sns, "publish", partly)
    assert main(DRILL) == 1
    assert [each["TopicArn"] for each in world.sns.sent] == ["arn:oncall-1", "arn:default"]
    said = capsys.readouterr()
    assert said.err.startswith("slaclock: level 2 was not told: ClientError: ")
    assert said.out.startswith("resolution of night version 1: 2 levels told, ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            {"night": "nigth"},
            "account 'example' has no agreement 'nigth': did you mean 'night'?",
        ),
        ({"resolution": "resolutoin"}, "'night' has no target 'resolutoin': did you mean 'resolution'?"),
        (
            {"urgent": "low"},
            "'resolution' promises nothing to priority 'low': no clock, and so no ladder",
        ),
        (
            {"resolution": "first_response"},
            "'first_response' has no ladder: of a breach the team and legal are told",
        ),
    ],
)
@pytest.mark.usefixtures("world")
def test_a_ladder_that_is_not_there_is_named(
    words: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, and nobody is told."""
    assert main([words.get(each, each) for each in DRILL]) == 1
    assert capsys.readouterr().err == f"slaclock: {said}\n"


def test_without_a_priority_the_ladder_is_tried_without_a_budget(world: World) -> None:
    """It is the same for all of them."""
    assert main(DRILL[:-2]) == 0
    assert "budget" not in json.loads(texts(world.sns.sent[0])["sqs"])
