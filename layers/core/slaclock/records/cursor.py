"""Cursors: where a page of breaches or of a queue ended, opaque and signed.

A cursor names a place within one query, and reads nothing that the query itself would not: the partitions
are always those of the query's own parameters. It is signed under the key of links, by a label of its own, so
that nobody makes one up and no link is one: 128 bits of an HMAC-SHA256 over the marks of the boundary
and of the query, and the place.
"""

import hashlib
import hmac
import json
import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, Self

from slaclock.access.boundary import Boundary, NotTheirs

_PLACE = re.compile(r"breach#(\d{4}-\d{2})-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z#.+", re.ASCII | re.DOTALL)
_LONGEST = 1008  # bytes of a place and its marks; DynamoDB refuses to look for a sort key of more than 1024
_MARK = 8  # characters
_SIGNATURE = 16  # bytes
LONGEST_CURSOR = -(-(_LONGEST + _SIGNATURE) * 4 // 3)  # characters
_LABEL = "slaclock cursor/1"  # no link's text begins so: a space is in no fact's id


class InvalidCursor(Exception):
    """A cursor is none of this query's; the message says why."""


class Keys(Protocol):
    """Where keys are asked for by their reference, the current one first."""

    def of(self, reference: str) -> Sequence[str]: ...

    def anew(self, reference: str) -> Sequence[str]: ...


def _marked(said: Any) -> str:
    """Few characters of what something says."""
    text = json.dumps(asdict(said) if isinstance(said, Boundary) else said, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK]


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes cursors, and reads those that it made; `key` refers to the key, or while rotating to both.

    `whose` tells those of a boundary from others, so that nobody goes on where somebody else began.
    """

    keys: Keys
    key: str
    whose: str = _marked(Boundary())

    def within(self, boundary: Boundary) -> Self:
        """The cursors of those who have that boundary."""
        return replace(self, whose=_marked(boundary))

    def make(self, mark: str, place: str) -> str:
        """The cursor that goes on after a place, for the query of that mark."""
        said = self.whose + mark + place
        return _written(_signed(self.keys.of(self.key)[0], said), said)

    def place(self, cursor: str, mark: str, places: re.Pattern[str] = _PLACE) -> str:
        """The place that a cursor names, one of `places`; `InvalidCursor` where it is none of this query's.

        `NotTheirs` where it was given to somebody with another boundary.

        A key is kept for a minute. One that was put in its place since is asked for before what looks like a
        cursor is refused.
        """
        signature, said = _read(cursor)
        whose, theirs, place = said[:_MARK], said[_MARK : 2 * _MARK], said[2 * _MARK :]
        if not (places.fullmatch(place) and self._is_ours(signature, said)):
            raise InvalidCursor("this is no cursor that was given out here")
        if whose != self.whose:
            raise NotTheirs("there is no such cursor")
        if theirs != mark:
            raise InvalidCursor("this cursor belongs to another query: go on with the same parameters")
        return place

    def _is_ours(self, signature: bytes, said: str) -> bool:
        return any(
            hmac.compare_digest(signature, _signed(key, said))
            for ask in (self.keys.of, self.keys.anew)
            for key in ask(self.key)
        )


def mark_of(parameters: Mapping[str, str]) -> str:
    """Tell a query from others, so that a cursor can't be taken from one to another."""
    asked = {name: value for name, value in parameters.items() if name not in ("limit", "cursor")}
    return _marked(asked)


def month_of(place: str) -> str:
    """The month in which a place lies; "" for no place at all."""
    found = _PLACE.fullmatch(place)
    return found[1] if found else ""


def _signed(key: str, said: str) -> bytes:
    return hmac.digest(key.encode(), f"{_LABEL}\n{said}".encode(), "sha256")[:_SIGNATURE]


def _written(signature: bytes, said: str) -> str:
    return urlsafe_b64encode(signature + said.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[bytes, str]:
    """A cursor's signature, and what it signs; nothing of either where it can't be read.

    Base64 reads several texts as the same bytes: only the one that we write is taken.
    """
    try:
        given = b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        signature, said = given[:_SIGNATURE], given[_SIGNATURE:].decode()
    except ValueError:
        return b"", ""
    known = len(cursor) <= LONGEST_CURSOR and _written(signature, said) == cursor
    return (signature, said) if known else (b"", "")
