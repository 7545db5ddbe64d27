"""What a benchmark is asked for on its command line: whole numbers in their bounds, or a plain line."""

from __future__ import annotations

from argparse import ArgumentTypeError
from itertools import pairwise

FEWEST, MOST = 1_000, 10_000_000  # tickets: with fewer not all is there that is looked for


def rounds(text: str) -> int:
    """How often each is measured: 1 to 1000 times."""
    return _whole(text, 1, 1000)


def sizes(text: str) -> list[int]:
    """Numbers of tickets, each twice the one before or more: of one alone nothing could be compared."""
    asked = [_whole(each, FEWEST, MOST) for each in text.split(",")]
    if len(asked) < 2 or any(2 * few > many for few, many in pairwise(asked)):
        raise ArgumentTypeError(f"{text!r} is not two sizes or more, each twice the one before")
    return asked


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        raise ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
    return int(text)
