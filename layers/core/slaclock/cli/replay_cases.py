"""What a history's lines about cases came to, told as strictly as where they are posted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.errors import SlaError
from slaclock.domain.taxonomy import unknown_cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given

    Read = Iterable[tuple[str, Given]]


class UnknownCause(SlaError):
    """A line names a cause that the agreement of its breach does not have; the message says where."""


def check_cases(read: Read, facts: Iterable[Fact], agreements: Agreements, until: datetime | None) -> None:
    """Refuse an unknown cause, and name on stderr each line that told nothing, by the place it was read at.

    A history may have such lines: late events take away breaches into whose cases somebody wrote.
    """
    places = {each.id: (place, each) for place, each in reversed(list(read)) if isinstance(each, CaseEntry)}
    told = {fact.cause: fact for fact in facts if fact.cause in places}
    _check_causes({places[cause][0]: fact for cause, fact in told.items()}, agreements)
    for place, entry in reversed(places.values()):
        if entry.id not in told and (until is None or entry.at <= until):
            sys.stderr.write(f"{place}: it tells nothing: no breach that takes it stands then\n")


def _check_causes(told: Mapping[str, Fact], agreements: Agreements) -> None:
    for place, fact in told.items():
        if fact.fact == "case_cause":
            known = agreements.get(fact.agreement, fact.agreement_version).causes
            if fact.details["root_cause"] not in known:
                raise UnknownCause(f"{place}: /cause: {unknown_cause(fact.agreement, known)}")
