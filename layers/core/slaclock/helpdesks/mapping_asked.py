"""One body that a mapping is asked of: its ticket, its times, and what its events are called."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, times, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.identity import event_id, fingerprint
from slaclock.helpdesks.mapping_document import MappingDocument, Moment
from slaclock.helpdesks.mapping_members import instant
from slaclock.helpdesks.payload import Members

_FURTHEST = 2**48


@dataclass(frozen=True, slots=True)
class Asked:
    """A body, its place among the items of its delivery (if it is one), and what it is read by."""

    body: Any
    place: int | None
    delivery: Delivery
    connection: Connection
    mapping: MappingDocument

    @property
    def ticket_id(self) -> str:
        expression = self.mapping.ticket_id
        return words.needed(
            Members({"ticket_id": expression.of(self.body)}).identity("ticket_id"), "/ticket_id"
        )

    @property
    def occurred_at(self) -> datetime | None:
        return self.instant("occurred_at", self.mapping.occurred_at, times.lately(self.delivery.received_at))

    @property
    def known_created_at(self) -> dict[str, str]:
        """When the ticket was created, as a member of it; none where nothing says."""
        created_at = self.stamp("created_at", self.mapping.created_at)
        return {"created_at": format_instant(created_at)} if created_at else {}

    @property
    def sequence(self) -> int:
        """The source's own order of one ticket's changes; 0 where it has none."""
        expression = self.mapping.sequence
        number = expression and Members({"sequence": expression.of(self.body)}).number("sequence")
        if number and abs(number) >= _FURTHEST:
            raise InvalidEvent("is larger than any count of changes", "/sequence")
        return number or 0

    def instant(self, name: str, moment: Moment | None, choice: times.Choice) -> datetime | None:
        return instant(name, moment, self.body, self.connection, choice)

    def stamp(self, name: str, moment: Moment | None) -> datetime | None:
        """An instant that bodies repeat: in an hour that comes twice, only one that is fresh is known."""
        return self.instant(name, moment, times.beside(self.occurred_at or self.delivery.received_at))

    def named(self, what: str, native: str | None, at: datetime | None) -> str:
        """What an event is called: by the source's id, else by the body and, without a time, the minute."""
        place = [] if self.place is None else [str(self.place)]
        minute = [] if at else [self.delivery.received_at.strftime("%Y-%m-%dT%H:%MZ")]
        own = [native] if native else [what, fingerprint(self.delivery), *place, *minute]
        return event_id(self.mapping.source, self.connection, self.ticket_id, *own)
