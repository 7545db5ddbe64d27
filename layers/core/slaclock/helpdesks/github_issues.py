"""What an issue of GitHub says of its ticket, and what is done to it."""

from collections.abc import Mapping
from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.helpdesks import words
from slaclock.helpdesks.connection import Connection, translate
from slaclock.helpdesks.payload import Members

# Of a closed issue, why it was closed counts where that is known.
STATUSES = {
    "open": "open",
    "closed": "closed",
    "completed": "solved",
    "not_planned": "closed",
    "duplicate": "closed",
}
# Of several labels that mean a status or a priority, the one that is last here counts.
_ALONG = ("new", "open", "pending", "on_hold", "solved", "closed", "deleted")
_PRESSING = ("none", "low", "normal", "high", "urgent")

_TYPES = {
    "opened": "created",
    "closed": "closed",
    "reopened": "reopened",
    "deleted": "deleted",
    "transferred": "merged",
    "assigned": "assignee_changed",
    "unassigned": "assignee_changed",
    "labeled": "tags_changed",
    "unlabeled": "tags_changed",
    "typed": "type_changed",
    "untyped": "type_changed",
}


def attributes_of(issue: Members, repository: Members, connection: Connection) -> dict[str, Any]:
    """The members that the issue carries; a team or a customer only where the connection finds one."""
    labels = _labels(issue)
    said = _status(issue, labels or [], connection)
    if labels is not None:
        said |= _priority(labels, connection) | {"tags": labels}
    if (name := repository.text("full_name", 200)) and (number := issue.number("number")):
        said["key"] = f"{name}#{number}"
    if issue.has("type"):
        said["ticket_type"] = issue.object("type").text("name")
    if issue.has("assignee"):
        said["assignee"] = words.reference(issue.object("assignee").text("login"))
    if created_at := issue.instant("created_at"):
        said["created_at"] = format_instant(created_at)
    if (page := issue.text("html_url", 2048)) and page.startswith("https://"):
        said["url"] = page
    return said | words.url(issue.identity("id") or "", connection)


def type_of(action: str, body: Members, attributes: dict[str, Any], connection: Connection) -> str:
    """What an action on an issue is called; one that no clock hears still brings the issue as it stands."""
    type_ = _TYPES.get(action, "field_changed")
    if type_ == "closed" and attributes.get("status") == "solved":
        return "solved"
    if type_ == "tags_changed":
        label = body.object("label").text("name") or ""
        if _meanings([label], connection.statuses):
            return "status_changed"
        if _meanings([label], connection.priorities):
            return "priority_changed"
    return type_


def _labels(issue: Members) -> list[str] | None:
    if not issue.has("labels"):
        return None
    return [
        words.needed(label.text("name"), f"{label.pointer}/name") for label in issue.objects("labels", 250)
    ]


def _status(issue: Members, labels: list[str], connection: Connection) -> dict[str, Any]:
    """A closed issue is closed; of an open one its labels say more, where the connection's map has them."""
    state = issue.text("state")
    if state == "closed":
        reason = issue.text("state_reason") or state
        known = translate(reason, connection.statuses, STATUSES) != "unknown"
        return words.status(reason if known else state, connection, STATUSES)
    if meanings := _meanings(labels, connection.statuses):
        return {"status": max(meanings, key=_ALONG.index)}
    return words.status(state, connection, STATUSES)


def _priority(labels: list[str], connection: Connection) -> dict[str, Any]:
    """A priority is a label that the connection's map has; without such a map nothing is known of one."""
    if not connection.priorities:
        return {}
    meanings = _meanings(labels, connection.priorities)
    return {"priority": max(meanings, key=_PRESSING.index, default="none")}


def _meanings(labels: list[str], ours: Mapping[str, str]) -> set[str]:
    return {meaning for label in labels if (meaning := translate(label, ours, {})) != "unknown"}
