"""Zendesk's event subscriptions: `zen:event-type:ticket.*`.

https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/

Every ticket event carries the ticket as it stood then (`detail`) besides what happened (`event`). An event
that says nothing about a clock is therefore still worth folding, as `field_changed`: Zendesk gives up after a
few attempts, and the next snapshot mends what a lost delivery left undone.
"""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery, Mapped, Unmappable
from slaclock.helpdesks.connection import Connection, translate
from slaclock.helpdesks.payload import Members, check_instants, load
from slaclock.helpdesks.signatures import Zendesk

KIND = "zendesk"
SCHEME = Zendesk()
T = TypeVar("T")
Meaning = tuple[str, str | None, bool | None]  # type, author's role, public

PREFIX = "zen:event-type:"
SYSTEM_USER = "-1"

STATUSES = {
    "new": "new",
    "open": "open",
    "pending": "pending",
    "hold": "on_hold",
    "solved": "solved",
    "closed": "closed",
    "archived": "closed",
    "deleted": "deleted",
    "scrubbed": "deleted",  # deleted for good
}
PRIORITIES = {"urgent": "urgent", "high": "high", "normal": "normal", "low": "low"}

TYPES = {
    "created": "created",
    "agent_assignment_changed": "assignee_changed",
    "group_assignment_changed": "team_changed",
    "organization_changed": "customer_changed",
    "priority_changed": "priority_changed",
    "tags_changed": "tags_changed",
    "type_changed": "type_changed",
    "merged": "merged",
    "soft_deleted": "deleted",
    "permanently_deleted": "deleted",
    "marked_as_spam": "deleted",
    "undeleted": "restored",
}
# The member of the snapshot that `event.current` gives: of the two, the event knows better.
CHANGED = {
    "status_changed": "status",
    "custom_status_changed": "custom_status",
    "priority_changed": "priority",
    "type_changed": "type",
    "group_assignment_changed": "group_id",
    "agent_assignment_changed": "assignee_id",
    "organization_changed": "organization_id",
}
# A status beats a type, and the snapshot beside these may be from before. Zendesk closes what it merges.
CERTAIN = {"merged": "closed", "deleted": "deleted"}


