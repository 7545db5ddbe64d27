"""Copies of a state that differ in a member or two."""

from typing import Any, TypeVar

_T = TypeVar("_T")


def altered(state: _T, **changes: Any) -> _T:
    """Copy a frozen dataclass (one without slots) with some members changed.

    As `dataclasses.replace`, without calling `__init__`: in a tenth of the time.
    """
    copy = object.__new__(type(state))
    object.__setattr__(copy, "__dict__", state.__dict__ | changes)
    return copy
