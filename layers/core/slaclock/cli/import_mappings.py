"""What a helpdesk's API exports, read by a mapping (docs/mappings.md) as its webhooks would have told it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slaclock import helpdesks
from slaclock.cli.connection_files import mapping
from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.helpdesks import Delivery, Mapped
from slaclock.helpdesks.mapping import mapping_of, shipped_names
from slaclock.helpdesks.mapping_asked import Asked
from slaclock.helpdesks.mapping_document import InvalidMapping, MappingDocument
from slaclock.helpdesks.mapping_events import events_of
from slaclock.helpdesks.payload import load

if TYPE_CHECKING:
    from slaclock.domain.events import TicketEvent
    from slaclock.helpdesks.connection import Connection

_EXPORTS = Path(helpdesks.__file__).with_name("exports")
_ANY = "generic"  # the source of a mapping that is for whichever helpdesk the connection is of
_OF_NO_HELPDESK = ("mapping", "cloudevents")
# What webhooks call what an export brings by the same id, so that it is one event however it came.
_NAMES = {
    ("freshdesk", "reply"): "{ticket}:conversation",
    ("intercom", "reply"): "{ticket}:part",
    ("jira", "reply"): "comment",
    ("jira", "change"): "change",
}
_LOWERED = {"freshdesk": "ticket_type"}  # as the adapter does


@dataclass(frozen=True, slots=True)
class Exports:
    """Reads lines by a mapping, for a connection whose helpdesk it is of.

    Of the connection its words, customers, plans and agents count; its paths are of what webhooks deliver. A
    line may hold any number of items: it is as long as a line may be, at the most.
    """

    document: MappingDocument
    connection: Connection

    def read(self, delivery: Delivery, _: Connection) -> Mapped:
        """Translate one line; `InvalidEvent` points at the mapping's member that can't be read of it."""
        body = load(delivery.body)
        if self.document.ignore and self.document.ignore.holds(body):
            return Mapped((), ignored=1)
        given = [
            event
            for place, each in self._asked(body)
            for event in events_of(Asked(each, place, delivery, self.connection, self.document))
        ]
        return Mapped(tuple(map(self._ours, given)), ignored=0 if given else 1)

    def _asked(self, body: Any) -> list[tuple[int | None, Any]]:
        if self.document.items is None:
            return [(None, body)]
        items = self.document.items.of(body)
        if not isinstance(items, list | None):
            raise InvalidEvent("is no list", self.document.items.pointer)
        return [(place, {"item": item, "body": body}) for place, item in enumerate(items or ())]

    def _ours(self, event: TicketEvent) -> TicketEvent:
        """The event as one of the connection's helpdesk, under the name that its webhooks give it."""
        kind = self.connection.kind
        if self.document.source != _ANY or kind in _OF_NO_HELPDESK:
            return event
        prefix = f"{event.source}:{event.account}:{event.ticket_id}:"
        what, colon, native = event.event_id.removeprefix(prefix).partition(":")
        place = _NAMES.get((kind, what), f"{{ticket}}:{what}").replace("{ticket}", event.ticket_id)
        said = dict(event.attributes)
        if isinstance(text := said.get(_LOWERED.get(kind, "")), str):
            said[_LOWERED[kind]] = text.lower()
        name = f"{kind}:{event.account}:{place}{colon}{native}"
        return replace(event, source=kind, event_id=name, attributes=said)


def exports(text: str, connection: Connection) -> Exports:
    """What `--mapping` names: an export's mapping, one for webhooks, or a file; refused in a line else."""
    try:
        path = _EXPORTS / f"{text}.json"
        shipped = text in exported()
        given = json.loads(path.read_text(encoding="utf-8")) if shipped else mapping(text)
        chosen = replace(connection, mapping=given, paths={})
        return Exports(mapping_of(chosen), chosen)
    except InvalidMapping as wrong:
        if isinstance(mapping(text), str):
            known = ", ".join([*exported(), *shipped_names()])
            raise SlaError(f"--mapping {text}: it is no file, and shipped are only {known}") from None
        raise SlaError(f"--mapping {text}: {wrong}") from None


def exported() -> list[str]:
    """The names of the mappings for exports."""
    return sorted(path.stem for path in _EXPORTS.glob("*.json"))
