"""The lines of an export, read as what a connection's helpdesk would deliver, or as canonical events."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks import Delivery, Mapped, generic
from slaclock.helpdesks.payload import load
from slaclock.intake import unmapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from typing import BinaryIO

    from slaclock.domain.events import TicketEvent
    from slaclock.helpdesks.connection import Connection
    from slaclock.store.activity import Word

LONGEST = 1 << 20  # bytes of a line
NAMED = 20  # mistakes; the others are counted
MOST_WORDS = 1000  # without a meaning, that are told apart
_ENVELOPE = frozenset({"received_at", "headers", "body"})
_SAMPLE = frozenset({"connection", "description", "headers", "body"})  # the members of a file of events/
_MARK = b"\xef\xbb\xbf"  # that some editors and shells put before UTF-8


@dataclass(slots=True)
class Lines:
    """Reads lines for a connection, by its adapter or a mapping. All events are received `now`.

    When somebody else received a delivery, as its envelope says, is when that happened of which it tells no
    time. `ignored` counts the lines that say nothing of a ticket, `mistakes` names the first wrong ones,
    `words` counts the events of each word that no map knows.
    """

    connection: Connection
    reads: Callable[[Delivery, Connection], Mapped]
    now: datetime
    read: int = 0
    ignored: int = 0
    wrong: int = 0
    mistakes: list[str] = field(default_factory=list)
    words: Counter[Word] = field(default_factory=Counter)

    def events(self, file: BinaryIO, name: str) -> Iterator[TicketEvent]:
        """The events of a file's lines; of a wrong one it is kept where it is, and which member is wrong."""
        for number, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            self.read += 1
            try:
                events = self._mapped(line).events
            except Exception as error:  # noqa: BLE001  (of an adapter's fault, too, the line is named)
                said = str(error) if isinstance(error, SlaError) else f"met a fault, {type(error).__name__}"
                self.wrong += 1
                if self.wrong <= NAMED:
                    self.mistakes.append(f"{name}:{number}: {said}")
                continue
            self.ignored += not events
            for event in events:
                self._count(event)
                # No delivery tells of what is to come: see slaclock.domain.inputs.not_ahead.
                happened_at = min(event.occurred_at, event.received_at)
                yield replace(event, occurred_at=happened_at, received_at=self.now)

    def _count(self, event: TicketEvent) -> None:
        for word in unmapped((event,)):
            if word in self.words or len(self.words) < MOST_WORDS:
                self.words[word] += 1

    def _mapped(self, line: bytes) -> Mapped:
        if len(line) > LONGEST:
            raise InvalidEvent(f"the line is longer than {LONGEST} bytes")
        document = _document(line)
        if document.get("schema") == "ticket-event/1":
            return self._canonical(document)
        if "body" in document and (document.keys() <= _ENVELOPE or document.keys() <= _SAMPLE):
            return self.reads(self._delivered(document), self.connection)
        return self.reads(Delivery(line.strip(), {}, self.now), self.connection)

    def _canonical(self, document: Mapping[str, Any]) -> Mapped:
        """A canonical event, of this connection where it names none, as the generic way in checks it."""
        ours = {
            "account": self.connection.account,
            "connection": self.connection.id,
            "received_at": format_instant(self.now),
        }
        self._received_at(document)  # which is somebody else's, and so only has to be an instant
        try:
            return generic.read_document({**ours, **document}, self.now, self.connection)
        except InvalidEvent as wrong:  # it speaks of what is posted
            said = wrong.detail.replace("that this address belongs to", "of the connection")
            raise InvalidEvent(said, wrong.pointer) from None

    def _delivered(self, envelope: Mapping[str, Any]) -> Delivery:
        """A delivery in its envelope; a body that is text gives the very bytes that were delivered."""
        headers, body = envelope.get("headers") or {}, envelope["body"]
        if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
            raise InvalidEvent("is no object of texts", "/headers")
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        named = {name.lower(): value for name, value in headers.items()}
        return Delivery(text.encode(), named, self._received_at(envelope))

    def _received_at(self, document: Mapping[str, Any]) -> datetime:
        """When it reached somebody, where it says so: not later than now."""
        said = document.get("received_at")
        if said is None:
            return self.now
        try:
            received_at = parse_instant(said)
        except (TypeError, ValueError, OverflowError, AttributeError):
            raise InvalidEvent("is no instant", "/received_at") from None
        if received_at > self.now:
            raise InvalidEvent("is still to come", "/received_at")
        return received_at


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines, without the mark of UTF-8; of one that is too long, as much as shows it."""
    first = True
    while line := file.readline(LONGEST + 2):
        rest = line
        if first:
            first, line = False, line.removeprefix(_MARK)
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST)):
            pass
        yield line.rstrip(b"\r\n")


def _document(line: bytes) -> dict[str, Any]:
    try:
        document = load(line)
    except InvalidEvent as wrong:  # it speaks of what helpdesks send
        raise InvalidEvent(wrong.detail.replace("the body", "the line")) from None
    if not isinstance(document, dict):
        raise InvalidEvent("the line is no JSON object")
    return document
