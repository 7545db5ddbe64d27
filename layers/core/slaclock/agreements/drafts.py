"""Documents as they stand in their files: members checked one by one, what they extend not looked up yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slaclock.agreements.grammar import agreement
from slaclock.agreements.nodes import LARGEST_FILE, Node, read_nodes
from slaclock.agreements.problems import InvalidDocument, Place, Problem, Problems
from slaclock.agreements.syntax import spot

_STDIN = Path("/dev/stdin")  # a pipe, too; any other one could be waited for without end


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
    place = Place(1, 1)
    try:
        if path.exists() and not (path.is_file() or path.is_dir() or path == _STDIN):
            raise InvalidDocument([Problem(str(path), 1, 1, "", "cannot be read: it is not a file")])
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        return draft(content.decode("utf-8-sig"), str(path), path.parent)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        place = spot(error.object[: error.start].decode())
        reason = f"the byte {error.object[error.start]:#04x} is not UTF-8: save the file as UTF-8"
    raise InvalidDocument([Problem(str(path), place.line, place.column, "", reason)])
