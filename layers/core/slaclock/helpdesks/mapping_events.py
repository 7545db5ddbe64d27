"""The events that a mapping finds in one body: a comment, if it holds one, and the ticket as it stands."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.domain.instants import parse_instant
from slaclock.helpdesks import times
from slaclock.helpdesks.mapping_asked import Asked
from slaclock.helpdesks.mapping_document import Reply, Worded
from slaclock.helpdesks.mapping_members import attributes, meaning, names, text
from slaclock.helpdesks.opening import message_type
from slaclock.helpdesks.payload import check_instants
from slaclock.helpdesks.people import known, people
from slaclock.helpdesks.snapshots import Snapshot
from slaclock.helpdesks.snapshots import events_of as events_of_snapshot

# A status beats a type, and a body that tells of an end may show the ticket as it was before.
_CERTAIN = {"merged": "closed", "deleted": "deleted"}


def events_of(asked: Asked) -> tuple[TicketEvent, ...]:
    """What a body gives: none where its type is `ignored` and it holds no comment."""
    reply = asked.mapping.reply
    replies = [_reply(asked, reply)] if reply and _is_there(asked, reply) else []
    return (*(each for each in replies if not _opens(each)), *_state(asked))


def _is_there(asked: Asked, reply: Reply) -> bool:
    if isinstance(reply.when, Worded):
        return meaning(reply.when, asked.body) is True
    return reply.when.holds(asked.body)


def _opens(reply: TicketEvent) -> bool:
    """Whether it is the message that the ticket was opened with; a note is one whenever it was written."""
    created_at = reply.attributes.get("created_at")
    stated = parse_instant(created_at) if created_at else None
    return message_type(reply.type, reply.occurred_at, stated) == "created"


def _state(asked: Asked) -> Iterator[TicketEvent]:
    mapping = asked.mapping
    type_ = "snapshot" if mapping.type is None else meaning(mapping.type, asked.body) or "field_changed"
    if type_ == "snapshot":
        yield from events_of_snapshot(_snapshot(asked), asked.connection, asked.delivery)
    elif type_ != "ignored":
        native = text(mapping.event_id, asked.body, 100) or None
        merged_into = (text(mapping.merged_into, asked.body, 128) or None) if type_ == "merged" else None
        told = _attributes(asked)
        if type_ in _CERTAIN:
            told["status"] = _CERTAIN[type_]
            told.pop("status_raw", None)
        yield _event(asked, type_, native, asked.occurred_at, 1, told, merged_into=merged_into)


def _attributes(asked: Asked) -> dict[str, Any]:
    found = attributes(asked.body, asked.ticket_id, asked.mapping, asked.connection)
    return asked.known_created_at | found


def _snapshot(asked: Asked) -> Snapshot:
    mapping, body, at = asked.mapping, asked.body, asked.occurred_at
    return Snapshot(
        source=mapping.source,
        ticket_id=asked.ticket_id,
        at=at,
        attributes=_attributes(asked),
        agent_replied_at=asked.stamp("agent_replied_at", mapping.agent_replied_at),
        customer_replied_at=asked.stamp("customer_replied_at", mapping.customer_replied_at),
        gone=meaning(mapping.gone, body) if mapping.gone else None,
        merged_into=text(mapping.merged_into, body, 128) or None,
        time_quality="ticket_updated_at" if at else "received",
    )


def _reply(asked: Asked, reply: Reply) -> TicketEvent:
    """The comment. Who wrote it is never guessed: `InvalidEvent` where neither side can be told.

    The connection's list of agents wins where it has the author; where it has not, and the helpdesk says
    nothing, the author is a customer.
    """
    who, public = _role(asked, reply), _public(asked, reply)
    native = text(reply.id, asked.body, 100) or None
    at = asked.instant("reply/at", reply.at, times.lately(asked.delivery.received_at)) or asked.occurred_at
    if public is not False and who == "unknown":
        raise InvalidEvent(
            "tells neither an agent nor a customer; name the connection's agents", "/reply/role"
        )
    told = public is not False and who in {"agent", "customer"}
    type_ = f"{who}_replied" if told else "note_added"
    named = native and f"reply:{native}"
    author = next(filter(None, map(known, names(reply.author, asked.body))), None)
    said = {"author_role": who, "public": public, "people": people(author=author)}
    return _event(asked, type_, named, at, 0, asked.known_created_at, **said)


def _role(asked: Asked, reply: Reply) -> str:
    authors = names(reply.author, asked.body)
    if asked.connection.is_agent(*authors):
        return "agent"
    role = meaning(reply.role, asked.body) if reply.role else None
    if role in {None, "unknown"}:
        return "customer" if authors and asked.connection.agents else "unknown"
    return str(role)


def _public(asked: Asked, reply: Reply) -> bool | None:
    if reply.public is None:
        return None
    found: bool | None = meaning(reply.public, asked.body)
    return found


def _event(
    asked: Asked,
    type_: str,
    native: str | None,
    at: datetime | None,
    place: int,
    told: Mapping[str, Any],
    **members: Any,
) -> TicketEvent:
    """An event; of one instant, a reply comes before the state that it came with (rule 28)."""
    mapping = asked.mapping
    event = TicketEvent(
        event_id=asked.named(type_, native, at),
        account=asked.connection.account,
        ticket_id=asked.ticket_id,
        type=type_,
        occurred_at=at or asked.delivery.received_at,
        received_at=asked.delivery.received_at,
        attributes=told,
        source=mapping.source,
        connection=asked.connection.id,
        time_quality="event" if at else "received",
        sequence=2 * asked.sequence + place,
        **members,
    )
    check_instants(event)
    return event
