"""How counts get into a function's metrics. Their one dimension is the function: nobody's name is in it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit


def count(metrics: Metrics, **counts: float) -> None:
    """Add counts under their names, nought as well: what is never counted can't be told from what is well."""
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


@contextmanager
def counting_conflicts(metrics: Metrics, conflicts: Counter[str]) -> Iterator[None]:
    """Add how often a decision was beaten within the block and how often given up, and forget them."""
    try:
        yield
    finally:
        count(metrics, VersionConflicts=conflicts["met"], ConflictsGivenUp=conflicts["given up"])
        conflicts.clear()


@contextmanager
def counting_missing_links(metrics: Metrics, missing: Counter[str]) -> Iterator[None]:
    """Add how many messages of the block went out without the link that they ought to have; forget them."""
    try:
        yield
    finally:
        count(metrics, WithoutLink=missing.total())
        missing.clear()
