"""What is wrong with an agreement document, and where: line, column and member."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from slaclock.domain.errors import InvalidAgreement

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a document: line and column from 1, and its path, `targets.resolution`."""

    line: int
    column: int
    path: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `path` is empty where the mistake is no member's, as with broken YAML."""

    file: str
    line: int
    column: int
    path: str
    reason: str

    def __str__(self) -> str:
        member = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {member}{self.reason}"


@dataclass(frozen=True, slots=True, order=True)
class Warned(Problem):
    """Something that is right as it is written, and yet may not be meant."""

    def __str__(self) -> str:
        member = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: warning: {member}{self.reason}"


class InvalidDocument(InvalidAgreement):
    """A document breaks rules: `problems` are all that were found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Problems:
    """The mistakes found so far in one file, so that all of them are told at once."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, reason: str) -> Any:
        """Keep a problem, and give None: the value of what is wrong."""
        self.found.append(self.at(place, reason))

    def at(self, place: Place, reason: str) -> Problem:
        """Give the problem without keeping it, for a caller that goes no further."""
        return Problem(self.file, place.line, place.column, place.path, reason)

    def raise_any(self) -> None:
        """Raise `InvalidDocument` if anything was found."""
        if self.found:
            raise InvalidDocument(self.found)


def suggest(written: str, known: Iterable[str]) -> str:
    """Say what was perhaps meant, or else what may be written.

    >>> suggest("offce", ["office", "always"])
    "did you mean 'office'?"
    >>> suggest("night", ["office", "always"])
    'one of office, always'
    """
    names = list(known)
    close = get_close_matches(written, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"one of {', '.join(names)}"
