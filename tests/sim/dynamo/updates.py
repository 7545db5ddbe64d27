"""Update expressions: `SET`, `REMOVE` and `ADD`, of numbers and of attributes at the top of an item."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from tests.sim.dynamo.scope import Scope
from tests.sim.dynamo.tokens import Tokens
from tests.sim.dynamo.values import EXACT, Invalid, Item, Unfit, Value, number, written

_CLAUSES = ("SET", "REMOVE", "ADD")
Operand = tuple[str, ...]  # a placeholder, or if_not_exists with two


@dataclass(frozen=True, slots=True)
class Action:
    """One change of one attribute."""

    word: str
    path: str
    operands: tuple[Operand, ...] = ()
    sign: str = ""


def updated(expression: str, old: Item, scope: Scope, key: Collection[str]) -> Item:
    """An item after an update. All operands are those of the item before it."""
    new = dict(old)
    actions = _parse(expression)
    changed = [scope.names[action.path] for action in actions]
    if len(set(changed)) < len(changed):
        raise Invalid("Invalid UpdateExpression: Two document paths overlap with each other")
    for action, name in zip(actions, changed, strict=True):
        if name in key:
            raise Invalid(f"Cannot update attribute {name}. This attribute is part of the key")
        if action.word == "REMOVE":
            new.pop(name, None)
        else:
            new[name] = _result(action, old, scope)
    return new


def _result(action: Action, old: Item, scope: Scope) -> Value:
    if action.word == "ADD":
        return _sum("+", old.get(scope.names[action.path], {"N": "0"}), scope.values[action.operands[0][0]])
    first, *second = [_value(operand, old, scope) for operand in action.operands]
    return _sum(action.sign, first, second[0]) if second else first


def _value(operand: Operand, old: Item, scope: Scope) -> Value:
    found = [scope.of(each, old) for each in operand]
    value = next((each for each in found if each is not None), None)
    if value is None:
        raise Unfit("The provided expression refers to an attribute that does not exist in the item")
    return value


def _sum(sign: str, left: Value, right: Value) -> Value:
    if "N" not in left or "N" not in right:
        raise Unfit("An operand in the update expression has an incorrect data type")
    one, other = number(left["N"]), number(right["N"])
    return {"N": written(EXACT.add(one, other) if sign == "+" else EXACT.subtract(one, other))}


@lru_cache(maxsize=512)
def _parse(expression: str) -> tuple[Action, ...]:
    reader, found, clauses = Tokens(expression), list[Action](), list[str]()
    readers: dict[str, Callable[[Tokens], Action]] = {"SET": _set, "REMOVE": _remove, "ADD": _add}
    while word := next((each for each in _CLAUSES if reader.take(each)), None):
        if word in clauses:
            raise Invalid(f'The "{word}" section can only be used once in an update expression')
        clauses.append(word)
        found.extend(reader.listed(readers[word]))
    reader.end()
    return tuple(found)


def _set(reader: Tokens) -> Action:
    path = reader.path()
    reader.expect("=")
    first = _operand(reader)
    sign = next((each for each in "+-" if reader.take(each)), "")
    return Action("SET", path, (first, _operand(reader)) if sign else (first,), sign)


def _remove(reader: Tokens) -> Action:
    return Action("REMOVE", reader.path())


def _add(reader: Tokens) -> Action:
    path, value = reader.path(), reader.operand()
    return Action("ADD", path, ((value,),)) if value.startswith(":") else reader.fail()


def _operand(reader: Tokens) -> Operand:
    if not reader.take("if_not_exists"):
        return (reader.operand(),)
    reader.expect("(")
    path = reader.path()
    reader.expect(",")
    value = reader.operand()
    reader.expect(")")
    return path, value
