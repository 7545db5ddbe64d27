"""CloudEvents 1.0 over HTTP: structured mode, one event or a batch, and binary mode (`ce-*` headers).

https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md

The data is a canonical event (`schema` is `ticket-event/1`), of which the envelope fills in what is left out;
or, where the connection has a mapping, any JSON that it reads, with the envelope beside it as `cloudevent`.
Other data are somebody else's events, and ignored. A mistake in an envelope or a canonical event is an
`InvalidEvent` that points at the member, as structured mode would write it: its sender can mend it. What only
the mapping can't read is `Unmappable`, and kept, since the mapping may be what is wrong.

In binary mode an event's id and time are headers. Nothing signs these, but under a shared secret (`header`,
`basic`) nothing else of a delivery is signed either: who has the secret may say anything, and HTTPS keeps
others out. Where a connection's scheme does sign, it signs the body alone, and whoever recorded a delivery
could send it again under a new id: binary mode is refused there.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, Unmappable, generic, mapping
from slaclock.helpdesks.cloudevents_envelope import data_of, envelope_of, written
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.signatures import SharedSecret

KIND = "cloudevents"
SCHEME = SharedSecret()
CANONICAL = "ticket-event/1"

_UNSIGNED = {None, "header", "basic"}
_LONGEST_ID = 256  # of an event in the canonical form


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Read a delivery's events; with one that is wrong, which `InvalidEvent` points at, none is taken."""
    given = written(delivery, binary=connection.scheme in _UNSIGNED)
    read_all = [_pointed(place, event, delivery, connection) for place, event in given]
    events = tuple(event for mapped in read_all for event in mapped.events)
    # An empty batch is a delivery that says nothing.
    return Mapped(events, sum(mapped.ignored for mapped in read_all) if read_all else 1)


def _pointed(pointer: str, event: Any, delivery: Delivery, connection: Connection) -> Mapped:
    try:
        return _read(event, delivery, connection)
    except InvalidEvent as wrong:
        raise InvalidEvent(wrong.detail, pointer + wrong.pointer) from None


def _read(event: Any, delivery: Delivery, connection: Connection) -> Mapped:
    if not isinstance(event, dict):
        raise InvalidEvent("is no object, as an event is")
    envelope = envelope_of(Members(event))
    data = data_of(event)
    # What names an event that names itself nowhere else: its envelope and its data.
    own = delivery._replace(body=json.dumps(envelope | {"data": data}, sort_keys=True).encode())
    if connection.mapping is not None and data is not None:
        beside = {"cloudevent": envelope} | data if isinstance(data, dict) else data
        try:
            return mapping.read_body(beside, own, connection)
        except InvalidEvent as wrong:
            raise Unmappable(str(wrong)) from None
    if not isinstance(data, dict) or not _is_canonical(data, envelope):
        return Mapped((), ignored=1)
    try:
        return generic.read_document(_filled(data, envelope, own, connection), own.received_at, connection)
    except InvalidEvent as wrong:
        raise InvalidEvent(wrong.detail, f"/data{wrong.pointer}") from None


def _is_canonical(data: Mapping[str, Any], envelope: Mapping[str, Any]) -> bool:
    schema = data.get("schema", envelope.get("dataschema"))
    return isinstance(schema, str) and schema.startswith("ticket-event/")


def _filled(
    data: Mapping[str, Any], envelope: Mapping[str, Any], delivery: Delivery, connection: Connection
) -> dict[str, Any]:
    """A canonical event with what it left out: what the envelope says, and what only one value fits."""
    received, ticket = format_instant(delivery.received_at), data.get("ticket", {})
    # A colon in the source is not the one that ends it.
    source = envelope["source"].replace("%", "%25").replace(":", "%3A")
    named = event_id(KIND, connection, source, str(envelope["id"]))
    if len(named) > _LONGEST_ID:
        named = event_id(KIND, connection, hashlib.sha256(named.encode()).hexdigest())
    defaults = {
        "schema": CANONICAL,
        "event_id": named,
        "source": "generic",
        "connection": connection.id,
        "account": connection.account,
        "occurred_at": envelope.get("time", received),
        "time_quality": "event" if "time" in envelope or "occurred_at" in data else "received",
        "received_at": received,
        "ticket": ticket,
        "known": sorted(ticket) if isinstance(ticket, dict) else [],
    }
    return defaults | ({"ticket_id": envelope["subject"]} if "subject" in envelope else {}) | dict(data)
