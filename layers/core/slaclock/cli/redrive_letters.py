"""The messages of a queue that something was left in: read one by one, deleted only when they are done."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

T = TypeVar("T")
_HIDDEN = 900  # seconds that a message is kept from others, and from coming twice in one run
_PAGE = 10  # SQS gives no more at once
# CloudFormation names a function STACK-LOGICAL_ID-RANDOM. Other names are not ours, and say nothing.
_FUNCTIONS = frozenset({"Arm", "Audit", "Notify", "Records", "Seal", "Timer", "Webhook"})
WAIT = 1  # seconds; without any, only some of SQS's servers are asked


class InvalidLetter(SlaError):
    """A message is none of those that this queue is for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, with its attributes as text."""

    id: str
    receipt: str
    body: str
    attributes: Mapping[str, str]

    def document(self, *needed: str) -> Mapping[str, Any]:
        """The JSON object that the body is, which has these members; `InvalidLetter` where it is not."""
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            raise InvalidLetter("it is no JSON") from None
        if not isinstance(document, dict):
            raise InvalidLetter("it is no JSON object")
        for name in needed:
            if name not in document:
                raise InvalidLetter(f"it has no {name}")
        return document

    def record(self, function: str, member: str) -> Any:
        """A member of Lambda's record of what one of the stack's functions failed at.

        `InvalidLetter` where there is none, or the record says that it is of another function.
        """
        document = self.document(member)
        context = document.get("requestContext")
        arn = context.get("functionArn") if isinstance(context, dict) else None
        name = arn.partition(":function:")[2].partition(":")[0] if isinstance(arn, str) else ""
        if _function_of(name) not in (None, function):
            raise InvalidLetter(f"it is of {name}: another queue's")
        return document[member]


def _function_of(name: str) -> str | None:
    """The logical id of one of our functions; None where the name is not such a one."""
    parts = name.rsplit("-", 2)
    return parts[1] if len(parts) == 3 and parts[1] in _FUNCTIONS else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message: in words, and whether it is done with."""

    letter: Letter
    said: str
    done: bool = True


@dataclass(slots=True)
class Queue:
    """A queue in SQS. What was read of it, and is not done, is given back at the end."""

    client: Any
    url: str
    _open: dict[str, Letter] = field(default_factory=dict)

    def letters(self, most: int) -> Iterator[Letter]:
        """Yield messages, so many at the most, until none is left that was not read in this run."""
        seen: set[str] = set()
        while len(seen) < most:
            page = self._receive(min(_PAGE, most - len(seen)))
            new = [letter for letter in page if letter.id not in seen]
            if not new:
                return
            seen.update(letter.id for letter in new)
            yield from new

    def hidden(self) -> int:
        """About how many messages somebody else has read, and not yet deleted."""
        name = "ApproximateNumberOfMessagesNotVisible"
        answer = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return int(answer.get("Attributes", {}).get(name, 0))

    def delete(self, letter: Letter) -> None:
        """Take a message out: its work is done."""
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=letter.receipt)
        del self._open[letter.id]

    def give_back(self) -> None:
        """Let everybody see again what was read and stays."""
        while self._open:
            _, letter = self._open.popitem()
            with suppress(ClientError):  # it can be seen again already
                self.client.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=letter.receipt, VisibilityTimeout=0
                )

    def _receive(self, most: int) -> list[Letter]:
        answer = self.client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=most,
            MessageAttributeNames=["All"],
            VisibilityTimeout=_HIDDEN,
            WaitTimeSeconds=WAIT,
        )
        page = [_letter(message) for message in answer.get("Messages", ())]
        self._open.update((letter.id, letter) for letter in page)
        return page


def together(
    letters: Iterable[Letter], read: Callable[[Letter], T], do: Callable[[list[T]], tuple[str, bool]]
) -> Iterator[Outcome]:
    """What comes of messages whose work is one for all: it is done once, with what was read of each."""
    found: list[tuple[Letter, T]] = []
    for letter in letters:
        try:
            found.append((letter, read(letter)))
        except InvalidLetter as error:
            yield Outcome(letter, str(error), done=False)
    if found:
        said, done = do([each for _, each in found])
        yield from (Outcome(letter, said, done) for letter, _ in found)


def _letter(message: Mapping[str, Any]) -> Letter:
    attributes = {
        name: value["StringValue"]
        for name, value in message.get("MessageAttributes", {}).items()
        if "StringValue" in value
    }
    return Letter(message["MessageId"], message["ReceiptHandle"], message["Body"], attributes)
