"""`AUDIENCES`: the topic of each audience, and in which language and shape it is told."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from slaclock.notices.catalogue import LANGUAGES
from slaclock.notices.channel import FORMATS, TEXT, Channel
from slaclock.settings import InvalidSettings

DEFAULT = "default"
_MOST, _LONGEST_NAME, _LONGEST_TOPIC = 200, 256, 512  # audiences, characters
_CHOICES: Mapping[str, tuple[str, ...]] = {"language": LANGUAGES, "format": FORMATS, "for": ("customer",)}


def channels(text: str) -> dict[str, Channel]:
    """Read `AUDIENCES`: each audience with its topic's ARN, or with an object.

    `{"topic": ARN, "language": "da", "format": "chat", "for": "customer"}`; only `topic` is needed.
    There must be a `default`, which is nobody's in particular: it may not be the customer's.
    `InvalidSettings` names the audience and the member that is wrong.
    """
    try:
        audiences = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidSettings("AUDIENCES is no JSON object of audience and topic ARN") from None
    if not isinstance(audiences, dict) or not audiences.get(DEFAULT):
        raise InvalidSettings(f"AUDIENCES names no topic for {DEFAULT!r}, so a message could be lost")
    if len(audiences) > _MOST:
        raise InvalidSettings(f"AUDIENCES has more than {_MOST} audiences")
    found = {name: _channel(name, value) for name, value in audiences.items()}
    if found[DEFAULT].customer:
        raise InvalidSettings("AUDIENCES: 'default' may not be for the customer: anybody's messages go there")
    return found


def names_of(audience: str, refinements: Iterator[str]) -> Iterator[str]:
    """The names under which a topic is looked for, the finest first: `team:tier2`, `team`, `default`."""
    yield from (f"{audience}:{each}" for each in refinements)
    yield audience
    yield DEFAULT


def _channel(name: str, value: Any) -> Channel:
    if not 0 < len(name) <= _LONGEST_NAME:
        raise InvalidSettings(f"AUDIENCES: an audience has a name of 1 to {_LONGEST_NAME} characters")
    said = {"topic": value} if isinstance(value, str) else value
    if not isinstance(said, dict):
        raise InvalidSettings(f"AUDIENCES: {name!r} is neither a topic ARN nor an object")
    if unknown := sorted(said.keys() - {"topic", *_CHOICES}):
        raise InvalidSettings(f"AUDIENCES: {name!r} has a member that nobody reads: {unknown[0]!r}")
    topic = said.get("topic")
    if not (isinstance(topic, str) and topic.startswith("arn:") and len(topic) <= _LONGEST_TOPIC):
        raise InvalidSettings(f"AUDIENCES: the topic of {name!r} is no ARN")
    for member, choices in _CHOICES.items():
        if member in said and said[member] not in choices:
            raise InvalidSettings(f"AUDIENCES: {member!r} of {name!r} is none of {', '.join(choices)}")
    customer = "for" in said
    if customer and said.get("format", TEXT) != TEXT:
        raise InvalidSettings(f"AUDIENCES: {name!r} is for the customer, so its format is {TEXT}")
    return Channel(topic, said.get("language", LANGUAGES[0]), said.get("format", TEXT), customer)
