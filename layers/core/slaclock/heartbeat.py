"""The sign of life: said after a clean sweep and only then, so that silence is the alarm."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.settings import InvalidSettings


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Says on a topic outside the stack that nothing is left behind. `client` is of the topic's region."""

    client: Any
    topic: str
    stack: str

    def beat(self, at: datetime, counts: Mapping[str, int]) -> None:
        """Publish when the sweep was and what it counted: JSON for programs, a sentence for people."""
        when = format_instant(at)
        document = json.dumps({"stack": self.stack, "at": when, **counts})
        caught = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
        text = f"{self.stack} is well: the sweep of {when} left nothing behind (it found {caught})."
        self.client.publish(
            TopicArn=self.topic,
            Subject=f"{self.stack} is well"[:99],
            Message=json.dumps({"default": document, "email": text, "sms": text[:140]}),
            MessageStructure="json",
        )


def region_of(topic: str) -> str:
    """The region that a topic's ARN names: the only one that takes a message for it."""
    parts = topic.split(":")
    if len(parts) != 6 or parts[2] != "sns":
        raise InvalidSettings("HEARTBEAT_TOPIC is no ARN of a topic")
    return parts[3]
