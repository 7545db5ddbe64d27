"""Attribute values in wire form: which DynamoDB takes, how large they are, and how they compare."""

import re
from collections.abc import Mapping
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from tests.sim.misuse import Misuse

Value = Mapping[str, Any]  # {"S": "a"}
Item = dict[str, Value]
LARGEST_ITEM = 409_600  # bytes, names included
_LONGEST_NAME = 65_535
_KNOWN = {"S": str, "N": str, "B": bytes, "BOOL": bool, "NULL": bool}
_OTHERS = {"SS", "NS", "BS", "M", "L"}
_WHOLE = re.compile(r"0|-?[1-9]\d{0,37}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
EXACT = Context(prec=38)


class Invalid(Exception):
    """What DynamoDB answers with `ValidationException`: the whole call is refused."""


class Unfit(Invalid):
    """An item that is refused for what it is: in a transaction, the reason of one action."""


def stored(item: Any) -> tuple[Item, int]:
    """An item as it is kept, and its size in bytes; `Unfit` where it is too large."""
    if not isinstance(item, dict):
        raise Invalid(f"{item!r} is no item")
    kept: Item = {}
    total = 0
    for name, value in item.items():
        kept[name] = one = as_kept(value)
        length = size_of_text(name)
        if not 1 <= length <= _LONGEST_NAME:
            raise Invalid("an attribute's name has 1 to 65535 bytes")
        total += length + (size_of_text(one["S"]) if "S" in one else size(one))
    if total > LARGEST_ITEM:
        raise Unfit("Item size has exceeded the maximum allowed size")
    return kept, total


def as_kept(value: Any) -> Value:
    """A value as it is kept: numbers in their shortest form."""
    if not isinstance(value, dict) or len(value) != 1:
        raise Invalid(f"Supplied AttributeValue is empty, must contain exactly one of the types: {value!r}")
    ((kind, content),) = value.items()
    if kind in _OTHERS:
        raise Misuse(f"the double knows no values of the type {kind}")
    if kind == "S" and type(content) is str:
        return {"S": content}
    if type(content) is not _KNOWN.get(kind):
        raise Invalid(f"{content!r} is no value of the type {kind}")
    if kind == "N" and isinstance(content, str):
        return {"N": content if _WHOLE.fullmatch(content) else _shortest(content)}
    if kind == "NULL" and not content:
        raise Invalid("Null attribute value types must have the value of true")
    return {kind: content}


def size(value: Value) -> int:
    """The size of a value in bytes, as DynamoDB counts it; a number's is approximate there, too."""
    ((kind, content),) = value.items()
    if kind == "S":
        return size_of_text(content)
    if kind == "B":
        return len(content)
    return (sum(map(str.isdigit, content)) + 1) // 2 + 1 if kind == "N" else 1


def size_of(item: Item) -> int:
    """The size of a whole item that is kept."""
    return sum(size_of_text(name) + size(value) for name, value in item.items())


def size_of_text(text: str) -> int:
    """The bytes of a text in UTF-8."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise Misuse(f"half a character can't be sent: {text!r}") from None


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal:
    """The number that a kept value is."""
    return Decimal(text)


def written(result: Decimal) -> str:
    """A number as it is kept; DynamoDB has 38 digits, from 1E-130 up to 9.99E+125."""
    if result and not -130 <= result.adjusted() <= 125:
        raise Unfit(
            "Number overflow. Attempting to store a number with magnitude larger than supported range"
        )
    if len(result.normalize(Context(prec=200)).as_tuple().digits) > 38:
        raise Unfit("Attempting to store more than 38 significant digits in a Number")
    text = f"{result.normalize(EXACT):f}"
    return "0" if not result else text


def _shortest(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise Invalid(f"The parameter cannot be converted to a numeric value: {text}")
    return written(Decimal(text))
