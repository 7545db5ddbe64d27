"""Agreement documents: YAML text that people write, checked member by member, every mistake with its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slaclock.agreements.grammar import agreement
from slaclock.agreements.nodes import LARGEST_FILE, Items, Members, Node, read_nodes
from slaclock.agreements.problems import InvalidDocument, Place, Problem, Problems

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Document", "InvalidDocument", "Problem", "read_document", "read_file"]


@dataclass(frozen=True, slots=True)
class Document:
    """A document without mistakes: its values as plain JSON, and the tree that knows their places."""

    name: str
    values: dict[str, Any]
    root: Node

    def place(self, *path: str | int) -> Place:
        """Give where a member stands, or else the nearest thing around it that was written."""
        node = self.root
        for step in path:
            node = _step(node, step)
        return node.place

    def invalid(self, place: Place, reason: str) -> InvalidDocument:
        """Make the error for what shows only when the document is put to use."""
        return InvalidDocument([Problem(self.name, place.line, place.column, place.path, reason)])


def read_document(text: str, name: str) -> Document:
    """Check a document; `InvalidDocument` lists every problem, with `name` as the file."""
    problems = Problems(name)
    root = read_nodes(text, problems)
    values = agreement(root, problems)
    problems.raise_any()
    return Document(name, values, root)


def read_file(path: Path) -> Document:
    """Read a document from its file, UTF-8; one that cannot be read is `InvalidDocument`, too."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        return read_document(content.decode("utf-8-sig"), str(path))
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        reason = f"not UTF-8: {error.reason} at byte {error.start}"
    raise InvalidDocument([Problem(str(path), 1, 1, "", reason)])


def _step(node: Node, step: str | int) -> Node:
    if isinstance(node, Members) and step in node.members:
        return node.members[str(step)][1]
    if isinstance(node, Items) and isinstance(step, int):
        return node.items[step]
    return node
