"""People in what a helpdesk says of a ticket, by its own ids. No rule reads them: what is odd is nobody."""

from collections.abc import Mapping
from typing import Any

from slaclock.domain.people import People
from slaclock.helpdesks.payload import Members

_LONGEST = 256
_NOBODY = frozenset({"", "0", "-1"})  # as helpdesks write that there is none, or that it was they


def people(
    *, actor: str | None = None, author: str | None = None, requester: str | None = None
) -> People | None:
    """Those who are known; None where nobody is."""
    found = People(actor, author, requester)
    return found if any(found.known()) else None


def identity(person: Members | Mapping[str, Any], name: str = "id", kind: str = "") -> str | None:
    """An id, which is text or a number; None for nobody, and for what is no id.

    `kind` stands before it where a helpdesk counts its agents and its customers apart: `contact:911`.
    """
    values = person.values if isinstance(person, Members) else person
    return known(values.get(name), kind)


def known(value: Any, kind: str = "") -> str | None:
    """An id as it is hashed: a mail address in lower case, whoever wrote it."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    if text in _NOBODY or len(text) > _LONGEST:
        return None
    return f"{kind}:{text}" if kind else text.lower() if "@" in text else text


def within(members: Members, *names: str) -> Mapping[str, Any]:
    """An object inside another; empty where there is none, or something else."""
    values: Any = members.values
    for name in names:
        values = values.get(name) if isinstance(values, Mapping) else None
    return values if isinstance(values, Mapping) else {}
