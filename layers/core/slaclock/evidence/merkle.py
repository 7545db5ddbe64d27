"""Merkle trees as RFC 9162 (Certificate Transparency 2.0) hashes them, section 2.1, with SHA-256.

A leaf's hash is SHA-256 of a nought byte and the leaf, a node's SHA-256 of a one byte and its two children:
no leaf can pass for a node. The root of no leaves is SHA-256 of nothing. The left part of a tree is the
largest power of two of leaves that is less than all of them.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256().digest()


class InvalidPath(ValueError):
    """A path that leads from no leaf of a tree of that size to its root."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node, over those of its children."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf, and keeps the roots of its complete parts: one for each power of two.

    >>> Tree().root().hex()[:16]
    'e3b0c44298fc1c14'
    """

    __slots__ = ("_parts", "size")

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []  # of 2^n leaves each, the larger ones first

    def append(self, leaf: bytes) -> None:
        """Add a leaf, whose bytes these are."""
        self.append_hash(leaf_hash(leaf))

    def append_hash(self, leaf: bytes) -> None:
        """Add a leaf by its hash."""
        self._parts.append(leaf)
        filled = self.size
        while filled & 1:  # the part of that power of two is there: both are one of the next
            right = self._parts.pop()
            self._parts.append(node_hash(self._parts.pop(), right))
            filled >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The root over the leaves so far."""
        if not self._parts:
            return EMPTY
        root = self._parts[-1]
        for left in self._parts[-2::-1]:
            root = node_hash(left, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves, given by their hashes."""
    tree = Tree()
    for each in leaves:
        tree.append_hash(each)
    return tree.root()


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from a leaf to the root, the nearest first; `leaves` are given by their hashes.

    `InvalidPath` where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise InvalidPath(f"of {len(leaves)} leaves none is number {index}")
    path: list[bytes] = []
    first, end = 0, len(leaves)
    while end - first > 1:
        middle = first + (1 << (end - first - 1).bit_length() - 1)
        if index < middle:
            path.append(root_of(leaves[middle:end]))
            end = middle
        else:
            path.append(root_of(leaves[first:middle]))
            first = middle
    return path[::-1]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which a path leads from a leaf, given by its hash; it is for the caller to compare it.

    As RFC 9162, 2.1.3.2 has it. `InvalidPath` where the path is too short or too long for the place.
    """
    if not 0 <= index < size:
        raise InvalidPath(f"of {size} leaves none is number {index}")
    node, last, root = index, size - 1, leaf
    for each in path:
        if last == 0:
            raise InvalidPath("the path is too long")
        if node & 1 or node == last:
            root = node_hash(each, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, each)
        node, last = node >> 1, last >> 1
    if last:
        raise InvalidPath("the path is too short")
    return root
