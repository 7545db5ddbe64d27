"""What a delivery of Jira says has changed: its changelog, which knows better than the issue beside it.

Data Center puts a delivery together after the change (since version 10 always), so that the issue in it may
be of a moment later.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from slaclock.helpdesks.connection import Connection, translate
from slaclock.helpdesks.jira_words import STATUSES
from slaclock.helpdesks.payload import Members

# The changelog's names of fields, in lower case, by what each change is called and the members that it makes
# new. Of several changes, the first in this order names the event.
_FIELDS = {
    "status": ("status_changed", {"status", "status_raw"}),
    "priority": ("priority_changed", {"priority", "priority_raw"}),
    "assignee": ("assignee_changed", {"assignee"}),
    "component": ("team_changed", {"team"}),
    "organizations": ("customer_changed", {"customer", "plan"}),
    "issuetype": ("type_changed", {"ticket_type"}),
    "labels": ("tags_changed", {"tags"}),
}
_ENDED = frozenset({"solved", "closed"})


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one delivery by the field's name in lower case; `id` is Jira's for all of them."""

    id: str | None
    items: Mapping[str, Members]

    @property
    def members(self) -> set[str]:
        """Our members that are new."""
        return {name for field in self.items if field in _FIELDS for name in _FIELDS[field][1]}

    def after(self, field: str, value: Members) -> Members:
        """A status or a priority after the change: as the issue has it, unless it has another by now."""
        item = self.items.get(field)
        if item is None or (value.values and item.identity("to") == value.identity("id")):
            return value
        return Members({"id": item.values.get("to"), "name": item.values.get("toString")}, item.pointer)

    def type_of(self, status: str | None, connection: Connection) -> str:
        """What the changes are called, given what the status is after them."""
        if "status" in self.items:
            return self._status_type(status, connection)
        return next((type_ for field, (type_, _) in _FIELDS.items() if field in self.items), "field_changed")

    def _status_type(self, status: str | None, connection: Connection) -> str:
        before = self._status_before(connection)
        if status in _ENDED and status != before:
            return status
        resolution = self.items.get("resolution")
        # Only a name tells what a status was; going back, workflows also take the resolution off.
        was_ended = before in _ENDED or (resolution is not None and resolution.values.get("to") is None)
        if was_ended and status in {"new", "open", "pending", "on_hold"}:
            return "reopened"
        return "status_changed"

    def _status_before(self, connection: Connection) -> str:
        item = self.items["status"]
        by_id = translate(item.identity("from") or "", connection.statuses, {})
        if by_id != "unknown":
            return by_id
        return translate(item.text("fromString") or "", connection.statuses, STATUSES)


def changes_of(body: Members) -> Changes:
    """Read the changelog; a field that is there twice counts as it was left."""
    changelog = body.object("changelog")
    items = changelog.objects("items")
    return Changes(changelog.identity("id"), {(item.text("field") or "").lower(): item for item in items})
