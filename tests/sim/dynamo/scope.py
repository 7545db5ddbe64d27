"""What the placeholders of a call stand for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.sim.dynamo.values import Invalid, Item, Value, as_kept

_PLACEHOLDER = re.compile(r"[#:]\w+", re.ASCII)
_MARKS = {"Names": "#", "Values": ":"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the placeholders of a call's expressions stand for."""

    names: Mapping[str, str]
    values: Mapping[str, Value]

    def of(self, operand: str, item: Item) -> Value | None:
        """An operand's value: the placeholder's, or that of the item's attribute, if it has it."""
        return self.values[operand] if operand[0] == ":" else item.get(self.names[operand])


def scope_of(asked: Mapping[str, Any], *expressions: str) -> Scope:
    """The placeholders of a call. Each that is used is declared, and each that is declared is used."""
    names = _declared("Names", asked, expressions)
    values = _declared("Values", asked, expressions)
    if not all(isinstance(name, str) and name for name in names.values()):
        raise Invalid("ExpressionAttributeNames contains invalid value")
    return Scope(names, {name: as_kept(value) for name, value in values.items()})


def _declared(what: str, asked: Mapping[str, Any], expressions: tuple[str, ...]) -> Mapping[str, Any]:
    given: Mapping[str, Any] = asked.get(f"ExpressionAttribute{what}", {})
    used = _used(what, expressions)
    if given.keys() == used and (given or f"ExpressionAttribute{what}" not in asked):
        return given
    if not given and not used:
        raise Invalid(f"ExpressionAttribute{what} must not be empty")
    if not expressions:
        raise Invalid(f"ExpressionAttribute{what} can only be specified when using expressions")
    if missing := used - given.keys():
        raise Invalid(
            f"An expression attribute of {what} used in the document path is not defined: {missing}"
        )
    said = f"keys: {{{', '.join(sorted(given.keys() - used))}}}"
    raise Invalid(f"Value provided in ExpressionAttribute{what} unused in expressions: {said}")


@lru_cache(maxsize=1024)
def _used(what: str, expressions: tuple[str, ...]) -> frozenset[str]:
    return frozenset(each for each in placeholders(" ".join(expressions)) if each[0] == _MARKS[what])


@lru_cache(maxsize=1024)
def placeholders(expression: str) -> frozenset[str]:
    """The placeholders that an expression uses."""
    return frozenset(_PLACEHOLDER.findall(expression))
