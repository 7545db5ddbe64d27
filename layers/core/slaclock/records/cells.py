"""Cells that no spreadsheet takes for a formula: what stands in them is somebody else's words."""

import unicodedata
from typing import Any

# What can't be seen before a sign: spaces, ends of lines, controls, and marks such as the zero-width space.
_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")
# Dashes and signs of mathematics; `=`, `+` and `-` are among them, in full width and in small forms, too.
_SIGNS = ("Pd", "Sm")


def cell_of(value: Any) -> Any:
    """A value as a cell: nothing for None, and an apostrophe before a text that could be taken for a formula.

    >>> cell_of("=1+1"), cell_of(" @cmd"), cell_of(-5), cell_of(None)
    ("'=1+1", "' @cmd", -5, '')
    """
    if isinstance(value, str) and _could_run(value):
        return f"'{value}"
    return "" if value is None else value


def _could_run(text: str) -> bool:
    """Whether a text begins with a control, or else its first character that is seen is a sign or `@`."""
    if text and unicodedata.category(text[0]) == "Cc":
        return True
    first = next((each for each in text if unicodedata.category(each) not in _UNSEEN), "")
    return bool(first) and (
        unicodedata.category(first) in _SIGNS or unicodedata.normalize("NFKC", first) == "@"
    )
