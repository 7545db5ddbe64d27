"""Text among the arguments of a command: one printable line, as documents and connections may have it."""

from __future__ import annotations

from argparse import ArgumentTypeError

_ACCOUNT, _LINE = 128, 200  # characters: what an event's account may have, and a line of a document


def account(text: str) -> str:
    """An account's id; whoever mistypes one gets another account, so at least none that can't be."""
    return _printable(text, _ACCOUNT)


def line(text: str) -> str:
    """What a document may say in a line."""
    return _printable(text, _LINE)


def _printable(text: str, at_most: int) -> str:
    found = text.strip()
    if found.isprintable() and 0 < len(found) <= at_most:
        return found
    raise ArgumentTypeError(f"{text[:at_most]!r} is not one line of at most {at_most} characters")
