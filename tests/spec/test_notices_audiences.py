"""`AUDIENCES`: topics as texts or objects, and what is wrong with them said by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from slaclock.notices.channel import Channel
from slaclock.settings import InvalidSettings, Settings


def read(audiences: Any) -> Any:
    text = audiences if isinstance(audiences, str) else json.dumps(audiences)
    return Settings({"AUDIENCES": text}).audiences


def test_an_audience_is_a_topic_or_says_more() -> None:
    """English and our own shapes unless something else is said."""
    danish = {"topic": "arn:d", "language": "da", "format": "chat"}
    customer = {"topic": "arn:c", "language": "zh-Hant", "for": "customer"}
    assert read({"default": "arn:x", "team:t2": danish, "customer": customer}) == {
        "default": Channel("arn:x", "en", "text", customer=False),
        "team:t2": Channel("arn:d", "da", "chat", customer=False),
        "customer": Channel("arn:c", "zh-Hant", "text", customer=True),
    }


@pytest.mark.parametrize(
    ("audiences", "said"),
    [
        ("", "the environment variable AUDIENCES is missing"),
        ("{", "AUDIENCES is no JSON object of audience and topic ARN"),
        ("[" * 100_000, "AUDIENCES is no JSON object of audience and topic ARN"),
        ([], "AUDIENCES names no topic for 'default', so a message could be lost"),
        ({"team": "arn:x"}, "AUDIENCES names no topic for 'default', so a message could be lost"),
        ({"default": "arn:x", "team": 3}, "AUDIENCES: 'team' is neither a topic ARN nor an object"),
        ({"default": "arn:x", "team": None}, "AUDIENCES: 'team' is neither a topic ARN nor an object"),
        ({"default": "arn:x", "team": "topic"}, "AUDIENCES: the topic of 'team' is no ARN"),
        ({"default": "arn:x", "team": {}}, "AUDIENCES: the topic of 'team' is no ARN"),
        ({"default": "arn:x", "team": "arn:" + "x" * 509}, "AUDIENCES: the topic of 'team' is no ARN"),
        ({"default": "arn:x", "team": {"topic": "arn:x", "lang": "da"}},
         "AUDIENCES: 'team' has a member that nobody reads: 'lang'"),
        ({"default": "arn:x", "team": {"topic": "arn:x", "language": "de"}},
         "AUDIENCES: 'language' of 'team' is none of en, da, zh-Hant"),
        ({"default": "arn:x", "team": {"topic": "arn:x", "language": ["da"]}},
         "AUDIENCES: 'language' of 'team' is none of en, da, zh-Hant"),
        ({"default": "arn:x", "team": {"topic": "arn:x", "format": "html"}},
         "AUDIENCES: 'format' of 'team' is none of text, chat, pagerduty, opsgenie"),
        ({"default": "arn:x", "team": {"topic": "arn:x", "for": "staff"}},
         "AUDIENCES: 'for' of 'team' is none of customer"),
        ({"default": "arn:x", "c": {"topic": "arn:x", "for": "customer", "format": "pagerduty"}},
         "AUDIENCES: 'c' is for the customer, so its format is text"),
        ({"default": {"topic": "arn:x", "for": "customer"}},
         "AUDIENCES: 'default' may not be for the customer: anybody's messages go there"),
        ({"default": "arn:x", "": "arn:x"}, "AUDIENCES: an audience has a name of 1 to 256 characters"),
        ({"default": "arn:x", "n" * 257: "arn:x"},
         "AUDIENCES: an audience has a name of 1 to 256 characters"),
        ({"default": "arn:x", **{str(number): "arn:x" for number in range(200)}},
         "AUDIENCES has more than 200 audiences"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(audiences: Any, said: str) -> None:
    """The audience and its member: whoever deploys reads it in the log."""
    with pytest.raises(InvalidSettings) as caught:
        read(audiences)
    assert str(caught.value) == said


def test_two_hundred_audiences_are_within_bounds() -> None:
    """And names of 256 characters, topics of 512."""
    many = {str(number): "arn:" + "x" * 508 for number in range(198)}
    assert len(read({"default": "arn:x", "n" * 256: "arn:x", **many})) == 200
