"""What people write into the case of a breach: a cause, a note, a remedy, a review, a dispute."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import cycle_of, split_id
from slaclock.domain.instants import format_instant
from slaclock.domain.lines import line_of
from slaclock.domain.members import instant_member, needed_member, text_member
from slaclock.domain.naming import ticket_of
from slaclock.domain.taxonomy import cause_named

if TYPE_CHECKING:
    from slaclock.domain.events import Position

LONGEST_TEXT, LONGEST_NAME, LONGEST_AUTHOR = 500, 64, 1024  # characters; an author may be an ARN
RAISED, UPHELD, WAIVED = "raised", "upheld", "waived"
DECISIONS = (RAISED, UPHELD, WAIVED)
# A breach's id names its lane, cycle and revision; a lane may have an agreement's id before its target.
_BREACH = re.compile(r"clock_breached:[^:]{1,200}:\d{1,6}\.\d{1,6}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEARS = range(1970, 2201)
_LAST = "\U0010ffff"  # sorts after the group of any event


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """Something that somebody wrote into the case of the breach whose id is `fact_id`.

    `entry` says what it is, one of `ENTRIES`; `said` has its members, each a checked text.
    """

    account: str
    ticket_id: str
    fact_id: str
    entry: str
    by: str
    at: datetime
    said: Mapping[str, str]
    subject: str = "ticket"

    @property
    def id(self) -> str:
        """Of all that it says: the same entry twice is one, and two that differ are two."""
        said = json.dumps([self.breach, self.by, format_instant(self.at), dict(self.said)], sort_keys=True)
        return f"case:{self.entry}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"

    @property
    def breach(self) -> str:
        """The key, within its ticket, of the fact that told the breach."""
        return split_id(self.fact_id)[1]

    @property
    def cycle(self) -> tuple[str, int]:
        """The lane and cycle of the breach; which telling of it was meant does not matter to the fold."""
        lane, number = cycle_of(self.breach).split(":")
        return lane, int(number)

    @property
    def position(self) -> Position:
        """Its place: after all else of its instant, whose moments it comes after, too.

        Of entries at one instant, a dispute is raised before it is decided.
        """
        decision = self.said.get("decision", RAISED)
        return (self.at, _LAST, DECISIONS.index(decision), self.id)


def case_entry_from_json(document: Mapping[str, Any]) -> CaseEntry:
    """Read a `case/1` line; `InvalidEvent` points at a member that is missing or wrong."""
    given = logged_entry(document)
    by = _line(given.by, "/by", LONGEST_AUTHOR)
    return replace(given, by=by, said=read_entry(given.entry, document))


def logged_entry(document: Mapping[str, Any]) -> CaseEntry:
    """Read an entry of the log, its texts as they are: they were checked when they were typed.

    What can be printed, and how it is written in small letters, changes with Unicode, from one Python to
    another: a log must not become unreadable, or read otherwise, by that.
    """
    fact_id, entry = needed_member(document, "fact_id"), needed_member(document, "entry")
    whose = ticket_of(_breach_of(fact_id))
    if entry not in ENTRIES:
        raise InvalidEvent(f"is none of {', '.join(ENTRIES)}", "/entry")
    return CaseEntry(
        **whose,
        fact_id=fact_id,
        entry=entry,
        by=needed_member(document, "by"),
        at=instant_member(needed_member(document, "at"), "/at"),
        said=_as_typed(entry, document),
    )


def case_entry_to_json(given: CaseEntry) -> dict[str, Any]:
    """Write an entry as the log keeps it."""
    return {
        "schema": "case/1",
        "account": given.account,
        "ticket_id": given.ticket_id,
        "subject": given.subject,
        "fact_id": given.fact_id,
        "entry": given.entry,
        "by": given.by,
        "at": format_instant(given.at),
        **given.said,
    }


def read_entry(entry: str, document: Mapping[str, Any]) -> dict[str, str]:
    """What an entry of this kind says, of what a document has; `InvalidEvent` points at what is wrong."""
    said = {}
    for name, (read, needed) in ENTRIES[entry].items():
        text = text_member(document, name)
        if text is not None:
            said[name] = read(text, f"/{name}")
        elif needed:
            raise InvalidEvent("is missing", f"/{name}")
    return said


def _as_typed(entry: str, document: Mapping[str, Any]) -> dict[str, str]:
    """The members of an entry; they must be there, and a decision be one: no more is asked of them."""
    said = {name: text for name in ENTRIES[entry] if (text := text_member(document, name)) is not None}
    if "decision" in said:
        _decision(said["decision"], "/decision")
    for name, (_, needed) in ENTRIES[entry].items():
        if needed and name not in said:
            raise InvalidEvent("is missing", f"/{name}")
    return said


def _breach_of(fact_id: str) -> str:
    """The key of the subject whose breach is named."""
    subject, key = split_id(fact_id)
    if not _BREACH.fullmatch(key):
        raise InvalidEvent("this is no id of a breach", "/fact_id")
    return subject


def _line(text: str, pointer: str, most: int = LONGEST_TEXT) -> str:
    """A text on one line, without spaces around it: as everything that people type."""
    line = line_of(text, most)
    if line is None:
        raise InvalidEvent(f"is no line of 1 to {most} characters", pointer)
    return line


def _name(text: str, pointer: str) -> str:
    return _line(text, pointer, LONGEST_NAME)


def _cause(text: str, pointer: str) -> str:
    try:
        return cause_named(text)
    except ValueError as error:
        raise InvalidEvent(str(error), pointer) from None


def _day(text: str, pointer: str) -> str:
    try:
        if _DAY.fullmatch(text) and date.fromisoformat(text).year in _YEARS:
            return text
    except ValueError:
        pass
    raise InvalidEvent(f"{text[:20]!r} is no date such as 2026-10-31", pointer)


def _decision(text: str, pointer: str) -> str:
    if text not in DECISIONS:
        raise InvalidEvent(f"is none of {', '.join(DECISIONS)}", pointer)
    return text


_Member = tuple[Callable[[str, str], str], bool]  # how it is read, and whether it is needed
ENTRIES: Mapping[str, Mapping[str, _Member]] = {
    "cause": {"cause": (_cause, True), "note": (_line, False)},
    "note": {"note": (_line, True)},
    "remedy": {"remedy": (_line, True), "owner": (_name, True), "due": (_day, True)},
    "review": {"note": (_line, True), "outcome": (_name, False)},
    "dispute": {"decision": (_decision, True), "reason": (_line, True)},
}
