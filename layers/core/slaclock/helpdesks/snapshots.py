"""Snapshots: the events of a delivery that hands over the whole ticket, and not what changed in it.

A snapshot gives the ticket as it stands, and its replies at their own instants. What changed since the one
before is derived where the state is: the fold compares each snapshot with the ticket as it stood then, so
late, shuffled and doubled ones come to the same (docs/decisions/0009).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from slaclock.domain.events import TicketEvent
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks import Delivery
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.identity import event_id
from slaclock.helpdesks.opening import is_opening
from slaclock.helpdesks.payload import check_instants
from slaclock.helpdesks.people import people
from slaclock.helpdesks.snapshot_places import TOGETHER, place, place_with_reply

# Helpdesks write a ticket first, and what their own rules set moments later.
_CREATING = timedelta(seconds=10)

Reply = tuple[str, datetime]  # who, and when

_STATUS_OF_GONE = {"merged": "closed", "deleted": "deleted"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A ticket as it stood `at` its last change (None where the helpdesk does not say).

    `attributes` are those of the canonical event that the helpdesk told, `created_at` among them where known.
    `agent_replied_at` is the last public reply of an agent, `customer_replied_at` the customer's last
    message, `replies` are others that it tells of: `agent` or `customer`, and when. The opening message may
    be among them, if it is of one of the `openers`. `gone` is `deleted` or `merged`. With the quality
    `received` the state is that of the delivery's arrival, and `at` only tells one version of the ticket from
    another. `requester` and `authors` are people's ids, of those replies whose author is known.
    """

    source: str
    ticket_id: str
    at: datetime | None
    attributes: Mapping[str, Any]
    agent_replied_at: datetime | None = None
    customer_replied_at: datetime | None = None
    replies: Sequence[Reply] = ()
    openers: Sequence[str] = ("agent", "customer")
    gone: str | None = None
    merged_into: str | None = None
    time_quality: str = "ticket_updated_at"
    requester: str | None = None
    authors: Mapping[Reply, str] = field(default_factory=dict)


def events_of(snapshot: Snapshot, connection: Connection, delivery: Delivery) -> tuple[TicketEvent, ...]:
    """Its replies and the ticket, in the order of the fold; `InvalidEvent` where a time can't be.

    A reply is named by its instant and says nothing else of the ticket, so it is one event however many
    snapshots tell of it, and whichever came first. The state is named by what it says and when, so a doubled
    or retried one is one. A state that a reply came with tells of that reply, too, at the reply's instant, so
    that the two are one action. Where nothing says when it was, the arrival does, and each arrival is an
    event: one that says the same again changes nothing.
    """
    replies = _replies(snapshot)
    at = _held_at(snapshot, delivery)
    with_state = None if snapshot.gone else _together(replies, at)
    events = [_reply(snapshot, *each, connection, delivery) for each in replies]
    events.append(_state(snapshot, at, with_state, connection, delivery))
    for event in events:
        check_instants(event)
    return tuple(sorted(events, key=lambda each: each.position))


def _replies(snapshot: Snapshot) -> list[Reply]:
    """Each reply once, in their order, without the opening message."""
    last = [("agent", snapshot.agent_replied_at), ("customer", snapshot.customer_replied_at)]
    told = {*snapshot.replies, *((who, at) for who, at in last if at)}
    created = _created(snapshot)
    opening = {(who, at) for who, at in told if who in snapshot.openers and is_opening(at, created)}
    return sorted(told - opening, key=lambda each: each[1])


def _held_at(snapshot: Snapshot, delivery: Delivery) -> datetime:
    stated = None if snapshot.time_quality == "received" else snapshot.at
    return stated or delivery.received_at


def _together(replies: list[Reply], at: datetime) -> Reply | None:
    """The last reply, where the ticket changed with it."""
    near = [each for each in replies if abs(at - each[1]) <= TOGETHER]
    return near[-1] if near else None


def _reply(
    snapshot: Snapshot, who: str, at: datetime, connection: Connection, delivery: Delivery
) -> TicketEvent:
    # Only what is the same in every snapshot: of an event that is told often, the first telling counts.
    created = snapshot.attributes.get("created_at")
    type_ = f"{who}_replied"
    return TicketEvent(
        event_id=event_id(snapshot.source, connection, snapshot.ticket_id, type_, format_instant(at)),
        account=connection.account,
        ticket_id=snapshot.ticket_id,
        type=type_,
        occurred_at=at,
        received_at=delivery.received_at,
        attributes={"created_at": created} if created else {},
        source=snapshot.source,
        connection=connection.id,
        author_role=who,
        public=True,
        people=people(author=snapshot.authors.get((who, at))),
    )


def _state(
    snapshot: Snapshot, at: datetime, reply: Reply | None, connection: Connection, delivery: Delivery
) -> TicketEvent:
    attributes = _attributes(snapshot)
    who, occurred_at = reply or (None, at)
    type_ = snapshot.gone or (f"{who}_replied" if who else _type(snapshot, at))
    named = _named(attributes, type_, snapshot.at or at)
    return TicketEvent(
        event_id=event_id(snapshot.source, connection, snapshot.ticket_id, type_, named),
        account=connection.account,
        ticket_id=snapshot.ticket_id,
        type=type_,
        occurred_at=occurred_at,
        received_at=delivery.received_at,
        attributes=attributes,
        source=snapshot.source,
        connection=connection.id,
        time_quality=snapshot.time_quality if snapshot.at else "received",
        sequence=place_with_reply(attributes, at - occurred_at) if who else place(attributes),
        author_role=who,
        public=True if who else None,
        people=people(author=snapshot.authors.get(reply) if reply else None, requester=snapshot.requester),
        merged_into=snapshot.merged_into,
    )


def _attributes(snapshot: Snapshot) -> dict[str, Any]:
    said = dict(snapshot.attributes)
    if snapshot.gone:
        said["status"] = _STATUS_OF_GONE[snapshot.gone]
        said.pop("status_raw", None)
    return said


def _type(snapshot: Snapshot, at: datetime) -> str:
    created = _created(snapshot)
    return "created" if created and at < created + _CREATING else "snapshot"


def _named(attributes: Mapping[str, Any], type_: str, at: datetime) -> str:
    said = json.dumps([type_, format_instant(at), attributes], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _created(snapshot: Snapshot) -> datetime | None:
    stated = snapshot.attributes.get("created_at")
    return parse_instant(stated) if stated else None
