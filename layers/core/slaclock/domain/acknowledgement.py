"""Somebody took a breach in hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import Position
from slaclock.domain.facts import cycle_of, split_id
from slaclock.domain.instants import format_instant
from slaclock.domain.members import instant_member, needed_member, text_member
from slaclock.domain.naming import id_member, named_breach, promise_alone

SOMEBODY = "somebody with the link"  # `by`, where no name was typed on the page behind it
_PREFIX = "acknowledgement:"
_LEVEL = re.compile(r"escalation_due:[^:]+:\d{1,6}\.\d{1,6}:([1-9]\d{0,3})\.\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody took a breach in hand. Names the breach by the fact that told it, or by its promise.

    `claimed` is true where `by` is what somebody typed, and nobody saw who that was; `via` says how it came,
    where that was not by a signed call: `link`. `own_id` is the id under which the log keeps it, where that
    is not made of the rest.
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
    own_id: str | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """Its own, or made of who and when, and of its fact's lane and cycle, or its promise."""
        if self.own_id:
            return self.own_id
        promise = cycle_of(self.fact_key) if self.fact_key else self.metric
        return f"{_PREFIX}{promise}:{self.by}:{format_instant(self.at)}"

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
    given = Acknowledgement(
        by=needed_member(document, "by"),
        at=instant_member(needed_member(document, "at"), "/at"),
        claimed=_claimed(document),
        via=text_member(document, "via"),
        **named_breach(document),
    )
    return replace(given, own_id=id_member(document, _PREFIX) or _first_id(given))


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
        **({"id": given.id} if given.id != _first_id(given) else {}),
    }


def _first_id(given: Acknowledgement) -> str:
    """The id of one that was written without: of its promise alone, as all were at first."""
    promise = promise_alone(given.fact_key, given.metric)
    return f"{_PREFIX}{promise}:{given.by}:{format_instant(given.at)}"


def _claimed(document: Mapping[str, Any]) -> bool:
    claimed = document.get("claimed", False)
    if not isinstance(claimed, bool):
        raise InvalidEvent("it is neither true nor false", "/claimed")
    return claimed
