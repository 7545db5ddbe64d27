"""Zendesk's partner events in EventBridge: `Support Ticket: …`, of `aws.partner/zendesk.com/…/default`.

https://developer.zendesk.com/api-reference/amazon-eventbridge/tickets/

They say what event subscriptions say, under other names: ids are numbers, words are in lower case, and the
ticket stands inside the event. Zendesk lets nobody set up the connector any more (since 12 August 2024) and
announced that what was set up ends on 1 December 2025.
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

SOURCE = "aws.partner/zendesk.com/"
PREFIX = "Support Ticket: "


def made(body: dict[str, Any]) -> bool:
    """Whether the connector of Zendesk put this on an event bus."""
    source = body.get("source")
    return isinstance(source, str) and source.startswith(SOURCE) and "detail-type" in body


def read(body: dict[str, Any], delivery: Delivery, connection: Connection) -> Mapped:
    """One event of a ticket; what is about users or organisations is ignored."""
    members = Members(body)
    about = members.text("detail-type") or ""
    if not about.startswith(PREFIX):
        return Mapped((), ignored=1)
    event = members.object("detail").object("ticket_event")
    meta = event.object("meta")
    told = Told(
        kind=kind_of(about.removeprefix(PREFIX)),
        id=needed(members.text("id", 100), "/id"),
        at=needed(meta.instant("occurred_at"), f"{meta.pointer}/occurred_at"),
        event=event,
        ticket=event.object("ticket"),
    )
    return Mapped((event_of(told, body, delivery, connection),))


def kind_of(title: str) -> str:
    """What an event subscription calls the same thing.

    >>> kind_of("Ticket Marked as Spam")
    'marked_as_spam'
    """
    words = "".join(each if each.isalnum() else " " for each in title.lower()).split()
    name = "_".join(words).removeprefix("ticket_")
    return "comment_added" if name == "comment_created" else name
