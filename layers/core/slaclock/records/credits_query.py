"""What a client asks of an agreement's credits, read from query parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from slaclock.records.parameters import InvalidQuery, checked

_NEEDED = {"account": "needed: whose agreement?", "agreement": "needed: an agreement's id"}
# Each length of period by its parameter, with what it is written like.
PERIODS = {
    "month": (re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"), "2026-10"),
    "quarter": (re.compile(r"[0-9]{4}-Q[1-4]"), "2026-Q4"),
    "year": (re.compile(r"[0-9]{4}"), "2026"),
}
_KNOWN = (*_NEEDED, *PERIODS)


@dataclass(frozen=True, slots=True)
class CreditsQuery:
    """An agreement's period by its name; None for the one that is running."""

    account: str
    agreement: str
    period: tuple[str, str] | None  # its parameter and its name


def parse_credits_query(parameters: Mapping[str, str]) -> CreditsQuery:
    """Read query parameters; `InvalidQuery` names the one that is wrong. One period at most is named."""
    checked(parameters, _KNOWN, _NEEDED)
    for name, needed in _NEEDED.items():
        if name not in parameters:
            raise InvalidQuery(name, needed)
    named = [(name, parameters[name]) for name in PERIODS if name in parameters]
    for name, value in named:
        pattern, example = PERIODS[name]
        if not pattern.fullmatch(value):
            raise InvalidQuery(name, f"{value!r} is no {name} such as {example}")
    if len(named) > 1:
        raise InvalidQuery(named[1][0], f"{named[0][0]} is given, too: one period at a time")
    return CreditsQuery(parameters["account"], parameters["agreement"], named[0] if named else None)
