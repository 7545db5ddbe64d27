"""What each of Intercom's topics means, when it happened, and whose message it is.

A message, or an action, is a part of its conversation (`intercom_parts`), whose time is that of the event.
Where the event is no part, it is when the notification was made.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from slaclock.helpdesks import times
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.deltas import holds_at, reply_type, status_type
from slaclock.helpdesks.intercom_items import status_of
from slaclock.helpdesks.intercom_parts import AUTHORS, part_of
from slaclock.helpdesks.payload import Members

_CREATED = frozenset({"conversation.user.created", "conversation.admin.single.created", "ticket.created"})
# Whose side a message is from, and whether the other one sees it.
_MESSAGES = {
    "conversation.user.replied": ("customer", True),
    "conversation.admin.replied": ("agent", True),
    "conversation.operator.replied": ("agent", True),
    "conversation.admin.noted": ("agent", False),
    "ticket.contact.replied": ("customer", True),
    "ticket.admin.replied": ("agent", True),
    "ticket.note.created": ("agent", False),
}
# The state from before and the state that the topic leads to, where it says so by its name.
_STATES = {
    "conversation.admin.closed": (None, "closed"),
    "conversation.admin.opened": ("closed", "open"),
    "conversation.admin.snoozed": (None, "snoozed"),
    "conversation.admin.unsnoozed": ("snoozed", "open"),
    "ticket.state.updated": (None, None),
    "ticket.resolved": (None, "resolved"),
    "ticket.closed": (None, "closed"),
}
_ASSIGNED = frozenset(
    {
        "conversation.admin.assigned",
        "conversation.admin.open.assigned",
        "ticket.admin.assigned",
        "ticket.team.assigned",
    }
)
_CHANGED = {
    "conversation.priority.updated": "priority_changed",
    "conversation.company.updated": "customer_changed",
    "conversation.deleted": "deleted",
    "conversation_part.tag.created": "tags_changed",
}
# Events that are a part of what they carry; of the others the parts are some other event's.
_PARTS = frozenset({*_MESSAGES, *_STATES, *_ASSIGNED, "conversation.priority.updated"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a notification tells of: the conversation or ticket, the part of it that is the event, and when.

    `word` is the state that the topic or the part itself leads to, in Intercom's words.
    """

    topic: str
    item: Members
    part: Members
    at: datetime
    message: bool
    word: str | None


class Meaning(NamedTuple):
    """A type, and whose message it is."""

    type: str
    role: str | None = None
    public: bool | None = None


def told_by(topic: str, body: Members, notified_at: datetime) -> Told:
    """Find what a notification is about; `InvalidEvent` points at what is of the wrong type."""
    outer = body.object("data").object("item")
    wrapped = topic.startswith("ticket.") and outer.has("ticket")
    item = outer.object("ticket") if wrapped else outer
    part = outer.object("ticket_part") if outer.has("ticket_part") else part_of(topic, item)
    at = times.seconds(part, "created_at") if topic in _PARTS else None
    if topic in _CREATED:
        at = _created_at(item, notified_at)
    _, word = _STATES.get(topic, (None, None))
    word = word or part.text("ticket_state")
    return Told(topic, item, part, at or notified_at, topic in _MESSAGES, word)


def meaning_of(told: Told, status: str | None, connection: Connection) -> Meaning:
    """What happened; `status` is what the ticket's is now, in our words."""
    if told.topic in _CREATED:
        return Meaning("created")
    if told.message:
        side, public = _MESSAGES[told.topic]
        role = _role(told.part.object("author"), connection)
        return Meaning(reply_type(role, side, public=public), role, public)
    if told.topic in _STATES:
        return Meaning(status_type(_before(told, connection), status))
    if told.topic in _ASSIGNED:
        to_team = told.part.object("assigned_to").text("type") == "team"
        return Meaning("team_changed" if to_team else "assignee_changed")
    return Meaning(_CHANGED.get(told.topic, "field_changed"))


def _created_at(item: Members, notified_at: datetime) -> datetime:
    """When it was created; but a conversation that is made a ticket becomes one when that is notified."""
    created_at = times.seconds(item, "created_at")
    updated_at = times.seconds(item, "updated_at")
    return created_at if created_at and holds_at(created_at, updated_at) else notified_at


def _before(told: Told, connection: Connection) -> str | None:
    before, _ = _STATES[told.topic]
    word = before or told.part.text("previous_ticket_state")
    return status_of(word, connection).get("status")


def _role(author: Members, connection: Connection) -> str:
    if connection.is_agent(author.identity("id"), author.text("email")):
        return "agent"
    if author.flag("from_ai_agent") or author.flag("is_ai_answer"):
        return "bot"
    return AUTHORS.get(author.text("type") or "", "unknown")
