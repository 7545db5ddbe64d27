"""Which tickets an agreement applies to: conditions on members of the ticket, all of which must hold."""

from __future__ import annotations

import re
from typing import Any

from slaclock.agreements.checks import Check, items, mapping, members, one_of, scalar, text
from slaclock.agreements.nodes import Members, Node, Scalar
from slaclock.agreements.problems import Problems, suggest
from slaclock.agreements.targets import PRIORITIES, STATUSES
from slaclock.domain.errors import InvalidAgreement

KEYS = (
    "customer",
    "team",
    "plan",
    "priority",
    "status",
    "tags",
    "ticket_type",
    "channel",
    "region",
    "service",
)

_CUSTOM = re.compile(r"custom\.\S{1,100}")


def _read_key(written: str) -> str:
    if written not in KEYS and not _CUSTOM.fullmatch(written):
        raise InvalidAgreement(f"unknown condition {written!r}: {suggest(written, (*KEYS, 'custom.<name>'))}")
    return written


def _condition(value: Check) -> Check:
    """Make the check of one condition: a value or a list means "is one of"."""
    several = items(value, at_least=1, at_most=500)
    full = members({"any": several, "all": several, "not": several})

    def check(node: Node, problems: Problems) -> Any:
        if isinstance(node, Members):
            if not node.members:
                problems.add(node.place, "no condition is given: write any, all or not")
            return full(node, problems)
        return {"any": [value(node, problems)] if isinstance(node, Scalar) else several(node, problems)}

    return check


_VALUES: dict[str, Check] = {
    "priority": one_of("priority", PRIORITIES[:-1]),  # no ticket has the priority `default`
    "status": one_of("status", STATUSES),
}
_CONDITIONS = {key: _condition(_VALUES.get(key, text(128))) for key in KEYS}
_CUSTOM_CONDITION = _condition(text(128))
_NAMES = mapping(scalar("the name of a ticket's member", _read_key), lambda *_: None, at_most=20)


def applies_to(node: Node, problems: Problems) -> Any:
    """Check all conditions; with none, the agreement applies to every ticket."""
    _NAMES(node, problems)
    if not isinstance(node, Members):
        return None
    return {
        name: _CONDITIONS.get(name, _CUSTOM_CONDITION)(value, problems)
        for name, (_, value) in node.members.items()
    }
