"""What a mapping may say: its members, and the words that they may lead to (docs/mappings.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slaclock.helpdesks.connection import InvalidConnection
from slaclock.helpdesks.mapping_expressions import Expression

SOURCES = frozenset({"servicenow", "glpi", "osticket", "liveagent", "generic"})
TYPES = frozenset(
    {
        "created",
        "agent_replied",
        "customer_replied",
        "note_added",
        "status_changed",
        "priority_changed",
        "assignee_changed",
        "team_changed",
        "type_changed",
        "customer_changed",
        "tags_changed",
        "field_changed",
        "solved",
        "reopened",
        "closed",
        "merged",
        "deleted",
        "restored",
        "snapshot",
        "ignored",
    }
)
ROLES = frozenset({"agent", "customer", "bot", "system", "unknown"})
FORMS = frozenset({"iso", "seconds", "milliseconds"})
TEXTS = ("key", "ticket_type", "plan", "channel", "region", "service")
REFERENCES = ("team", "assignee", "customer")


class InvalidMapping(InvalidConnection):
    """A mapping breaks a rule; the message names the member."""


@dataclass(frozen=True, slots=True)
class Worded:
    """Where a word of theirs is, and what it means; `otherwise` for all others, and where there is none.

    Without a map, the words are ours.
    """

    path: Expression
    words: Mapping[str, Any] = field(default_factory=dict)
    otherwise: Any = None


@dataclass(frozen=True, slots=True)
class Moment:
    """Where an instant is, and how it is written.

    `zone` is that of one without an offset; None is the connection's.
    """

    path: Expression
    form: str = "iso"
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A comment that a delivery may hold: there is one where `when` holds, or its word leads to true."""

    when: Expression | Worded
    id: Expression | None = None
    at: Moment | None = None
    author: Expression | None = None
    role: Worded | None = None
    public: Worded | None = None


@dataclass(frozen=True, slots=True)
class MappingDocument:
    """A mapping that was read. A `type` of None is the constant `snapshot`."""

    source: str
    ticket_id: Expression
    type: Worded | None
    items: Expression | None = None
    ignore: Expression | None = None
    event_id: Expression | None = None
    sequence: Expression | None = None
    occurred_at: Moment | None = None
    created_at: Moment | None = None
    status: Worded | None = None
    priority: Worded | None = None
    tags: Expression | None = None
    found: Mapping[str, Expression] = field(default_factory=dict)
    custom: Mapping[str, Expression] = field(default_factory=dict)
    reply: Reply | None = None
    agent_replied_at: Moment | None = None
    customer_replied_at: Moment | None = None
    gone: Worded | None = None
    merged_into: Expression | None = None
