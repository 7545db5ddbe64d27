"""How an audience is told: through which topic, in which language and shape, and with which link."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.breach_news import TELLS_OF_AN_OPEN_BREACH
from slaclock.domain.rota import LEGAL
from slaclock.domain.suppressing import become_of
from slaclock.domain.ticket import name_of
from slaclock.notices import compose
from slaclock.notices.audiences import names_of
from slaclock.notices.catalogue import ENGLISH
from slaclock.store.keys import subject_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableSequence
    from datetime import datetime

    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket
    from slaclock.links import Links
    from slaclock.matters import Matter
    from slaclock.notices import Channel, Notice

_HAS_ITS_MOMENT = frozenset({"reminder_due", "clock_breached"})
_FOR_THE_RECORD = frozenset({"clock_breached", "breach_reopened"})  # where legal is told of it


class Way(NamedTuple):
    """How a fact is told to an audience: whoever has the same way gets the same text.

    `asks` says that it is to be taken in hand, `cleared` that its end was told already.
    """

    channel: Channel
    asks: bool = False
    cleared: bool = False


@dataclass(slots=True)
class Voice:
    """Publishes on SNS. `channels` says how each audience is told, `default` how the others are.

    `lags` are the seconds from the moment at which something was to be told until it was.
    """

    client: Any
    channels: Mapping[str, Channel]
    now: Callable[[], datetime]
    links: Links | None = None
    lags: MutableSequence[float] = field(default_factory=list)

    def topics(self, audience: str) -> set[str]:
        """The topics that an audience may be told through: those of its refinements, too."""
        finer = (name for name in self.channels if name.startswith(f"{audience}:"))
        names = [*finer, *names_of(audience, iter(()))]
        return {self.channels[name].topic for name in names if name in self.channels}

    def channel(self, audience: str, fact: Fact, ticket: Ticket | None) -> Channel:
        """How an audience is told of a fact: as its own team or assignee is, if anybody said how."""
        names = names_of(audience, _refinements(audience, fact, ticket))
        return next(self.channels[name] for name in names if name in self.channels)

    def channel_of(self, audience: str) -> Channel:
        """How an audience is told of what is about no ticket."""
        return next(self.channels[name] for name in names_of(audience, iter(())) if name in self.channels)

    def say(self, matter: Matter, audience: str, way: Way) -> str:
        """Publish a fact to an audience; the message's id."""
        notice = compose(
            matter.fact,
            audience,
            matter.ticket,
            self.now(),
            channel=way.channel,
            link=self._link(matter.fact, audience, way) if way.asks else None,
            history=matter.before,
            cleared=way.cleared,
        )
        return self.publish(notice, way.channel.topic)

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

    def note_lag(self, fact: Fact) -> None:
        """Measure how long after its moment a fact was told; what a late event brought had to be late."""
        if fact.fact in _HAS_ITS_MOMENT and fact.details.get("detected_by") != "late event":
            self.lags.append((self.now() - fact.at).total_seconds())

    def _link(self, fact: Fact, audience: str, way: Way) -> str | None:
        """A link by which an audience can take the breach in hand, in its language; else in its reader's."""
        language = None if way.channel.language == ENGLISH else way.channel.language
        return self.links.make(subject_of(fact), fact.key, audience, language) if self.links else None


def asks(matter: Matter, audience: str, channel: Channel) -> bool:
    """Whether an audience is to take in hand what it is told of: a breach that is open, and nobody has.

    Who is told of it for the record has nothing to take in hand, and a customer is not asked to.
    """
    fact = matter.fact
    for_the_record = fact.fact in _FOR_THE_RECORD and audience == LEGAL
    if channel.customer or for_the_record or fact.fact not in TELLS_OF_AN_OPEN_BREACH:
        return False
    return become_of(fact, matter.ticket) is None and not _in_hand(fact, matter.ticket)


def _in_hand(fact: Fact, ticket: Ticket | None) -> bool:
    clock = ticket.clock(fact.lane) if ticket else None
    return bool(clock and clock.cycle == fact.cycle and clock.acknowledged_at)


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
