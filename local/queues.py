"""Lambda's reading of queues: what comes within a batching window is brought together, in virtual time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.cloud import Cloud
from local.template import QueueReader, queue_readers

# What still fails after so many tries is dropped here; deployed, it goes to the queue for what failed.
_TRIES = 3
_PAGE = 10  # SQS gives no more at once


@dataclass(slots=True)
class _Window:
    """Messages that wait for each other until an instant, and how often they were brought."""

    ends: datetime
    records: list[dict[str, Any]]
    tries: int = 0


class Queues:
    """Takes messages out of the queues as they come, and brings each window's to its reader when it ends."""

    def __init__(
        self,
        cloud: Cloud,
        call: Callable[[str, Mapping[str, Any]], Mapping[str, Any] | None],
        now: Callable[[], datetime],
    ) -> None:
        self._cloud, self._call, self._now = cloud, call, now
        self._windows: dict[QueueReader, list[_Window]] = {reader: [] for reader in queue_readers()}

    @property
    def next(self) -> datetime | None:
        """When the next window ends; None where none is open."""
        return min((each.ends for windows in self._windows.values() for each in windows), default=None)

    def run(self) -> bool:
        """Take what has come, and bring what is due; whether anything was brought."""
        brought = 0
        for reader, windows in self._windows.items():
            self._take(reader, windows)
            due = [each for each in windows if each.ends <= self._now()]
            for window in due:
                windows.remove(window)
                self._bring(reader, window)
            brought += len(due)
        return brought > 0

    def _take(self, reader: QueueReader, windows: list[_Window]) -> None:
        for record in self._received(reader.queue):
            open_ones = [each for each in windows if not each.tries and len(each.records) < reader.batch_size]
            if not open_ones:
                open_ones = [_Window(self._now() + timedelta(seconds=reader.window), [])]
                windows += open_ones
            open_ones[0].records.append(record)
            if len(open_ones[0].records) == reader.batch_size:
                open_ones[0].ends = self._now()

    def _received(self, queue: str) -> list[dict[str, Any]]:
        url, found = self._cloud.names[queue], list[dict[str, Any]]()
        while page := self._cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_PAGE).get(
            "Messages"
        ):
            for message in page:
                self._cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(
                    {
                        "messageId": message["MessageId"],
                        "receiptHandle": message["ReceiptHandle"],
                        "body": message["Body"],
                        "eventSource": "aws:sqs",
                    }
                )
        return found

    def _bring(self, reader: QueueReader, window: _Window) -> None:
        """Call the function; what it reports as failed, or all if it raised, comes again a window later."""
        received = {"attributes": {"ApproximateReceiveCount": str(window.tries + 1)}}
        answer = self._call(reader.function, {"Records": [{**each, **received} for each in window.records]})
        left: Sequence[dict[str, Any]] = window.records
        if answer is not None:
            failed = {each["itemIdentifier"] for each in answer.get("batchItemFailures", ())}
            left = [record for record in window.records if record["messageId"] in failed]
        if left and window.tries + 1 < _TRIES:
            ends = self._now() + timedelta(seconds=reader.window)
            self._windows[reader].append(_Window(ends, list(left), window.tries + 1))
