"""Counting a connection's deliveries without a write for each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slaclock.store.activity import hour_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slaclock.store.activity import Word
    from slaclock.store.contract import ActivityStore

EVERY = timedelta(minutes=1)
_MOST = 1000  # connections of which counts are held


@dataclass(slots=True)
class Tally:
    """Notes the first delivery of a minute and of an hour at once, and the others together with the next one.

    Each function's container holds its own. What it holds when Lambda ends it is not counted: a minute's
    deliveries at most, in an hour of which others are. So no hour with a delivery ever looks silent.
    """

    store: ActivityStore
    _noted: dict[str, datetime] = field(default_factory=dict)
    _held: dict[str, int] = field(default_factory=dict)

    def note(self, connection_id: str, at: datetime, words: Sequence[Word] = ()) -> None:
        """Count a delivery; words that no map knew are counted at once: somebody waits for these."""
        held = self._held[connection_id] = self._held.get(connection_id, 0) + 1
        before = self._noted.get(connection_id)
        if before and at - before < EVERY and hour_name(at) == hour_name(before):
            self.store.note_words(connection_id, at, words)
            return
        self.store.note(connection_id, at, words, held)
        if len(self._noted) >= _MOST:
            self._noted.clear()
            self._held.clear()
        self._noted[connection_id] = at
        self._held[connection_id] = 0

    def note_words(self, connection_id: str, at: datetime, words: Sequence[Word]) -> None:
        """Count words only."""
        self.store.note_words(connection_id, at, words)
