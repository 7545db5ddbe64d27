"""SQS, for putting messages on standard queues: as strict as AWS, and stricter where AWS does not say."""

from collections.abc import Callable, Collection
from hashlib import md5
from typing import Any

from tests.sim.misuse import Misuse, Strict, refuse
from tests.sim.shapes import check

_MOST = 262_144  # bytes; since 2025 SQS takes more, unless a queue says otherwise
_TAKEN = {"QueueUrl", "MessageBody"}
_ALLOWED = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))  # besides tab and ends of lines


class SqsDouble(Strict):
    """Queues by their URL; `sent` is told of each message that is put on one: its queue and its body."""

    def __init__(self, queues: Collection[str], sent: Callable[[str, str], None]) -> None:
        super().__init__()
        self._queues, self._sent, self._number = frozenset(queues), sent, 0

    def send_message(self, **asked: Any) -> dict[str, Any]:
        """Put a message on a queue, and answer with its id."""
        with self.watched():
            check("sqs", "SendMessage", asked)
            if unknown := asked.keys() - _TAKEN:
                raise Misuse(f"the double knows no message with {sorted(unknown)}")
            self._check(asked["QueueUrl"], asked["MessageBody"])
        self._number += 1
        self._sent(asked["QueueUrl"], asked["MessageBody"])
        digest = md5(asked["MessageBody"].encode(), usedforsecurity=False).hexdigest()
        return {"MessageId": f"00000000-0000-4000-8000-{self._number:012x}", "MD5OfMessageBody": digest}

    def _check(self, queue: str, body: str) -> None:
        refused = refuse("SendMessage")
        if queue not in self._queues:
            code = "AWS.SimpleQueueService.NonExistentQueue"
            raise refused(code, "The specified queue does not exist.")
        if not body:
            raise refused("MissingParameter", "The request must contain the parameter MessageBody.")
        if len(body.encode()) > _MOST:
            raise refused("InvalidParameterValue", f"Message must be shorter than {_MOST} bytes.")
        if not all(_may_stand(letter) for letter in body):
            raise refused("InvalidMessageContents", "Invalid characters found.")


def _may_stand(letter: str) -> bool:
    return letter in "\t\n\r" or any(first <= ord(letter) <= last for first, last in _ALLOWED)
