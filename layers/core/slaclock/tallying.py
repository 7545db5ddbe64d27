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


@dataclass(frozen=True, slots=True)
class _Minute:
    """One that began with a delivery; busy, where one came in the minute before it as well."""

    began: datetime
    busy: bool = False

    def has(self, at: datetime) -> bool:
        return at - self.began < EVERY and hour_name(at) == hour_name(self.began)

    def before(self, at: datetime) -> _Minute:
        """The one that follows."""
        return _Minute(at, busy=at - self.began < 2 * EVERY)


@dataclass(slots=True)
class Tally:
    """Notes each delivery of a quiet connection at once, and those of a busy one by the minute.

    Of a busy minute the first delivery is noted at once, and the others are held until the first of another
    one. So is the first of an hour: no hour with a delivery ever looks silent.

    Each function's container holds its own, and what it holds when Lambda ends it is not counted. So counts
    are "at least". A clump within a minute that nothing came before loses nothing; whoever falls quiet after
    busy minutes loses what the last of them held, once for each container. Of clumps of six within half a
    minute, half an hour apart, that is three in a hundred; it was seventy when each minute's first alone was
    noted at once.
    """

    store: ActivityStore
    _minutes: dict[str, _Minute] = field(default_factory=dict)
    _held: dict[str, int] = field(default_factory=dict)

    def note(self, connection_id: str, at: datetime, words: Sequence[Word] = ()) -> None:
        """Count a delivery; words that no map knew are counted at once: somebody waits for these."""
        held = self._held[connection_id] = self._held.get(connection_id, 0) + 1
        minute = self._minutes.get(connection_id)
        if minute and minute.busy and minute.has(at):
            self.store.note_words(connection_id, at, words)
            return
        self.store.note(connection_id, at, words, held)
        if len(self._minutes) >= _MOST:
            self._minutes.clear()
            self._held.clear()
        self._minutes[connection_id] = _following(minute, at)
        self._held[connection_id] = 0

    def note_words(self, connection_id: str, at: datetime, words: Sequence[Word]) -> None:
        """Count words only."""
        self.store.note_words(connection_id, at, words)


def _following(minute: _Minute | None, at: datetime) -> _Minute:
    """The minute that a delivery is in."""
    if minute is None:
        return _Minute(at)
    return minute if minute.has(at) else minute.before(at)
