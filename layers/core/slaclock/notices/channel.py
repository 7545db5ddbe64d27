"""How an audience is told: what the stack's `AUDIENCES` says of it."""

from dataclasses import dataclass

from slaclock.notices.catalogue import ENGLISH

TEXT = "text"
CHAT = "chat"
FORMATS = (TEXT, CHAT, "pagerduty", "opsgenie")


@dataclass(frozen=True, slots=True)
class Channel:
    """A topic, and what its subscribers can read.

    `format` is the shape of what programs get of it (SQS, Lambda, HTTP and HTTPS): our own document for
    `text`. `customer` says that the customer reads it: no internal names, no runbook, no ladder, no link.
    """

    topic: str
    language: str = ENGLISH
    format: str = TEXT
    customer: bool = False

    @property
    def gathers(self) -> bool:
        """Whether reminders may come as one message: an on-call service has an incident for each."""
        return self.format in (TEXT, CHAT)


PLAIN = Channel("")  # English, in our own shapes, to whichever topic
