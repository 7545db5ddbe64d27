"""A whole document, as it is checked: what it says, what it takes over, and what is wrong with it so far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from slaclock.agreements.places import place_of
from slaclock.domain.metric import Metric, metric_from
from slaclock.domain.metrics import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slaclock.agreements.nodes import Node
    from slaclock.agreements.problems import Problems

Target = dict[str, Any]


@dataclass(frozen=True)
class Whole:
    """A document with what it extends: its values, its own tree, and what is wrong with it so far."""

    values: dict[str, Any]
    root: Node
    problems: Problems

    def add(self, reason: str, *path: str | int, name: bool = False) -> None:
        """Keep a problem of a member, told where it stands or would stand."""
        self.problems.add(place_of(self.root, path, name=name), reason)

    @cached_property
    def metrics(self) -> Mapping[str, Any]:
        """The declarations of every metric that it may use."""
        return {**BUILT_IN, **self.of("metrics")}

    def of(self, member: str) -> dict[str, Any]:
        """Give a member that is a mapping; an empty one where it is missing or wrong."""
        value = self.values.get(member)
        return value if isinstance(value, dict) else {}

    def targets(self) -> Iterator[tuple[str, Target]]:
        """Give each target that could be read."""
        for name, target in self.of("targets").items():
            if isinstance(target, dict):
                yield name, target

    def metric(self, name: str, target: Target) -> Metric | None:
        """Give how a target is measured; None where that is not known, or wrong itself."""
        measured = target.get("metric", name)
        if measured in BUILT_IN:
            return metric_from(measured, BUILT_IN[measured])
        wrong = any(each.path.startswith("metrics") for each in self.problems.found)
        return (
            None if wrong or measured not in self.metrics else metric_from(measured, self.metrics[measured])
        )
