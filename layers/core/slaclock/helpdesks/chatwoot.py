"""Chatwoot's webhooks: conversations and their messages.

https://www.chatwoot.com/hc/user-guide/articles/1677693021-how-to-use-webhooks

What they hold rests on its source (app/listeners/webhook_listener.rb, app/models/message.rb,
app/presenters/conversations/event_data_presenter.rb). A conversation is known by its display id, whatever the
event. Each event carries the conversation as it stood when Chatwoot's queue came to write the delivery; a
change in it that shows otherwise is of before that, so it counts, and is told before what has the same time.

A `conversation_updated` that names no change of ours is still folded, as `field_changed`: Chatwoot delivers
once, and tells of some changes of status in no other way; the next snapshot mends what was left undone.
"""

from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.helpdesks import Delivery, Mapped, Unmappable, paths
from slaclock.helpdesks.chatwoot_conversations import (
    CREATED,
    STATUSES,
    Changes,
    conversation_id,
    lasting,
    moment,
    requester_of,
    standing,
)
from slaclock.helpdesks.chatwoot_messages import message_event
from slaclock.helpdesks.connection import Connection, translate
from slaclock.helpdesks.deltas import body_name, holds_at, status_type
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.payload import Members, check_instants, load
from slaclock.helpdesks.people import people
from slaclock.helpdesks.signatures import Chatwoot
from slaclock.helpdesks.words import needed

KIND = "chatwoot"
SCHEME = Chatwoot()

# The member that changed, and what that is called; the more telling first.
TYPES = {
    "priority": "priority_changed",
    "team_id": "team_changed",
    "assignee_id": "assignee_changed",
    "label_list": "tags_changed",
}
_OF_STATUS = frozenset({"conversation_status_changed", "conversation_opened", "conversation_resolved"})
_TYPING = "conversation_typing_"
_BEFORE = -1  # in the order of what has the same time


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; what is no ticket's event is ignored. `Unmappable` names what can't be read.

    Edited messages, contacts, inboxes, typing and visits of the widget are nobody's ticket event.
    """
    try:
        body = _body(load(delivery.body))
        name = needed(body.text("event"), "/event")
        if name == "message_created":
            event = message_event(body, delivery, connection)
        elif name.startswith("conversation_") and not name.startswith(_TYPING):
            event = _conversation_event(name, body, delivery, connection)
        else:
            return Mapped((), ignored=1)
        check_instants(event)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None
    return Mapped((event,))


def _body(body: Any) -> Members:
    if not isinstance(body, dict):
        raise InvalidEvent("the body is no object")
    return Members(body)


def _conversation_event(topic: str, body: Members, delivery: Delivery, connection: Connection) -> TicketEvent:
    ticket_id = conversation_id(body)
    changes = _changes(body)
    told = standing(body, connection, changes)
    type_ = _type(topic, changes, told.get("status"), connection)
    at, quality = _when(type_, body, delivery)
    name = (CREATED,) if type_ == CREATED else (type_, body_name(delivery, timed=quality != "received"))
    return TicketEvent(
        event_id=event_id(KIND, connection, ticket_id, *name),
        account=connection.account,
        ticket_id=ticket_id,
        type=type_,
        occurred_at=at,
        received_at=delivery.received_at,
        attributes=lasting(body, ticket_id, connection) | told | paths.members(body.values, connection),
        source=KIND,
        connection=connection.id,
        time_quality=quality,
        sequence=0 if told == standing(body, connection) else _BEFORE,
        people=people(requester=requester_of(body)),
    )


def _type(name: str, changes: Changes, status: str | None, connection: Connection) -> str:
    if name == "conversation_created":
        return CREATED
    if name in _OF_STATUS or "status" in changes:
        before = changes.get("status", Members({})).text("previous_value")
        was = translate(before, connection.statuses, STATUSES) if before else None
        return status_type(was, status)
    return next((type_ for member, type_ in TYPES.items() if member in changes), "field_changed")


def _changes(body: Members) -> dict[str, Members]:
    """Each member that changed; `changed_attributes` is a list of objects, or null."""
    return {
        name: change.object(name) for change in body.objects("changed_attributes") for name in change.values
    }


def _when(type_: str, body: Members, delivery: Delivery) -> tuple[datetime, str]:
    created_at, updated_at = moment(body, "created_at"), moment(body, "updated_at")
    if type_ == CREATED and created_at and holds_at(created_at, updated_at):
        return created_at, "event"
    if updated_at:
        return updated_at, "ticket_updated_at"
    return delivery.received_at, "received"
