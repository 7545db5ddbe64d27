"""What may stand among the arguments of a command, such as one printable line."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.domain.instants import parse_instant

if TYPE_CHECKING:
    from datetime import datetime

_MANY = 1_000_000
_ADDRESS = 2048  # characters
_ACCOUNT, _LINE = 128, 200  # characters: what an event's account may have, and a line of a document


def account(text: str) -> str:
    """An account's id; whoever mistypes one gets another account, so at least none that can't be."""
    return _printable(text, _ACCOUNT)


def line(text: str) -> str:
    """What a document may say in a line."""
    return _printable(text, _LINE)


def stack(text: str) -> str:
    """A stack's name, or its ARN; an empty one, of a variable that nobody set, would be no stack at all."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}|arn:[!-~]{1,1000}", text):
        return text
    raise ArgumentTypeError(f"{text[:128]!r} is no stack's name")


def path(text: str) -> Path:
    """A file's name: none at all would be the folder."""
    if not text:
        raise ArgumentTypeError("'' is no file's name")
    return Path(text)


def number(text: str) -> int:
    """How many, one at least."""
    if text.isdecimal() and text.isascii() and 0 < int(text) <= _MANY:
        return int(text)
    raise ArgumentTypeError(f"{text[:20]!r} is no number from 1 to {_MANY}")


def instant(text: str) -> datetime:
    """A moment, with its offset."""
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        example = "2026-06-01T00:00:00+02:00"
        raise ArgumentTypeError(f"{text[:40]!r} is no instant with an offset, such as {example}") from None


def day(text: str) -> date:
    """A day of UTC."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text[:40]!r} is no day such as 2026-10-05") from None


def address(text: str) -> str:
    """Where something is found on the web: whoever leaves out its scheme would paste half an address."""
    found = _printable(text, _ADDRESS)
    if not re.fullmatch(r"https?://[^\s/?#]{1,255}(/\S*)?", found):
        raise ArgumentTypeError(f"{text[:80]!r} is no address that begins with https://")
    return found


def _printable(text: str, at_most: int) -> str:
    found = text.strip()
    if found.isprintable() and 0 < len(found) <= at_most:
        return found
    raise ArgumentTypeError(f"{text[:at_most]!r} is not one line of at most {at_most} characters")
