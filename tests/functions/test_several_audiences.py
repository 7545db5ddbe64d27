"""One audience that can't be told keeps none of the others waiting, and is told when it can be."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from slaclock.store.messages import Announcement
from tests.functions.test_announcing import BREACH, DUE, NOW, SUBJECT
from tests.functions.world import World, refused

TOLD = Announcement(SUBJECT, BREACH.key, replace(BREACH, details={"told": ["legal", "team"]}), DUE)


class WithoutLegal:
    """SNS, where the topic of legal is gone."""

    def __init__(self, world: World) -> None:
        self._sns = world.sns

    def publish(self, **message: Any) -> dict[str, str]:
        if message["TopicArn"] == "arn:legal":
            raise refused("NotFound")
        return self._sns.publish(**message)


def test_an_audience_without_its_topic_keeps_nobody_else_waiting() -> None:
    """The team is told at once; legal when its topic is there again, and the team not twice."""
    world = World(NOW)
    world.announcer.client = WithoutLegal(world)
    for _ in range(2):
        with pytest.raises(ClientError, match="NotFound"):
            world.announcer.announce(TOLD)
    assert [message["TopicArn"] for message in world.sns.sent] == ["arn:default"]
    world.announcer.client = world.sns
    assert world.announcer.announce(TOLD) == 1
    assert [message["TopicArn"] for message in world.sns.sent] == ["arn:default", "arn:legal"]
