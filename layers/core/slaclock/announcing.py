"""Announcing facts: publish each to its audiences, once as far as can be, and say what was sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slaclock.domain.clock import Clock
from slaclock.domain.facts import Fact
from slaclock.domain.rota import LEGAL
from slaclock.domain.ticket import Ticket, name_of
from slaclock.links import Links
from slaclock.notices import Channel, Notice, audiences_of, compose
from slaclock.notices.audiences import names_of
from slaclock.notices.catalogue import ENGLISH
from slaclock.store.contract import Announcement, Outbox, StoreUnavailableError, TicketStore
from slaclock.store.items import subject_of

SUPPRESSED = "suppressed"
# What asks somebody to take a breach in hand.
_ASKING = frozenset({"escalation_due", "escalation_handed_over"})
_OPEN = frozenset({"clock_breached", "breach_reopened"})  # likewise, but of who hears it for the record


@dataclass(slots=True)
class Announcer:
    """Publishes facts on SNS. `channels` says how each audience is told, `default` how the others are."""

    tickets: TicketStore
    outbox: Outbox
    client: Any
    channels: Mapping[str, Channel]
    now: Callable[[], datetime]
    links: Links | None = None

    def announce(self, announcement: Announcement) -> int:
        """Publish one fact to everybody who must hear of it, and count the messages.

        The ticket is read again just before: no reminder or later level goes out for a clock that meanwhile
        stopped (rule 22). An audience is marked as told after it was, so a repeat is possible and a loss is
        not; a repeat carries the same `notification_id`. An audience that can't be told keeps none of the
        others waiting: the first such error is raised when all were tried.
        """
        subject, key, fact = announcement.subject, announcement.key, announcement.fact
        saved = self.tickets.load(subject).saved
        ticket = saved.ticket if saved else None
        untold = [each for each in audiences_of(fact) if not self.outbox.sent(subject, key, each)]
        history = self._history(subject, fact) if untold else ()
        errors = [error for each in untold if (error := self._told(announcement, each, ticket, history))]
        if errors:
            raise errors[0]
        self.outbox.close(subject, key)
        return len(untold)

    def _told(
        self, announcement: Announcement, audience: str, ticket: Ticket | None, history: Sequence[Fact]
    ) -> Exception | None:
        """Tell one audience, and mark it as told; the error where that could not be done."""
        try:
            idle = _idle(announcement.fact, ticket, self.now())
            fact = announcement.fact
            message_id = SUPPRESSED if idle else self._publish(fact, audience, ticket, history)
            self.outbox.mark_sent(announcement.subject, announcement.key, audience, message_id, self.now())
        except Exception as error:  # noqa: BLE001  (raised when all were tried)
            return error
        return None

    def repeat(self, subject: str, fact: Fact, audience: str) -> bool:
        """Publish a fact to one audience again, which may have been lost; False where it has nothing to say.

        It reads as of now, and carries the same `notification_id`.
        """
        saved = self.tickets.load(subject).saved
        ticket = saved.ticket if saved else None
        if _idle(fact, ticket, self.now()):
            return False
        message_id = self._publish(fact, audience, ticket, self._history(subject, fact))
        self.outbox.mark_sent(subject, fact.key, audience, message_id, self.now())
        return True

    def topics(self, audience: str) -> set[str]:
        """The topics that an audience may be told through: those of its refinements, too."""
        finer = (name for name in self.channels if name.startswith(f"{audience}:"))
        names = [*finer, *names_of(audience, iter(()))]
        return {self.channels[name].topic for name in names if name in self.channels}

    def channel(self, audience: str, fact: Fact, ticket: Ticket | None) -> Channel:
        """How an audience is told of a fact: as its own team or assignee is, if anybody said how."""
        names = names_of(audience, _refinements(audience, fact, ticket))
        return next(self.channels[name] for name in names if name in self.channels)

    def idle(self, fact: Fact, ticket: Ticket | None) -> bool:
        """Whether a message has nothing to say any more, as of now."""
        return _idle(fact, ticket, self.now())

    def say(self, fact: Fact, audience: str, ticket: Ticket | None) -> str:
        """Publish a reminder to one audience, alone; the message's id."""
        return self._publish(fact, audience, ticket, ())

    def publish(self, notice: Notice, topic: str) -> str:
        """Publish a message, and answer with its id."""
        answer = self.client.publish(
            TopicArn=topic,
            Subject=notice.subject,
            Message=notice.message,
            MessageStructure="json",
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in notice.attributes.items()
            },
        )
        return str(answer["MessageId"])

    def _publish(self, fact: Fact, audience: str, ticket: Ticket | None, history: Sequence[Fact]) -> str:
        channel = self.channel(audience, fact, ticket)
        link = self._link(fact, audience, channel, ticket)
        notice = compose(fact, audience, ticket, self.now(), channel=channel, link=link, history=history)
        return self.publish(notice, channel.topic)

    def _link(self, fact: Fact, audience: str, channel: Channel, ticket: Ticket | None) -> str | None:
        """A link by which this audience can take the breach in hand; None where a message asks for nothing.

        Who is told of a breach for the record has nothing to take in hand, and a customer is not asked to;
        nor is anybody, once somebody has it.
        The page is in the audience's language; where that is the usual one, in its reader's.
        """
        asks = fact.fact in _ASKING or (fact.fact in _OPEN and audience != LEGAL)
        if self.links is None or not asks or channel.customer or _in_hand(fact, ticket):
            return None
        language = None if channel.language == ENGLISH else channel.language
        return self.links.make(subject_of(fact), fact.key, audience, language)

    def _history(self, subject: str, fact: Fact) -> Sequence[Fact]:
        """What was told of this cycle before; of a reminder there is little to tell.

        What was suppressed reached nobody, and is left out. It is good to have: a table that can't be read
        now keeps no message back.
        """
        if fact.fact == "reminder_due":
            return ()
        try:
            told = [each.fact for each in self.tickets.told(subject)]
            rows = self.outbox.messages(subject)
        except StoreUnavailableError:
            return ()
        sent = {row["fact_key"] for row in rows if row["message_id"] != SUPPRESSED}
        unsaid = {row["fact_key"] for row in rows} - sent - {fact.key}
        cycle = [
            each
            for each in told
            if (each.lane, each.cycle) == (fact.lane, fact.cycle) and each.key not in unsaid
        ]
        keys = [each.key for each in cycle]
        return cycle[: keys.index(fact.key)] if fact.key in keys else cycle


