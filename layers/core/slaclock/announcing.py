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
        not; a repeat carries the same `notification_id`.
        """
        subject, key, fact = announcement.subject, announcement.key, announcement.fact
        saved = self.tickets.load(subject).saved
        ticket = saved.ticket if saved else None
        untold = [each for each in audiences_of(fact) if not self.outbox.sent(subject, key, each)]
        for audience in untold:
            message_id = SUPPRESSED if _idle(fact, ticket) else self._publish(fact, audience, ticket)
            self.outbox.mark_sent(subject, key, audience, message_id, self.now())
        self.outbox.close(subject, key)
        return len(untold)

    def _publish(self, fact: Fact, audience: str, ticket: Ticket | None) -> str:
        notice = compose(fact, audience, ticket)
        answer = self.client.publish(
            TopicArn=self.topics.get(audience, self.topics["default"]),
            Subject=notice.subject,
            Message=notice.message,
            MessageStructure="json",
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in notice.attributes.items()
            },
        )
        return str(answer["MessageId"])


def _idle(fact: Fact, ticket: Ticket | None) -> bool:
    """Whether a reminder or a later level has nothing to remind of any more."""
    clock = ticket.clock(fact.lane) if ticket else None
    stands = clock is not None and (clock.cycle, clock.revision) == (fact.cycle, fact.revision)
    if fact.fact == "reminder_due":
        return not (stands and clock and clock.running and not clock.paused)
    later = fact.fact == "escalation_due" and (fact.details["level"], fact.details["repeat"]) != (1, 0)
    return later and not (stands and clock and _still_waits(fact, clock))


def _still_waits(fact: Fact, clock: Clock) -> bool:
    taken = fact.details["until"] == "acknowledged" and clock.acknowledged_at is not None
    return clock.waiting and not taken
