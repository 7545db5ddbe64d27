"""What adapters that tell of changes share: the type of a reply, that of a change of status, and an id.

A snapshot beside an event may be younger than the event, where a helpdesk writes its deliveries late.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slaclock.helpdesks.identity import fingerprint

if TYPE_CHECKING:
    from slaclock.helpdesks import Delivery

# As long as a helpdesk takes from saving a message to saving what the message changes.
SETTLING = timedelta(seconds=5)
_ENDED = frozenset({"solved", "closed", "deleted"})
_GOING_ON = frozenset({"new", "open", "pending", "on_hold"})
_MACHINES = frozenset({"bot", "system"})


def reply_type(role: str, side: str, *, public: bool) -> str:
    """Whether a message is a reply or a note: by its author's role, else by the side that it came from.

    What a machine writes is no reply, whoever can see it (rule 10).
    """
    if not public or role in _MACHINES:
        return "note_added"
    return f"{side if role == 'unknown' else role}_replied"


def status_type(before: str | None, now: str | None) -> str:
    """What a change of status is called, in our words; None is a status that nobody told."""
    if now in _ENDED and now != before:
        return now or ""
    if now in _GOING_ON and before in _ENDED:
        return "restored" if before == "deleted" else "reopened"
    return "status_changed"


def holds_at(at: datetime, updated_at: datetime | None) -> bool:
    """Whether a snapshot that was last changed then tells how the ticket stood at this instant.

    One that was changed more than five seconds later doesn't: a status in it would be told too early.
    """
    return updated_at is None or updated_at <= at + SETTLING


def body_name(delivery: Delivery, *, timed: bool) -> str:
    """What stands for an event's id where its source gives none: digits of its bytes.

    Bytes with a time in them are those of one event. Without any, the same ones may well tell of a second
    event (open to pending, and again): those of one minute of arrival are one event, later ones another.
    """
    minute = "" if timed else f":{delivery.received_at:%Y%m%dT%H%M}"
    return fingerprint(delivery) + minute
