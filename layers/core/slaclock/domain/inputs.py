"""What wakes the system: ticket events, what people do beside the helpdesk, and the passing of time."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.ending import Ending
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.hand_over import HandOver


class Wake(NamedTuple):
    """Time has passed. `by` says who noticed: `timer`, `auditor`, `replay`, or a `late event` in the log.

    `because` is the id of that event: what is set right by it names it.
    """

    by: str
    because: str = ""


Given = TicketEvent | Acknowledgement | HandOver | CaseEntry | Exclusion | Ending


def learned_at(given: Given) -> datetime:
    """When an input reached us."""
    if isinstance(given, TicketEvent):
        return given.received_at
    return given.entered_at if isinstance(given, Exclusion) else given.at


def not_ahead(given: Given) -> Given:
    """An event that claims to come from the future happens when it reached us: nothing is told too early."""
    if isinstance(given, TicketEvent) and given.occurred_at > given.received_at:
        return replace(given, occurred_at=given.received_at)
    return given
