"""Plain text for people, at most 100 columns wide but for what stands beside a long name."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 100
NARROWEST = 30  # beside a label that is long itself
TOGETHER = "\N{NO-BREAK SPACE}"  # within words that stay on one line; written as a space


def entry(label: str, words: str, indent: int = 2, width: int = 16) -> Iterator[str]:
    """Write a label and what stands beside it, in as many lines as it takes.

    >>> list(entry("Term", "for ever"))
    ['  Term            for ever']
    """
    margin = indent + max(width, len(label) + 1)
    first = f"{' ' * indent}{label}".ljust(margin)
    for number, line in enumerate(
        wrap(words, max(WIDTH - margin, NARROWEST), break_on_hyphens=False) or ["-"]
    ):
        yield (first if not number else " " * margin) + line.replace(TOGETHER, " ")


def wrapped(text: str) -> Iterator[str]:
    """Write a sentence in as many lines as it takes, those after the first indented."""
    yield from wrap(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False)
