"""What a history's lines about cases came to, told as strictly as where they are posted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import CASE, Fact, split_id, subject_key
from slaclock.domain.repeating import repeated
from slaclock.domain.taxonomy import unknown_cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.inputs import Given

    Read = Iterable[tuple[str, Given]]
    Input = tuple[str, str]  # the ticket, and the id
    Case = tuple[str, str, int]  # the ticket, and the breach's lane and cycle


class UnknownCause(SlaError):
    """A line names a cause that the agreement of its breach does not have; the message says where."""


def check_cases(read: Read, facts: Iterable[Fact], agreements: Agreements, until: datetime | None) -> None:
    """Refuse an unknown cause, and name on stderr each line that told nothing, by the place it was read at.

    A history may have such lines: late events take away breaches into whose cases somebody wrote.
    """
    places = {_of(each): (place, each) for place, each in reversed(list(read)) if isinstance(each, CaseEntry)}
    entered = [fact for fact in facts if fact.fact in CASE]
    told = {_caused(fact): fact for fact in entered}
    _check_causes({places[cause][0]: fact for cause, fact in told.items()}, agreements)
    cases = _by_case(entered)
    for place, entry in reversed(places.values()):
        if _of(entry) not in told and (until is None or entry.at <= until):
            sys.stderr.write(f"{place}: it tells nothing: {_why(entry, cases.get(_case(entry), ()))}\n")


def _of(entry: CaseEntry) -> Input:
    return subject_key(entry.subject, entry.account, entry.ticket_id), entry.id


def _caused(fact: Fact) -> Input:
    return split_id(fact.id)[0], fact.cause


def _case(entry: CaseEntry) -> Case:
    return (_of(entry)[0], *entry.cycle)


def _by_case(entered: Iterable[Fact]) -> Mapping[Case, Sequence[Fact]]:
    cases: dict[Case, list[Fact]] = {}
    for fact in entered:
        cases.setdefault((split_id(fact.id)[0], fact.lane, fact.cycle), []).append(fact)
    return cases


def _why(entry: CaseEntry, of_its_case: Iterable[Fact]) -> str:
    """Why an entry told nothing, beside what its case has."""
    if repeated(entry, [fact for fact in of_its_case if fact.at <= entry.at]):
        return "it repeats what was said less than a minute before"
    return "no breach that takes it stands then"


def _check_causes(told: Mapping[str, Fact], agreements: Agreements) -> None:
    for place, fact in told.items():
        if fact.fact == "case_cause":
            known = agreements.get(fact.agreement, fact.agreement_version).causes
            if fact.details["root_cause"] not in known:
                raise UnknownCause(f"{place}: /cause: {unknown_cause(fact.agreement, known)}")
