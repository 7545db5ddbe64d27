"""Reminders put together: one message for all that the same people are to hear, and nothing else in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from slaclock.domain.rota import TEAM
from slaclock.matters import Matter
from slaclock.notices import Channel
from slaclock.notices.storm import gather
from slaclock.voice import Voice, Way

# SNS refuses a message for what it says. Any other error is the service's, or the topic's.
_REFUSED = frozenset({"InvalidParameter", "InvalidParameterValue", "ValidationException"})


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder to one audience; `names` are the messages of the queue that asked for it."""

    names: Sequence[str]
    audience: str
    matter: Matter
    channel: Channel

    @property
    def hearers(self) -> tuple[Any, ...]:
        """Who hears it, of one account: a team where it is for one; no customer hears of another.

        Alone goes what an on-call service gets, and what is for a customer of whom nobody knows who it is.
        """
        fact = self.matter.fact
        team = fact.details.get("team") if self.audience == TEAM else None
        customer = fact.details.get("customer") if self.channel.customer else None
        together = self.channel.gathers and not (self.channel.customer and not customer)
        return self.channel, self.audience, fact.account, team, customer, None if together else fact.id

    @property
    def heard(self) -> tuple[Channel, str]:
        """What one message is enough for, whoever else is told through the same channel."""
        return self.channel, self.matter.fact.id


def tell_together(reminders: Sequence[Reminder], voice: Voice) -> Iterator[tuple[Reminder, str | Exception]]:
    """Tell reminders; yields each with the id of its message, or why it could not be told, as they go out.

    What is out already others of the same channel hear by that message. Those of a team come first, for a
    filter may let through what names one team; then the largest list.
    """
    groups, out = dict[tuple[Any, ...], list[Reminder]](), dict[tuple[Channel, str], str]()
    for each in reminders:
        groups.setdefault(each.hearers, []).append(each)
    for group in sorted(groups.values(), key=lambda each: (each[0].audience != TEAM, -len(each))):
        told = [(each, out[each.heard]) for each in group if each.heard in out]
        for each, became in _told([each for each in group if each.heard not in out], voice):
            if isinstance(became, str):
                out[each.heard] = became
            yield each, became
        yield from told


def _told(group: Sequence[Reminder], voice: Voice) -> Iterator[tuple[Reminder, str | Exception]]:
    """One message for all; where it can't be, two of half of them each, so that what is bad fails alone."""
    if not group:
        return
    became: str | Exception
    try:
        became = _publish(group, voice)
    except Exception as error:  # noqa: BLE001  (the other audiences are told)
        if len(group) > 1 and _is_of_what_is_said(error):
            half = len(group) // 2
            yield from _told(group[:half], voice)
            yield from _told(group[half:], voice)
            return
        became = error
    for each in group:
        yield each, became


def _publish(group: Sequence[Reminder], voice: Voice) -> str:
    first = group[0]
    if len(group) == 1:
        return voice.say(first.matter, first.audience, Way(first.channel))
    reminders = [(each.matter.fact, each.matter.ticket) for each in group]
    return voice.publish(gather(reminders, first.audience, voice.now(), first.channel), first.channel.topic)


def _is_of_what_is_said(error: Exception) -> bool:
    """Whether an error may be due to the text of a message, so that another one fares better.

    A service that can't be had, or a topic that is gone, is the same for every text; and of a message that
    got no answer the halves would be doubles that nobody knows for such.
    """
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") in _REFUSED
    return isinstance(error, ParamValidationError) or not isinstance(error, BotoCoreError)
