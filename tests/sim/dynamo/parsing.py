"""Conditions read out of expressions."""

from collections.abc import Callable
from functools import lru_cache

from tests.sim.dynamo.conditions import OPERATORS, Between, Call, Compare, Condition, Joined
from tests.sim.dynamo.tokens import Tokens

_ARITY = {"attribute_exists": 1, "attribute_not_exists": 1, "begins_with": 2, "contains": 2}


@lru_cache(maxsize=512)
def parse_condition(expression: str) -> Condition:
    """Read a condition; `Misuse` where it says what the double does not know."""
    reader = Tokens(expression)
    condition = _either(reader)
    reader.end()
    return condition


def _either(reader: Tokens) -> Condition:
    return _joined(reader, "OR", _both)


def _both(reader: Tokens) -> Condition:
    return _joined(reader, "AND", _single)


def _joined(reader: Tokens, word: str, read: Callable[[Tokens], Condition]) -> Condition:
    parts = [read(reader)]
    while reader.take(word):
        parts.append(read(reader))
    return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))


def _single(reader: Tokens) -> Condition:
    if reader.take("NOT"):
        return Joined("NOT", (_single(reader),))
    if reader.take("("):
        inner = _either(reader)
        reader.expect(")")
        return inner
    if reader.peek() in _ARITY:
        return _call(reader)
    left = reader.operand()
    if reader.take("BETWEEN"):
        low = reader.operand()
        reader.expect("AND")
        return Between(left, low, reader.operand())
    operator = reader.next()
    return Compare(operator, left, reader.operand()) if operator in OPERATORS else reader.fail()


def _call(reader: Tokens) -> Call:
    function = reader.next()
    reader.expect("(")
    arguments = reader.listed(Tokens.operand)
    reader.expect(")")
    if len(arguments) != _ARITY[function] or arguments[0][0] != "#":
        reader.fail()
    return Call(function, *arguments)
