"""What webhooks of Freshdesk's automation rules say: JSON that an admin filled with placeholders.

Ours is docs/helpdesks/freshdesk-rule.json; others are understood as far as their members are called the same,
which are the names that Freshdesk itself proposes. The placeholders are those that its editor offers.
https://support.freshdesk.com/en/support/solutions/articles/132589

`triggered_event` is no JSON: `{ticket_action:created}`, `{status:{from:2,to:6}}`, `{note_type:public}`; of
several changes it names the first that the rule waits for. Neither it nor a placeholder says who did it, so a
reply is told by a rule of its own, which knows: one for replies and public notes performed by an agent, with
`"replied_by": "agent"`, and one for replies by the requester, with `"replied_by": "requester"`. A note
without it is an agent's: requesters can only reply, and replies and public notes are both responses.
https://developers.freshworks.com/docs/app-sdk/v2.3/freshdesk/serverless-apps/product-events/onconversation

There is neither an id nor a time in it. An event is when it arrives, and the same body within the same minute
is one event. Freshdesk tries again after 5, 30 and 60 minutes: where an answer of ours got lost, that is a
second event. The state in it is the same, but a reply counts twice.
"""

from hashlib import sha256
from typing import Any, NamedTuple

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.helpdesks import Delivery, Mapped, freshdesk_words, paths, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.deltas import body_name, reply_type, status_type
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.payload import Members

SOURCE = "freshdesk"
WRAPPER = "freshdesk_webhook"
SPEAKERS = {"agent": "agent", "requester": "customer"}
REPLIES = frozenset({"reply_sent", "note_type"})
TYPES = {
    "priority": "priority_changed",
    "group_id": "team_changed",
    "responder_id": "assignee_changed",
    "ticket_type": "type_changed",
    "tags": "tags_changed",
}
ACTIONS = {"created": "created", "deleted": "deleted", "marked_as_spam": "deleted"}
_STATES = frozenset({*TYPES, "status", "ticket_action"})
_TEMPLATE = "{{"


class Trigger(NamedTuple):
    """The event that a rule waited for: a property, and its values before and after."""

    name: str = ""
    before: str = ""
    now: str = ""


def made(body: dict[str, Any]) -> bool:
    """Whether a rule's webhook made this body."""
    return WRAPPER in body or "ticket_id" in body


def read(body: dict[str, Any], delivery: Delivery, connection: Connection) -> Mapped:
    """One event of a ticket, with what the ticket looked like; `InvalidEvent` where it can't be told whose.

    A payload whose placeholders were not filled in is somebody's test, and is ignored.
    """
    ticket = Members(body).object(WRAPPER) if WRAPPER in body else Members(body)
    ticket_id = words.needed(ticket.identity("ticket_id"), f"{ticket.pointer}/ticket_id")
    if _TEMPLATE in ticket_id:
        return Mapped((), ignored=1)
    trigger = trigger_of(ticket.text("triggered_event", 4096) or "")
    attributes = _attributes(ticket, ticket_id, trigger, connection)
    type_, role, public = _meaning(ticket, trigger, attributes.get("status"), connection)
    if type_ == "deleted":
        attributes["status"] = "deleted"  # the label is the one from before
    event = TicketEvent(
        event_id=event_id(SOURCE, connection, ticket_id, type_, body_name(delivery, timed=False)),
        account=connection.account,
        ticket_id=ticket_id,
        type=type_,
        occurred_at=delivery.received_at,
        received_at=delivery.received_at,
        attributes=attributes | paths.members(body, connection),
        source=SOURCE,
        connection=connection.id,
        time_quality="received",
        author_role=role,
        public=public,
    )
    return Mapped((event,))


def trigger_of(text: str) -> Trigger:
    """What `{{triggered_event}}` says, as far as it is of a form that is known.

    >>> trigger_of("{status:{from:4,to:6}}")
    Trigger(name='status', before='4', now='6')
    """
    said = "".join(text.split())
    if said.startswith("{"):
        said = said[1:].removesuffix("}")
    name, colon, now = said.partition(":")
    before = ""
    if now.startswith("{from:") and now.endswith("}") and ",to:" in now:
        before, _, now = now[len("{from:") : -1].partition(",to:")
    known = colon and name.isidentifier() and not {"{", "}"} & {*before, *now}
    return Trigger(name, before, now) if known else Trigger()


def _meaning(
    ticket: Members, trigger: Trigger, status: str | None, connection: Connection
) -> tuple[str, str | None, bool | None]:
    """The type, the author's role, and whether it is public."""
    if trigger.name in REPLIES or (ticket.text("replied_by") and trigger.name not in _STATES):
        return _reply(ticket, trigger)
    if trigger.name == "ticket_action":
        return ACTIONS.get(trigger.now, "field_changed"), None, None
    if trigger.name == "status":
        before = freshdesk_words.status(None, trigger.before, connection).get("status")
        return status_type(before, status), None, None
    return TYPES.get(trigger.name, "field_changed"), None, None


def _reply(ticket: Members, trigger: Trigger) -> tuple[str, str, bool]:
    said, pointer = (ticket.text("replied_by") or "").lower(), f"{ticket.pointer}/replied_by"
    if not said and trigger.name == "note_type":
        said = "agent"
    if words.needed(said, pointer) not in SPEAKERS:
        raise InvalidEvent("is neither agent nor requester", pointer)
    role, public = SPEAKERS[said], trigger.now != "private"
    return reply_type(role, role, public=public), role, public


def _attributes(ticket: Members, ticket_id: str, trigger: Trigger, connection: Connection) -> dict[str, Any]:
    code = trigger.now if trigger.name == "status" else None
    members = freshdesk_words.status(ticket.identity("ticket_status"), code, connection)
    members |= words.url(ticket_id, connection)
    if ticket.has("ticket_priority"):
        members |= freshdesk_words.priority(ticket.identity("ticket_priority"), connection)
    if ticket.has("ticket_type"):
        members["ticket_type"] = (ticket.text("ticket_type") or "").lower() or None
    if ticket.has("ticket_group_name"):
        members["team"] = words.reference(None, ticket.text("ticket_group_name"))
    if ticket.has("ticket_agent_name"):
        members["assignee"] = words.reference(_pseudonym(ticket.text("ticket_agent_name"), connection))
    if ticket.has("ticket_company_name"):
        members |= words.customer(None, connection, ticket.text("ticket_company_name"))
    if ticket.has("ticket_tags"):
        members["tags"] = _tags(ticket)
    if ticket.has("ticket_source"):
        members["channel"] = freshdesk_words.channel(ticket.identity("ticket_source"))
    return members


def _pseudonym(name: str | None, connection: Connection) -> str | None:
    # No placeholder gives an agent's id, and a name is not kept: its digits tell one from another.
    return sha256(f"{connection.account}:{name}".encode()).hexdigest()[:16] if name else None


def _tags(ticket: Members) -> list[str]:
    """Tags as a list, or as the placeholder writes them: apart by commas."""
    value = ticket.values["ticket_tags"]
    given = [tag.strip() for tag in value.split(",") if tag.strip()] if isinstance(value, str) else value
    return Members({"ticket_tags": given}, ticket.pointer).texts("ticket_tags") or []
