"""Reminders that come at once are told to each audience as one message (rule 23).

They come from the queue of `waiting_room.py`. Until everybody was told a reminder stays in the outbox, where
the auditor finds whatever is lost on the way. It takes only what has waited for five minutes, so it is never
first while the queue works.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from slaclock.announcing import close_once_told, log_announced
from slaclock.domain.breach_news import audiences_of
from slaclock.domain.facts import Fact
from slaclock.matters import Matters
from slaclock.store.contract import Outbox
from slaclock.store.messages import Delivery
from slaclock.together import Reminder, tell_together
from slaclock.voice import Voice
from slaclock.waiting_room import Asked


class NotForThemError(ValueError):
    """A message of the queue asks to tell a reminder to an audience that it is not for."""


@dataclass(slots=True)
class Gathered:
    """What came of reminders: how many were told, in how many messages, how many were held back.

    And which could not be told, and why.

    Those are named as the messages of the queue were.
    """

    reminders: int = 0
    held: int = 0
    messages: int = 0
    failed: dict[str, Exception] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathering:
    """Tells reminders, those of one audience together."""

    voice: Voice
    matters: Matters
    outbox: Outbox

    def tell(self, messages: Mapping[str, str]) -> Gathered:
        """Tell what messages of the queue ask for, each body by its message's id, and is still to be told.

        Who was told is asked first, and the ticket read again: what has become pointless is recorded as held
        back. Each is marked as told once its message is out, so a repeat is possible and a loss is not; a
        reminder leaves the outbox when all its audiences were told. What one audience can't be told keeps
        none of the others waiting. Two audiences of one channel are told by one message.
        """
        asked, gathered, found = dict[Asked, list[str]](), Gathered(), list[Reminder]()
        for name, body in messages.items():
            try:
                asked.setdefault(Asked.read(body), []).append(name)
            except (ValueError, RecursionError) as error:
                gathered.failed[name] = error
        for each, names in asked.items():
            try:
                found += self._untold(each, names, gathered)
            except Exception as error:  # noqa: BLE001  (it fails alone)
                gathered.failed |= dict.fromkeys(names, error)
        self._tell(found, gathered)
        return gathered

    def repeat(self, told: Iterable[tuple[str, Fact]], audience: str) -> Gathered:
        """Tell reminders, each with its subject, to one audience again, but for those with nothing to say.

        What fails is named by the fact's id.
        """
        found = [self._reminder(subject, fact, audience, [fact.id]) for subject, fact in told]
        gathered = Gathered()
        self._tell([each for each in found if not self._why_not(each)], gathered)
        return gathered

    def _untold(self, asked: Asked, names: Sequence[str], gathered: Gathered) -> Iterator[Reminder]:
        """The reminder as it waits in the outbox; none where it was told, or has nothing to say any more."""
        announcement = self.outbox.announcement(asked.subject, asked.key)
        if announcement is None:
            return
        fact = announcement.fact
        if asked.audience not in audiences_of(fact):
            raise NotForThemError
        if self.outbox.sent(asked.subject, asked.key, asked.audience):
            close_once_told(self.outbox, asked.subject, fact, {asked.audience})
            return
        reminder = self._reminder(asked.subject, fact, asked.audience, names)
        if why := self._why_not(reminder):
            self._record(reminder, why=why)
            gathered.held += 1
        else:
            yield reminder

    def _reminder(self, subject: str, fact: Fact, audience: str, names: Sequence[str]) -> Reminder:
        matter = self.matters.read(subject, fact)
        return Reminder(names, audience, matter, self.voice.channel(audience, matter.fact, matter.ticket))

    def _why_not(self, reminder: Reminder) -> str | None:
        return self.matters.why_not(reminder.matter, reminder.audience, reminder.channel)

    def _tell(self, reminders: Sequence[Reminder], gathered: Gathered) -> None:
        """Tell them, and mark each as told right after its message."""
        messages = set[str]()
        for each, became in tell_together(reminders, self.voice):
            if isinstance(became, Exception):
                gathered.failed |= dict.fromkeys(each.names, became)
                continue
            messages.add(became)
            self.voice.note_lag(each.matter.fact)
            try:
                self._record(each, message_id=became)
                gathered.reminders += 1
            except Exception as error:  # noqa: BLE001  (it comes again; the others are marked)
                gathered.failed |= dict.fromkeys(each.names, error)
        gathered.messages += len(messages)

    def _record(self, reminder: Reminder, **became: str) -> None:
        subject, fact, audience = reminder.matter.subject, reminder.matter.fact, reminder.audience
        self.outbox.mark_sent(subject, fact.key, audience, Delivery(self.voice.now(), **became))
        log_announced(fact, {"held": 1} if "why" in became else {"sent": 1})
        close_once_told(self.outbox, subject, fact, {audience})
