"""States made and copied fast: frozen dataclasses without slots, whose members are set all at once.

A frozen dataclass sets each member by a call of its own. Folding is mostly the making of states, so this is
what its time is made of.
"""

from typing import Any, TypeVar

_T = TypeVar("_T")


def altered(state: _T, **changes: Any) -> _T:
    """Copy a state with some members changed: `dataclasses.replace` in a tenth of the time."""
    copy = object.__new__(type(state))
    object.__setattr__(copy, "__dict__", state.__dict__ | changes)
    return copy


def made(kind: type[_T], **members: Any) -> _T:
    """Make a state of all its members: what the class would have done, defaults apart."""
    state = object.__new__(kind)
    object.__setattr__(state, "__dict__", members)
    return state
