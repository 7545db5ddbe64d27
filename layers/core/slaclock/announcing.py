"""Announcing facts: publish each to its audiences, once as far as can be, and record what was sent."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slaclock.domain.breach_news import audiences_of
from slaclock.domain.facts import named_by
from slaclock.matters import Matters
from slaclock.store.messages import Delivery
from slaclock.voice import Voice, Way, asks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from slaclock.domain.facts import Fact
    from slaclock.matters import Matter
    from slaclock.store.contract import Outbox, TicketStore
    from slaclock.store.messages import Announcement

_log = logging.getLogger(__name__)
Behind = set[tuple[str, str]]  # subjects, each with an audience that could not be told of one of its facts


class NotItsTurnError(Exception):
    """An audience could not be told of an earlier fact of the subject, so this one waits for that one."""


@dataclass(slots=True)
class Announcer(Voice):
    """Tells every audience of a fact, and records it.

    `became` counts the audiences of the last announcement: those whose message was `sent`, and those from
    whom it was `held` back.
    """

    tickets: TicketStore = field(kw_only=True)
    outbox: Outbox = field(kw_only=True)
    became: Counter[str] = field(default_factory=Counter, kw_only=True)

    @property
    def matters(self) -> Matters:
        """What it reads before it tells anything."""
        return Matters(self.tickets, self.outbox, self.now)

    def announce(self, announcement: Announcement, behind: Behind | None = None) -> int:
        """Publish one fact to everybody who must hear of it, and count those who were told of it just now.

        The ticket is read again just before, so that nothing goes out that is not true any more. An audience
        is marked as told after it was, so a repeat is possible and a loss is not; a repeat carries the same
        `notification_id`. An audience that can't be told keeps none of the others waiting: the first such
        error is raised when all were tried. It is then `behind`: what is announced after this with the same
        set is not told to it, so that nobody hears the end of what is still to be told.
        """
        self.became.clear()
        try:
            self._announce(announcement, set() if behind is None else behind)
        finally:
            log_announced(announcement.fact, self.became)
        return self.became["sent"]

    def _announce(self, announcement: Announcement, behind: Behind) -> None:
        subject, fact = announcement.subject, announcement.fact
        everybody = audiences_of(fact)
        waits = {each for each in everybody if (subject, each) in behind}
        behind.update((subject, each) for each in everybody)  # until they were told
        untold = [each for each in everybody if not self.outbox.sent(subject, fact.key, each)]
        errors = self._tell(subject, fact, untold, waits) if untold else {}
        told = set(everybody) - errors.keys()
        behind.difference_update((subject, each) for each in told - waits)
        for error in errors.values():
            raise error
        close_once_told(self.outbox, subject, fact, told)

    def repeat(self, subject: str, fact: Fact, audience: str) -> bool:
        """Publish a fact to one audience again, which may have been lost; False where it has nothing to say.

        It reads as of now, carries the same `notification_id`, and is recorded beside the first one.
        """
        matter = self.matters.read(subject, fact)
        way = self._way(matter, audience)
        if isinstance(way, str):
            return False
        self._record(matter, audience, message_id=self.say(matter, audience, way))
        return True

    def _tell(
        self, subject: str, fact: Fact, untold: Sequence[str], waits: Collection[str]
    ) -> dict[str, Exception]:
        """Tell audiences, those who would get the same text by one message; why some could not be told."""
        matter, alike = self.matters.read(subject, fact), dict[Way, list[str]]()
        errors: dict[str, Exception] = {each: NotItsTurnError(fact.key) for each in untold if each in waits}
        for audience in (each for each in untold if each not in waits):
            try:
                way = self._way(matter, audience)
                if isinstance(way, str):
                    self._record(matter, audience, why=way)
                else:
                    alike.setdefault(way, []).append(audience)
            except Exception as error:  # noqa: BLE001  (the others are told)
                errors[audience] = error
        for way, together in alike.items():
            errors |= self._tell_alike(matter, together, way)
        return errors

    def _tell_alike(self, matter: Matter, audiences: Sequence[str], way: Way) -> dict[str, Exception]:
        """One message for all of them; it is the first one's, whose link it has."""
        left = list(audiences)
        try:
            message_id = self.say(matter, audiences[0], way)
            self.note_lag(matter.fact)
            for audience in audiences:
                self._record(matter, audience, message_id=message_id)
                left.remove(audience)
        except Exception as error:  # noqa: BLE001  (the others are told)
            return dict.fromkeys(left, error)
        return {}

    def _way(self, matter: Matter, audience: str) -> Way | str:
        """How an audience is told, or why it is not."""
        channel = self.channel(audience, matter.fact, matter.ticket)
        why = self.matters.why_not(matter, audience, channel)
        if why is not None:
            return why
        cleared = channel.incidents and self.matters.cleared(matter, audience)
        return Way(channel, asks(matter, audience, channel), cleared)

    def _record(self, matter: Matter, audience: str, **became: str) -> None:
        self.outbox.mark_sent(matter.subject, matter.fact.key, audience, Delivery(self.now(), **became))
        self.became["held" if "why" in became else "sent"] += 1


def log_announced(fact: Fact, became: Mapping[str, int]) -> None:
    """Log to how many audiences a fact's message went out just now, and from how many it was held back."""
    if _log.isEnabledFor(logging.INFO):
        counts = {name: became.get(name, 0) for name in ("sent", "held")}
        _log.info("announced", extra={**named_by(fact), **counts})


def close_once_told(outbox: Outbox, subject: str, fact: Fact, told: Collection[str]) -> None:
    """Take a fact out of the outbox once everybody was told: these just now, the others before."""
    others = (each for each in audiences_of(fact) if each not in told)
    if all(outbox.sent(subject, fact.key, each) for each in others):
        outbox.close(subject, fact.key)
