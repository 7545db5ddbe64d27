"""The members of a ticket as Chatwoot writes a conversation, in our words.

What is left out stays unknown (rule 29); null is knowledge. Sender and contact are people, and no members;
texts are not kept. `custom_attributes` are for the connection's paths.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.helpdesks import times, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.people import identity, within

# What names a conversation's creation, whether it is told by itself or by its opening message.
CREATED = "created"
# `pending` is one that a bot looks after, so nobody is waited for but the customer.
STATUSES = {"open": "open", "pending": "pending", "snoozed": "pending", "resolved": "solved"}
PRIORITIES = {"urgent": "urgent", "high": "high", "medium": "normal", "low": "low"}
_BOTS = frozenset({"agent_bot", "captain_assistant"})
Changes = Mapping[str, Members]  # by the member that changed
_NOTHING: Changes = {}


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


def standing(conversation: Members, connection: Connection, changes: Changes = _NOTHING) -> dict[str, Any]:
    """Members that tell how the conversation stood when it was written down, or after the changes.

    Of a change and the conversation beside it, which may have moved on, the change knows better.
    """
    members = words.status(_now("status", conversation, changes), connection, STATUSES)
    if conversation.has("priority") or _told("priority", changes):
        members |= words.priority(_now("priority", conversation, changes), connection, PRIORITIES)
    meta = conversation.object("meta")
    if meta.has("team"):
        team = meta.object("team")
        members["team"] = words.reference(team.identity("id"), team.text("name"))
    if meta.has("assignee"):
        members["assignee"] = words.reference(_assignee(meta))
    if conversation.has("labels"):
        members["tags"] = conversation.texts("labels") or []
    return members | _handed_over(members, changes)


def moment(members: Members, name: str) -> datetime | None:
    """An instant as Chatwoot writes it: seconds, whole or not, ISO 8601, or `2020-03-03 13:05:57 UTC`."""
    value = members.values.get(name)
    if not isinstance(value, str):
        return times.seconds(members, name)
    return times.local(Members({name: value.removesuffix(" UTC")}, members.pointer), name, "UTC")


def requester_of(conversation: Members) -> str | None:
    """The contact that it is with."""
    return identity(within(conversation, "meta", "sender"), kind="contact")


def _told(name: str, changes: Changes) -> bool:
    return name in changes and changes[name].has("current_value")


def _now(name: str, conversation: Members, changes: Changes) -> str | None:
    return changes[name].text("current_value") if _told(name, changes) else conversation.text(name)


def _handed_over(members: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """Team and assignee, by their ids, where the change leads to another than the conversation shows."""
    found: dict[str, Any] = {}
    for name in ("team", "assignee"):
        if _told(f"{name}_id", changes):
            now = words.reference(changes[f"{name}_id"].identity("current_value"))
            if (members.get(name) or {}).get("id") != (now or {}).get("id"):
                found[name] = now
    return found


def _assignee(meta: Members) -> str | None:
    # A bot that looks after a conversation is nobody that it was assigned to.
    assignee = meta.object("assignee")
    machine = meta.text("assignee_type") == "AgentBot" or assignee.text("type") in _BOTS
    return None if machine else assignee.identity("id")
