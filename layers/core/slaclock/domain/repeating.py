"""The same entry of a case twice: whoever did not hear the answer asks again, and is meant once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slaclock.domain.case_entry import ENTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slaclock.domain.case_entry import CaseEntry
    from slaclock.domain.facts import Fact

WITHIN = timedelta(minutes=1)


def members_of(given: CaseEntry) -> dict[str, str]:
    """What an entry says, under the names that its fact has for it."""
    return {_name(member): text for member, text in given.said.items()}


def repeated(given: CaseEntry, entries: Sequence[Fact]) -> Fact | None:
    """The entry of the case that this one only repeats; None where it says something new.

    That is the latest one of its kind, by whomever, where it is the same person's, says the same and is less
    than a minute away. Said again after something else, or later, it is meant again: the latest one counts.
    """
    last = latest_of(entries, f"case_{given.entry}")
    if last is None or abs(given.at - last.at) >= WITHIN:
        return None
    return last if _said(given, last.details) == {"by": given.by, **members_of(given)} else None


def latest_of(entries: Sequence[Fact], name: str) -> Fact | None:
    """The latest entry of a kind, in time; of several at one instant the one told last."""
    found = [(fact.at, number, fact) for number, fact in enumerate(entries) if fact.fact == name]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _said(given: CaseEntry, details: Mapping[str, str]) -> dict[str, str]:
    names = ("by", *map(_name, ENTRIES[given.entry]))
    return {name: details[name] for name in names if name in details}


def _name(member: str) -> str:
    # `cause` of a fact is the input that caused it.
    return "root_cause" if member == "cause" else member
