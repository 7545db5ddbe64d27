"""A day's rows held against its leaves: nothing that was removed, changed or added is missed."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slaclock.evidence.matching import Leaf, differences

NAMES = "abcdefgh"
SOME = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2))


def leaf(name: str, says: int = 0) -> Leaf:
    return {"kind": "row", "id": name, "row": says}


def leaves(texts: str) -> list[Leaf]:
    """A leaf for each letter; a capital one says something else."""
    return [leaf(each.lower(), int(each.isupper())) for each in texts]


def found(rows: str, sealed: str | None, late: str = "") -> list[str]:
    known = {each["id"]: each for each in leaves(late)}
    listed = None if sealed is None else leaves(sealed)
    return [f"{what} {each['id']}" for what, each in differences(leaves(rows), listed, known)]


@pytest.mark.parametrize(
    ("rows", "sealed", "late", "said"),
    [
        ("abc", "abc", "", []),
        ("", "", "", []),
        ("ac", "abc", "", ["removed b"]),
        ("", "abc", "", ["removed a", "removed b", "removed c"]),
        ("abcd", "acd", "", ["new b"]),
        ("abc", "abC", "", ["changed c"]),
        ("aBcd", "bcde", "", ["new a", "changed b", "removed e"]),
        ("abc", "ac", "b", ["late b"]),
        ("abc", "ac", "B", ["changed b"]),
        ("ac", "ac", "b", ["removed b"]),
        ("cba", "abc", "", []),
        ("ab", None, "", ["new a", "new b"]),
        ("ab", None, "b", ["new a", "late b"]),
        ("a", None, "b", ["new a", "removed b"]),
        ("A", None, "a", ["changed a"]),
    ],
)
def test_what_does_not_agree_is_named(rows: str, sealed: str | None, late: str, said: list[str]) -> None:
    """Rows as they are, leaves of the day's seal (none: it has no seal), and those of later seals."""
    assert found(rows, sealed, late) == said


@given(SOME, SOME, SOME, st.randoms(use_true_random=False))
def test_every_difference_is_found_once_whatever_the_order(
    rows: Mapping[str, int], sealed: Mapping[str, int], late: Mapping[str, int], random: Any
) -> None:
    """As by looking at each name alone."""
    late = {name: says for name, says in late.items() if name not in sealed}
    wanted = set()
    for name in {*rows, *sealed, *late}:
        was, now = sealed.get(name, late.get(name)), rows.get(name)
        if now is None:
            wanted.add(("removed", name))
        elif was is None:
            wanted.add(("new", name))
        elif was != now:
            wanted.add(("changed", name))
        elif name in late:
            wanted.add(("late", name))
    first, second = ([leaf(name, says) for name, says in each.items()] for each in (rows, sealed))
    random.shuffle(first)
    random.shuffle(second)
    known = {name: leaf(name, says) for name, says in late.items()}
    got = [(what, each["id"]) for what, each in differences(first, second, known)]
    assert sorted(got) == sorted(wanted)
