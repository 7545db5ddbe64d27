"""Freshdesk's statuses, priorities and channels: numbers in its events, labels in its rules' webhooks.

https://developers.freshdesk.com/api/ has statuses 2 Open, 3 Pending, 4 Resolved, 5 Closed,
whatever an account calls them; from 6 on they are an account's own.
"""

from typing import Any

from slaclock.helpdesks import words
from slaclock.helpdesks.connection import Connection, translate

_STATUSES_BY_CODE = {"2": "open", "3": "pending", "4": "solved", "5": "closed"}
# The last two are an account's own from the day that it is opened, as 6 and 7.
_STATUSES = {
    "open": "open",
    "pending": "pending",
    "resolved": "solved",
    "closed": "closed",
    "waiting on customer": "pending",
    "waiting on third party": "on_hold",
}
_PRIORITIES = {
    "1": "low",
    "2": "normal",
    "3": "high",
    "4": "urgent",
    "low": "low",
    "medium": "normal",
    "high": "high",
    "urgent": "urgent",
}
_CHANNELS = {
    "1": "email",
    "2": "portal",
    "3": "phone",
    "7": "chat",
    "9": "feedback widget",
    "10": "outbound email",
}


def status(label: str | None, code: str | None, connection: Connection) -> dict[str, Any]:
    """What a status means, by its label and its code, as far as either was told.

    The connection may map either. Else a code from 2 to 5 says what it is, whatever its label was changed
    to; of any other, the label does. 6 and 7 without a label are unknown: accounts rename and replace them.
    """
    for word in (label, code):
        if word and (own := translate(word, connection.statuses, {})) != "unknown":
            return {"status": own}
    if (standard := code or label) in _STATUSES_BY_CODE:
        return {"status": _STATUSES_BY_CODE[standard]}
    return words.status(label or code, connection, _STATUSES)


def priority(word: str | None, connection: Connection) -> dict[str, Any]:
    """What a priority means, by its label or its code."""
    return words.priority(word, connection, _PRIORITIES)


def channel(word: str | None) -> str | None:
    """How a ticket came in, by its label or its code; one that is not known is kept as it is."""
    return _CHANNELS.get(word, word.lower()) if word else None
