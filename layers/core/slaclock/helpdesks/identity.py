"""What an event is called, so that it is folded once however often it is delivered.

An id is a function of what was signed, never of a header that was not: the log's ids are what protects the
schemes that sign no time against a recorded delivery. They do where the body says which event it is, or when
it was; where it says neither, the minute of the arrival is part of the id: see docs/helpdesks.md.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slaclock.helpdesks import Delivery
    from slaclock.helpdesks.connection import Connection


def event_id(source: str, connection: Connection, *parts: str) -> str:
    """An event's id: of the source, the account, and what names it there."""
    return ":".join((source, connection.account, *parts))


def fingerprint(delivery: Delivery) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of the raw body, for a source that gives no id."""
    return hashlib.sha256(delivery.body).hexdigest()[:16]
