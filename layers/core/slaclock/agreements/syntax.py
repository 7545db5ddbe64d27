"""What keeps a text from being read as YAML at all: where that is, and what may be done about it."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from slaclock.agreements.problems import Place

_QUOTES = 'put the text in quotes: "…"'
_REMEDIES = {
    "mapping values are not allowed here": f"{_QUOTES}, or give it the indent of its neighbours",
    "found character '\\t' that cannot start any token": "indent by spaces, not by tabs",
    "found character '@' that cannot start any token": _QUOTES,
    "found character '`' that cannot start any token": _QUOTES,
    "found character '%' that cannot start any token": _QUOTES,
}
_NO_CHARACTER = re.compile(r"\\U(?!0010|000[0-9a-fA-F])[0-9a-fA-F]{8}")


def unreadable(error: YAMLError, text: str) -> tuple[Place, str]:
    """Say where YAML fails, why, and what would help.

    >>> from ruamel.yaml import YAML
    >>> try:
    ...     list(YAML(typ="safe", pure=True).parse("title: a: b"))
    ... except YAMLError as error:
    ...     print(unreadable(error, "title: a: b")[1])
    not readable as YAML: mapping values are not allowed here: put the text in quotes: "…", or give it the \
indent of its neighbours
    """
    if isinstance(error, ReaderError):
        return spot(
            text[: error.position]
        ), f"the character {error.character:#06x} cannot stand in text: take it out"
    mark = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
    said = error.problem if isinstance(error, MarkedYAMLError) else str(error).splitlines()[0]
    remedy = f": {_REMEDIES[said]}" if said in _REMEDIES else ""
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    return place, f"not readable as YAML: {said}{remedy}"


def out_of_range(text: str) -> tuple[Place, str]:
    r"""Say which escape is no character, or else that the version of YAML is none.

    >>> out_of_range('title: "\\UFFFFFFFF"')[0]
    Place(line=1, column=9, path='')
    """
    escape = _NO_CHARACTER.search(text)
    if not escape:
        return Place(1, 1), "not readable as YAML: %YAML names no version that there is: take it out"
    return spot(text[: escape.start()]), f"not readable as YAML: {escape[0]} is no character: take it out"


def spot(before: str) -> Place:
    r"""Give the place after this text.

    >>> spot("a: 1\nb")
    Place(line=2, column=2, path='')
    """
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
