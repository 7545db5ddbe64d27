"""The heartbeat: said after a clean sweep and only then, so that its silence is the alarm."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from slaclock.settings import InvalidSettings, Settings
from slaclock.sweeping import Swept
from slaclock.wiring import Wiring
from tests.functions.emitted import values
from tests.functions.test_webhook import posted, sample
from tests.functions.world import ENVIRON, World

BEATS = "arn:aws:sns:eu-north-1:222233334444:beats"


def asked(topic: str = BEATS) -> World:
    """A stack, `desk`, whose operator asked for a heartbeat; a ticket is open in it."""
    world = World("2026-03-27T14:06:00Z")
    world.settings = Settings({**ENVIRON, "STACK": "desk", "HEARTBEAT_TOPIC": topic})
    posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
    return world


def swept(world: World) -> dict[str, Any]:
    answer: dict[str, Any] = world.function("audit").handler({}, None)
    return answer


def beats(world: World) -> list[dict[str, Any]]:
    return [message for message in world.sns.sent if message["TopicArn"] == BEATS]


def test_a_clean_sweep_is_told_outside(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON for programs, with the stack, the time and the counts; a sentence for people."""
    world = asked()
    swept(world)
    (beat,) = beats(world)
    assert beat["Subject"] == "desk is well"
    assert beat["MessageStructure"] == "json"
    said = json.loads(beat["Message"])
    assert json.loads(said["default"]) == {
        "stack": "desk",
        "at": "2026-03-27T14:06:00Z",
        "woken": 0,
        "announced": 0,
        "replayed": 0,
        "refused": 0,
        "failed": 0,
        "left": 0,
        "forgotten": 0,
    }
    assert said["email"] == (
        "desk is well: the sweep of 2026-03-27T14:06:00Z left nothing behind (it found nothing)."
    )
    assert len(said["sms"]) <= 140
    assert values(capsys)["HeartbeatFailed"] == [0.0]


def test_a_sweep_that_put_something_right_is_clean() -> None:
    """What it caught has an alarm of its own; by now nothing is left behind."""
    world = asked()
    world.at("2026-03-27T14:23:00Z")
    assert swept(world)["woken"] == 1
    assert json.loads(json.loads(beats(world)[0]["Message"])["default"])["woken"] == 1
    assert json.loads(beats(world)[0]["Message"])["email"].endswith("(it found 1 woken).")


@pytest.mark.parametrize("unclean", [{"failed": 1}, {"refused": 1}, {"left": 1}], ids=str)
def test_a_sweep_that_was_not_clean_is_followed_by_silence(
    unclean: dict[str, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing failed, nothing refused, nothing left over: else nobody may think that all is well."""
    world = asked()
    audit = world.function("audit")
    monkeypatch.setattr(audit.Auditor, "sweep", lambda _: Swept(woken=3, **unclean))
    audit.handler({}, None)
    assert beats(world) == []
    assert values(capsys)["HeartbeatFailed"] == [0.0]


def test_what_sns_refuses_is_loud_and_undoes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A metric and a log, which quotes nobody's words; the sweep stands, and its counts are told."""
    world = asked()
    world.at("2026-03-27T14:23:00Z")
    publish = world.sns.publish

    def refusing(**message: Any) -> dict[str, str]:
        if message["TopicArn"] == BEATS:
            said = "kim.private@example.com may not publish"
            raise ClientError({"Error": {"Code": "AuthorizationError", "Message": said}}, "Publish")
        return publish(**message)

    monkeypatch.setattr(world.sns, "publish", refusing)
    assert swept(world)["woken"] == 1
    found = values(capsys)
    assert (found["HeartbeatFailed"], found["CaughtTickets"]) == ([1.0], [1.0])
    (said,) = [each for each in caplog.messages if "heartbeat" in each]
    unpublished = "the sweep was clean, and its heartbeat could not be published"
    assert said.startswith(f"{unpublished}: ClientError (AuthorizationError) at ")
    assert "private" not in caplog.text


def test_nobody_hears_of_it_who_did_not_ask(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a topic there is no heartbeat, and none that failed."""
    world = asked(topic="")
    swept(world)
    assert world.sns.sent == []
    assert values(capsys)["HeartbeatFailed"] == [0.0]


def test_a_look_at_the_ledgers_stream_is_no_sweep() -> None:
    """It says nothing of what is left behind."""
    world = asked()
    world.function("audit").handler({"Records": [{"eventName": "INSERT", "dynamodb": {}}]}, None)
    assert beats(world) == []


@pytest.mark.parametrize(
    ("topic", "region"),
    [(BEATS, "eu-north-1"), ("arn:aws:sns:us-east-2:222233334444:beats", "us-east-2")],
)
def test_a_topic_is_reached_in_its_own_region(topic: str, region: str) -> None:
    """Another region takes no message for it, and it is better off in one that does not fail with ours."""
    environ = {**ENVIRON, "STACK": "desk", "HEARTBEAT_TOPIC": topic, "AWS_ACCESS_KEY_ID": "testing"}
    heartbeat = Wiring(environ).heartbeat
    assert heartbeat is not None
    assert heartbeat.client.meta.region_name == region


@pytest.mark.parametrize("topic", ["beats", "arn:aws:sqs:eu-north-1:222233334444:beats"])
def test_what_is_no_topic_is_named(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The variable is in the message; the sweep is done all the same, and the alarm rings."""
    with pytest.raises(InvalidSettings, match="HEARTBEAT_TOPIC is no ARN of a topic"):
        _ = asked(topic).heartbeat
    assert swept(asked(topic))["failed"] == 0
    assert values(capsys)["HeartbeatFailed"] == [1.0]
