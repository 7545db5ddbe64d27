"""A day's seal and its leaves, as they are read."""

import json
from collections.abc import Iterator
from datetime import date

from slaclock.evidence.matching import Leaf
from slaclock.evidence.merkle import Tree
from slaclock.seals import Sealed, Seals, SealUnreadable

_NAMED = {"row": "id", "late": "id", "head": "ticket"}  # what a leaf of each kind is of


def seal_of(seals: Seals, day: date) -> Sealed:
    """The seal of a day that has one; `SealUnreadable` where it can't be read, or is gone."""
    found = seals.read(day)
    if found is None:
        raise SealUnreadable(f"the seal of {day} is gone")
    return found


def leaves_of(seals: Seals, sealed: Sealed) -> Iterator[Leaf]:
    """Yield the leaves of a seal as documents; `SealUnreadable` after the last one where its root is another.

    Whoever stops before the end has no such assurance.
    """
    tree = Tree()
    for line in seals.leaves(sealed):
        tree.append(line)
        yield _leaf(line, sealed.day)
    if sealed.seal["root"] != "sha256:" + tree.root().hex():
        raise SealUnreadable(f"the leaves of {sealed.day} are not those that its seal is of")


def _leaf(line: bytes, day: date) -> Leaf:
    try:
        leaf: Leaf = json.loads(line)
        _ = leaf[_NAMED[leaf["kind"]]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SealUnreadable(f"a leaf of {day} can't be read: {error}") from error
    return leaf


def row_of_late(leaf: Leaf) -> tuple[Leaf, date]:
    """The leaf that a late row would have had on its day, and that day."""
    own = {name: value for name, value in leaf.items() if name != "day"} | {"kind": "row"}
    return own, date.fromisoformat(leaf["day"])


def leaves_of_kind(kind: str, seals: Seals, sealed: Sealed) -> Iterator[Leaf]:
    """The leaves of one kind that a seal has; all are read, so that their root is known to hold."""
    return (leaf for leaf in leaves_of(seals, sealed) if leaf["kind"] == kind)
