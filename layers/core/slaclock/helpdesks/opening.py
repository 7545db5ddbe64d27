"""The message that a ticket is opened with: it comes with the ticket and is no reply, whoever wrote it.

Helpdesks write a ticket first, and the message moments after it. The fold knows the message where both are
of one instant or of one action of the source (rule 10); here are those that say neither.
"""

from datetime import datetime, timedelta

OPENING = timedelta(seconds=2)

_REPLIES = frozenset({"agent_replied", "customer_replied"})


def is_opening(at: datetime, created_at: datetime | None) -> bool:
    """Whether a message of this instant came with a ticket that was created then; False where nobody says.

    >>> from datetime import UTC
    >>> is_opening(datetime(2026, 3, 27, 8, 0, 1, tzinfo=UTC), datetime(2026, 3, 27, 8, 0, tzinfo=UTC))
    True
    """
    return created_at is not None and at < created_at + OPENING


def message_type(type_: str, at: datetime, created_at: datetime | None) -> str:
    """The type of a message: `created` for a reply that came with the ticket. A note is always a note."""
    return "created" if type_ in _REPLIES and is_opening(at, created_at) else type_
