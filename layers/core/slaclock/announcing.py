"""Announcing facts: publish each to its audiences, once as far as can be, and say what was sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slaclock.domain.clock import Clock
from slaclock.domain.facts import Fact
from slaclock.domain.ticket import Ticket
from slaclock.notices import audiences_of, compose
from slaclock.store.contract import Announcement, Outbox, TicketStore

SUPPRESSED = "suppressed"


@dataclass(slots=True)
class Announcer:
    """Publishes facts on SNS. `topics` gives the topic of each audience, `default` that of the others."""

    tickets: TicketStore
    outbox: Outbox
    client: Any
    topics: Mapping[str, str]
    now: Callable[[], datetime]

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
        errors = [error for each in untold if (error := self._told(announcement, each, ticket))]
        if errors:
            raise errors[0]
        self.outbox.close(subject, key)
        return len(untold)

    def _told(self, announcement: Announcement, audience: str, ticket: Ticket | None) -> Exception | None:
        """Tell one audience, and mark it as told; the error where that could not be done."""
        try:
            idle = _idle(announcement.fact, ticket, self.now())
            message_id = SUPPRESSED if idle else self._publish(announcement.fact, audience, ticket)
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
        message_id = self._publish(fact, audience, ticket)
        self.outbox.mark_sent(subject, fact.key, audience, message_id, self.now())
        return True

    def topic(self, audience: str) -> str:
        """The topic that an audience is told through."""
        return self.topics.get(audience, self.topics["default"])

    def _publish(self, fact: Fact, audience: str, ticket: Ticket | None) -> str:
        notice = compose(fact, audience, ticket, self.now())
        answer = self.client.publish(
            TopicArn=self.topic(audience),
            Subject=notice.subject,
            Message=notice.message,
            MessageStructure="json",
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in notice.attributes.items()
            },
        )
        return str(answer["MessageId"])


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


def _passed(fact: Fact, clock: Clock, now: datetime) -> bool:
    ahead = fact.due_at is not None and fact.due_at > now
    of_this_budget = fact.key.split(":")[3].startswith(f"b{clock.budget_set or 0}.")
    return clock.paused or not (clock.running and ahead and of_this_budget)


def _pointless(fact: Fact, clock: Clock) -> bool:
    level, repeat = fact.details["level"] - 1, fact.details["repeat"]
    taken = fact.details["until"] == "acknowledged" and clock.acknowledged_at is not None
    overtaken = repeat > 0 and level < len(clock.levels) and clock.levels[level] > repeat + 1
    return not clock.waiting or taken or overtaken
