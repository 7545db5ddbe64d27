"""The words that an agreement document's grammar is written in.

A check takes a node, gives the value as plain JSON, and adds what is wrong to the problems; what it gives
is then None or of no use, since a document with problems is never put to use. It carries its own JSON Schema,
so that the grammar that editors complete by is the one that documents are checked by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slaclock.agreements.nodes import Items, Members, Node, Scalar
from slaclock.agreements.problems import Place, Problems, suggest
from slaclock.domain.errors import InvalidAgreement

Schema = dict[str, Any]
Hints = Mapping[str, str]

# An editor reads `agreement: 7` as a number, and `title: true` as a truth: here both are text.
ANY_TEXT: Schema = {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the grammar: `judge` for documents, `schema` (JSON Schema) for editors."""

    judge: Callable[[Node, Problems], Any]
    schema: Schema

    def __call__(self, node: Node, problems: Problems) -> Any:
        """Check a node and give its value."""
        return self.judge(node, problems)

    def said(self, description: str, *examples: Any) -> Check:
        """Give the check with a description, and examples, for whoever writes the member in an editor."""
        shown = {"examples": list(examples)} if examples else {}
        return replace(self, schema={**self.schema, "description": description, **shown})

    def then(self, rule: Callable[[Node, Any, Problems], Any]) -> Check:
        """Give the check followed by a rule, which is asked only where nothing was wrong so far."""

        def judge(node: Node, problems: Problems) -> Any:
            before = len(problems.found)
            value = self.judge(node, problems)
            return rule(node, value, problems) if len(problems.found) == before else value

        return replace(self, judge=judge)


def scalar(expected: str, read: Callable[[str], Any], schema: Schema = ANY_TEXT) -> Check:
    """Make the check of one value: `read` raises ValueError if it is not `expected`, or says more itself."""

    def judge(node: Node, problems: Problems) -> Any:
        try:
            if isinstance(node, Scalar) and node.text:
                return read(node.text)
        except InvalidAgreement as error:
            return problems.add(node.place, str(error))
        except (ValueError, OverflowError):
            pass
        return problems.add(node.place, not_so(node, expected))

    return Check(judge, schema)


def not_so(node: Node, expected: str) -> str:
    """Say that this is not what was expected."""
    if isinstance(node, Scalar):
        return f"{node.text!r} is not {expected}" if node.text else f"nothing is given: write {expected}"
    return f"a {'list' if isinstance(node, Items) else 'mapping'} is not {expected}"


def matching(pattern: str, expected: str) -> Check:
    """Check text by a regular expression."""
    whole = re.compile(pattern)
    schema = {**ANY_TEXT, "pattern": f"^(?:{pattern})$"}
    return scalar(expected, lambda text: text if whole.fullmatch(text) else fail(), schema)


def one_of(what: str, names: Iterable[str]) -> Check:
    """Check a name out of a few; a close one is suggested."""
    known = tuple(names)

    def read(written: str) -> str:
        if written not in known:
            raise InvalidAgreement(f"unknown {what} {written!r}: {suggest(written, known)}")
        return written

    return scalar(f"one of {', '.join(known)}", read, {"enum": list(known)})


def items(check: Check, *, at_most: int, at_least: int = 0) -> Check:
    """Check a list and each item of it."""

    def judge(node: Node, problems: Problems) -> Any:
        if not isinstance(node, Items):
            hint = f": write [{_item(node, at_least)}]" if isinstance(node, Scalar) and node.text else ""
            return problems.add(node.place, not_so(node, f"a list{hint}"))
        _counted(node, len(node.items), at_least, at_most, problems)
        return [check(item, problems) for item in node.items]

    bounds = {"maxItems": at_most} | ({"minItems": at_least} if at_least else {})
    return Check(judge, {"type": "array", "items": check.schema, **bounds})


def _item(node: Scalar, at_least: int) -> str:
    """What a list would hold of a value that stands alone; `none` is an empty list, where one may be."""
    return "" if node.text == "none" and not at_least else node.text


def members(known: Mapping[str, Check], required: Hints | None = None) -> Check:
    """Check a mapping of known members; `required` names those that must be there, with what to write."""

    def judge(node: Node, problems: Problems) -> Any:
        if not isinstance(node, Members):
            return problems.add(node.place, not_so(node, f"a mapping of {', '.join(known)}"))
        for name, hint in (required or {}).items():
            if name not in node.members:
                problems.add(within(node.place, name), f"missing: write {hint}")
        return {
            name: known[name](value, problems)
            for name, (place, value) in node.members.items()
            if name in known or problems.add(place, f"unknown member {name!r}: {suggest(name, known)}")
        }

    schema: Schema = {
        "type": "object",
        "properties": {name: check.schema for name, check in known.items()},
        "additionalProperties": False,
    }
    return Check(judge, schema | ({"required": list(required)} if required else {}))


def mapping(key: Check, value: Check, *, at_most: int, at_least: int = 0) -> Check:
    """Check a mapping whose names are the writer's own."""

    def judge(node: Node, problems: Problems) -> Any:
        if not isinstance(node, Members):
            return problems.add(node.place, not_so(node, "a mapping"))
        _counted(node, len(node.members), at_least, at_most, problems)
        for name, (place, _) in node.members.items():
            key(Scalar(place, name), problems)
        return {name: value(each, problems) for name, (_, each) in node.members.items()}

    names = {word: said for word, said in key.schema.items() if word != "type"}  # a name is always text
    bounds = {"maxProperties": at_most} | ({"minProperties": at_least} if at_least else {})
    schema = {"type": "object", "additionalProperties": value.schema, **bounds}
    return Check(judge, schema | ({"propertyNames": names} if names else {}))


def either(judge: Callable[[Node, Problems], Any], *checks: Check) -> Check:
    """Make a check that may be written in several ways, among which `judge` chooses."""
    return Check(judge, {"anyOf": [check.schema for check in checks]})


def within(place: Place, name: str) -> Place:
    """Give the place of a member that is missing: where its mapping stands."""
    return Place(place.line, place.column, f"{place.path}.{name}" if place.path else name)


def fail() -> Any:
    """Say that a value is not what was expected."""
    raise ValueError


def _counted(node: Node, count: int, at_least: int, at_most: int, problems: Problems) -> None:
    if not at_least <= count <= at_most:
        problems.add(node.place, f"{count} entries: from {at_least} to {at_most} may be given")
