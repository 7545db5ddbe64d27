"""Zendesk's event subscriptions: `zen:event-type:ticket.*`.

https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.helpdesks import Mapped
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.words import needed
from slaclock.helpdesks.zendesk_events import Told, event_of

if TYPE_CHECKING:
    from slaclock.helpdesks import Delivery
    from slaclock.helpdesks.connection import Connection

PREFIX = "zen:event-type:"


def made(body: dict[str, Any]) -> bool:
    """Whether an event subscription made this body."""
    kind = body.get("type")
    return isinstance(kind, str) and kind.startswith(PREFIX)


def read(body: dict[str, Any], delivery: Delivery, connection: Connection) -> Mapped:
    """One event of a ticket; users, organisations and articles are ignored."""
    topic, _, kind = body["type"].removeprefix(PREFIX).partition(".")
    if topic != "ticket":
        return Mapped((), ignored=1)
    members = Members(body)
    told = Told(
        kind=kind,
        id=needed(members.text("id", 100), "/id"),
        at=needed(members.instant("time"), "/time"),
        event=members.object("event"),
        ticket=members.object("detail"),
    )
    return Mapped((event_of(told, body, delivery, connection),))
