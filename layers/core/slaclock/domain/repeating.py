"""The same entry of a case twice: whoever did not hear the answer asks again, and is meant once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from slaclock.domain.case_entry import ENTRIES, CaseEntry
from slaclock.domain.facts import Fact

WITHIN = timedelta(minutes=1)


def members_of(given: CaseEntry) -> dict[str, str]:
    """What an entry says, under the names that its fact has for it."""
    return {_name(member): text for member, text in given.said.items()}


def repeated(given: CaseEntry, entries: Sequence[Fact]) -> Fact | None:
    """The entry of the case that this one only repeats; None where it says something new.

    That is the last one of its kind by the same person, where it says the same and is less than a minute
    away. Said again after something else, or later, it is meant again.
    """
    own = [fact for fact in entries if (fact.fact, fact.details["by"]) == (f"case_{given.entry}", given.by)]
    last = max(enumerate(own), key=lambda each: (each[1].at, each[0]), default=(0, None))[1]
    if last is None or abs(given.at - last.at) >= WITHIN:
        return None
    return last if _said(given, last.details) == members_of(given) else None


def _said(given: CaseEntry, details: Mapping[str, str]) -> dict[str, str]:
    return {name: details[name] for name in map(_name, ENTRIES[given.entry]) if name in details}


def _name(member: str) -> str:
    # `cause` of a fact is the input that caused it.
    return "root_cause" if member == "cause" else member
