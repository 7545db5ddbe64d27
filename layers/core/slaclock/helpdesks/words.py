"""A helpdesk's own words in ours: status, priority, customer, and where a ticket is found.

Each answers members of a ticket for the canonical event: none where the helpdesk said nothing (rule 29), and
`unknown` beside the helpdesk's own word where no map leads on from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from slaclock.domain.errors import InvalidEvent
from slaclock.helpdesks.connection import translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.helpdesks.connection import Connection

T = TypeVar("T")


def status(word: str | None, connection: Connection, defaults: Mapping[str, str]) -> dict[str, Any]:
    """What a status means: by the connection's map, else by the adapter's defaults (in lower case)."""
    return _worded("status", word, connection.statuses, defaults) if word else {}


def priority(word: str | None, connection: Connection, defaults: Mapping[str, str]) -> dict[str, Any]:
    """What a priority means, likewise; None is one that was taken off."""
    return _worded("priority", word, connection.priorities, defaults) if word else {"priority": "none"}


def reference(identity: str | None, name: str | None = None) -> dict[str, str] | None:
    """A team, an assignee or a customer; None where there is none."""
    if identity is None and not name:
        return None
    return {part: text for part, text in (("id", identity), ("name", name)) if text}


def customer(identity: str | None, connection: Connection, name: str | None = None) -> dict[str, Any]:
    """The customer whom the connection names for an organisation (by id, else name), and their plan."""
    asked = [each for each in (identity, name) if each]
    ours = next((connection.customers[each] for each in asked if each in connection.customers), None)
    members: dict[str, Any] = {"customer": reference(ours) if ours else reference(identity, name)}
    if connection.plans:
        members["plan"] = next((connection.plans[each] for each in asked if each in connection.plans), None)
    return members


def url(ticket_id: str, connection: Connection) -> dict[str, str]:
    """Where people find the ticket, if the connection says so."""
    if not connection.ticket_url:
        return {}
    return {"url": connection.ticket_url.replace("{ticket_id}", quote(ticket_id, safe=""))}


def needed(value: T | None, pointer: str) -> T:
    """A member without which nothing can be said; `InvalidEvent` points at it where it is missing."""
    if value is None or value == "":
        raise InvalidEvent("is missing", pointer)
    return value


def _worded(name: str, word: str, ours: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, Any]:
    meaning = translate(word, ours, defaults)
    return {name: meaning} | ({f"{name}_raw": word} if meaning == "unknown" else {})
