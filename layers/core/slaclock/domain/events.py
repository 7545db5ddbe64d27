"""What wakes the system: ticket events, acknowledgements, exclusions, and the passing of time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import split_id, split_subject
from slaclock.domain.instants import format_instant, parse_instant

# What a ticket's members may be called, in the canonical event. Titles and people's ids are not among those
# that are kept: no rule reads them, and what is not stored need not be protected.
ATTRIBUTES = frozenset(
    [
        "key",
        "url",
        "status",
        "status_raw",
        "priority",
        "priority_raw",
        "ticket_type",
        "team",
        "assignee",
        "customer",
        "plan",
        "tags",
        "created_at",
        "custom",
        "channel",
        "region",
        "service",
    ]
)

Position = tuple[datetime, str, int, str]


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """Something that happened to a ticket, in the canonical form that every helpdesk is translated to.

    `attributes` holds the members of the ticket that the source really carried (rule 29); `position` is the
    order of folding (rule 28). `agreements_at` is as of when the agreements were known to whoever folded it
    first: folding again chooses among the same.
    """

    event_id: str
    account: str
    ticket_id: str
    type: str
    occurred_at: datetime
    received_at: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    source: str = "generic"
    connection: str = ""
    time_quality: str = "event"
    group: str = ""
    sequence: int = 0
    actor_role: str | None = None
    author_role: str | None = None
    public: bool | None = None
    merged_into: str | None = None
    subject: str = "ticket"
    agreements_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.event_id

    @property
    def known_at(self) -> datetime:
        """Agreements published later are not chosen for it."""
        return self.agreements_at or self.received_at

    @property
    def position(self) -> Position:
        return (self.occurred_at, self.group, self.sequence, self.event_id)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody took a breach in hand. Names the breach by the fact that told it, or by its promise."""

    account: str
    ticket_id: str
    by: str
    at: datetime
    fact_id: str | None = None
    agreement: str | None = None
    metric: str | None = None
    subject: str = "ticket"

    @property
    def id(self) -> str:
        """The same however the breach is named, by a fact or by its promise."""
        promise = self.fact_key.split(":")[1].rpartition("/")[2] if self.fact_key else self.metric
        return f"acknowledgement:{promise}:{self.by}:{format_instant(self.at)}"

    @property
    def fact_key(self) -> str | None:
        """The key of the fact that it names, within its ticket."""
        return split_id(self.fact_id)[1] if self.fact_id else None

    @property
    def position(self) -> Position:
        return (self.at, "", 0, self.id)


@dataclass(frozen=True, slots=True)
class Wake:
    """Time has passed. `by` says who noticed: `timer`, `auditor` or `replay`."""

    by: str


Given = TicketEvent | Acknowledgement


def not_ahead(given: Given) -> Given:
    """An event that claims to come from the future happens when it reached us: nothing is told too early."""
    if isinstance(given, TicketEvent) and given.occurred_at > given.received_at:
        return replace(given, occurred_at=given.received_at)
    return given


def event_from_json(document: Mapping[str, Any]) -> TicketEvent:
    """Read a canonical event that fits the schema; `InvalidEvent` names an instant that is none."""
    order, comment = document.get("order") or {}, document.get("comment") or {}
    return TicketEvent(
        event_id=document["event_id"],
        account=document["account"],
        ticket_id=document["ticket_id"],
        type=document["type"],
        occurred_at=_instant(document["occurred_at"], "/occurred_at"),
        received_at=_instant(document["received_at"], "/received_at"),
        attributes=_attributes(document),
        source=document["source"],
        connection=document["connection"],
        time_quality=document["time_quality"],
        group=order.get("group", ""),
        sequence=order.get("position", 0),
        actor_role=(document.get("actor") or {}).get("role"),
        author_role=(comment.get("author") or {}).get("role"),
        public=comment.get("public"),
        merged_into=document.get("merged_into"),
        subject=document.get("subject", "ticket"),
    )


def event_to_json(event: TicketEvent) -> dict[str, Any]:
    """Write an event as the log keeps it: canonical, without what is not known, titles or anybody's id."""
    author = {"role": event.author_role} if event.author_role else None
    document = {
        "schema": "ticket-event/1",
        "event_id": event.event_id,
        "source": event.source,
        "connection": event.connection,
        "account": event.account,
        "ticket_id": event.ticket_id,
        "type": event.type,
        "occurred_at": format_instant(event.occurred_at),
        "time_quality": event.time_quality,
        "received_at": format_instant(event.received_at),
        "order": {"group": event.group, "position": event.sequence}
        if event.group or event.sequence
        else None,
        "actor": {"role": event.actor_role} if event.actor_role else None,
        "comment": {"public": event.public, "author": author} if author or event.public is not None else None,
        "merged_into": event.merged_into,
        "ticket": dict(event.attributes),
        "known": sorted(event.attributes),
        "subject": event.subject if event.subject != "ticket" else None,
    }
    return {name: value for name, value in document.items() if value is not None}


def acknowledgement_from_json(document: Mapping[str, Any]) -> Acknowledgement:
    """Read an `acknowledgement/1` line; `InvalidEvent` points at a member that is missing or wrong."""
    fact_id, subject = _text(document, "fact_id"), _text(document, "subject") or "ticket"
    if fact_id:
        subject, account, ticket_id = split_subject(split_id(fact_id)[0])
    else:
        account, ticket_id = _needed(document, "account"), _needed(document, "ticket_id")
    given = Acknowledgement(
        account=account,
        ticket_id=ticket_id,
        by=_needed(document, "by"),
        at=_instant(_needed(document, "at"), "/at"),
        fact_id=fact_id,
        agreement=_text(document, "agreement"),
        metric=_text(document, "metric"),
        subject=subject,
    )
    if not fact_id and not (given.agreement and given.metric):
        raise InvalidEvent("it names neither a fact nor an agreement and its metric", "/fact_id")
    return given


def acknowledgement_to_json(given: Acknowledgement) -> dict[str, Any]:
    """Write an acknowledgement as the log keeps it."""
    return {
        "schema": "acknowledgement/1",
        "account": given.account,
        "ticket_id": given.ticket_id,
        "subject": given.subject,
        "by": given.by,
        "at": format_instant(given.at),
        "fact_id": given.fact_id,
        "agreement": given.agreement,
        "metric": given.metric,
    }


def _attributes(document: Mapping[str, Any]) -> dict[str, Any]:
    ticket, known = document["ticket"], set(document["known"])
    attributes = {name: ticket.get(name) for name in known & ATTRIBUTES}
    change = document.get("change") or {}
    if (name := change.get("field")) in ATTRIBUTES - known:
        attributes[name] = change.get("to")
    if attributes.get("created_at") is not None:
        attributes["created_at"] = format_instant(_instant(attributes["created_at"], "/ticket/created_at"))
    return attributes


def _instant(text: str, pointer: str) -> datetime:
    try:
        return parse_instant(text)
    except (ValueError, OverflowError, TypeError):
        raise InvalidEvent(f"{text!r} is no instant such as 2026-03-27T15:00:00Z", pointer) from None


def _text(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidEvent("is no text", f"/{name}")
    return value


def _needed(document: Mapping[str, Any], name: str) -> str:
    if not (text := _text(document, name)):
        raise InvalidEvent("is missing", f"/{name}")
    return text
