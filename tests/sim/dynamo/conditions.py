"""Conditions: what they are made of, and whether they hold for an item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from tests.sim.dynamo.scope import Scope
from tests.sim.dynamo.values import Invalid, Item, Value, number
from tests.sim.misuse import Misuse

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "<>": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


@dataclass(frozen=True, slots=True)
class Compare:
    """`#0 = :0`."""

    operator: str
    path: str
    right: str

    def holds(self, item: Item, scope: Scope) -> bool:
        return compare(self.operator, scope.of(self.path, item), scope.of(self.right, item))


@dataclass(frozen=True, slots=True)
class Between:
    """`#0 BETWEEN :0 AND :1`, both ends included."""

    path: str
    low: str
    high: str

    def holds(self, item: Item, scope: Scope) -> bool:
        value, low, high = (scope.of(each, item) for each in (self.path, self.low, self.high))
        check_span(low, high)
        return compare(">=", value, low) and compare("<=", value, high)


@dataclass(frozen=True, slots=True)
class Call:
    """`begins_with (#0, :0)`."""

    function: str
    path: str
    argument: str = ""

    def holds(self, item: Item, scope: Scope) -> bool:
        text = scope.of(self.path, item)
        if not self.argument:
            return (text is None) == (self.function == "attribute_not_exists")
        part = scope.of(self.argument, item)
        if part is None or "S" not in part:
            said = f"operator or function: {self.function}, operand type: {_kind(part)}"
            raise Invalid(f"Incorrect operand type for operator or function; {said}")
        if text is None or "S" not in text:
            return False
        whole: str = text["S"]
        return whole.startswith(part["S"]) if self.function == "begins_with" else part["S"] in whole


@dataclass(frozen=True, slots=True)
class Joined:
    """`(a AND b)`, `(a OR b)`, `(NOT a)`."""

    word: str
    parts: "tuple[Condition, ...]"

    def holds(self, item: Item, scope: Scope) -> bool:
        # Every part is evaluated, so that no short cut hides a part that DynamoDB refuses.
        found = [part.holds(item, scope) for part in self.parts]
        if self.word == "NOT":
            return not found[0]
        return all(found) if self.word == "AND" else any(found)


Condition = Compare | Between | Call | Joined


def compare(operator: str, left: Value | None, right: Value | None) -> bool:
    """Whether two values compare so. Of a value that is not there, or of another type, nothing is true."""
    if operator not in ("=", "<>") and right is not None and not {"S", "N"} & right.keys():
        raise Invalid(f"Incorrect operand type for operator {operator}: {right}")
    if left is None or right is None:
        if operator == "<>":
            raise Misuse("<> of an attribute that an item lacks")
        return False
    ((kind, one),), ((other_kind, other),) = left.items(), right.items()
    if kind != other_kind:
        return operator == "<>"
    if kind == "N":
        one, other = number(one), number(other)
    return OPERATORS[operator](one, other)


def check_span(low: Value | None, high: Value | None) -> None:
    """A span that ends before it begins is refused."""
    if low is None or high is None or low.keys() != high.keys() or compare(">", low, high):
        said = "upper bound to be greater than or equal to lower bound"
        raise Invalid(f"The BETWEEN operator requires {said}; lower bound: {low}, upper bound: {high}")


def _kind(value: Value | None) -> str:
    return next(iter(value)) if value else "none"
