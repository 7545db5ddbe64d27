"""How two documents' members are compared: a sentence for whatever differs, and none for what does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes, and for whom."""

    whom: str
    sentence: str


def unequal(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a member differs, or only one side has it."""
    before, after = old.get(name, _NOTHING), new.get(name, _NOTHING)
    return bool(before != after) or type(before) is not type(after)


def arrow(before: Any, after: Any) -> str:
    """Write what was and what is.

    >>> arrow("4h", "2h"), arrow(None, ["a"])
    ('4h → 2h', '(nothing) → ["a"]')
    """
    return f"{written(before)} → {written(after)}"


def written(value: Any) -> str:
    """Write a value: text as it is, anything else as JSON."""
    if value is None:
        return "(nothing)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def of_members(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[str]:
    """Give a sentence for each member that differs between two mappings, of which one may be missing."""
    before, after = old or {}, new or {}
    for name in [*before, *(name for name in after if name not in before)]:
        if unequal(name, before, after):
            yield f"{name} {arrow(before.get(name), after.get(name))}"


def or_else(
    name: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    found: Iterable[Difference],
    whom: str = "everybody",
) -> list[Difference]:
    """Give the differences of a member; where they say nothing of one that there is, say it in general."""
    if not unequal(name, old, new):
        return []
    return list(found) or [Difference(whom, f"{name} are written in another way, to the same effect")]
