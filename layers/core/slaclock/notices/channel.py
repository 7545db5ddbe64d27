"""How an audience is told: what the stack's `AUDIENCES` says of it."""

from typing import NamedTuple

from slaclock.notices.catalogue import ENGLISH

TEXT = "text"
CHAT = "chat"
_INCIDENTS = ("pagerduty", "opsgenie")
FORMATS = (TEXT, CHAT, *_INCIDENTS)


class Channel(NamedTuple):
    """A topic, and what its subscribers can read.

    `format` is the shape of what programs get of it (SQS, Lambda, HTTP and HTTPS): our own document for
    `text`. `customer` says that the customer reads it: no internal names, no runbook, no ladder, no link.
    """

    topic: str
    language: str = ENGLISH
    format: str = TEXT
    customer: bool = False

    @property
    def incidents(self) -> bool:
        """Whether an on-call service makes an incident of what it is told, and closes it when it hears so."""
        return self.format in _INCIDENTS

    @property
    def gathers(self) -> bool:
        """Whether reminders may come as one message: an on-call service has an incident for each."""
        return not self.incidents


PLAIN = Channel("")  # English, in our own shapes, to whichever topic
