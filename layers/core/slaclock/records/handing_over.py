"""Passing an open escalation to another audience."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slaclock.records.acknowledging import NothingToAcknowledge, telling
from slaclock.store.contract import TicketStore


def hand_over(
    tickets: TicketStore, take: Callable[[Any], bool], fact_id: str, to: str, by: str, at: datetime
) -> dict[str, Any]:
    """Stands in until the domain can: it looks the fact up, and passes nothing on."""
    telling(tickets, fact_id)
    raise NothingToAcknowledge(f"{by} can't hand over to {to} at {at}, by {take}")
