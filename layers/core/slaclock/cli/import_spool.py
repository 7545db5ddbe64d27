"""Events put aside on disk by their tickets, so that of any number only a few are in memory at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zlib import crc32

from slaclock.domain.events import event_from_json, event_to_json
from slaclock.domain.facts import subject_key
from slaclock.domain.people import People

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from slaclock.domain.events import TicketEvent

# A million lines make files of some ten megabytes each, of which one at a time is read.
_FILES, _HELD_BACK = 64, 1 << 16  # bytes for a file before they are written


@dataclass(slots=True)
class Spool:
    """Files in a folder; all events of a ticket are in one of them, in the order of their coming."""

    folder: Path
    _held: dict[int, bytearray] = field(default_factory=dict)

    def put(self, event: TicketEvent) -> None:
        """Put an event aside, as the log would keep it, and beside it the ids of people, to be hashed."""
        key = json.dumps(subject_key(event.subject, event.account, event.ticket_id))
        number = crc32(key.encode()) % _FILES
        held = self._held.setdefault(number, bytearray())
        people = dict(event.people.known()) if event.people else {}
        aside = json.dumps([event_to_json(event), people], ensure_ascii=False)
        held += f"{key}\t{aside}\n".encode()
        if len(held) >= _HELD_BACK:
            self._write(number)

    def lives(self) -> Iterator[list[TicketEvent]]:
        """The events of each ticket."""
        for number in list(self._held):
            self._write(number)
        for path in sorted(self.folder.glob("*.ndjson")):
            tickets: dict[bytes, list[bytes]] = {}
            with path.open("rb") as file:
                for line in file:
                    key, _, event = line.partition(b"\t")
                    tickets.setdefault(key, []).append(event)
            for events in tickets.values():
                yield list(map(_event, events))

    def _write(self, number: int) -> None:
        with (self.folder / f"{number:02}.ndjson").open("ab") as file:
            file.write(self._held[number])
        self._held[number].clear()


def _event(aside: bytes) -> TicketEvent:
    document, people = json.loads(aside)
    return replace(event_from_json(document), people=People(**people) if people else None)
