"""One expression (JMESPath) of a mapping: compiled when the mapping is read, asked of each delivery.

https://jmespath.org/specification.html

What is compiled is the administrator's, what it is asked of is anybody's who knows the secret: asking raises
nothing but `InvalidEvent`, which names the mapping's member and quotes no value.
"""

import math
from dataclasses import dataclass
from typing import Any

from slaclock.domain.errors import InvalidEvent

LONGEST = 1024  # characters of an expression


@dataclass(frozen=True, slots=True)
class Expression:
    """What the mapping says of one of its members."""

    name: str
    asked: Any

    @property
    def pointer(self) -> str:
        """The mapping's member, as errors point at it."""
        return "/" + self.name.replace(".", "/")

    def of(self, body: Any, *, said: bool = False) -> Any:
        """What it finds; None where it leads nowhere, and where it comes to `false` unless that is `said`."""
        try:
            found = self.asked.search(body)
        except Exception:  # noqa: BLE001  (its functions let through whatever Python makes of strange types)
            raise InvalidEvent("can't be worked out for this body", self.pointer) from None
        if isinstance(found, float) and not math.isfinite(found):  # `to_number` reads "NaN" and "1e999"
            raise InvalidEvent("is no number", self.pointer)
        return None if found is False and not said else found

    def holds(self, body: Any) -> bool:
        """Whether what it finds is true, as JMESPath has it: not false, null or empty."""
        found = self.of(body)
        return not (found is None or (isinstance(found, str | list | dict) and not found))


def compiled(name: str, text: Any) -> Expression:
    """Compile an expression; `ValueError` says what is wrong with it."""
    import jmespath  # noqa: PLC0415  (few connections have mappings)

    if not isinstance(text, str) or not text.strip():
        raise ValueError("is an expression, and not empty")
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    try:
        expression = jmespath.compile(text)
        _check_calls(expression.parsed)
    except (ValueError, RecursionError):  # every error of the parser is a ValueError
        raise ValueError("is no JMESPath expression") from None
    return Expression(name, expression)


def _check_calls(node: Any) -> None:
    """Refuse a function that is unknown, or has too few or too many arguments: jmespath would when asked."""
    from jmespath.functions import Functions  # noqa: PLC0415  (likewise)

    if node["type"] == "function_expression":
        wanted = Functions.FUNCTION_TABLE.get(node["value"], {}).get("signature")
        given = len(node["children"])
        if wanted is None or given < len(wanted) or (given > len(wanted) and not wanted[-1].get("variadic")):
            raise ValueError(node["value"])
    for child in node["children"]:
        if isinstance(child, dict):
            _check_calls(child)
