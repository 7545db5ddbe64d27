"""What may begin clocks: when it was, and what was known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.events import TicketEvent


class Occasion(NamedTuple):
    """An instant at which clocks may begin. Agreements published after `known_at` are not chosen.

    `reply` is `agent_reply` or `customer_reply` where somebody was heard; `first` is the first time that
    anything is said of the ticket.
    """

    at: datetime
    known_at: datetime
    created: bool = False
    reply: str = ""
    first: bool = False

    def heard(self, reply: str) -> Occasion:
        """The same, as somebody is heard."""
        return Occasion(self.at, self.known_at, self.created, reply, self.first)


def occasion_of(event: TicketEvent, *, first: bool) -> Occasion:
    """An event as an occasion."""
    return Occasion(event.occurred_at, event.known_at, created=event.type == "created", first=first)
