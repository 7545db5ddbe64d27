"""What an issue of Jira says of its ticket. A field that a delivery leaves out stays unknown (rule 29)."""

from typing import Any

from slaclock.domain.instants import format_instant
from slaclock.helpdesks import words
from slaclock.helpdesks.connection import Connection, translate
from slaclock.helpdesks.jira_changes import Changes
from slaclock.helpdesks.jira_words import CATEGORIES, PLAIN, PRIORITIES, STATUSES
from slaclock.helpdesks.payload import Members


def attributes_of(issue: Members, changes: Changes, connection: Connection) -> dict[str, Any]:
    """The members that the issue carries, after the changes.

    The team is the first component, unless the connection finds it elsewhere. In a `ticket_url`,
    `{ticket_id}` stands for the key: Jira's pages go by that.
    """
    fields = issue.object("fields")
    said = _status(fields, changes, connection) | _priority(fields, changes, connection)
    if key := issue.text("key"):
        said |= {"key": key, **words.url(key, connection)}
    if fields.has("issuetype"):
        said["ticket_type"] = fields.object("issuetype").text("name")
    if fields.has("assignee"):
        said["assignee"] = words.reference(next(iter(names_of(fields.object("assignee"))), None))
    if fields.has("components") and "team" not in connection.paths:
        said["team"] = _team(fields.objects("components"))
    if fields.has("labels"):
        said["tags"] = fields.texts("labels") or []
    if created_at := fields.instant("created"):
        said["created_at"] = format_instant(created_at)
    return said


def names_of(person: Members) -> list[str]:
    """What Jira calls somebody: an account id on Cloud; a key, which lasts, and a login on Data Center."""
    given = (person.identity(name) for name in ("accountId", "key", "name"))
    return [name for name in given if name]


def _status(fields: Members, changes: Changes, connection: Connection) -> dict[str, Any]:
    status = changes.after("status", fields.object("status"))
    own = translate(status.identity("id") or "", connection.statuses, {})
    if own != "unknown":
        return {"status": own}
    said = words.status(status.text("name"), connection, STATUSES)
    category = status.object("statusCategory").text("key")
    if said.get("status") != "unknown" or category not in CATEGORIES:
        return said
    by_category = {"status": CATEGORIES[category]}
    # It is a guess, where the name is an account's own: that stays a word which nobody has mapped.
    return by_category if said["status_raw"].casefold() in PLAIN else said | by_category


def _priority(fields: Members, changes: Changes, connection: Connection) -> dict[str, Any]:
    if not fields.has("priority") and "priority" not in changes.items:
        return {}
    priority = changes.after("priority", fields.object("priority"))
    own = translate(priority.identity("id") or "", connection.priorities, {})
    if own != "unknown":
        return {"priority": own}
    return words.priority(priority.text("name"), connection, PRIORITIES)


def _team(components: list[Members]) -> dict[str, str] | None:
    return words.reference(components[0].identity("id"), components[0].text("name")) if components else None
