"""Lambda's reader of a queue, as unkind as AWS may be: nothing is lost, and anything may come late, or twice.

Messages come in any order. Those of a batch that failed come again when they can be seen again, until they
were received too often: then they are in the queue for what failed.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from local.template import queue_readers, resources
from tests.sim import faults as kinds
from tests.sim.streams import Crashed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.sim.faults import Faults
    from tests.sim.hub import Hub


@dataclass(frozen=True)
class Settings:
    """What the template says of a reader and its queue; times are seconds."""

    function: str
    queue: str
    batch_size: int
    window: int
    hidden: int
    receives: int


@cache
def settings() -> Settings:
    """The one queue that a function reads."""
    (reader,) = queue_readers()
    queue = dict(resources("AWS::SQS::Queue"))[reader.queue]
    most = queue["RedrivePolicy"]["maxReceiveCount"]
    return Settings(
        reader.function, reader.queue, reader.batch_size, reader.window, queue["VisibilityTimeout"], most
    )


@dataclass
class Message:
    """A message, by a name of its own, and how often it was received."""

    name: str
    body: str
    receives: int = 0
    hidden: float | None = None  # seconds, where it was said how long

    @property
    def receipt(self) -> str:
        """Its handle: another one each time that it is received."""
        return f"{self.name} received {self.receives}"

    @property
    def record(self) -> dict[str, Any]:
        """The message as a function gets it."""
        return {
            "messageId": self.name,
            "receiptHandle": self.receipt,
            "body": self.body,
            "attributes": {"ApproximateReceiveCount": str(self.receives)},
            "eventSource": "aws:sqs",
        }


class QueueReader:
    """Gathers what comes within a window, and brings it to the function."""

    def __init__(self, hub: Hub, faults: Faults, invoke: Callable[[str, Any, str], Any]) -> None:
        self.settings, self._hub, self._faults, self._invoke = settings(), hub, faults, invoke
        self._named = Counter[str]()
        self._waiting: list[Message] = []
        self._window = 0  # its number
        self._left: set[str] = set()
        self._in_flight: dict[str, Message] = {}
        self.given_up: list[Message] = []

    @property
    def put(self) -> list[Mapping[str, str]]:
        """What every message ever put there asks for."""
        return [json.loads(body) for body in self._named]

    @property
    def idle(self) -> bool:
        return not self._left

    def offer(self, _queue: str, body: str) -> None:
        """A message was put on the queue. It can be seen when it likes."""
        self._named[body] += 1
        message = Message(f"{' '.join(json.loads(body).values())} #{self._named[body]}", body)
        self._left.add(message.name)
        share = self._faults.roll(f"queue gets {message.name}")
        self._hub.later(0.05 + share if share < 0.9 else 20 * share, partial(self._seen, message))

    def hides(self, receipt: str, seconds: int) -> bool:
        """Say when a message that is being worked at can be seen again; False where that is over."""
        message = self._in_flight.get(receipt)
        if message is not None:
            message.hidden = seconds
        return message is not None

    def _seen(self, message: Message) -> None:
        message.receives += 1
        if message.receives > self.settings.receives:
            self._left.discard(message.name)
            self.given_up.append(message)
            return
        self._waiting.append(message)
        if len(self._waiting) == 1:
            self._hub.later(self.settings.window, partial(self._closes, self._window))
        elif len(self._waiting) == self.settings.batch_size:
            self._closes(self._window)

    def _closes(self, window: int) -> None:
        if window == self._window:
            batch, self._waiting = self._waiting, []
            self._window += 1
            self._hub.spawn(partial(self._bring, batch))

    def _bring(self, batch: Sequence[Message]) -> None:
        place = f"{self.settings.function} queue {batch[0].name} try {batch[0].receives - 1}"
        fault = self._faults.at(place, f"{self.settings.function} queue", kinds.AT_QUEUES)
        if fault == kinds.LATE:
            self._hub.sleep(60 + (300 if self._faults.gentle else 1800) * self._faults.roll(f"{place} late"))
        for message in batch:
            message.hidden, self._in_flight[message.receipt] = None, message
        if fault == kinds.TWICE:  # at the same time, or later
            after = 100 * self._faults.roll(f"{place} again") ** 3
            self._hub.spawn(partial(self._invoked, batch, f"{place} again"), after)
        failed = self._invoked(batch, place)
        for message in batch:
            if message.name in failed:
                hidden = self.settings.hidden if message.hidden is None else message.hidden
                self._hub.later(hidden, partial(self._seen, message))
            else:
                self._left.discard(message.name)
            del self._in_flight[message.receipt]

    def _invoked(self, batch: Sequence[Message], name: str) -> set[str]:
        """Have the function work at a batch; the names of what failed: all of it where it did not answer."""
        records = [each.record for each in batch]
        try:
            answer: Mapping[str, Any] = self._invoke(self.settings.function, {"Records": records}, name)
        except Crashed:
            return {each.name for each in batch}
        return {each["itemIdentifier"] for each in answer["batchItemFailures"]}
