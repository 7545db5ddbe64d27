"""Any JSON at all, read by a mapping in the connection: expressions (JMESPath) and word maps.

docs/mappings.md has every member of one. ServiceNow, GLPI, osTicket and LiveAgent come in through those that
are shipped in `mappings/`; what to paste on their side is in docs/helpdesks/. A delivery is asked for a
comment (`reply`) and for the ticket's state (`type` and the members); each that is there gives an event, the
reply first.

An event's name is `event_id` or `reply.id` where the mapping finds one, else it is made of the body's hash.
Where the body says neither an id nor a time, the minute of the arrival is part of the name: the same body
twice within a minute is one event, and later it may be news, since `open` to `pending` can happen again in
the very same bytes.
"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.helpdesks import Delivery, Mapped, Unmappable
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.mapping_asked import Asked
from slaclock.helpdesks.mapping_document import InvalidMapping, MappingDocument
from slaclock.helpdesks.mapping_events import events_of
from slaclock.helpdesks.mapping_reading import read_mapping
from slaclock.helpdesks.payload import load
from slaclock.helpdesks.signatures import SharedSecret

KIND = "mapping"
SCHEME = SharedSecret()  # what each of them can send; a connection may name a better one
MOST_ITEMS = 100
_SHIPPED = Path(__file__).with_name("mappings")


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; `Unmappable` names the mapping's member that can't be read of it."""
    try:
        return read_body(load(delivery.body), delivery, connection)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None


def read_body(body: Any, delivery: Delivery, connection: Connection) -> Mapped:
    """Translate a body that was parsed already; `InvalidEvent` points at the mapping's member at fault.

    With `items`, each of them is asked as `{"item": …, "body": …}`: at most a hundred a delivery.
    """
    try:
        mapping = mapping_of(connection)
    except InvalidMapping as wrong:
        raise Unmappable(f"the connection's mapping is wrong: {wrong}") from None
    if mapping.ignore and mapping.ignore.holds(body):
        return Mapped((), ignored=1)
    given = [
        events_of(Asked(each, place, delivery, connection, mapping)) for place, each in _asked(body, mapping)
    ]
    return Mapped(
        tuple(event for events in given for event in events), sum(not events for events in given or [()])
    )


def mapping_of(connection: Connection) -> MappingDocument:
    """The mapping of a connection: one that is shipped, by its name, or its own; `InvalidMapping` else."""
    if connection.mapping is None:
        raise InvalidMapping("the connection has no mapping")
    if isinstance(connection.mapping, str):
        return shipped(connection.mapping)
    return _read(json.dumps(connection.mapping, sort_keys=True))


def shipped(name: str) -> MappingDocument:
    """A mapping that is shipped, by its name; `InvalidMapping` if there is none of that name."""
    path = _SHIPPED / f"{name}.json"
    if not re.fullmatch(r"[a-z]{1,32}", name) or not path.is_file():
        raise InvalidMapping(f"no mapping is shipped under that name, only {', '.join(shipped_names())}")
    return _read(path.read_text(encoding="utf-8"))


def shipped_names() -> list[str]:
    """The names of the mappings that are shipped."""
    return sorted(path.stem for path in _SHIPPED.glob("*.json"))


@lru_cache(maxsize=32)
def _read(text: str) -> MappingDocument:
    return read_mapping(json.loads(text))


def _asked(body: Any, mapping: MappingDocument) -> list[tuple[int | None, Any]]:
    if mapping.items is None:
        return [(None, body)]
    items = mapping.items.of(body)
    if items is None:
        return []
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise InvalidEvent(f"is no list of at most {MOST_ITEMS}", mapping.items.pointer)
    return [(place, {"item": item, "body": body}) for place, item in enumerate(items)]
