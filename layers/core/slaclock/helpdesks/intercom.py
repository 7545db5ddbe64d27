"""Intercom's notifications about conversations and tickets.

https://developers.intercom.com/docs/references/2.16/webhooks/webhook-models has the topics; what they carry
was read in captured ones. `topic` says what happened, to a conversation or to a ticket; the whole of that
comes with it (`data.item`, or `data.item.ticket` with a part of it beside). A conversation that was made a
ticket keeps its id, so the topics of either tell of one ticket, and a message that both tell of is one event,
by the id of its part.

Other topics of conversations and tickets are folded as `field_changed`: their snapshot mends what a lost
notification left undone. `0` is nobody, and a ping, whose id is null, is ignored, like all that is about
contacts, companies or articles.
"""

from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.helpdesks import Delivery, Mapped, Unmappable, paths, times
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.deltas import holds_at
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.intercom_items import lasting, standing, status_of, ticket_id_of
from slaclock.helpdesks.intercom_people import people_of
from slaclock.helpdesks.intercom_topics import Told, meaning_of, told_by
from slaclock.helpdesks.payload import Members, check_instants, load
from slaclock.helpdesks.signatures import INTERCOM
from slaclock.helpdesks.words import needed

KIND = "intercom"
SCHEME = INTERCOM

_OURS = ("conversation.", "conversation_part.", "ticket.")
# Whom a conversation is shared with moves no clock, and what a translation says was said before.
_IGNORED = (".contact.attached", ".contact.detached", ".translated")
_OF_PARTS = "part"


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; what is no ticket's event is ignored. `Unmappable` names what can't be read."""
    try:
        body = _body(load(delivery.body))
        topic = needed(body.text("topic"), "/topic")
        if not topic.startswith(_OURS) or topic.endswith(_IGNORED):
            return Mapped((), ignored=1)
        event = _event(topic, body, delivery, connection)
        check_instants(event)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None
    return Mapped((event,))


def _body(body: Any) -> Members:
    if not isinstance(body, dict):
        raise InvalidEvent("the body is no object")
    return Members(body)


def _event(topic: str, body: Members, delivery: Delivery, connection: Connection) -> TicketEvent:
    notified_at = needed(times.seconds(body, "created_at"), "/created_at")
    told = told_by(topic, body, notified_at)
    ticket_id = ticket_id_of(told.item)
    attributes = _attributes(told, ticket_id, connection)
    meaning = meaning_of(told, attributes.get("status"), connection)
    if meaning.type == "deleted":
        attributes["status"] = "deleted"
    return TicketEvent(
        event_id=event_id(KIND, connection, *_name(told, ticket_id, body)),
        account=connection.account,
        ticket_id=ticket_id,
        type=meaning.type,
        occurred_at=told.at,
        received_at=delivery.received_at,
        attributes=attributes | paths.members(body.values, connection),
        source=KIND,
        connection=connection.id,
        author_role=meaning.role,
        public=meaning.public,
        people=people_of(told.item, told.part),
    )


def _attributes(told: Told, ticket_id: str, connection: Connection) -> dict[str, Any]:
    members = lasting(told.item, ticket_id, connection)
    if holds_at(told.at, times.seconds(told.item, "updated_at")):
        return members | standing(told.item, connection)
    return members | status_of(told.word, connection)


def _name(told: Told, ticket_id: str, body: Members) -> tuple[str, ...]:
    if told.message:
        return ticket_id, _OF_PARTS, needed(told.part.identity("id"), f"{told.part.pointer}/id")
    return (needed(body.text("id", 100), "/id"),)
