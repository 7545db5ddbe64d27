"""Conditions on a ticket's members, as documents write them: `applies_to`, and the states of metrics.

They come out in the one form that `slaclock.domain.conditions` reads: a value or a list means "is one of".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.checks import Check, Schema, items, mapping, members, one_of, scalar
from slaclock.agreements.names import KEYS, is_member, meant
from slaclock.agreements.nodes import Items, Members, Node, Scalar
from slaclock.agreements.values import TRUTH, text
from slaclock.domain.conditions import JOINS
from slaclock.domain.errors import InvalidAgreement

if TYPE_CHECKING:
    from slaclock.agreements.problems import Problems

__all__ = ["APPLIES_TO", "CONDITION", "DEFINITIONS", "KEYS", "MEMBER", "PRIORITIES", "STATUSES"]

PRIORITIES = ("urgent", "high", "normal", "low", "none")
STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
DEEPEST = 4  # any, all and not within each other
MOST_ENTRIES = 20

_CUSTOM_PATTERN = "^custom\\.[^\\s\\x00-\\x1f\\x7f-\\x9f]{1,100}$"


def _read_member(written: str) -> str:
    if not is_member(written):
        raise InvalidAgreement(f"unknown member {written!r}: {meant(written)}")
    return written


def _read_key(written: str) -> str:
    if written not in JOINS and not is_member(written):
        raise InvalidAgreement(f"unknown condition {written!r}: {meant(written, 'any', 'all', 'not')}")
    return written


def _test(value: Check) -> Check:
    """Make the check of one member's test."""
    several = items(value, at_least=1, at_most=500)
    full = members({"any": several, "all": several, "not": several, "known": TRUTH})

    def judge(node: Node, problems: Problems) -> Any:
        if not isinstance(node, Members):
            return {"any": [value(node, problems)] if isinstance(node, Scalar) else several(node, problems)}
        if not node.members:
            problems.add(node.place, "no condition is given: write any, all, not or known")
        test = full(node, problems)
        if test.get("known") is False and len(test) > 1:
            problems.add(
                node.place, "what is not known is neither among these nor not: write known: false alone"
            )
        return test

    return Check(judge, {"anyOf": [value.schema, several.schema, full.schema]})


MEMBER = scalar(
    "the name of a ticket's member",
    _read_member,
    {"anyOf": [{"enum": list(KEYS)}, {"type": "string", "pattern": _CUSTOM_PATTERN}]},
)
_TEXT = text(128)
_ANY_TEST = _test(_TEXT)
_TESTS = {
    "priority": _test(one_of("priority", PRIORITIES)),
    "status": _test(one_of("status", STATUSES)),
}
_NAMES = mapping(
    scalar("the name of a ticket's member", _read_key), Check(lambda *_: None, {}), at_most=MOST_ENTRIES
)


def _without_fields(node: Node, problems: Problems) -> Node:
    """Tell of `custom: {x: 1}`, which is written `custom.x: 1`, and give the condition without it."""
    if not isinstance(node, Members) or "custom" not in node.members:
        return node
    place, fields = node.members["custom"]
    if not isinstance(fields, Members) or not fields.members:
        return node
    names = " and ".join(f"custom.{name}" for name in fields.members)
    problems.add(place, f"a field is a key of its own: write {names}")
    return Members(node.place, {name: each for name, each in node.members.items() if name != "custom"})


def _condition(node: Node, problems: Problems, depth: int = 0) -> Any:
    node = _without_fields(node, problems)
    _NAMES(node, problems)
    if not isinstance(node, Members):
        return None
    return {
        name: _join(name, value, problems, depth) if name in JOINS else _tested(name, value, problems)
        for name, (_, value) in node.members.items()
    }


def _tested(name: str, node: Node, problems: Problems) -> Any:
    return _TESTS.get(name, _ANY_TEST)(node, problems)


def _join(name: str, node: Node, problems: Problems, depth: int) -> Any:
    if depth == DEEPEST:
        return problems.add(node.place, f"conditions within each other are at most {DEEPEST} deep")
    if name == "not":
        return _given(node, problems, depth + 1)
    if not isinstance(node, Items):
        return problems.add(node.place, f"{name} takes a list of conditions: write [{{…}}, {{…}}]")
    if not 1 <= len(node.items) <= MOST_ENTRIES:
        problems.add(node.place, f"{len(node.items)} entries: from 1 to {MOST_ENTRIES} may be given")
    return [_given(item, problems, depth + 1) for item in node.items]


def _given(node: Node, problems: Problems, depth: int) -> Any:
    if isinstance(node, Members) and not node.members:
        return problems.add(node.place, "no condition is given: write one such as plan: gold")
    return _condition(node, problems, depth)


_REF: Schema = {"$ref": "#/$defs/condition"}
_SEVERAL: Schema = {"type": "array", "items": _REF, "minItems": 1, "maxItems": MOST_ENTRIES}

CONDITION = Check(lambda node, problems: _given(node, problems, 0), _REF)
APPLIES_TO = Check(_condition, _REF)  # with no condition at all it applies to every ticket

# What the schemas of this grammar refer to by name, since a condition holds others.
DEFINITIONS: dict[str, Schema] = {
    "test": {**_ANY_TEST.schema, "description": "A value or a list means: is one of."},
    "condition": {
        "type": "object",
        "maxProperties": MOST_ENTRIES,
        "properties": {
            **{key: _TESTS[key].schema if key in _TESTS else {"$ref": "#/$defs/test"} for key in KEYS},
            "any": {**_SEVERAL, "description": "One of these conditions must hold."},
            "all": {**_SEVERAL, "description": "Each of these conditions must hold."},
            "not": _REF,
        },
        "patternProperties": {_CUSTOM_PATTERN: {"$ref": "#/$defs/test"}},
        "additionalProperties": False,
    },
}
