"""SQS, for standard queues: messages are put there, and those that failed are brought back when one says.

It is as strict as AWS, and stricter where AWS does not say.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import md5
from typing import Any

from tests.sim.misuse import Misuse, Refuse, Strict, refuse
from tests.sim.shapes import check

_MOST = 262_144  # bytes; since 2025 SQS takes more, unless a queue says otherwise
_MOST_ENTRIES, _LONGEST_HIDDEN = 10, 43_200  # of a batch; seconds
_TAKEN = {"QueueUrl", "MessageBody"}
_ALLOWED = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))  # besides tab and ends of lines


class SqsDouble(Strict):
    """Queues by their URL; `sent` is told of each message that is put on one: its queue and its body.

    `hides` is told of each that is to be seen again after so many seconds: False where its receipt is stale.
    """

    def __init__(
        self,
        queues: Collection[str],
        sent: Callable[[str, str], None],
        hides: Callable[[str, int], bool] = lambda _receipt, _seconds: False,
    ) -> None:
        super().__init__()
        self._queues, self._sent, self._hides, self._number = frozenset(queues), sent, hides, 0

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

    def change_message_visibility_batch(self, **asked: Any) -> dict[str, Any]:
        """Say of ten messages at the most when each can be seen again."""
        with self.watched():
            check("sqs", "ChangeMessageVisibilityBatch", asked)
            entries = asked["Entries"]
            self._check_batch(asked["QueueUrl"], entries)
        done, failed = [], []
        for entry in entries:
            if self._hides(entry["ReceiptHandle"], entry["VisibilityTimeout"]):
                done.append({"Id": entry["Id"]})
            else:
                failed.append({"Id": entry["Id"], "Code": "ReceiptHandleIsInvalid", "SenderFault": True})
        return {"Successful": done, "Failed": failed}

    def _check_batch(self, queue: str, entries: Sequence[Mapping[str, Any]]) -> None:
        refused = refuse("ChangeMessageVisibilityBatch")
        self._check_queue(queue, refused)
        if not entries:
            raise refused("AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one entry.")
        if len(entries) > _MOST_ENTRIES:
            raise refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "Ten entries at the most.")
        if len({entry["Id"] for entry in entries}) < len(entries):
            raise refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "Two entries have one id.")
        if not all(0 <= entry.get("VisibilityTimeout", -1) <= _LONGEST_HIDDEN for entry in entries):
            raise Misuse("a time for which no message is hidden, which AWS refuses entry by entry")

    def _check_queue(self, queue: str, refused: Refuse) -> None:
        if queue not in self._queues:
            code = "AWS.SimpleQueueService.NonExistentQueue"
            raise refused(code, "The specified queue does not exist.")

    def _check(self, queue: str, body: str) -> None:
        refused = refuse("SendMessage")
        self._check_queue(queue, refused)
        if not body:
            raise refused("MissingParameter", "The request must contain the parameter MessageBody.")
        if len(body.encode()) > _MOST:
            raise refused("InvalidParameterValue", f"Message must be shorter than {_MOST} bytes.")
        if not all(_may_stand(letter) for letter in body):
            raise refused("InvalidMessageContents", "Invalid characters found.")


def _may_stand(letter: str) -> bool:
    return letter in "\t\n\r" or any(first <= ord(letter) <= last for first, last in _ALLOWED)
