"""Frappe Helpdesk, by webhooks of the Frappe framework (DocType `Webhook`) on `HD Ticket`.

https://docs.frappe.io/framework/user/en/guides/integration/webhooks, and its source
(frappe/integrations/doctype/webhook/webhook.py). The body is JSON whatever the request structure is called,
and holds what an admin chose: a document, or `{"event": …, "doc": {…}}`. Members go by Frappe's own names.
Since a body does not say which event it is for, a webhook on `on_trash` has to: `"event": "on_trash"`.
What to paste is `docs/helpdesks/frappe-webhook.jinja`, and for that one `frappe-webhook-on-trash.jinja`.

Its times name no offset. When clocks go back, the arrival tells which of two instants a document's last
change was; its other stamps of that hour are read where they are as fresh, and left out where they are not.

Helpdesks older than 2026 keep no `last_agent_response`: there, a second webhook on `Communication`
(`after_insert`) tells of the replies. One or the other, since Frappe stamps a reply twice.
"""

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, Unmappable, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.frappe_tickets import snapshot_of
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.payload import Members, check_instants, load
from slaclock.helpdesks.people import identity, people
from slaclock.helpdesks.signatures import FRAPPE
from slaclock.helpdesks.snapshots import events_of
from slaclock.helpdesks.times import beside, lately, local

KIND = "frappe"
SCHEME = FRAPPE

_TICKET, _COMMUNICATION = "HD Ticket", "Communication"
_GONE = frozenset({"on_trash", "after_delete"})
_SIDES = {"Sent": "agent", "Received": "customer"}


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; other documents are ignored. `Unmappable` names what can't be read."""
    try:
        return _read(delivery, connection)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None


def _read(delivery: Delivery, connection: Connection) -> Mapped:
    body = load(delivery.body)
    if not isinstance(body, dict):
        raise InvalidEvent("the body is no object")
    document = _document(Members(body))
    gone, kind = Members(body).text("event") in _GONE, _doctype(document)
    if kind == _TICKET:
        snapshot = snapshot_of(document, delivery, connection, gone=gone)
        return Mapped(events_of(snapshot, connection, delivery))
    if kind == _COMMUNICATION and not gone and _is_reply(document):
        return Mapped((_reply(document, delivery, connection),))
    return Mapped((), ignored=1)


def _document(body: Members) -> Members:
    """The document, with what is empty as null: a template writes `None` and "" for what is not set."""
    inner = body.object("doc") if body.has("doc") else body
    said = {name: None if value in ("", "None") else value for name, value in inner.values.items()}
    return Members(said, inner.pointer)


def _doctype(document: Members) -> str:
    """What a document is; where it does not say, what its members say."""
    if kind := document.text("doctype"):
        return kind
    if document.has("sent_or_received"):
        return _COMMUNICATION
    return "HD Ticket Comment" if document.has("reference_ticket") else _TICKET


def _is_reply(communication: Members) -> bool:
    """Whether it is a person's message about a ticket; Frappe's own are `Automated Message`."""
    about, kind = communication.text("reference_doctype"), communication.text("communication_type")
    return about in (None, _TICKET) and kind in (None, "Communication")


def _reply(communication: Members, delivery: Delivery, connection: Connection) -> TicketEvent:
    """A message by mail or portal, as one event by its name. It says nothing of its ticket.

    `ticket_creation` is ours: with it, a ticket that is first heard of by a reply starts when it was created.
    """
    way = words.needed(communication.text("sent_or_received"), "/sent_or_received")
    who = "agent" if connection.is_agent(communication.text("sender")) else _SIDES.get(way)
    name = words.needed(communication.identity("name"), "/name")
    ticket_id = words.needed(communication.identity("reference_name"), "/reference_name")
    if who is None:
        raise InvalidEvent("is neither Sent nor Received", "/sent_or_received")
    arrived = lately(delivery.received_at)
    at = words.needed(local(communication, "creation", connection.timezone, arrived), "/creation")
    created = local(communication, "ticket_creation", connection.timezone, beside(at))
    event = TicketEvent(
        event_id=event_id(KIND, connection, ticket_id, "communication", name),
        account=connection.account,
        ticket_id=ticket_id,
        type=f"{who}_replied",
        occurred_at=at,
        received_at=delivery.received_at,
        attributes={"created_at": format_instant(created)} if created else {},
        source=KIND,
        connection=connection.id,
        author_role=who,
        public=True,
        people=people(author=identity(communication, "sender")),
    )
    check_instants(event)
    return event
