"""Expressions as PynamoDB writes them, read word by word.

Attributes are named by placeholders, and lie at the top of an item. Whatever else DynamoDB has is a misuse
here, never ignored.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tests.sim.dynamo.values import Invalid
from tests.sim.misuse import Misuse

_TOKEN = re.compile(r"\s*([#:]\w+|<>|<=|>=|[=<>(),+\-]|[A-Za-z_]\w*)", re.ASCII)


class Tokens:
    """An expression, read from left to right."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._tokens = _TOKEN.findall(expression)
        self._at = 0
        if _TOKEN.sub("", expression).strip() or not self._tokens:
            raise Misuse(f"the double can't read {expression!r}")

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else ""

    def take(self, wanted: str) -> bool:
        """Take a token, if it comes next."""
        found = self.peek().upper() == wanted.upper()
        self._at += found
        return found

    def expect(self, wanted: str) -> None:
        if not self.take(wanted):
            self.fail()

    def path(self) -> str:
        found = self.next()
        return found if found.startswith("#") else self.fail()

    def operand(self) -> str:
        found = self.next()
        return found if found[:1] in ("#", ":") and found else self.fail()

    def listed(self, read: Callable[["Tokens"], Any]) -> list[Any]:
        """One or more, with commas between."""
        found = [read(self)]
        while self.take(","):
            found.append(read(self))
        return found

    def end(self) -> None:
        if self.peek():
            self.fail()

    def fail(self) -> Any:
        raise Misuse(f"the double can't read {self.expression!r} from token {self._at + 1} on")


@lru_cache(maxsize=512)
def parse_projection(expression: str) -> tuple[str, ...]:
    """The names of a projection, by their placeholders."""
    reader = Tokens(expression)
    found = reader.listed(Tokens.path)
    reader.end()
    if len(set(found)) < len(found):
        raise Invalid("Invalid ProjectionExpression: Two document paths overlap with each other")
    return tuple(found)
