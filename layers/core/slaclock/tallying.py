"""Counting a connection's deliveries, and words that no map knew, without a write for each of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from slaclock.store.activity import LONGEST_WORD, MOST_AT_ONCE, hour_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slaclock.store.activity import Word
    from slaclock.store.contract import ActivityStore

EVERY = timedelta(minutes=1)
_MOST = 1000  # connections of which counts are held


class _Minute(NamedTuple):
    """One that began with a delivery; busy, where one came in the minute before it as well."""

    began: datetime
    busy: bool = False

    def has(self, at: datetime) -> bool:
        return at - self.began < EVERY and hour_name(at) == hour_name(self.began)

    def before(self, at: datetime) -> _Minute:
        """The one that follows."""
        return _Minute(at, busy=at - self.began < 2 * EVERY)


@dataclass(slots=True)
class _Held:
    """What is counted of a connection, and not noted yet; and the minute in which something last was."""

    minute: _Minute | None = None
    deliveries: int = 0
    words: Counter[Word] = field(default_factory=Counter)

    def add(self, words: Sequence[Word]) -> None:
        self.deliveries += 1
        for member, text in words:
            word = (member, text[:LONGEST_WORD])
            if word in self.words or len(self.words) < MOST_AT_ONCE:
                self.words[word] += 1


@dataclass(slots=True)
class Tally:
    """Notes each delivery of a quiet connection at once, and those of a busy one by the minute.

    Of a busy minute the first delivery is noted at once, and the others are held until the first of another
    one. So is the first of an hour: no hour with a delivery ever looks silent. What words came is noted with
    them: a write more, and where one of them is new two.

    Each function's container holds its own, and what it holds when Lambda ends it is not counted. So counts
    are "at least". A clump within a minute that nothing came before loses nothing; whoever falls quiet after
    busy minutes loses what the last of them held, once for each container. Of clumps of six within half a
    minute, half an hour apart, that is three in a hundred; it was seventy when each minute's first alone was
    noted at once.
    """

    store: ActivityStore
    _held: dict[str, _Held] = field(default_factory=dict)

    def note(self, connection_id: str, at: datetime, words: Sequence[Word] = ()) -> None:
        """Count a delivery, and its words that no map knew; of a minute ten different ones at most."""
        held = self._of(connection_id)
        held.add(words)
        minute = held.minute
        if minute and minute.busy and minute.has(at):
            return
        self.store.note(connection_id, at, held.deliveries)
        held.minute, held.deliveries = _following(minute, at), 0
        if held.words:
            self.store.note_words(connection_id, at, held.words)
            held.words = Counter()

    def note_words(self, connection_id: str, at: datetime, words: Sequence[Word]) -> None:
        """Count words only, at once: of a delivery that was kept, and is put through after others."""
        self.store.note_words(connection_id, at, Counter(words))

    def _of(self, connection_id: str) -> _Held:
        """What is held of a connection; with too many of them, all begin anew."""
        if connection_id not in self._held and len(self._held) >= _MOST:
            self._held.clear()
        return self._held.setdefault(connection_id, _Held())


def _following(minute: _Minute | None, at: datetime) -> _Minute:
    """The minute that a delivery is in."""
    if minute is None:
        return _Minute(at)
    return minute if minute.has(at) else minute.before(at)
