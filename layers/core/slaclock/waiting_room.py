"""The queue on which reminders wait for each other (rule 23); nothing else ever waits there.

The stream's record of a reminder has `notify` put a message on it for each audience; what comes within the
queue's batching window, a minute, `notify` gets together. What fails comes again after a while that grows.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from botocore.exceptions import BotoCoreError, ClientError

from slaclock.domain.breach_news import audiences_of
from slaclock.domain.facts import named_by, named_under
from slaclock.problems import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from slaclock.domain.facts import Fact
    from slaclock.store.messages import Announcement

NEAR = timedelta(minutes=2)  # a deadline no further away than gathering may take
FIRST_PAUSE, LONGEST_PAUSE = 30, 960  # seconds until what failed comes again: doubled each time
_PAGE = 10  # messages that SQS is told of at once
_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """What a message of the queue says: a reminder, and an audience that is to hear of it."""

    subject: str
    key: str
    audience: str

    @classmethod
    def read(cls, body: str) -> Self:
        """Read a message's body; ValueError where it is none of ours."""
        said = json.loads(body)
        if not (isinstance(said, dict) and said.keys() == {"subject", "key", "audience"}):
            raise ValueError("it asks for no reminder")
        if not all(isinstance(each, str) for each in said.values()):
            raise ValueError("it asks for no reminder")
        return cls(**said)


def named_in_message(body: str) -> dict[str, str]:
    """What a log says of the reminder that a message asks for; nothing where it asks for none."""
    try:
        asked = Asked.read(body)
    except (ValueError, RecursionError):
        return {}
    return named_under(asked.subject, asked.key)


def may_wait(fact: Fact, now: datetime) -> bool:
    """Whether a fact may be held back: a reminder, unless its deadline is too near for that."""
    return fact.fact == "reminder_due" and fact.due_at is not None and fact.due_at - now > NEAR


@dataclass(slots=True)
class WaitingRoom:
    """The queue, by its URL."""

    client: Any
    url: str

    def takes(self, announcement: Announcement) -> bool:
        """Let a reminder wait, once for each audience; put here twice, it is told once all the same.

        False where the queue can't be had: then it is told alone, and no breach behind it is kept waiting.
        """
        try:
            for audience in audiences_of(announcement.fact):
                asked = Asked(announcement.subject, announcement.key, audience)
                self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(asked._asdict()))
        except (BotoCoreError, ClientError) as error:
            named = named_by(announcement.fact)
            _log.error("a reminder could not wait for others: %s", fault(error), extra=named)
            return False
        _log.info("waits", extra=named_by(announcement.fact))
        return True

    def bring_back(self, failed: Iterable[Mapping[str, Any]]) -> None:
        """Have records of the queue that failed come again soon, and later each time.

        Where that can't be said, they come when the queue's own time is up.
        """
        entries = [
            {
                "Id": str(number),
                "ReceiptHandle": record["receiptHandle"],
                "VisibilityTimeout": pause(int(record["attributes"]["ApproximateReceiveCount"])),
            }
            for number, record in enumerate(failed)
        ]
        for first in range(0, len(entries), _PAGE):
            self._bring_back(entries[first : first + _PAGE])

    def _bring_back(self, entries: Sequence[Mapping[str, Any]]) -> None:
        try:
            answer = self.client.change_message_visibility_batch(QueueUrl=self.url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            _log.warning("reminders that failed come again later than they should: %s", fault(error))
            return
        for refused in answer.get("Failed", ()):
            _log.warning("a reminder that failed comes again later than it should: %s", refused["Code"])


def pause(receives: int) -> int:
    """Seconds until a message that was received so often, and failed, comes again."""
    return int(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (receives - 1)))