def _refinements(audience: str, fact: Fact, ticket: Ticket | None) -> Iterator[str]:
    """The id and the name of the team, or assignee, that a fact is about, as far as they are known.

    The fact's own word is first. What the ticket says is of now; it is taken where it names the same one, so
    that a message goes where it went, however often it is repeated.
    """
    if audience not in ("team", "assignee"):
        return
    now = ticket.attributes.get(audience) if ticket else None
    then = fact.details.get(audience)
    if then is not None:
        yield str(then)
    if isinstance(now, dict) and then in (None, now.get("id"), now.get("name")):
        yield from (str(now[each]) for each in ("id", "name") if now.get(each) not in (None, then))
    elif then is None and (name := name_of(now)):
        yield name


def _idle(fact: Fact, ticket: Ticket | None, now: datetime) -> bool:
    """Whether a message has nothing to say any more, or nothing true.

    A reminder while no deadline of its budget is ahead; a breach or level that was withdrawn meanwhile; a
    later level whose clock stopped or was taken in hand; what was handed over and has ended; a repeat whose
    next one is due already, so that nobody gets a row of them at once. Otherwise the breach and its first
    message never are (rule 22).
    """
    clock = ticket.clock(fact.lane) if ticket else None
    current = clock if clock and clock.cycle == fact.cycle else None
    if fact.fact == "reminder_due":
        return current is None or _passed(fact, current, now)
    if fact.fact in ("clock_breached", "escalation_due") and current and current.revision > fact.revision:
        return True
    if fact.fact == "escalation_handed_over":
        return current is None or current.revision > fact.revision or not current.waiting
    later = fact.fact == "escalation_due" and (fact.details["level"], fact.details["repeat"]) != (1, 0)
    return later and (current is None or _pointless(fact, current))


def _in_hand(fact: Fact, ticket: Ticket | None) -> bool:
    clock = ticket.clock(fact.lane) if ticket else None
    return bool(clock and clock.cycle == fact.cycle and clock.acknowledged_at)


def _passed(fact: Fact, clock: Clock, now: datetime) -> bool:
    ahead = fact.due_at is not None and fact.due_at > now
    of_this_budget = fact.key.split(":")[3].startswith(f"b{clock.budget_set or 0}.")
    return clock.paused or not (clock.running and ahead and of_this_budget)


def _pointless(fact: Fact, clock: Clock) -> bool:
    level, repeat = fact.details["level"] - 1, fact.details["repeat"]
    taken = fact.details["until"] == "acknowledged" and clock.acknowledged_at is not None
    overtaken = repeat > 0 and level < len(clock.levels) and clock.levels[level] > repeat + 1
    return not clock.waiting or taken or overtaken
