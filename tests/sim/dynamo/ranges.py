"""Key conditions: one partition, and perhaps a range of the sort key."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import eq, ge, gt, le, lt

from tests.sim.dynamo.conditions import Between, Call, Compare, Condition, Joined, check_span
from tests.sim.dynamo.parsing import parse_condition
from tests.sim.dynamo.scope import Scope
from tests.sim.dynamo.tables import Index, check_key
from tests.sim.dynamo.values import Invalid

_SWAPPED = {"=": eq, "<": gt, "<=": ge, ">": lt, ">=": le}  # of a bound, and the key that is asked about


@dataclass(frozen=True, slots=True)
class Range:
    """A partition, and which of its sort keys are asked for."""

    partition: str
    has: Callable[[str], bool]


def range_of(expression: str, scope: Scope, index: Index) -> Range:
    """What a key condition asks for; `Invalid` where DynamoDB would not know where to look."""
    condition = parse_condition(expression)
    parts = condition.parts if isinstance(condition, Joined) and condition.word == "AND" else (condition,)
    hashed = [each for each in parts if _path(each, scope) == index.hash]
    ranged = [each for each in parts if _path(each, scope) == index.range]
    if len(hashed) != 1 or len(ranged) > 1 or len(hashed) + len(ranged) != len(parts):
        raise Invalid("Query key condition not supported")
    first = hashed[0]
    if not isinstance(first, Compare) or first.operator != "=":
        raise Invalid("Query key condition not supported")
    partition = _text("HASH", index.hash, first.right, scope)
    return Range(partition, _within(ranged[0], index.range, scope) if ranged else lambda _: True)


def _within(condition: Condition, name: str, scope: Scope) -> Callable[[str], bool]:
    if isinstance(condition, Between):
        low, high = (_text("RANGE", name, each, scope) for each in (condition.low, condition.high))
        check_span({"S": low}, {"S": high})
        return lambda text: low <= text <= high
    if isinstance(condition, Compare) and condition.operator in _SWAPPED:
        return partial(_SWAPPED[condition.operator], _text("RANGE", name, condition.right, scope))
    if isinstance(condition, Call) and condition.function == "begins_with":
        prefix = _text("RANGE", name, condition.argument, scope)
        return lambda text: text.startswith(prefix)
    raise Invalid("Query key condition not supported")


def _path(condition: Condition, scope: Scope) -> str | None:
    """The attribute that a part of a key condition is about."""
    return None if isinstance(condition, Joined) else scope.names.get(condition.path)


def _text(kind: str, name: str, operand: str, scope: Scope) -> str:
    """The text that a key is compared with; it must be one that a key can be."""
    if not operand.startswith(":"):
        raise Invalid("Query key condition not supported")
    value = scope.values[operand]
    check_key(kind, name, value)
    return str(value["S"])
