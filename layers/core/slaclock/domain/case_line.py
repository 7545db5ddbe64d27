"""A line of a history that writes into a case: as strictly read as what is posted."""

from collections.abc import Mapping
from typing import Any

from slaclock.domain.case_entry import ENTRIES, CaseEntry, case_entry_from_json
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.members import check_members

YEARS = range(1970, 2201)  # when something may have been written
_ABOUT = ("account", "ticket_id", "subject")
_MEMBERS = ("schema", *_ABOUT, "fact_id", "entry", "by", "at")


def case_entry_of_line(document: Mapping[str, Any]) -> CaseEntry:
    """Read a `case/1` line that somebody wrote; `InvalidEvent` points at a member that is missing or wrong.

    So is one that there is not, and one that names another ticket than the breach's id does.
    """
    given = case_entry_from_json(document)
    check_members(document, (*_MEMBERS, *ENTRIES[given.entry]))
    for name in _ABOUT:
        if document.get(name) not in (None, getattr(given, name)):
            raise InvalidEvent(f"the breach is of {getattr(given, name)!r}", f"/{name}")
    if given.at.year not in YEARS:
        raise InvalidEvent(f"it is not of the years {YEARS[0]} to {YEARS[-1]}", "/at")
    return given