def verify(delivery: Delivery, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets signed these bytes within five minutes of their arrival."""
    return SCHEME.verify(delivery, secrets)


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; what is no ticket's event is ignored. `Unmappable` names what can't be read."""
    try:
        body = load(delivery.body)
        kind = _kind(body)
        if not kind.startswith("ticket."):
            return Mapped((), ignored=1)
        event = _event(Members(body), kind.removeprefix("ticket."), delivery, connection)
        check_instants(event)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None
    return Mapped((event,))


def _kind(body: Any) -> str:
    kind = body.get("type") if isinstance(body, dict) else None
    if not isinstance(kind, str) or not kind.startswith(PREFIX):
        raise InvalidEvent(
            "no event subscription made this; payloads of triggers and automations are not understood"
        )
    return kind.removeprefix(PREFIX)


def _event(body: Members, kind: str, delivery: Delivery, connection: Connection) -> TicketEvent:
    event = body.object("event")
    detail = _after(kind, event, body.object("detail"))
    attributes = _attributes(detail, connection)
    type_, role, public = _meaning(kind, event, detail, attributes.get("status"), connection)
    if type_ in CERTAIN:
        attributes["status"] = CERTAIN[type_]
    elif type_ == "restored" and attributes.get("status") == "deleted":
        del attributes["status"]
    sequence = event.object("meta").object("sequence")
    return TicketEvent(
        event_id=f"{KIND}:{connection.account}:{_needed(body.text('id', 100), '/id')}",
        account=connection.account,
        ticket_id=_ticket_id(detail),
        type=type_,
        occurred_at=_needed(body.instant("time"), "/time"),
        received_at=delivery.received_at,
        attributes=attributes,
        source=KIND,
        connection=connection.id,
        group=sequence.text("id") or "",
        sequence=sequence.number("position") or 0,
        author_role=role,
        public=public,
        merged_into=event.identity("target_ticket_id") if type_ == "merged" else None,
    )


def _after(kind: str, event: Members, detail: Members) -> Members:
    if kind not in CHANGED or not event.has("current"):
        return detail
    return Members({**detail.values, CHANGED[kind]: event.values["current"]}, detail.pointer)


def _meaning(
    kind: str, event: Members, detail: Members, status: str | None, connection: Connection
) -> Meaning:
    if kind == "comment_added":
        return _comment(event.object("comment"), detail.identity("requester_id"))
    if kind in {"status_changed", "custom_status_changed"}:
        return _status_change(event.identity("previous"), status, connection), None, None
    return TYPES.get(kind, "field_changed"), None, None


def _comment(comment: Members, requester: str | None) -> Meaning:
    author, public = comment.object("author"), comment.flag("is_public")
    by, staff = author.identity("id"), author.flag("is_staff")
    if by == SYSTEM_USER:
        return "note_added", "system", public
    # An agent who asks for help is, on that ticket, the customer.
    role = "customer" if staff is False or (by and by == requester) else "agent"
    if role == "agent":
        _needed(staff, "/event/comment/author/is_staff")
    if staff and not _needed(public, "/event/comment/is_public"):
        return "note_added", role, public
    return f"{role}_replied", role, public


def _status_change(previous: str | None, now: str | None, connection: Connection) -> str:
    before = translate(previous or "", connection.statuses, STATUSES)
    if now in {"solved", "closed", "deleted"} and now != before:
        return now
    if now in {"new", "open", "pending", "on_hold"} and before in {"solved", "closed", "deleted"}:
        return "restored" if before == "deleted" else "reopened"
    return "status_changed"


def _attributes(detail: Members, connection: Connection) -> dict[str, Any]:
    """Read the members that the snapshot carries; what it leaves out stays unknown (rule 29)."""
    members = _status(detail, connection) | _priority(detail, connection) | _customer(detail, connection)
    if detail.has("type"):
        members["ticket_type"] = (detail.text("type") or "").lower() or None
    if detail.has("group_id"):
        members["team"] = _reference(detail.identity("group_id"))
    if detail.has("assignee_id"):
        members["assignee"] = _reference(detail.identity("assignee_id"))
    if detail.has("tags"):
        members["tags"] = detail.texts("tags") or []
    if created_at := detail.instant("created_at"):
        members["created_at"] = format_instant(created_at)
    if detail.object("via").has("channel"):
        members["channel"] = detail.object("via").text("channel")
    if connection.ticket_url:
        members["url"] = connection.ticket_url.replace("{ticket_id}", quote(_ticket_id(detail), safe=""))
    return members


def _status(detail: Members, connection: Connection) -> dict[str, Any]:
    # Only the connection knows what an account's own statuses mean; `status` is the category they are in.
    own = translate(detail.identity("custom_status") or "", connection.statuses, {})
    word = detail.text("status") or ""
    status = own if own != "unknown" else translate(word, connection.statuses, STATUSES)
    if not word and own == "unknown":
        return {}
    return {"status": status} | ({"status_raw": word} if status == "unknown" else {})


def _priority(detail: Members, connection: Connection) -> dict[str, Any]:
    if not detail.has("priority"):
        return {}
    word = detail.text("priority")
    priority = translate(word, connection.priorities, PRIORITIES) if word else "none"
    return {"priority": priority} | ({"priority_raw": word} if priority == "unknown" else {})


def _customer(detail: Members, connection: Connection) -> dict[str, Any]:
    if not detail.has("organization_id"):
        return {}
    organisation = detail.identity("organization_id")
    customer = None if organisation is None else connection.customers.get(organisation, organisation)
    members: dict[str, Any] = {"customer": _reference(customer)}
    if connection.plans:
        members["plan"] = connection.plans.get(organisation or "")
    return members


def _reference(identity: str | None) -> dict[str, str] | None:
    return None if identity is None else {"id": identity}


def _ticket_id(detail: Members) -> str:
    return _needed(detail.identity("id"), "/detail/id")


def _needed(value: T | None, pointer: str) -> T:
    if value is None or value == "":
        raise InvalidEvent("is missing", pointer)
    return value
