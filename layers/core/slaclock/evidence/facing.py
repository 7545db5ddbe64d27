"""A fact as it comes out, held against the fact as it was recorded."""

from collections.abc import Mapping
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import Fact, recorded, split_id
from slaclock.evidence.canonical import canonical

# Who noticed first is a matter of operations; what happened, and when, is not.
NOT_COMPARED = frozenset({"detected_by", "engine"})


def unlike(fact: Fact, was: Mapping[str, Any]) -> str:
    """How a recorded fact differs from the one that comes out; empty where it does not."""
    if was["id"] != fact.id:
        return f"{fact.key} comes out here, and {key_of(was)} is recorded"
    comes_out = recorded(fact)
    members = sorted((comes_out.keys() | was.keys()) - NOT_COMPARED)
    for member in members:
        if not _same(comes_out, was, member):
            said, found = was.get(member), comes_out.get(member)
            return f"{member} of {fact.key} comes out as {_short(found)}, and {_short(said)} is recorded"
    return ""


def key_of(fact: Mapping[str, Any]) -> str:
    """The key of a recorded fact within its ticket, such as `clock_breached:resolution:1.0`."""
    try:
        return split_id(str(fact["id"]))[1]
    except InvalidEvent:
        return f"a fact with the id {fact['id']!r}"


def _same(one: Mapping[str, Any], other: Mapping[str, Any], member: str) -> bool:
    if (member in one) != (member in other):
        return False
    return canonical(one[member]) == canonical(other[member])


def _short(value: Any) -> str:
    text = "nothing" if value is None else canonical(value).decode()
    return text if len(text) <= 120 else f"{text[:120]}…"
