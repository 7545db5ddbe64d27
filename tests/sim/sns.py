"""SNS, for publishing to topics: refuses what AWS refuses, and what AWS takes and then loses."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tests.sim.attributes import attributes_of
from tests.sim.misuse import Misuse, Refuse, Strict, refuse
from tests.sim.shapes import check

_MOST = 262_144  # bytes of a message with its attributes
_MOST_SMS = 1600  # characters of all the parts of one
_TAKEN = {"TopicArn", "Subject", "Message", "MessageStructure", "MessageAttributes"}
_BROKEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # control characters and line breaks
_PROTOCOLS = {"default", "email", "email-json", "http", "https", "lambda", "sms", "sqs", "firehose"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was published: its text for each protocol, and its attributes' values."""

    topic: str
    subject: str | None
    texts: Mapping[str, str]
    attributes: Mapping[str, str]
    message_id: str


class SnsDouble(Strict):
    """Topics by their ARN, and all that was `sent` to them, in that order."""

    def __init__(self, topics: Collection[str]) -> None:
        super().__init__()
        self._topics, self.sent = frozenset(topics), list[Sent]()

    def publish(self, **asked: Any) -> dict[str, Any]:
        """Publish to a topic, and answer with the message's id."""
        with self.watched():
            check("sns", "Publish", asked)
            if unknown := asked.keys() - _TAKEN:
                raise Misuse(f"the double knows no message with {sorted(unknown)}")
            sent = self._read(asked, refuse("Publish"))
        self.sent.append(sent)
        return {"MessageId": sent.message_id}

    def _read(self, asked: Mapping[str, Any], refuse: Refuse) -> Sent:
        _check_topic(asked.get("TopicArn"), self._topics, refuse)
        _check_subject(asked.get("Subject"), refuse)
        given = asked.get("MessageAttributes", {})
        attributes = attributes_of(given, refuse)
        size = len(_encoded(asked["Message"])) + sum(
            len(_encoded(name + given[name]["DataType"] + value)) for name, value in attributes.items()
        )
        if size > _MOST:
            raise refuse("InvalidParameter", "Invalid parameter: Message too long")
        number = f"{len(self.sent):012x}"
        return Sent(
            asked["TopicArn"],
            asked.get("Subject"),
            _texts(asked, refuse),
            attributes,
            f"00000000-0000-4000-8000-{number}",
        )


def _check_topic(topic: str | None, topics: Collection[str], refuse: Refuse) -> None:
    if topic is None or topic.count(":") < 5:
        raise refuse("InvalidParameter", "Invalid parameter: TopicArn")
    if topic not in topics:
        raise refuse("NotFound", "Topic does not exist", 404)


def _check_subject(subject: str | None, refuse: Refuse) -> None:
    """Subjects are text with no line breaks or control characters, and less than 100 characters long."""
    if subject is not None and (not 1 <= len(subject) < 100 or _BROKEN.search(subject)):
        raise refuse("InvalidParameter", "Invalid parameter: Subject")


def _texts(asked: Mapping[str, Any], refuse: Refuse) -> Mapping[str, str]:
    """The text for each protocol; what AWS ignores in silence, it may not be asked."""
    if not asked["Message"]:
        raise refuse("InvalidParameter", "Invalid parameter: Empty message")
    structure = asked.get("MessageStructure")
    if structure is None:
        return {"default": asked["Message"]}
    texts = _parsed(asked["Message"], refuse) if structure == "json" else None
    if not isinstance(texts, dict) or not isinstance(texts.get("default"), str):
        said = "Message Structure - No default entry in JSON message body"
        raise refuse("InvalidParameter", f"Invalid parameter: {said}")
    ignored = {name for name, text in texts.items() if name not in _PROTOCOLS or not isinstance(text, str)}
    if ignored or len(texts.get("sms", "")) > _MOST_SMS:
        raise Misuse(f"texts that nobody would get: {sorted(ignored or {'sms'})}")
    return texts


def _parsed(message: str, refuse: Refuse) -> Any:
    def once(members: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(members)) < len(members):
            raise ValueError("a key is there twice")
        return found

    try:
        return json.loads(message, object_pairs_hook=once)
    except ValueError:
        said = "Message Structure - JSON message body failed to parse"
        raise refuse("InvalidParameter", f"Invalid parameter: {said}") from None


def _encoded(text: str) -> bytes:
    """UTF-8; half a surrogate pair cannot be sent, as little as by the real client."""
    return text.encode()
