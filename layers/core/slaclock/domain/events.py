"""Ticket events, in the canonical form that every helpdesk is translated to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.domain.members import instant_member
from slaclock.domain.people import People

# What a ticket's members may be called, in the canonical event. Titles are not among those that are kept: no
# rule reads them, and what is not stored need not be protected.
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
    first: folding again chooses among the same. `value` is the rating that a `rated` event gives.

    `people` are the helpdesk's own ids, which nothing writes down; `actor_id`, `author_id` and `requester_id`
    are the pseudonyms that stand for them in the log (`slaclock.identities`). No rule reads either.
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
    value: float | None = None
    actor_id: str | None = None
    author_id: str | None = None
    requester_id: str | None = None
    people: People | None = field(default=None, repr=False, compare=False)
    position: Position = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for again and again, by all that sorts and compares.
        position = (self.occurred_at, self.group, self.sequence, self.event_id)
        object.__setattr__(self, "position", position)

    @property
    def id(self) -> str:
        return self.event_id

    @property
    def known_at(self) -> datetime:
        """Agreements published later are not chosen for it."""
        return self.agreements_at or self.received_at


def event_from_json(document: Mapping[str, Any]) -> TicketEvent:
    """Read a canonical event that fits the schema; `InvalidEvent` names an instant that is none.

    Ids of people are left out: those of a sender are `people_of`, those in a log `logged_event` reads.
    """
    order, comment = document.get("order") or {}, document.get("comment") or {}
    return TicketEvent(
        event_id=document["event_id"],
        account=document["account"],
        ticket_id=document["ticket_id"],
        type=document["type"],
        occurred_at=instant_member(document["occurred_at"], "/occurred_at"),
        received_at=instant_member(document["received_at"], "/received_at"),
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
        value=_rating(document),
    )


def logged_event(document: Mapping[str, Any]) -> TicketEvent:
    """Read an event of the log, whose ids of people are pseudonyms."""
    event, people = event_from_json(document), people_of(document)
    if not any(people.known()):
        return event
    return replace(event, actor_id=people.actor, author_id=people.author, requester_id=people.requester)


def people_of(document: Mapping[str, Any]) -> People:
    """The ids of people that a canonical event carries."""
    author = (document.get("comment") or {}).get("author") or {}
    requester = document["ticket"].get("requester") or {}
    return People((document.get("actor") or {}).get("id"), author.get("id"), requester.get("id"))


def event_to_json(event: TicketEvent) -> dict[str, Any]:
    """Write an event as the log keeps it: canonical, without what is unknown, titles or anybody's own id."""
    actor, author = _person(event.actor_id, event.actor_role), _person(event.author_id, event.author_role)
    asked = {"requester": {"id": event.requester_id}} if event.requester_id else {}
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
        "actor": actor,
        "comment": {"public": event.public, "author": author} if author or event.public is not None else None,
        "merged_into": event.merged_into,
        "ticket": {**event.attributes, **asked},
        "known": sorted({*event.attributes, *asked}),
        "subject": event.subject if event.subject != "ticket" else None,
        "value": event.value,
    }
    return {name: value for name, value in document.items() if value is not None}


def _person(pseudonym: str | None, role: str | None) -> dict[str, str] | None:
    named = {"id": pseudonym, "role": role}
    return {name: value for name, value in named.items() if value} or None


def _rating(document: Mapping[str, Any]) -> float | None:
    """The rating that an event gives: a whole number as one, so that it is written in one way."""
    value = document.get("value") if document["type"] == "rated" else None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _attributes(document: Mapping[str, Any]) -> dict[str, Any]:
    ticket, known = document["ticket"], set(document["known"])
    attributes = {name: ticket.get(name) for name in sorted(known & ATTRIBUTES)}
    change = document.get("change") or {}
    if (name := change.get("field")) in ATTRIBUTES - known:
        attributes[name] = change.get("to")
    if attributes.get("created_at") is not None:
        attributes["created_at"] = format_instant(
            instant_member(attributes["created_at"], "/ticket/created_at")
        )
    return attributes
