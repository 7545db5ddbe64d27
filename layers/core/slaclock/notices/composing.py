"""One fact, one message: its subject line, its text for each protocol, and what filters read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.notices import customer, events, wording
from slaclock.notices.catalogue import catalogue
from slaclock.notices.channel import PLAIN, TEXT
from slaclock.notices.chat import chat
from slaclock.notices.document import document
from slaclock.notices.email import email, subject
from slaclock.notices.particulars import for_customer, particulars
from slaclock.notices.sms import sms
from slaclock.notices.telling import Telling, on_one_line, shortened

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket
    from slaclock.notices.channel import Channel

MOST_BYTES = 262_144  # of a message with its attributes: SNS takes no more
PROGRAMS = ("sqs", "lambda", "http", "https")
_Lines = Sequence[tuple[str, str]]
_SHAPES: Mapping[str, Callable[[Telling, str, _Lines], dict[str, Any]]] = {
    "chat": chat,
    "pagerduty": events.pagerduty,
    "opsgenie": events.opsgenie,
}


class Notice(NamedTuple):
    """One message: its subject line, its text for each protocol as SNS wants it, and what filters read."""

    subject: str
    message: str
    attributes: Mapping[str, str]

    @property
    def size(self) -> int:
        """Bytes, as SNS counts them."""
        named = "".join(f"{name}String{value}" for name, value in self.attributes.items())
        return len((self.message + named).encode())


def compose(
    fact: Fact,
    audience: str,
    ticket: Ticket | None,
    now: datetime,
    *,
    channel: Channel = PLAIN,
    link: str | None = None,
    history: Sequence[Fact] = (),
    cleared: bool = False,
) -> Notice:
    """The message about a fact for an audience, as it reads at `now`, in the channel's language and format.

    `notification_id` is the fact's id (a customer's, a digest of it), in the body and in the attributes, so
    that a doubled delivery is recognised. `link` acknowledges it; `history` are the facts of the cycle so
    far; `cleared` says that its audience was told before that the breach is over. Nothing that a customer
    wrote is in it, and a customer gets neither link nor history.
    """
    told = Telling(fact, audience, ticket, now, catalogue(channel.language), link, history, cleared=cleared)
    if channel.customer:
        told = told._replace(link=None, history=(), for_customer=True)
    notice = _notice(told, channel)
    return notice if notice.size <= MOST_BYTES else _notice(shortened(told), channel)


def _notice(told: Telling, channel: Channel) -> Notice:
    says = customer.headline if told.for_customer else wording.headline
    lines = for_customer(told) if told.for_customer else particulars(told)
    headline = on_one_line(says(told))
    text = email(told, headline, lines)
    if channel.format == TEXT or told.for_customer:
        body = document(told, headline)
    else:
        body = _SHAPES[channel.format](told, headline, lines)
    texts = {"default": text, "email": text, "sms": sms(told)}
    machine = dict.fromkeys(PROGRAMS, json.dumps(body))
    message = json.dumps({**texts, **machine}, ensure_ascii=False)
    return Notice(subject(headline), message, _attributes(told))


def _attributes(told: Telling) -> dict[str, str]:
    """What filter policies read; a value that is not known is left out, for SNS takes no empty one.

    One with a control character it takes, and then keeps the message from whoever filters: there is none.
    SQS takes at most ten where a subscription is raw.
    """
    fact, details = told.fact, told.details
    attributes = {
        "notification_id": told.notification_id,
        "account": fact.account,
        "event": told.event,
        "severity": told.severity,
        "customer": details.get("customer"),
        "team": None if told.for_customer else details.get("team"),
        "level": None if told.for_customer else details.get("level"),
    }
    return {name: on_one_line(str(value)) for name, value in attributes.items() if value not in (None, "")}
