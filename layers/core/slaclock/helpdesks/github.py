"""GitHub issues: the webhook events `issues` and `issue_comment`, of a repository or a whole organisation.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues

Which event it is is read off the body, since the headers are not signed: what has an `issue` that is no pull
request is about a ticket, and with a `comment` it is a comment's. Everything else is ignored, pings included.

A ticket goes by the issue's id, which outlasts a repository's name; its key is `owner/name#number`. A
transfer makes another issue, so the old ticket is merged into it. GitHub tells neither when an issue was
deleted nor when it was moved: those are of their arrival. Other changes are of the issue's last one
(`updated_at`, in whole seconds), so of one second, creation comes first, then comments, changes, and closing
or reopening.

An event has no id of its own but for a comment's: it is made of the body, which GitHub sends again only when
somebody asks it to.
"""

from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import TicketEvent
from slaclock.helpdesks import Delivery, Mapped, Unmappable, identity
from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.github_issues import attributes_of, type_of
from slaclock.helpdesks.paths import members
from slaclock.helpdesks.payload import Members, check_instants, load
from slaclock.helpdesks.people import identity as identity_of
from slaclock.helpdesks.people import people, within
from slaclock.helpdesks.signatures import GITHUB
from slaclock.helpdesks.words import needed

KIND = "github"
SCHEME = GITHUB

_STAFF = {"OWNER", "MEMBER", "COLLABORATOR"}
_FORM = b"payload="
_ONCE = {"created", "deleted", "merged"}
_ORDER = {"created": 0, "solved": 3, "closed": 3, "reopened": 3}
# A status beats a type, and GitHub leaves an issue open that it deletes or moves.
_CERTAIN = {"deleted": {"status": "deleted"}, "merged": {"status": "closed"}}


def read(delivery: Delivery, connection: Connection) -> Mapped:
    """Translate one delivery; what is about no issue is ignored. `Unmappable` names what can't be read."""
    try:
        body = _document(delivery.body)
        if not body.has("issue") or body.object("issue").values.get("pull_request"):
            return Mapped((), ignored=1)
        event = _event(body, delivery, connection)
        check_instants(event)
    except InvalidEvent as wrong:
        raise Unmappable(str(wrong)) from None
    return Mapped((event,))


def _document(body: bytes) -> Members:
    # Unless one chooses JSON, a webhook posts a form. Its bytes are what is signed.
    if body.startswith(_FORM):
        body = unquote_to_bytes(body.removeprefix(_FORM).replace(b"+", b" "))
    document = load(body)
    if not isinstance(document, dict):
        raise InvalidEvent("the body is no object")
    return Members(document)


def _event(body: Members, delivery: Delivery, connection: Connection) -> TicketEvent:
    issue, action = body.object("issue"), needed(body.text("action"), "/action")
    attributes = attributes_of(issue, body.object("repository"), connection) | members(
        body.values, connection
    )
    ticket_id = needed(issue.identity("id"), "/issue/id")
    told = partial(
        TicketEvent,
        account=connection.account,
        ticket_id=ticket_id,
        received_at=delivery.received_at,
        source=KIND,
        connection=connection.id,
        people=people(
            actor=identity_of(within(body, "sender")),
            author=identity_of(within(body, "comment", "user")),
            requester=identity_of(within(body, "issue", "user")),
        ),
    )
    if body.has("comment") and action == "created":
        return told(**_reply(body.object("comment"), issue, connection), attributes=attributes)
    type_ = "field_changed" if body.has("comment") else type_of(action, body, attributes, connection)
    native = (ticket_id, type_) if type_ in _ONCE else (ticket_id, type_, identity.fingerprint(delivery))
    into = body.object("changes").object("new_issue").identity("id") if type_ == "merged" else None
    return told(
        event_id=identity.event_id(KIND, connection, *native),
        type=type_,
        **_time(type_, issue, delivery),
        attributes=attributes | _CERTAIN.get(type_, {}),
        sequence=_ORDER.get(type_, 2),
        merged_into=into,
    )


def _reply(comment: Members, issue: Members, connection: Connection) -> dict[str, Any]:
    role = _role(comment, issue, connection)
    number = needed(comment.identity("id"), "/comment/id")
    return {
        "event_id": identity.event_id(KIND, connection, "comment", number),
        "type": "note_added" if role == "bot" else f"{role}_replied",
        "occurred_at": needed(comment.instant("created_at"), "/comment/created_at"),
        "sequence": 1,
        "author_role": role,
        "public": True,  # whoever sees the issue sees it
    }


def _role(comment: Members, issue: Members, connection: Connection) -> str:
    """Whose comment it is: the connection's agents first, then whoever asked, then GitHub's own word.

    A `MEMBER` who asks for help is, on that ticket, the customer.
    """
    user = comment.object("user")
    login = user.text("login")
    if connection.is_agent(user.identity("id"), login):
        return "agent"
    if user.text("type") == "Bot":
        return "bot"
    if login and login == issue.object("user").text("login"):
        return "customer"
    association = needed(comment.text("author_association"), "/comment/author_association")
    return "agent" if association in _STAFF else "customer"


def _time(type_: str, issue: Members, delivery: Delivery) -> dict[str, Any]:
    exact = {"created": "created_at", "solved": "closed_at", "closed": "closed_at"}.get(type_)
    if exact and (at := issue.instant(exact)):
        return {"occurred_at": at}
    if type_ not in _CERTAIN and (at := issue.instant("updated_at")):
        return {"occurred_at": at, "time_quality": "ticket_updated_at"}
    return {"occurred_at": delivery.received_at, "time_quality": "received"}
