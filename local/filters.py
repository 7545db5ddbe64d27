"""Lambda's event filter patterns, as far as the template uses them; anything else is refused, not guessed."""

from collections.abc import Mapping, Sequence
from typing import Any


def fits(pattern: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether a record fits a pattern: every member must, a list of tests holds where one of them does."""
    return all(_member_fits(test, record.get(name)) for name, test in pattern.items())


def _member_fits(test: Any, value: Any) -> bool:
    if isinstance(test, Mapping):
        return isinstance(value, Mapping) and fits(test, value)
    if isinstance(test, Sequence):
        return any(_one_fits(each, value) for each in test)
    raise ValueError(f"{test!r} is no list of tests")


def _one_fits(test: Any, value: Any) -> bool:
    if not isinstance(test, Mapping):
        return bool(test == value)
    if set(test) != {"prefix"}:
        raise ValueError(f"{test!r} is a test that the local stack does not know")
    return isinstance(value, str) and value.startswith(test["prefix"])
