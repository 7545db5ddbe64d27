"""Zammad's webhooks, with the default payload: the ticket as it stands, and the article that was added.

https://admin-docs.zammad.org/en/latest/manage/webhook/payload.html, and Zammad's source
(app/jobs/trigger_webhook_job.rb, app/models/ticket/article/has_ticket_contact_attributes_impact.rb).

Nothing says what changed, and a delivery that is tried again tells the ticket as it then stands, so this is a
snapshot. There are no pings and no test deliveries; a payload without a ticket was written by an admin, and
is not understood.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, Unmappable, paths, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.payload import Members, load
from slaclock.helpdesks.people import identity, within
from slaclock.helpdesks.signatures import ZAMMAD
from slaclock.helpdesks.snapshots import Reply, Snapshot, events_of

KIND = "zammad"
SCHEME = ZAMMAD

# As Zammad is installed (db/seeds/ticket_states.rb).
STATUSES = {
    "new": "new",
    "open": "open",
    "pending reminder": "pending",
    "pending close": "pending",
    "closed": "closed",
    "merged": "closed",
    "removed": "deleted",
}
PRIORITIES = {"1 low": "low", "2 normal": "normal", "3 high": "high"}

_NOBODY = "1"  # the user `-`, who owns what nobody owns
_SIDES = {"agent": "agent", "customer": "customer"}  # the third sender is System: no person


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery: a ticket and its replies. `Unmappable` names what can't be read."""
    try:
        return Mapped(events_of(_snapshot(_body(delivery), connection), connection, delivery))
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None


def _body(delivery: Delivery) -> Members:
    body = load(delivery.body)
    if not isinstance(body, dict):
        raise InvalidEvent("the body is no object")
    return Members(body)


def _snapshot(body: Members, connection: Connection) -> Snapshot:
    ticket, article = body.object("ticket"), body.object("article")
    ticket_id = words.needed(ticket.identity("id"), "/ticket/id")
    attributes = _attributes(ticket, connection) | words.url(ticket_id, connection)
    attributes |= paths.members(body.values, connection, attributes)
    merged = (_word(ticket, "state") or "").lower() == "merged"
    deleted = attributes.get("status") == "deleted"
    return Snapshot(
        source=KIND,
        ticket_id=ticket_id,
        at=ticket.instant("updated_at"),
        attributes=attributes,
        agent_replied_at=ticket.instant("last_contact_agent_at"),
        customer_replied_at=_customer_replied_at(ticket, connection),
        replies=[*_first_response(ticket), *(written := list(_written(article, connection)))],
        gone="merged" if merged else "deleted" if deleted else None,
        requester=identity(ticket, "customer_id") or identity(within(ticket, "customer")),
        authors=dict.fromkeys(written, author) if (author := _id_of_author(article)) else {},
    )


def _attributes(ticket: Members, connection: Connection) -> dict[str, Any]:
    """Read the members that the payload carries. Zammad leaves out what is empty, but for a few."""
    members = words.status(_word(ticket, "state"), connection, STATUSES)
    if ticket.has("priority"):
        members |= words.priority(_word(ticket, "priority"), connection, PRIORITIES)
    if ticket.has("group"):
        members["team"] = words.reference(*_named(ticket, "group"))
    if ticket.has("owner"):
        members["assignee"] = _assignee(ticket)
    if ticket.has("organization"):
        identity, name = _named(ticket, "organization")
        members |= words.customer(identity, connection, name)
    if ticket.has("tags"):
        members["tags"] = _tags(ticket)
    if created_at := ticket.instant("created_at"):
        members["created_at"] = format_instant(created_at)
    for ours, theirs in (("key", "number"), ("ticket_type", "type"), ("channel", "create_article_type")):
        if ticket.has(theirs):
            members[ours] = ticket.text(theirs)
    return members


def _word(ticket: Members, name: str) -> str | None:
    """A state or a priority, which is text or an object with a name."""
    is_object = isinstance(ticket.values.get(name), dict)
    return ticket.object(name).text("name") if is_object else ticket.text(name)


def _named(ticket: Members, name: str) -> tuple[str | None, str | None]:
    """An id and a name: of an object; or its name is text, as in exports, and the id stands beside it."""
    if isinstance(ticket.values.get(name), str):
        return ticket.identity(f"{name}_id"), ticket.text(name)
    found = ticket.object(name)
    return found.identity("id"), found.text("name")


def _assignee(ticket: Members) -> dict[str, str] | None:
    # The name of a person is not kept.
    is_text = isinstance(ticket.values["owner"], str)
    owner = ticket.identity("owner_id") if is_text else ticket.object("owner").identity("id")
    return None if owner == _NOBODY else words.reference(owner)


def _tags(ticket: Members) -> list[str]:
    """Tags: a list, or text with commas, as a custom payload has them."""
    if isinstance(ticket.values["tags"], str):
        return [tag.strip() for tag in (ticket.text("tags", 4096) or "").split(",") if tag.strip()]
    return ticket.texts("tags") or []


def _customer_replied_at(ticket: Members, connection: Connection) -> datetime | None:
    # Of its last contact nobody knows whose it was: where the connection says who counts as an agent, only an
    # article tells.
    return None if connection.agents else ticket.instant("last_contact_customer_at")


def _first_response(ticket: Members) -> Iterator[Reply]:
    if at := ticket.instant("first_response_at"):
        yield "agent", at


def _written(article: Members, connection: Connection) -> Iterator[Reply]:
    """The article, where it is a reply: to Zammad, an agent's note is none, even one that is not internal."""
    who = _SIDES.get((article.text("sender") or "").lower())
    if who == "customer" and connection.agents and connection.is_agent(*_author(article)):
        who = "agent"
    note = who == "agent" and article.text("type") == "note"
    if who and not note and not article.flag("internal"):
        yield who, words.needed(article.instant("created_at"), "/article/created_at")


def _id_of_author(article: Members) -> str | None:
    return identity(article, "origin_by_id") or identity(within(article, "created_by"))


def _author(article: Members) -> tuple[str | None, ...]:
    """Whose words they are: id, login, mail address. A call's are the caller's, whoever wrote them down."""
    if article.has("origin_by_id"):
        return article.identity("origin_by_id"), article.text("origin_by")
    by = article.object("created_by")
    return by.identity("id"), by.text("login"), by.text("email")
