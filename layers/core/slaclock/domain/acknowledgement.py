"""Somebody took a breach in hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import cycle_of, split_id
from slaclock.domain.instants import format_instant
from slaclock.domain.members import instant_member, needed_member, text_member
from slaclock.domain.naming import named_breach

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from slaclock.domain.events import Position

SOMEBODY = "somebody with the link"  # `by`, where no name was typed on the page behind it
_LEVEL = re.compile(r"escalation_due:[^:]+:\d{1,6}\.\d{1,6}:([1-9]\d{0,3})\.\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody took a breach in hand. Names the breach by the fact that told it, or by its promise.

    `claimed` is true where `by` is what somebody typed, and nobody saw who that was; `via` says how it came,
    where that was not by a signed call: `link`.
    """

    account: str
    ticket_id: str
    by: str
    at: datetime
    fact_id: str | None = None
    agreement: str | None = None
    metric: str | None = None
    subject: str = "ticket"
    claimed: bool = False
    via: str | None = None

    @property
    def id(self) -> str:
        """Of who and when, and of its fact's lane and cycle, or its promise."""
        promise = cycle_of(self.fact_key) if self.fact_key else self.metric
        return f"acknowledgement:{promise}:{self.by}:{format_instant(self.at)}"

    @property
    def fact_key(self) -> str | None:
        """The key of the fact that it names, within its ticket."""
        return split_id(self.fact_id)[1] if self.fact_id else None

    @property
    def level(self) -> int | None:
        """The level, from 1, of the escalation that it names; None where it names none."""
        named = _LEVEL.fullmatch(self.fact_key or "")
        return int(named[1]) if named else None

    @property
    def position(self) -> Position:
        return (self.at, "", 0, self.id)


def acknowledgement_from_json(document: Mapping[str, Any]) -> Acknowledgement:
    """Read an `acknowledgement/1` line; `InvalidEvent` points at a member that is missing or wrong."""
    return Acknowledgement(
        by=needed_member(document, "by"),
        at=instant_member(needed_member(document, "at"), "/at"),
        claimed=_claimed(document),
        via=text_member(document, "via"),
        **named_breach(document),
    )


def acknowledgement_to_json(given: Acknowledgement) -> dict[str, Any]:
    """Write an acknowledgement as the log keeps it."""
    return {
        "schema": "acknowledgement/1",
        "account": given.account,
        "ticket_id": given.ticket_id,
        "subject": given.subject,
        "by": given.by,
        "at": format_instant(given.at),
        "fact_id": given.fact_id,
        "agreement": given.agreement,
        "metric": given.metric,
        **({"claimed": True} if given.claimed else {}),
        **({"via": given.via} if given.via else {}),
    }


def _claimed(document: Mapping[str, Any]) -> bool:
    claimed = document.get("claimed", False)
    if not isinstance(claimed, bool):
        raise InvalidEvent("it is neither true nor false", "/claimed")
    return claimed
