"""The auditor's announcements: wherever its sweep goes on, the facts of each subject come in their order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from slaclock.announcing import Announcer, Behind
from slaclock.domain.facts import named_under

Waiting = tuple[str, str]  # subject, key


@dataclass(slots=True)
class InTurn:
    """Announces what waits. A turn is its subject's: it goes to the first of its facts that had none.

    What an audience could not be told keeps the later facts of that subject from it, until the next sweep.
    """

    announcer: Announcer
    _keys: dict[str, dict[str, None]] = field(default_factory=dict)
    _behind: Behind = field(default_factory=set)
    _last: Waiting | None = None

    def waiting(self, before: datetime, since: datetime | None = None) -> Iterator[Waiting]:
        """Yield what waits since before an instant, the oldest first, as the outbox does."""
        for subject, key in self.announcer.outbox.waiting(before, since):
            self._keys.setdefault(subject, {})[key] = None
            yield subject, key

    def announce(self, waiting: Waiting) -> str | None:
        """Announce the subject's next fact: "announced", or None where it was meanwhile."""
        subject, _ = waiting
        key = next(iter(self._keys[subject]))
        del self._keys[subject][key]
        self._last = subject, key
        announcement = self.announcer.outbox.announcement(subject, key)
        if announcement is None:
            return None
        self.announcer.announce(announcement, self._behind)
        return "announced"

    def named(self, _waiting: Waiting) -> dict[str, str]:
        """What a log says of the fact whose turn it was last."""
        return named_under(*self._last) if self._last else {}
