"""Somebody passed a breach on to another audience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import cycle_of, split_id
from slaclock.domain.instants import format_instant
from slaclock.domain.lines import line_of
from slaclock.domain.members import instant_member, needed_member, text_member
from slaclock.domain.naming import named_breach

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from slaclock.domain.events import Position

LONGEST_AUDIENCE, LONGEST_NOTE = 64, 500  # characters


@dataclass(frozen=True, slots=True)
class HandOver:
    """Somebody passed a breach on to `to`, with a note. It names the breach as an acknowledgement does."""

    account: str
    ticket_id: str
    to: str
    by: str
    at: datetime
    note: str | None = None
    fact_id: str | None = None
    agreement: str | None = None
    metric: str | None = None
    subject: str = "ticket"

    @property
    def id(self) -> str:
        """Of who and when, and of its fact's lane and cycle, or its promise."""
        promise = cycle_of(self.fact_key) if self.fact_key else self.metric
        return f"handover:{promise}:{self.to}:{self.by}:{format_instant(self.at)}"

    @property
    def fact_key(self) -> str | None:
        """The key of the fact that it names, within its ticket."""
        return split_id(self.fact_id)[1] if self.fact_id else None

    @property
    def position(self) -> Position:
        return (self.at, "", 0, self.id)


def hand_over_from_json(document: Mapping[str, Any]) -> HandOver:
    """Read a `handover/1` line; `InvalidEvent` points at a member that is missing or wrong."""
    given = logged_hand_over(document)
    _check_line(given.to, "/to", LONGEST_AUDIENCE)
    if given.note:
        _check_line(given.note, "/note", LONGEST_NOTE)
    return given


def logged_hand_over(document: Mapping[str, Any]) -> HandOver:
    """Read a hand-over of the log, its texts as they are: they were checked when they were typed."""
    return HandOver(
        to=needed_member(document, "to"),
        by=needed_member(document, "by"),
        at=instant_member(needed_member(document, "at"), "/at"),
        note=text_member(document, "note") or None,
        **named_breach(document),
    )


def hand_over_to_json(given: HandOver) -> dict[str, Any]:
    """Write a hand-over as the log keeps it."""
    return {
        "schema": "handover/1",
        "account": given.account,
        "ticket_id": given.ticket_id,
        "subject": given.subject,
        "to": given.to,
        "by": given.by,
        "at": format_instant(given.at),
        "note": given.note,
        "fact_id": given.fact_id,
        "agreement": given.agreement,
        "metric": given.metric,
    }


def _check_line(text: str, pointer: str, most: int) -> None:
    """Refuse a text that can't go into messages as it was written: on one line, and not too long for one."""
    if len(text) > most or line_of(text, most) is None:
        raise InvalidEvent(f"is no line of 1 to {most} characters", pointer)
