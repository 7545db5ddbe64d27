"""Reminders that come at once are told to each audience as one message (rule 23). Nothing else waits here.

The stream's record of a reminder has `notify` put a message on a queue for each audience; what comes within
the queue's batching window, a minute, `notify` gets together. Until everybody was told the reminder stays in
the outbox, where the auditor finds whatever is lost on the way. It takes only what has waited for five
minutes, so it is never first while the queue works.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from slaclock.announcing import SUPPRESSED, Announcer
from slaclock.domain.facts import Fact
from slaclock.domain.ticket import Ticket
from slaclock.notices import MOST_BYTES, Channel, audiences_of
from slaclock.notices.storm import gather
from slaclock.problems import fault
from slaclock.store.contract import Announcement

NEAR = timedelta(minutes=2)  # a deadline no further away than gathering may take
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message of the queue says: a reminder, and an audience that is to hear of it."""

    subject: str
    key: str
    audience: str

    @classmethod
    def read(cls, body: str) -> Self:
        """Read a message's body; ValueError where it is none of ours."""
        said = json.loads(body)
        if not (isinstance(said, dict) and said.keys() == {"subject", "key", "audience"}):
            raise ValueError("it asks for no reminder")
        if not all(isinstance(each, str) for each in said.values()):
            raise ValueError("it asks for no reminder")
        return cls(**said)


def may_wait(fact: Fact, now: datetime) -> bool:
    """Whether a fact may be held back: a reminder, unless its deadline is too near for that."""
    return fact.fact == "reminder_due" and fact.due_at is not None and fact.due_at - now > NEAR


@dataclass(slots=True)
class WaitingRoom:
    """The queue on which reminders wait for each other."""

    client: Any
    url: str

    def takes(self, announcement: Announcement) -> bool:
        """Let a reminder wait, once for each audience; put here twice, it is told once all the same.

        False where the queue can't be had: then it is told alone, and no breach behind it is kept waiting.
        """
        try:
            for audience in audiences_of(announcement.fact):
                asked = Asked(announcement.subject, announcement.key, audience)
                self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(asdict(asked)))
        except (BotoCoreError, ClientError) as error:
            _log.error("a reminder could not wait for others: %s", fault(error))
            return False
        return True


@dataclass(slots=True)
class Gathered:
    """What came of reminders: how many were told, in how many messages, and which could not be, and why.

    Those are named as the messages of the queue were.
    """

    reminders: int = 0
    messages: int = 0
    failed: dict[str, Exception] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reminder:
    names: Sequence[str]
    asked: Asked
    fact: Fact
    ticket: Ticket | None
    channel: Channel

    @property
    def hearers(self) -> tuple[Any, ...]:
        """Who hears it, of one account: a team where it is for one; no customer hears of another."""
        audience, said = self.asked.audience, self.fact.details
        team = said.get("team") if audience == "team" else None
        customer = said.get("customer") if self.channel.customer else None
        alone = None if self.channel.gathers else self.asked
        return self.channel, audience, self.fact.account, team, customer, alone


