"""The members of a ticket as Chatwoot writes a conversation, in our words.

What is left out stays unknown (rule 29); null is knowledge. Sender and contact are people, and are not kept;
neither are texts. `custom_attributes` are for the connection's paths.
"""

from datetime import datetime
from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.helpdesks import times, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import Members

# What names a conversation's creation, whether it is told by itself or by its opening message.
CREATED = "created"
# `pending` is one that a bot looks after, so nobody is waited for but the customer.
STATUSES = {"open": "open", "pending": "pending", "snoozed": "pending", "resolved": "solved"}
PRIORITIES = {"urgent": "urgent", "high": "high", "medium": "normal", "low": "low"}
_BOTS = frozenset({"agent_bot", "captain_assistant"})


def conversation_id(conversation: Members) -> str:
    """The display id, which is `id` here; years ago it was called what it is."""
    identity = conversation.identity("id") or conversation.identity("display_id")
    return words.needed(identity, f"{conversation.pointer}/id")


def lasting(conversation: Members, ticket_id: str, connection: Connection) -> dict[str, Any]:
    """Members that never change."""
    members: dict[str, Any] = dict(words.url(ticket_id, connection))
    if created_at := moment(conversation, "created_at"):
        members["created_at"] = format_instant(created_at)
    if channel := conversation.text("channel"):
        members["channel"] = channel.removeprefix("Channel::").lower()
    return members


def standing(conversation: Members, connection: Connection) -> dict[str, Any]:
    """Members that tell how the conversation stood when it was written down."""
    members = words.status(conversation.text("status"), connection, STATUSES)
    if conversation.has("priority"):
        members |= words.priority(conversation.text("priority"), connection, PRIORITIES)
    meta = conversation.object("meta")
    if meta.has("team"):
        team = meta.object("team")
        members["team"] = words.reference(team.identity("id"), team.text("name"))
    if meta.has("assignee"):
        members["assignee"] = words.reference(_assignee(meta))
    if conversation.has("labels"):
        members["tags"] = conversation.texts("labels") or []
    return members


def moment(members: Members, name: str) -> datetime | None:
    """An instant as Chatwoot writes it: seconds, whole or not, ISO 8601, or `2020-03-03 13:05:57 UTC`."""
    value = members.values.get(name)
    if not isinstance(value, str):
        return times.seconds(members, name)
    return times.local(Members({name: value.removesuffix(" UTC")}, members.pointer), name, "UTC")


def _assignee(meta: Members) -> str | None:
    # A bot that looks after a conversation is nobody that it was assigned to.
    assignee = meta.object("assignee")
    machine = meta.text("assignee_type") == "AgentBot" or assignee.text("type") in _BOTS
    return None if machine else assignee.identity("id")
