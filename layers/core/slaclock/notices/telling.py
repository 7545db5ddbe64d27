"""A fact as it is told: to whom, when, in which words, and what each part of a message asks of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.facts import split_id, subject_key
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.suppressing import become_of
from slaclock.notices.identity import customers_id
from slaclock.notices.times import elapsed, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slaclock.domain.clock import Clock
    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket
    from slaclock.notices.catalogue import Catalogue

_RUNGS = ("escalation_due", "escalation_handed_over")
_SEVERITY = {
    "reminder_due": "warning",
    "clock_breached": "critical",
    "escalation_due": "critical",
    "escalation_handed_over": "critical",
    "breach_reopened": "critical",
}
# Control characters, ends of lines and paragraphs, what turns the direction of writing, halves of characters,
# and what can't be seen: two names that look alike would be two. What joins letters or keeps them apart
# (U+200C, U+200D) stays, for Persian, Hindi and many a picture are not written without.
_UNPRINTABLE = dict.fromkeys(
    [
        *(*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029),
        *(0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF),
        *(*range(0xD800, 0xE000), 0xFFFE, 0xFFFF, *range(0xE0000, 0xE0080)),
    ],
    "?",
)
_LONGEST_LINE = 2100  # characters; a reason or an address that somebody gave may be any length
_SHORT_TEXT, _SHORT_LIST = 200, 20  # characters, entries: of a message that would be too long
_LONGEST_URL = 2048  # characters


class Telling(NamedTuple):
    """A fact, told to an audience at `now` in the words of `said`.

    `link` acknowledges it; `history` are the facts of its cycle so far, in their order. `for_customer` says
    that a customer reads it, `cleared` that the audience was told before that the breach is over.
    """

    fact: Fact
    audience: str
    ticket: Ticket | None
    now: datetime
    said: Catalogue
    link: str | None = None
    history: Sequence[Fact] = ()
    for_customer: bool = False
    cleared: bool = False

    @property
    def notification_id(self) -> str:
        """What tells a doubled delivery: the fact's id; to a customer one that says nothing of it."""
        return customers_id(self.fact.id) if self.for_customer else self.fact.id

    @property
    def event(self) -> str:
        """What happened: to a customer, who is not told of the ladder, a level is the breach."""
        return "clock_breached" if self.for_customer and self.fact.fact in _RUNGS else self.fact.fact

    @property
    def clock(self) -> Clock | None:
        """The clock that the fact is about, as it stands now; None where there is none, or a later cycle."""
        found = self.ticket.clock(self.fact.lane) if self.ticket else None
        return found if found and found.cycle == self.fact.cycle else None

    @property
    def details(self) -> Mapping[str, Any]:
        return self.fact.details

    @property
    def drill(self) -> bool:
        """Whether nothing happened: a ladder is being tried out."""
        return bool(self.details.get("drill"))

    @property
    def severity(self) -> str:
        """`critical`, `warning`, or `info` for what needs nobody's hand."""
        return _SEVERITY.get(self.fact.fact, "info")

    @property
    def zone_name(self) -> str:
        """The agreement's time zone."""
        return str(self.details.get("timezone") or "UTC")

    @property
    def goal_due(self) -> datetime | None:
        """When the goal is due, where a reminder is of the goal."""
        due = self.details.get("goal_due_at")
        return parse_instant(due) if due else None

    @property
    def paused(self) -> bool:
        """Whether the clock of a reminder is paused, so that it has no deadline."""
        return bool(self.details.get("paused"))

    @property
    def left(self) -> timedelta | None:
        """What is left once a paused clock goes on, where that is known."""
        seconds = self.details.get("left_seconds")
        return None if seconds is None else timedelta(seconds=seconds)

    @property
    def became(self) -> str | None:
        """What has become of the breach that is told of: `ended`, `withdrawn`; None while it is open."""
        return become_of(self.fact, self.ticket)

    @property
    def ticket_url(self) -> str | None:
        return self.ticket.attributes.get("url") if self.ticket else None

    @property
    def takes_back_a_reopening(self) -> bool:
        corrected: str | None = self.details.get("corrects")
        return corrected is not None and split_id(corrected)[1].startswith("breach_reopened:")

    @property
    def thread(self) -> str:
        """One name for all that is said about a ticket."""
        return _digest(subject_key(self.fact.subject, self.fact.account, self.fact.ticket_id))

    @property
    def incident(self) -> str:
        """One name for all that is said about a cycle: what opens an incident, and what resolves it.

        Each drill has one of its own: an on-call service that has the first one open would say nothing.
        """
        fact = self.fact
        subject = subject_key(fact.subject, fact.account, fact.ticket_id)
        drilled = f"#{format_instant(fact.at)}" if self.drill else ""
        return _digest(f"{subject}#{fact.lane}#{fact.cycle}{drilled}")

    def shown(self, instant: datetime) -> str:
        return shown(instant, self.zone_name, self.said)

    def elapsed(self, length: timedelta) -> str:
        return elapsed(length, self.said)


def on_one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """Text without what ends a line, turns it round or moves a cursor: names come from outside."""
    line = text.translate(_UNPRINTABLE)
    return line if len(line) <= longest else line[: longest - 3] + "..."


def shortened(told: Telling) -> Telling:
    """The same without its story, and with what somebody wrote at length cut; `cut` says so to programs.

    An address is left whole, or out: a part of one leads nowhere.
    """
    fact, ticket = told.fact, told.ticket
    details = {name: _cut(value) for name, value in fact.details.items()}
    if len(str(fact.details.get("runbook") or "")) > _LONGEST_URL:
        details["runbook"] = None
    if ticket and len(str(told.ticket_url or "")) > _LONGEST_URL:
        ticket = replace(ticket, attributes={**ticket.attributes, "url": None})
    return told._replace(fact=replace(fact, details={**details, "cut": True}), ticket=ticket, history=())


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_SHORT_TEXT]
    return [_cut(each) for each in value[:_SHORT_LIST]] if isinstance(value, list) else value


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
