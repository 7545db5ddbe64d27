"""RFC 9162, section 2.1: roots and inclusion paths, by its own definitions."""

from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slaclock.evidence.merkle import (
    EMPTY,
    InvalidPath,
    Tree,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_by_path,
    root_of,
)

LEAVES = st.lists(st.binary(max_size=20), max_size=70)
A_HASH = st.binary(min_size=32, max_size=32)


def mth(leaves: list[bytes]) -> bytes:
    """MTH(D_n) word for word, 2.1.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path_of(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D_n) word for word, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path_of(m, leaves[:k]), mth(leaves[k:])]
    return [*path_of(m - k, leaves[k:]), mth(leaves[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def hashed(leaves: list[bytes]) -> list[bytes]:
    return [leaf_hash(each) for each in leaves]


# The trees of seven leaves in RFC 9162, 2.1.5: d0 to d6; the letters are its own.
D = [bytes([number]) for number in range(7)]
A, B, C, D_, E, F, J = (leaf_hash(each) for each in D)
G, H, I_ = node_hash(A, B), node_hash(C, D_), node_hash(E, F)
K, L = node_hash(G, H), node_hash(I_, J)
ROOT = node_hash(K, L)


def test_the_root_of_no_leaves_is_the_hash_of_nothing() -> None:
    """As every tool computes it."""
    assert Tree().root() == EMPTY == root_of([])
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_root_of_one_empty_leaf_is_the_hash_of_a_nought_byte() -> None:
    """As `sha256sum` has it of a file of one such byte."""
    assert root_of([leaf_hash(b"")]).hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


def test_the_example_of_the_rfc() -> None:
    """Its final tree, and the four paths that it names."""
    assert root_of(hashed(D)) == ROOT
    assert inclusion_path(hashed(D), 0) == [B, H, L]
    assert inclusion_path(hashed(D), 3) == [C, G, L]
    assert inclusion_path(hashed(D), 4) == [F, J, K]
    assert inclusion_path(hashed(D), 6) == [I_, K]


def test_the_example_of_the_rfc_as_it_grows() -> None:
    """hash0 over three leaves, hash1 over four, hash2 over six."""
    assert root_of(hashed(D[:3])) == node_hash(G, C)
    assert root_of(hashed(D[:4])) == K
    assert root_of(hashed(D[:6])) == node_hash(K, I_)


@given(LEAVES)
def test_a_growing_tree_has_the_root_of_the_definition(leaves: list[bytes]) -> None:
    """At every size on the way."""
    tree = Tree()
    for number, each in enumerate(leaves):
        assert tree.root() == mth(leaves[:number])
        tree.append(each)
    assert (tree.root(), tree.size) == (mth(leaves), len(leaves))


@given(st.integers(0, 5000))
def test_a_growing_tree_keeps_one_hash_for_each_power_of_two(size: int) -> None:
    """So sealing a day takes no memory for its leaves."""
    tree = Tree()
    for _ in range(size):
        tree.append_hash(EMPTY)
    assert len(tree._parts) == size.bit_count()  # noqa: SLF001


@given(LEAVES, st.data())
def test_a_path_is_that_of_the_definition_and_leads_to_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    """For every leaf of every tree."""
    assume(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_path(hashed(leaves), index)
    assert path == path_of(index, leaves)
    assert root_by_path(leaf_hash(leaves[index]), index, len(leaves), path) == mth(leaves)


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=40, unique=True), st.data())
def test_a_path_proves_its_leaf_in_its_place_only(leaves: list[bytes], data: st.DataObject) -> None:
    """Another leaf, or another place in a tree of that size, leads elsewhere, or nowhere."""
    index, other = data.draw(st.permutations(range(len(leaves))))[:2]
    path, root = inclusion_path(hashed(leaves), index), mth(leaves)
    assert root_by_path(leaf_hash(leaves[other]), index, len(leaves), path) != root
    with suppress(InvalidPath):
        assert root_by_path(leaf_hash(leaves[index]), other, len(leaves), path) != root


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=40), st.data())
def test_a_path_that_was_altered_leads_elsewhere(leaves: list[bytes], data: st.DataObject) -> None:
    """One bit of one hash of it."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_path(hashed(leaves), index)
    place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    path[place] = (int.from_bytes(path[place]) ^ (1 << bit)).to_bytes(32)
    assert root_by_path(leaf_hash(leaves[index]), index, len(leaves), path) != mth(leaves)


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data(), A_HASH)
def test_a_path_is_neither_longer_nor_shorter_than_its_place_asks(
    leaves: list[bytes], data: st.DataObject, more: bytes
) -> None:
    """A hash too many at its end, or one too few."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, leaf = inclusion_path(hashed(leaves), index), leaf_hash(leaves[index])
    with pytest.raises(InvalidPath, match="too long"):
        root_by_path(leaf, index, len(leaves), [*path, more])
    if path:
        with pytest.raises(InvalidPath, match="too short"):
            root_by_path(leaf, index, len(leaves), path[:-1])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (3, 3)])
def test_a_leaf_that_is_not_there_has_no_path(index: int, size: int) -> None:
    """Neither before the first nor after the last one."""
    with pytest.raises(InvalidPath, match=f"of {size} leaves none is number {index}"):
        inclusion_path([EMPTY] * size, index)
    with pytest.raises(InvalidPath, match=f"of {size} leaves none is number {index}"):
        root_by_path(EMPTY, index, size, [])


@given(LEAVES, LEAVES)
def test_two_trees_of_one_root_have_the_same_leaves(one: list[bytes], other: list[bytes]) -> None:
    """No leaf passes for a node, nor two for one."""
    assert (root_of(hashed(one)) == root_of(hashed(other))) == (one == other)
