"""An agreement was ended before its time: what runs under it is cancelled, with the reason (rule 26)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slaclock.domain.instants import format_instant
from slaclock.domain.members import instant_member, needed_member, text_member

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from slaclock.domain.events import Position


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of an agreement, as the input of one ticket."""

    account: str
    ticket_id: str
    agreement: str
    reason: str
    by: str
    at: datetime
    subject: str = "ticket"

    @property
    def id(self) -> str:
        """Its id in a ticket's log: an agreement ends once."""
        return f"ending:{self.agreement}"

    @property
    def position(self) -> Position:
        return (self.at, "", 0, self.id)


def ending_from_json(document: Mapping[str, Any]) -> Ending:
    """Read an `ending/1` line of the log; `InvalidEvent` points at a member that is missing or wrong."""
    account, ticket_id, agreement, reason, by, at = (
        needed_member(document, name) for name in ("account", "ticket_id", "agreement", "reason", "by", "at")
    )
    subject = text_member(document, "subject") or "ticket"
    return Ending(account, ticket_id, agreement, reason, by, instant_member(at, "/at"), subject)


def ending_to_json(given: Ending) -> dict[str, Any]:
    """Write an ending as the log keeps it."""
    return {
        "schema": "ending/1",
        "account": given.account,
        "ticket_id": given.ticket_id,
        "subject": given.subject,
        "agreement": given.agreement,
        "reason": given.reason,
        "by": given.by,
        "at": format_instant(given.at),
    }
