"""Cursors as a stack makes them, under a key that tests know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.records.cursor import Cursors

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kept:
    """Keys that are known without asking; `now` are those that take their place."""

    def __init__(self, *keys: str) -> None:
        self.known, self.now = keys, keys
        self.asked = 0

    def of(self, reference: str) -> Sequence[str]:
        del reference
        return self.known

    def anew(self, reference: str) -> Sequence[str]:
        del reference
        self.asked += 1
        self.known = self.now
        return self.known


CURSORS = Cursors(Kept("a key of links"), "link-key")
