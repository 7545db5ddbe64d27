"""What events of Freshworks' apps say, forwarded as they are by an app of the account's own.

https://developers.freshworks.com/docs/app-sdk/v3.0/support_ticket/serverless-apps/product-events/onTicket

`timestamp` (milliseconds) is when it happened, `data.ticket.changes` has each member that changed, before and
after; of a list it may have what was added and removed instead. There is no id: the body, which has its time
in it, is known by its digits, and a reply by its own id.
"""

from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.domain.instants import format_instant
from slaclock.domain.people import People
from slaclock.helpdesks import Delivery, Mapped, freshdesk_words, paths, times, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.deltas import body_name, reply_type, status_type
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.opening import message_type
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.people import identity as identity_of
from slaclock.helpdesks.people import people, within

SOURCE = "freshdesk"
# The member of the ticket that a change is of, and what the change is called; the more telling first.
TYPES = {
    "priority": "priority_changed",
    "group_id": "team_changed",
    "responder_id": "assignee_changed",
    "company_id": "customer_changed",
    "type": "type_changed",
    "tags": "tags_changed",
}
_ALSO_CALLED = {"ticket_type": "type"}
_GONE = ("deleted", "spam")
_TOLD_BY_CHANGES = frozenset({*TYPES, *_GONE, "status"})
When = tuple[datetime, str]  # and how it is known


def made(body: dict[str, Any]) -> bool:
    """Whether this is an app's event."""
    return isinstance(body.get("event"), str) and "data" in body


def read(body: dict[str, Any], delivery: Delivery, connection: Connection) -> Mapped:
    """One event of a ticket, or one reply; what is about neither is ignored."""
    given = Members(body)
    name, data = given.text("event") or "", given.object("data")
    if name == "onConversationCreate":
        event = _reply(given, data, delivery, connection)
    elif name.startswith("onTicket"):
        event = _ticket_event(given, data, delivery, connection)
    else:
        return Mapped((), ignored=1)
    return Mapped((event,))


def _reply(given: Members, data: Members, delivery: Delivery, connection: Connection) -> TicketEvent:
    reply, ticket = data.object("conversation"), data.object("ticket")
    ticket_id = words.needed(
        reply.identity("ticket_id") or ticket.identity("id"), f"{reply.pointer}/ticket_id"
    )
    identity = words.needed(reply.identity("id"), f"{reply.pointer}/id")
    at, quality = _when(reply.instant("created_at"), given, delivery)
    role, public = _author(data, reply, connection), reply.flag("private") is not True
    type_ = reply_type(role, role, public=public)
    return TicketEvent(
        event_id=event_id(SOURCE, connection, ticket_id, "conversation", identity),
        account=connection.account,
        ticket_id=ticket_id,
        type=message_type(type_, at, ticket.instant("created_at")),
        occurred_at=at,
        received_at=delivery.received_at,
        attributes=words.url(ticket_id, connection) | paths.members(given.values, connection),
        source=SOURCE,
        connection=connection.id,
        time_quality=quality,
        author_role=role,
        public=public,
        people=_people(data, author=identity_of(reply, "user_id")),
    )


def _author(data: Members, reply: Members, connection: Connection) -> str:
    actor = data.object("actor")
    if connection.is_agent(reply.identity("user_id"), reply.text("from_email"), actor.text("email")):
        return "agent"
    if actor.text("type") == "system":
        return "system"
    incoming = words.needed(reply.flag("incoming"), f"{reply.pointer}/incoming")
    return "customer" if incoming else "agent"


def _ticket_event(given: Members, data: Members, delivery: Delivery, connection: Connection) -> TicketEvent:
    ticket, changes = data.object("ticket"), _changes(data)
    ticket_id = words.needed(ticket.identity("id"), f"{ticket.pointer}/id")
    # Of a change and the ticket beside it, the change knows better.
    after = {name: pair[1] for name, pair in changes.items() if pair}
    attributes = _attributes(Members({**ticket.values, **after}, ticket.pointer), ticket_id, connection)
    created = given.text("event") == "onTicketCreate"
    type_ = "created" if created else _type(given, changes, attributes.get("status"), connection)
    if type_ == "deleted":
        attributes["status"] = "deleted"
    at, quality = _when(ticket.instant("created_at") if created else None, given, delivery)
    name = body_name(delivery, timed=quality != "received")
    return TicketEvent(
        event_id=event_id(SOURCE, connection, ticket_id, type_, name),
        account=connection.account,
        ticket_id=ticket_id,
        type=type_,
        occurred_at=at,
        received_at=delivery.received_at,
        attributes=attributes | paths.members(given.values, connection),
        source=SOURCE,
        connection=connection.id,
        time_quality=quality,
        people=_people(data),
    )


def _people(data: Members, author: str | None = None) -> People | None:
    actor, ticket = within(data, "actor"), within(data, "ticket")
    requester = identity_of(ticket, "requester_id")
    return people(actor=identity_of(actor), author=author, requester=requester)


def _changes(data: Members) -> dict[str, tuple[Any, ...]]:
    """Each member that changed, of those that are read here: before and after, or nothing if it is a list.

    Such a list is in the ticket beside it. Custom fields and whatever else there is may be of any shape.
    """
    changes = data.object("ticket").object("changes")
    found = changes if changes.values else data.object("changes")
    ours = {name: _ALSO_CALLED.get(name, name) for name in found.values}
    return {our: _pair(found, name) for name, our in ours.items() if our in _TOLD_BY_CHANGES}


def _pair(changes: Members, name: str) -> tuple[Any, ...]:
    match changes.values[name]:
        case [before, now]:
            return before, now
        case {} if name == "tags":
            return ()
    raise InvalidEvent("is not what was and what is", f"{changes.pointer}/{name[:64]}")


def _type(
    given: Members, changes: dict[str, tuple[Any, ...]], status: str | None, connection: Connection
) -> str:
    if given.text("event") == "onTicketDelete":
        return "deleted"
    for name in _GONE:
        if name in changes:
            return "deleted" if changes[name][1] else "restored"
    if "status" in changes:
        code = str(changes["status"][0])
        return status_type(freshdesk_words.status(None, code, connection).get("status"), status)
    return next((type_ for name, type_ in TYPES.items() if name in changes), "field_changed")


def _when(at: datetime | None, given: Members, delivery: Delivery) -> When:
    known = at or times.milliseconds(given, "timestamp")
    return (known, "event") if known else (delivery.received_at, "received")


def _attributes(ticket: Members, ticket_id: str, connection: Connection) -> dict[str, Any]:
    members = freshdesk_words.status(None, ticket.identity("status"), connection)
    members |= words.url(ticket_id, connection)
    if any(ticket.flag(name) for name in _GONE):
        members["status"] = "deleted"
    if ticket.has("priority"):
        members |= freshdesk_words.priority(ticket.identity("priority"), connection)
    if ticket.has("company_id"):
        members |= words.customer(ticket.identity("company_id"), connection)
    if ticket.has("type"):
        members["ticket_type"] = (ticket.text("type") or "").lower() or None
    if ticket.has("group_id"):
        members["team"] = words.reference(ticket.identity("group_id"))
    if ticket.has("responder_id"):
        members["assignee"] = words.reference(ticket.identity("responder_id"))
    if ticket.has("tags"):
        members["tags"] = ticket.texts("tags") or []
    if ticket.has("source"):
        members["channel"] = freshdesk_words.channel(ticket.identity("source"))
    if created_at := ticket.instant("created_at"):
        members["created_at"] = format_instant(created_at)
    return members
