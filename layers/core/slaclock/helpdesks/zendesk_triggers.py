"""Payloads that triggers and automations of Zendesk make: JSON that an admin wrote around placeholders.

Ours is docs/helpdesks/zendesk-trigger.json. Others are read by what their members are called, whatever the
case, with or without `ticket` before it and underscores within, at the top or inside `ticket`. Such a payload
is a snapshot: the ticket as it stood at `updated_at`. Only `…_with_timestamp` gives an instant ("iso8601 …
2013-12-12T05:35Z"); `ticket.updated_at` is a date in the language of the account, which is none: then the
delivery's arrival counts, with `time_quality` `received`.
https://support.zendesk.com/hc/en-us/articles/4408886858138

Without seconds, as in that example, `updated_at` says which minute it was, and the arrival when in it: see
`_happened_at`. What an event is called remains a function of what the body says.

No placeholder tells when a comment was written by an instant, nor whether its author is staff, so a reply is
told by a trigger of its own, whose conditions know both: the comment is public, and the current user an agent
(`"replied_by": "agent"`) or an end user (`"end-user"`).
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks import Delivery, Mapped, paths, words
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.deltas import SETTLING
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.snapshots import Snapshot, events_of
from slaclock.helpdesks.zendesk_tickets import PRIORITIES, STATUSES

SOURCE = "zendesk"
# A placeholder writes titles ("On-hold"), in the account's language; other languages are the connection's.
TITLES = {**STATUSES, "on-hold": "on_hold", "on hold": "on_hold"}
SPEAKERS = {"agent": "agent", "enduser": "customer"}
# A member of ours, and what admins call it, the more telling first.
NAMES = {
    "id": ("ticketid", "id"),
    "status": ("status",),
    "priority": ("priority",),
    "type": ("type",),
    "tags": ("tags",),
    "assignee_id": ("assigneeid",),
    "group_id": ("groupid",),
    "group_name": ("groupname", "group"),
    "organization_id": ("organizationid", "organisationid"),
    "organization_name": ("organizationname", "organisationname", "organization", "organisation"),
    "created_at": ("createdatwithtimestamp", "createdat"),
    "updated_at": ("updatedatwithtimestamp", "updatedat", "lastupdatedat"),
    "replied_by": ("repliedby",),
}
_TEMPLATE = "{{"
_WITH_SECONDS = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}")
_PROMPT, _TO_ITS_END = timedelta(seconds=90), timedelta(minutes=1) - timedelta(microseconds=1)
_EVERYBODY, _CUSTOMER = ("agent", "customer"), ("customer",)


def read(body: dict[str, Any], delivery: Delivery, connection: Connection) -> Mapped:
    """The ticket as it stands, and a reply where the payload tells of one; `InvalidEvent` without an id.

    A payload whose placeholders were not filled in is somebody's test, and is ignored.
    """
    ticket = _ticket(body)
    ticket_id = words.needed(ticket.identity("id"), "/ticket_id")
    if _TEMPLATE in ticket_id:
        return Mapped((), ignored=1)
    at = _instant(ticket, "updated_at")
    speaker = _speaker(ticket)
    replied_at = {speaker: at or delivery.received_at}
    roughly = at is not None and not _WITH_SECONDS.search(ticket.text("updated_at") or "")
    snapshot = Snapshot(
        source=SOURCE,
        ticket_id=ticket_id,
        at=at,
        attributes=_attributes(ticket, ticket_id, connection) | paths.members(body, connection),
        agent_replied_at=replied_at.get("agent"),
        customer_replied_at=replied_at.get("customer"),
        # An agent's answer within the minute of the creation is one; a requester's message says no more.
        openers=_CUSTOMER if roughly else _EVERYBODY,
        time_quality="ticket_updated_at" if at else "received",
    )
    events = events_of(snapshot, connection, delivery)
    if at and roughly:
        happened_at = _happened_at(at, delivery.received_at, replied=speaker is not None)
        events = tuple(replace(each, occurred_at=happened_at) for each in events)
    return Mapped(events)


def _happened_at(minute: datetime, arrived_at: datetime, *, replied: bool) -> datetime:
    """When it was that is told with its minute alone: on arrival, or at that minute's end if it comes late.

    One update may set off two triggers, whose requests overtake each other. A reply is taken to be five
    seconds older than its request, so that it comes before what it set and not after, unless its minute began
    in between.
    """
    if arrived_at > minute + _PROMPT:
        return minute + _TO_ITS_END
    return max(minute, arrived_at - SETTLING if replied else arrived_at)


def _ticket(body: dict[str, Any]) -> Members:
    inner = body.get("ticket")
    given = _plainly({**body, **inner} if isinstance(inner, dict) else body)
    found = {ours: _first(given, theirs) for ours, theirs in NAMES.items()}
    return Members({ours: given[name] for ours, name in found.items() if name})


def _plainly(body: dict[str, Any]) -> dict[str, Any]:
    named = {name.replace("_", "").replace("-", "").lower(): value for name, value in body.items()}
    # Who writes `ticket_status` beside `status` means the ticket's; a bare `id` may be anything's.
    prefixed = {name: value for name, value in named.items() if name.startswith("ticket")}
    prefixed.pop("ticketid", None)
    return {**named, **{name.removeprefix("ticket"): value for name, value in prefixed.items()}}


def _first(given: dict[str, Any], names: Iterable[str]) -> str | None:
    return next((name for name in names if name in given), None)


def _attributes(ticket: Members, ticket_id: str, connection: Connection) -> dict[str, Any]:
    members = words.status(ticket.text("status"), connection, TITLES) | words.url(ticket_id, connection)
    if ticket.has("priority"):
        members |= words.priority(ticket.text("priority"), connection, PRIORITIES)
    if ticket.has("type"):
        members["ticket_type"] = (ticket.text("type") or "").lower() or None
    if ticket.has("group_id") or ticket.has("group_name"):
        members["team"] = words.reference(ticket.identity("group_id"), ticket.text("group_name"))
    if ticket.has("assignee_id"):
        members["assignee"] = words.reference(ticket.identity("assignee_id"))
    if ticket.has("organization_id") or ticket.has("organization_name"):
        organisation = ticket.identity("organization_id")
        members |= words.customer(organisation, connection, ticket.text("organization_name"))
    if ticket.has("tags"):
        members["tags"] = _tags(ticket)
    if created_at := _instant(ticket, "created_at"):
        members["created_at"] = format_instant(created_at)
    return members


def _tags(ticket: Members) -> list[str]:
    """Tags as a list, or as the placeholder writes them: apart by spaces."""
    value = ticket.values["tags"]
    given = {"tags": value.split()} if isinstance(value, str) else ticket.values
    return Members(given).texts("tags") or []


def _speaker(ticket: Members) -> str | None:
    said = (ticket.text("replied_by") or "").replace("-", "").replace("_", "").lower()
    if said and said not in SPEAKERS:
        raise InvalidEvent("is neither agent nor end-user", "/replied_by")
    return SPEAKERS.get(said)


def _instant(ticket: Members, name: str) -> datetime | None:
    text = ticket.text(name)
    # A date alone is midnight to Python, and to nobody else.
    if not text or ":" not in text:
        return None
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        return None
