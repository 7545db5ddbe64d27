"""YAML text as a small tree in which everything knows its line, its column and its path.

Scalars stay the text that was written: what `NO`, `10:00` or `2026-01-01` mean is for the member to say,
never for YAML. Anchors, tags and second documents are refused, and size and depth are bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from slaclock.agreements.problems import InvalidDocument, Place, Problems
from slaclock.agreements.syntax import out_of_range, unreadable
from slaclock.domain.calendar_spec import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST_FILE = 256 * 1024  # bytes
DEEPEST = 16  # lists and mappings within each other; the deepest condition of a metric needs fifteen
MOST_NODES = 5000
LONGEST_TEXT = 1000  # characters of one value

_HALF = re.compile("[\ud800-\udfff]")  # half a character, which an escape can write and no file can hold
_NOTHING = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written; empty where YAML would say null."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """A mapping: for each name, where the name stands and its value."""

    place: Place
    members: Mapping[str, tuple[Place, Node]]


Node = Scalar | Items | Members


def read_nodes(text: str, problems: Problems) -> Node:
    """Read one YAML document; `InvalidDocument` where that fails; a name given twice is a problem."""
    if len(text.encode(errors="replace")) > LARGEST_FILE:
        raise InvalidDocument([problems.at(Place(1, 1), "an agreement document is at most 256 KiB")])
    try:
        return _Reader(YAML(typ="safe", pure=True).parse(text), problems).document()
    except YAMLError as error:
        raise InvalidDocument([problems.at(*unreadable(error, text))]) from None
    except (ValueError, OverflowError):  # the parser's own, of an escape or a version number
        raise InvalidDocument([problems.at(*out_of_range(text))]) from None


def plain(node: Node) -> Any:
    """Give the node as text, lists and dicts, without its places."""
    if isinstance(node, Members):
        return {name: plain(value) for name, (_, value) in node.members.items()}
    return [plain(item) for item in node.items] if isinstance(node, Items) else node.text


class _Reader:
    """Builds the tree out of the parser's events, and stops it as soon as a bound is passed."""

    def __init__(self, events: Iterator[Any], problems: Problems) -> None:
        self._events = (event for event in events if isinstance(event, (NodeEvent, CollectionEndEvent)))
        self._problems = problems
        self._nodes = 0

    def document(self) -> Node:
        first = next(self._events, None)
        if first is None:
            raise self._refused(Place(1, 1), "the document is empty")
        root = self._node(first, "", 1)
        if second := next(self._events, None):
            raise self._refused(_place(second, ""), "a file holds one document, and here a second one begins")
        return root

    def _node(self, event: Any, path: str, depth: int) -> Node:
        place = _place(event, path)
        self._check(event, place, depth)
        if isinstance(event, ScalarEvent):
            nothing = event.style is None and event.value in _NOTHING
            return Scalar(place, "" if nothing else event.value)
        if isinstance(event, MappingStartEvent):
            return Members(place, self._members(path, depth))
        return Items(place, tuple(self._items(path, depth)))

    def _items(self, path: str, depth: int) -> Iterator[Node]:
        for number, event in enumerate(self._until_end()):
            yield self._node(event, f"{path}[{number}]", depth + 1)

    def _members(self, path: str, depth: int) -> dict[str, tuple[Place, Node]]:
        members: dict[str, tuple[Place, Node]] = {}
        for event in self._until_end():
            name = self._name(event, path, depth)
            shown = name if name.isprintable() else ascii(name)  # a path is told on one line of a terminal
            place = _place(event, f"{path}.{shown}" if path else shown)
            value = self._node(next(self._events), place.path, depth + 1)
            if name in members:
                self._problems.add(place, f"given twice, first in line {members[name][0].line}")
            # what is empty has no place of its own: YAML sees it where the next thing begins
            empty = isinstance(value, Scalar) and not value.text
            members.setdefault(name, (place, Scalar(place, "") if empty else value))
        return members

    def _name(self, event: Any, path: str, depth: int) -> str:
        key = self._node(event, path, depth + 1)
        if not isinstance(key, Scalar):
            raise self._refused(key.place, "a member's name is text, not a list or a mapping")
        return key.text

    def _until_end(self) -> Iterator[Any]:
        while not isinstance(event := next(self._events), CollectionEndEvent):
            yield event

    def _check(self, event: Any, place: Place, depth: int) -> None:
        self._nodes += 1
        if isinstance(event, AliasEvent) or event.anchor:
            raise self._refused(
                place, f"anchors and aliases are not read here ({shown(event.anchor)}): write it out"
            )
        if event.tag and event.tag != "!":
            raise self._refused(place, f"tags are not read here ({shown(str(event.tag))})")
        if isinstance(event, CollectionStartEvent) and depth > DEEPEST:
            raise self._refused(place, f"nested deeper than {DEEPEST} lists and mappings")
        if self._nodes > MOST_NODES:
            raise self._refused(place, f"a document has at most {MOST_NODES} values")
        if isinstance(event, ScalarEvent):
            self._check_text(event.value, place)

    def _check_text(self, text: str, place: Place) -> None:
        if len(text) > LONGEST_TEXT:
            raise self._refused(place, f"a value has at most {LONGEST_TEXT} characters, not {len(text)}")
        if _HALF.search(text):
            raise self._refused(place, f"{shown(text)} has half a character in it: take it out")

    def _refused(self, place: Place, reason: str) -> InvalidDocument:
        return InvalidDocument([*self._problems.found, self._problems.at(place, reason)])


def _place(event: Any, path: str) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1, path)
