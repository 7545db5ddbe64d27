"""Somebody passed a breach on to another audience."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import Position
from slaclock.domain.facts import cycle_of, split_id
from slaclock.domain.instants import format_instant
from slaclock.domain.lines import line_of
from slaclock.domain.members import instant_member, needed_member, text_member
from slaclock.domain.naming import id_member, named_breach, promise_alone

_PREFIX = "handover:"
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
    own_id: str | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """Its own, or made of who and when, and of its fact's lane and cycle, or its promise."""
        if self.own_id:
            return self.own_id
        promise = cycle_of(self.fact_key) if self.fact_key else self.metric
        return f"{_PREFIX}{promise}:{self.to}:{self.by}:{format_instant(self.at)}"

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
    given = HandOver(
        to=needed_member(document, "to"),
        by=needed_member(document, "by"),
        at=instant_member(needed_member(document, "at"), "/at"),
        note=text_member(document, "note") or None,
        **named_breach(document),
    )
    return replace(given, own_id=id_member(document, _PREFIX) or _first_id(given))


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
        **({"id": given.id} if given.id != _first_id(given) else {}),
    }


def _first_id(given: HandOver) -> str:
    """The id of one that was written without: of its promise alone, as all were at first."""
    promise = promise_alone(given.fact_key, given.metric)
    return f"{_PREFIX}{promise}:{given.to}:{given.by}:{format_instant(given.at)}"


def _check_line(text: str, pointer: str, most: int) -> None:
    """Refuse a text that can't go into messages as it was written: on one line, and not too long for one."""
    if len(text) > most or line_of(text, most) is None:
        raise InvalidEvent(f"is no line of 1 to {most} characters", pointer)
