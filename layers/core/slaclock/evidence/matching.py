"""A day's rows held against the leaves that its seal has: what was removed, changed, or came later."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, Literal

Leaf = Mapping[str, Any]
Difference = Literal["removed", "changed", "late", "new"]


def differences(
    rows: Iterable[Leaf], leaves: Iterable[Leaf] | None, late: Mapping[str, Leaf]
) -> Iterator[tuple[Difference, Leaf]]:
    """Yield what does not agree, with the leaf of the row; `changed` with the leaf that the row has now.

    `rows` are the leaves of the rows as they are, `leaves` those of the day's seal, in any order, None for a
    day without a seal. `late` are those of that day that later seals have, by the row's id: such a row is
    `late`, one in no seal `new`. What is held in memory are those that are out of place, not the day.
    """
    apart: tuple[dict[str, Leaf], dict[str, Leaf]] = ({}, {})  # rows without a leaf, leaves without a row
    for row, leaf in zip_longest(rows, leaves or ()):
        if row is not None and leaves is None and row["id"] not in late:
            yield "new", row
        elif row != leaf:
            _put_apart(row, *apart)
            _put_apart(leaf, *reversed(apart))
    for name, row in apart[0].items():
        sealed = apart[1].get(name) or late.get(name)
        if sealed is None:
            yield "new", row
        elif row != sealed:
            yield "changed", row
        elif name in late:
            yield "late", row
    for name, leaf in {**late, **apart[1]}.items():
        if name not in apart[0]:
            yield "removed", leaf


def _put_apart(each: Leaf | None, own: dict[str, Leaf], others: dict[str, Leaf]) -> None:
    """Set one of a side apart until its counterpart comes, or take that out where it came before."""
    if each is not None and others.get(each["id"]) == each:
        del others[each["id"]]
    elif each is not None:
        own[each["id"]] = each
