"""Webhooks of Jira Service Management, Cloud and Data Center (those of Jira's other projects read the same).

https://developer.atlassian.com/cloud/jira/platform/webhooks/
https://developer.atlassian.com/server/jira/platform/webhooks/
What each of the two sends of a comment: https://github.com/mattermost/mattermost-plugin-jira/pull/118, /953

Cloud tells of a comment by `comment_created`, with a few of the issue's fields and without its reporter. Data
Center tells of it by `jira:issue_updated` with `comment`; its own `comment_created` holds no issue, hence not
whose comment it is, and is ignored: the other one has to be subscribed to.

An event's id is Jira's own where there is one (of a comment, of a change), so that two webhooks that tell of
one thing tell of one event; else it is made of the body. The header with a delivery's id is not signed, hence
not read. A ticket goes by the issue's id, which outlasts its key.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.helpdesks import Delivery, Mapped, Unmappable, identity, times
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.jira_changes import Changes, changes_of
from slaclock.helpdesks.jira_comments import said
from slaclock.helpdesks.jira_issues import attributes_of
from slaclock.helpdesks.paths import members
from slaclock.helpdesks.payload import Members, check_instants, load
from slaclock.helpdesks.people import identity as identity_of
from slaclock.helpdesks.people import people, within
from slaclock.helpdesks.signatures import JIRA
from slaclock.helpdesks.words import needed

KIND = "jira"
SCHEME = JIRA

_ISSUES = {"issue_created": "created", "issue_updated": "", "issue_deleted": "deleted"}
# Data Center's names for deliveries about a comment that was there before.
_EDITS = {"issue_comment_edited", "issue_comment_deleted", "comment_updated", "comment_deleted"}


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; what is about no issue is ignored. `Unmappable` names what can't be read."""
    try:
        events = _events(_document(delivery.body), delivery, connection)
        for event in events:
            check_instants(event)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None
    return Mapped(tuple(events), ignored=0 if events else 1)


def _document(body: bytes) -> Members:
    document = load(body)
    if not isinstance(document, dict):
        raise InvalidEvent("the body is no object")
    return Members(document)


def _events(body: Members, delivery: Delivery, connection: Connection) -> list[TicketEvent]:
    kind = needed(body.text("webhookEvent"), "/webhookEvent").removeprefix("jira:")
    if kind not in _ISSUES and not body.has("issue"):
        return []  # projects, sprints, users, worklogs; Data Center's comments, which are told twice
    issue, changes = body.object("issue"), changes_of(body)
    ticket_id = needed(issue.identity("id"), "/issue/id")
    attributes = attributes_of(issue, changes, connection) | members(body.values, connection)
    told = partial(
        TicketEvent,
        account=connection.account,
        ticket_id=ticket_id,
        received_at=delivery.received_at,
        source=KIND,
        connection=connection.id,
        people=people(
            actor=_name(within(body, "user")),
            author=_name(within(body, "comment", "author")),
            requester=_name(within(body, "issue", "fields", "reporter")),
        ),
    )
    events = []
    if reply := _reply(body, kind, connection):
        # What changed along with the comment is so from the change on, which is a moment later.
        before = {name: value for name, value in attributes.items() if name not in changes.members}
        events.append(told(**reply, attributes=before))
    if changes.items or not reply:
        type_ = _ISSUES.get(kind) or changes.type_of(attributes.get("status"), connection)
        if type_ == "deleted":
            attributes["status"] = "deleted"
        native = _native(type_, changes, ticket_id, delivery)
        events.append(
            told(
                event_id=identity.event_id(KIND, connection, *native),
                type=type_,
                **_time(body, type_, delivery),
                attributes=attributes,
                sequence=0 if type_ == "created" else 1,
            )
        )
    return events


def _name(person: Mapping[str, Any]) -> str | None:
    """What Jira calls somebody for good: an account id on Cloud, a key or a login on Data Center."""
    return next(filter(None, (identity_of(person, name) for name in ("accountId", "key", "name"))), None)


def _reply(body: Members, kind: str, connection: Connection) -> dict[str, Any] | None:
    """The comment that the delivery is about, if it is a new one."""
    commented = kind == "comment_created" or (kind == "issue_updated" and body.values.get("comment"))
    if not commented or body.text("issue_event_type_name") in _EDITS:
        return None
    comment = body.object("comment")
    type_, role, public = said(comment, body.object("issue").object("fields"), connection)
    number = needed(comment.identity("id"), "/comment/id")
    at = comment.instant("created") or times.milliseconds(body, "timestamp")
    return {
        "event_id": identity.event_id(KIND, connection, "comment", number),
        "type": type_,
        "occurred_at": needed(at, "/comment/created"),
        "author_role": role,
        "public": public,
    }


def _native(type_: str, changes: Changes, ticket_id: str, delivery: Delivery) -> tuple[str, ...]:
    if type_ in {"created", "deleted"}:
        return ticket_id, type_
    if changes.id:
        return "change", changes.id
    return ticket_id, type_, identity.fingerprint(delivery)


def _time(body: Members, type_: str, delivery: Delivery) -> dict[str, Any]:
    fields = body.object("issue").object("fields")
    created = fields.instant("created") if type_ == "created" else None
    if at := created or times.milliseconds(body, "timestamp"):
        return {"occurred_at": at}
    if at := fields.instant("updated"):
        return {"occurred_at": at, "time_quality": "ticket_updated_at"}
    return {"occurred_at": delivery.received_at, "time_quality": "received"}
