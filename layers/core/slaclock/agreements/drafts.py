"""Documents as they stand in their files: members checked one by one, what they extend not looked up yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slaclock.agreements.grammar import agreement
from slaclock.agreements.nodes import LARGEST_FILE, Node, read_nodes
from slaclock.agreements.problems import InvalidDocument, Problem, Problems

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Draft:
    """What one file says, and what is wrong with its members; what it extends may be found in `folder`."""

    name: str
    root: Node
    values: dict[str, Any]
    found: tuple[Problem, ...] = ()
    folder: Path | None = None

    @property
    def id(self) -> str:
        """The agreement's id; empty where it has none."""
        return self.values.get("agreement") or ""

    @property
    def extends(self) -> str:
        """The id of the agreement that it extends; empty where there is none."""
        return self.values.get("extends") or ""


def draft(text: str, name: str, folder: Path | None = None) -> Draft:
    """Check a document's members; `InvalidDocument` only where it cannot be read at all."""
    problems = Problems(name)
    root = read_nodes(text, problems)
    values = agreement(root, problems)
    return Draft(name, root, values or {}, tuple(problems.found), folder)


def read_draft(path: Path) -> Draft:
    """Read a document from its file, UTF-8; one that cannot be read is `InvalidDocument`, too."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        return draft(content.decode("utf-8-sig"), str(path), path.parent)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        reason = f"not UTF-8: {error.reason} at byte {error.start}"
    raise InvalidDocument([Problem(str(path), 1, 1, "", reason)])
