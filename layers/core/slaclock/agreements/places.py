"""Where a member of a document stands, or would stand: what every problem says of its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.agreements.nodes import Items, Members, Node
from slaclock.agreements.problems import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def place_of(root: Node, path: Sequence[str | int], *, name: bool = False) -> Place:
    """Give where a member's value stands (or its name), or else the nearest thing around it that was written.

    What a document does not say itself comes from the one that it extends: `extends` is the nearest then. The
    place carries the member's path in any case.
    """
    node, place = root, root.place
    for number, step in enumerate(path):
        found = _step(node, step)
        if found is None:
            extends = _step(root, "extends") if number == 0 else None
            near = extends[1].place if extends else place
            place = Place(near.line, near.column, dotted(path))
        else:
            node = found[1]
            place = found[0] if name else node.place
    return place


def is_written(root: Node, path: Sequence[str | int]) -> bool:
    """Whether a document says a member itself."""
    node: Node | None = root
    for step in path:
        found = _step(node, step) if node else None
        node = found[1] if found else None
    return node is not None


def dotted(path: Iterable[str | int]) -> str:
    """Write a path as problems have it: `targets.resolution`, `exclusions[0].to`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _step(node: Node, step: str | int) -> tuple[Place, Node] | None:
    if isinstance(node, Members) and isinstance(step, str):
        return node.members.get(step)
    if isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
        return node.items[step].place, node.items[step]
    return None
