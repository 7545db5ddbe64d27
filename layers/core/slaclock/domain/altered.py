"""Copies of a state that differ in a member or two."""

from typing import Any, TypeVar

_T = TypeVar("_T")


def altered(state: _T, **changes: Any) -> _T:
    """Copy a frozen dataclass (one without slots) with some members changed.

    As `dataclasses.replace`, without calling `__init__`: in a fifth of the time.
    """
    copy = object.__new__(type(state))
    copy.__dict__.update(state.__dict__, **changes)
    return copy