@dataclass(slots=True)
class Gathering:
    """Tells reminders, those of one audience together."""

    announcer: Announcer

    def tell(self, messages: Mapping[str, str]) -> Gathered:
        """Tell what messages of the queue ask for, each body by its message's id, and is still to be told.

        Who was told is asked first, and the ticket read again: what has become pointless is marked as
        suppressed. Each is marked as told once its message is out, so a repeat is possible and a loss is
        not; a reminder leaves the outbox when all its audiences were told. What one audience can't be told
        keeps none of the others waiting.
        """
        asked, gathered, found = dict[Asked, list[str]](), Gathered(), list[_Reminder]()
        for name, body in messages.items():
            try:
                asked.setdefault(Asked.read(body), []).append(name)
            except (ValueError, RecursionError) as error:
                gathered.failed[name] = error
        for each, names in asked.items():
            try:
                found += self._untold(each, names)
            except Exception as error:  # noqa: BLE001  (it fails alone)
                gathered.failed |= dict.fromkeys(names, error)
        self._tell(found, gathered)
        return gathered

    def repeat(self, told: Iterable[tuple[str, Fact]], audience: str) -> Gathered:
        """Tell reminders, each with its subject, to one audience again, but for those with nothing to say.

        What fails is named by the fact's id.
        """
        asked = ((Asked(subject, fact.key, audience), fact) for subject, fact in told)
        found = [self._reminder(each, fact, [fact.id]) for each, fact in asked]
        gathered = Gathered()
        self._tell([each for each in found if not self.announcer.idle(each.fact, each.ticket)], gathered)
        return gathered

    def _untold(self, asked: Asked, names: Sequence[str]) -> Iterator[_Reminder]:
        """The reminder as it waits in the outbox; none where it was told, or has nothing to say any more."""
        outbox = self.announcer.outbox
        announcement = outbox.announcement(asked.subject, asked.key)
        if announcement is None:
            return
        if outbox.sent(asked.subject, asked.key, asked.audience):
            self._close(asked, announcement.fact)
            return
        reminder = self._reminder(asked, announcement.fact, names)
        if self.announcer.idle(reminder.fact, reminder.ticket):
            self._mark(reminder, SUPPRESSED)
        else:
            yield reminder

    def _reminder(self, asked: Asked, fact: Fact, names: Sequence[str]) -> _Reminder:
        saved = self.announcer.tickets.load(asked.subject).saved
        ticket = saved.ticket if saved else None
        channel = self.announcer.channel(asked.audience, fact, ticket)
        return _Reminder(names, asked, fact, ticket, channel)

    def _tell(self, reminders: Sequence[_Reminder], gathered: Gathered) -> None:
        groups: dict[tuple[Any, ...], list[_Reminder]] = {}
        for each in reminders:
            groups.setdefault(each.hearers, []).append(each)
        for group in groups.values():
            self._tell_together(group, gathered)

    def _tell_together(self, group: Sequence[_Reminder], gathered: Gathered) -> None:
        """One message for all; where it is longer than SNS takes, two of half of them each."""
        try:
            message_id = self._publish(group)
        except Exception as error:  # noqa: BLE001  (the other audiences are told)
            gathered.failed |= {name: error for each in group for name in each.names}
            return
        if message_id is None:
            half = len(group) // 2
            self._tell_together(group[:half], gathered)
            self._tell_together(group[half:], gathered)
            return
        gathered.messages += 1
        for each in group:
            try:
                self._mark(each, message_id)
                gathered.reminders += 1
            except Exception as error:  # noqa: BLE001  (it comes again, alone)
                gathered.failed |= dict.fromkeys(each.names, error)

    def _publish(self, group: Sequence[_Reminder]) -> str | None:
        """The id of the message that is out; None where it would be too long."""
        first, announcer = group[0], self.announcer
        audience, channel = first.asked.audience, first.channel
        if len(group) == 1:
            return announcer.say(first.fact, audience, first.ticket)
        notice = gather([(each.fact, each.ticket) for each in group], audience, announcer.now(), channel)
        return announcer.publish(notice, channel.topic) if notice.size <= MOST_BYTES else None

    def _mark(self, reminder: _Reminder, message_id: str) -> None:
        asked, announcer = reminder.asked, self.announcer
        announcer.outbox.mark_sent(asked.subject, asked.key, asked.audience, message_id, announcer.now())
        self._close(asked, reminder.fact)

    def _close(self, asked: Asked, fact: Fact) -> None:
        """Take a reminder out of the outbox that one audience was told, if the others were as well."""
        outbox = self.announcer.outbox
        others = [each for each in audiences_of(fact) if each != asked.audience]
        if all(outbox.sent(asked.subject, asked.key, each) for each in others):
            outbox.close(asked.subject, asked.key)
