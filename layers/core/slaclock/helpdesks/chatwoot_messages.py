"""What a message in Chatwoot is: the opening of a conversation, a reply, or a note.

`message_type` says from which side it came, `sender.type` who wrote it (a contact's has none). What a rule,
a template or a bot wrote is no reply. An outgoing message without a sender was written in the channel's own
app, where Chatwoot knows nobody; it counts as the agents'.
"""

from datetime import datetime
from typing import NamedTuple

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.helpdesks import Delivery, paths, words
from slaclock.helpdesks.chatwoot_conversations import (
    CREATED,
    conversation_id,
    lasting,
    moment,
    requester_of,
    standing,
)
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.deltas import holds_at, reply_type
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.opening import is_opening
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.people import identity, people, within

SOURCE = "chatwoot"
_NUMBERS = ("incoming", "outgoing", "activity", "template")
_SIDES = {"incoming": "customer", "outgoing": "agent", "activity": "agent", "template": "agent"}
_AUTHORS = {"user": "agent", "contact": "customer", "agent_bot": "bot", "captain_assistant": "bot"}


class Told(NamedTuple):
    """What a message tells of: a type, when, what names it, and whose it is."""

    type: str
    at: datetime | None
    name: tuple[str, ...]
    role: str | None = None
    public: bool | None = None


def message_event(body: Members, delivery: Delivery, connection: Connection) -> TicketEvent:
    """The event that a `message_created` tells of; `InvalidEvent` points at what is wrong."""
    conversation = body.object("conversation")
    ticket_id = conversation_id(conversation)
    told = _told(body, conversation, ticket_id, connection)
    at = told.at or delivery.received_at
    attributes = lasting(conversation, ticket_id, connection)
    if holds_at(at, moment(conversation, "updated_at")):
        attributes |= standing(conversation, connection)
    return TicketEvent(
        event_id=event_id(SOURCE, connection, *told.name),
        account=connection.account,
        ticket_id=ticket_id,
        type=told.type,
        occurred_at=at,
        received_at=delivery.received_at,
        attributes=attributes | paths.members(body.values, connection),
        source=SOURCE,
        connection=connection.id,
        time_quality="event" if told.at else "received",
        author_role=told.role,
        public=told.public,
        people=people(author=_author(body), requester=requester_of(conversation)),
    )


def _author(message: Members) -> str | None:
    """Who wrote it; Chatwoot counts its contacts, users and bots apart. A contact's type is not said."""
    sender = within(message, "sender")
    kind = sender.get("type") or "contact"
    return identity(sender, kind=kind) if isinstance(kind, str) else None


def _told(body: Members, conversation: Members, ticket_id: str, connection: Connection) -> Told:
    kind, at, created_at = _kind(body), moment(body, "created_at"), moment(conversation, "created_at")
    role = _role(kind, body, connection)
    public = kind != "activity" and body.flag("private") is not True
    type_ = reply_type(role, _SIDES[kind], public=public)
    if type_ != "note_added" and at and is_opening(at, created_at):
        return Told(CREATED, created_at, (ticket_id, CREATED))
    identity = words.needed(body.identity("id"), "/id")
    return Told(type_, at, (ticket_id, "message", identity), role, public)


def _kind(body: Members) -> str:
    """The type of message, which is text at the top and a number within a conversation."""
    number = None if isinstance(body.values.get("message_type"), str) else body.number("message_type")
    name = body.text("message_type") if number is None else dict(enumerate(_NUMBERS)).get(number)
    if name not in _SIDES:
        raise InvalidEvent("is no type of message", "/message_type")
    return name


def _role(kind: str, body: Members, connection: Connection) -> str:
    sender = body.object("sender")
    if kind == "activity":
        return "system"
    if kind == "template" or body.object("content_attributes").has("automation_rule_id"):
        return "bot"
    if connection.is_agent(sender.identity("id"), sender.text("email")):
        return "agent"
    if kind == "incoming":
        return "customer"
    return _AUTHORS.get(sender.text("type") or "", "agent" if sender.values else "unknown")
