"""Agreement documents: YAML text that people write, checked member by member, every mistake with its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slaclock.agreements.coherence import check_horizon, check_references
from slaclock.agreements.drafts import Draft, draft, read_draft
from slaclock.agreements.extending import Library, merged
from slaclock.agreements.places import place_of
from slaclock.agreements.problems import InvalidDocument, Place, Problem, Problems, Warned
from slaclock.agreements.sense import check_sense
from slaclock.agreements.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from slaclock.agreements.nodes import Node

__all__ = [
    "Document",
    "InvalidDocument",
    "Problem",
    "read_all",
    "read_document",
    "read_file",
    "read_together",
]


@dataclass(frozen=True, slots=True)
class Document:
    """A document without mistakes: its values as plain JSON, and the tree that knows their places.

    `values` are those of what it extends, too; `own` are those that it says itself.
    """

    name: str
    values: dict[str, Any]
    root: Node
    own: dict[str, Any]
    bases: tuple[str, ...] = ()  # the ids of what it extends, the nearest first

    def place(self, *path: str | int) -> Place:
        """Give where a member stands, or else the nearest thing around it that was written."""
        return place_of(self.root, path)

    def problem(self, reason: str, *path: str | int) -> Problem:
        """Make a problem of a member."""
        place = self.place(*path)
        return Problem(self.name, place.line, place.column, place.path, reason)

    def warned(self, reason: str, *path: str | int) -> Warned:
        """Make a warning about a member."""
        place = self.place(*path)
        return Warned(self.name, place.line, place.column, place.path, reason)

    def invalid(self, place: Place, reason: str) -> InvalidDocument:
        """Make the error for what shows only when the document is put to use."""
        return InvalidDocument([Problem(self.name, place.line, place.column, place.path, reason)])


def read_document(text: str, name: str, given: Iterable[Document] = ()) -> Document:
    """Check a document; `InvalidDocument` lists every problem, with `name` as the file.

    What it extends is looked for among those `given`, never in files.
    """
    others = [Draft(each.name, each.root, each.own) for each in given]
    return _finished(draft(text, name), Library(others))


def read_file(path: Path) -> Document:
    """Read a document from its file, UTF-8; what it extends is a file beside it, named after its id."""
    return _finished(read_draft(path), Library())


def read_together(paths: Iterable[Path]) -> list[Document]:
    """Read documents that may extend each other; `InvalidDocument` has the problems of all of them."""
    documents, problems = read_all(paths)
    if problems:
        raise InvalidDocument(problems)
    return documents


def read_all(paths: Iterable[Path], published: date | None = None) -> tuple[list[Document], list[Problem]]:
    """Read documents that may extend each other: those without mistakes, and the mistakes of the others.

    With the day of their publication, a horizon that cannot be then is a mistake like the others.
    """
    read: list[Draft | InvalidDocument] = []
    for path in paths:
        try:
            read.append(read_draft(path))
        except InvalidDocument as error:
            read.append(error)
    library = Library(each for each in read if isinstance(each, Draft))
    documents: list[Document] = []
    problems: list[Problem] = []
    for each in read:
        try:
            documents.append(_finished(_or_raised(each), library, published=published))
        except InvalidDocument as error:
            problems += error.problems
    return documents, list(dict.fromkeys(problems))


def _or_raised(read: Draft | InvalidDocument) -> Draft:
    if isinstance(read, InvalidDocument):
        raise read
    return read


def _finished(
    written: Draft, library: Library, chain: tuple[Draft, ...] = (), published: date | None = None
) -> Document:
    """Take over what a document extends, and check the whole of it."""
    problems = Problems(written.name, list(written.found))
    base, values = None, dict(written.values)
    if written.extends:
        base = _base(written, library, (*chain, written), problems)
        values = merged(base.values, values) if base else values
    if base or not written.extends:
        whole = Whole(values, written.root, problems)
        check_references(whole)
        check_sense(whole)
        check_horizon(whole, published)
    problems.raise_any()
    bases = (base.values["agreement"], *base.bases) if base else ()
    return Document(written.name, values, written.root, written.values, bases)


def _base(written: Draft, library: Library, chain: tuple[Draft, ...], problems: Problems) -> Document | None:
    """Give what a document extends, or tell why that cannot be used, its own mistakes included."""
    try:
        base = library.base_of(written, chain, problems)
        return _finished(base, library, chain) if base else None
    except InvalidDocument as error:
        problems.add(place_of(written.root, ("extends",)), f"{written.extends!r} has mistakes of its own")
        problems.found += error.problems
        return None
