"""The members of a ticket by the names that documents give them, and what else people call them."""

from __future__ import annotations

import re

from slaclock.agreements.problems import suggest

KEYS = (
    "customer",
    "team",
    "plan",
    "priority",
    "status",
    "tags",
    "ticket_type",
    "channel",
    "region",
    "service",
    "assignee",
)
CUSTOM = re.compile(r"custom\.[^\s\x00-\x1f\x7f-\x9f]{1,100}")

# What others call a ticket's members.
_MEANT = {
    "type": "ticket_type",
    "kind": "ticket_type",
    "tag": "tags",
    "label": "tags",
    "labels": "tags",
    "group": "team",
    "queue": "team",
    "organization": "customer",
    "organisation": "customer",
    "company": "customer",
    "account": "customer",
    "client": "customer",
    "agent": "assignee",
    "owner": "assignee",
    "state": "status",
    "source": "channel",
    "via": "channel",
    "custom": "custom.<name>",
    "custom.": "custom.<name>",
}


def is_member(name: str) -> bool:
    """Whether a name is that of a member, or of a custom field."""
    return name in KEYS or CUSTOM.fullmatch(name) is not None


def meant(written: str, *others: str) -> str:
    """Say what was perhaps meant by a name that no member has."""
    if member := _MEANT.get(written.lower()):
        return f"did you mean {member!r}?"
    return suggest(written, (*KEYS, "custom.<name>", *others))
