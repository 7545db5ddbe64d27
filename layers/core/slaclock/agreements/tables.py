"""Tables by a ticket's member: `{urgent: 4h, default: 3d}`, `{by: region, emea: office, default: always}`.

A table is kept as `{"by": member, "entries": {value: text}}`; one value for all tickets as its text alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.checks import Check, Schema, either, not_so
from slaclock.agreements.conditions import MEMBER, PRIORITIES, STATUSES
from slaclock.agreements.nodes import Members, Node, Scalar
from slaclock.agreements.problems import suggest
from slaclock.agreements.values import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slaclock.agreements.problems import Problems

MOST_ENTRIES = 50
DEFAULT = "default"
KNOWN = {"priority": PRIORITIES, "status": STATUSES}  # members that have only these values
SEVERAL = "tags"  # it has several values, and custom fields may have: the first in a table counts then

_VALUE = text(128)


def table(value: Check, expected: str, meant: tuple[str, ...] = ()) -> Check:
    """Make the check of one value for all tickets, or a table of them.

    `meant` are the members that one who mistyped a priority may have had in mind.
    """

    def judge(node: Node, problems: Problems) -> Any:
        if isinstance(node, Scalar):
            return value(node, problems)
        if not isinstance(node, Members):
            return problems.add(node.place, not_so(node, expected))
        return {"by": _by(node, problems), "entries": dict(_entries(node, value, meant, problems))}

    return either(judge, value, *(Check(value.judge, schema) for schema in _schemas(value.schema)))


def entries_of(written: Any) -> dict[str, Any]:
    """Give what a checked table, or one value for all, says for each value."""
    if isinstance(written, dict):
        return written["entries"] or {}
    return {} if written is None else {DEFAULT: written}


def by_of(written: Any) -> str:
    """Give the member that a checked table is by."""
    return (written["by"] or "priority") if isinstance(written, dict) else "priority"


def in_order(by: str, values: Iterable[str]) -> list[str] | None:
    """Give the values of a table as they are written, where the first of several counts; else None.

    Canonical JSON sorts a table, so that what is frozen keeps its order beside it.
    """
    several = by == SEVERAL or by.startswith("custom.")
    return [value for value in values if value != DEFAULT] if several else None


def _by(node: Members, problems: Problems) -> Any:
    return MEMBER(node.members["by"][1], problems) if "by" in node.members else "priority"


def _entries(
    node: Members, value: Check, meant: tuple[str, ...], problems: Problems
) -> Iterator[tuple[str, Any]]:
    entries = {name: each for name, each in node.members.items() if name != "by"}
    if not 1 <= len(entries) <= MOST_ENTRIES:
        problems.add(node.place, f"{len(entries)} entries: from 1 to {MOST_ENTRIES} may be given")
    by = node.members["by"][1] if "by" in node.members else None
    member = by.text if isinstance(by, Scalar) else "priority"
    for name, (place, each) in entries.items():
        if name != DEFAULT:
            _name(Scalar(place, name), member, meant if by is None else (), problems)
        yield name, value(each, problems)


def _name(node: Scalar, member: str, meant: tuple[str, ...], problems: Problems) -> None:
    if member not in KNOWN:
        _VALUE(node, problems)
    elif node.text not in KNOWN[member]:
        known = (*KNOWN[member], DEFAULT)
        close = suggest(node.text, (*known, *meant))
        close = close if close.startswith("did") else suggest(node.text, known)
        problems.add(node.place, f"unknown {member} {node.text!r}: {close}")


def _schemas(value: Schema) -> Iterator[Schema]:
    """Give the schema of a table by each member with a few values, and of one by any other."""
    bounds = {"type": "object", "maxProperties": MOST_ENTRIES + 1}
    for member, names in KNOWN.items():
        properties = {"by": {"const": member}, **dict.fromkeys((*names, DEFAULT), value)}
        schema = {**bounds, "properties": properties, "additionalProperties": False}
        yield {**schema, "minProperties": 1} if member == "priority" else {**schema, "required": ["by"]}
    other = {"allOf": [MEMBER.schema, {"not": {"enum": list(KNOWN)}}], "description": "The member it is by."}
    yield {
        **bounds,
        "required": ["by"],
        "minProperties": 2,
        "properties": {"by": other},
        "additionalProperties": value,
    }
