"""Reading a body that somebody else wrote: what is not as it should be is an `InvalidEvent`, never a crash.

The messages name members and never quote a value, since they reach logs.
"""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slaclock.domain.events import TicketEvent

# No helpdesk nests deeper than a handful; Python's own limit depends on who calls, so ours is asked first.
DEPTH = 32
FUTURE = timedelta(days=1)


def load(body: bytes) -> Any:
    """Read JSON strictly (RFC 7493): UTF-8, no member twice, no NaN, nothing infinite, at most 32 levels."""
    try:
        document = json.loads(
            body.decode(), object_pairs_hook=_object, parse_constant=_constant, parse_float=_float
        )
        if b"\\u" in body:  # a lone surrogate is text that no store can keep; writing it is what finds it
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeError:
        raise InvalidEvent("the body is not text in UTF-8") from None
    except (ValueError, RecursionError):
        raise InvalidEvent("the body is not JSON") from None
    if body.count(b"{") + body.count(b"[") > DEPTH and not _within(document, DEPTH):
        raise InvalidEvent(f"the body nests deeper than {DEPTH} levels")
    return document


def check_instants(event: TicketEvent) -> None:
    """Refuse times that no ticket has: before 1970, after 2199, or more than a day ahead of the delivery."""
    created_at = event.attributes.get("created_at")
    _check_instant(event.occurred_at, event.received_at, "/occurred_at")
    if created_at is not None:
        _check_instant(parse_instant(created_at), event.received_at, "/ticket/created_at")


class Members(NamedTuple):
    """An object in a body, read member by member; `InvalidEvent` points at the one of the wrong type."""

    values: Mapping[str, Any]
    pointer: str = ""

    def has(self, name: str) -> bool:
        return name in self.values

    def object(self, name: str) -> Members:
        """Read an object; absent or null, it is empty."""
        value = self.values.get(name)
        return Members(self._of(name, {} if value is None else value, dict), f"{self.pointer}/{name}")

    def text(self, name: str, limit: int = 255) -> str | None:
        value = self.values.get(name)
        return None if value is None else self._short(name, self._of(name, value, str), limit)

    def identity(self, name: str) -> str | None:
        """Read an id, which is text or a number. None is not only null: some write "", 0 or "0"."""
        value = self.values.get(name)
        given = "" if value is None else str(self._of(name, value, int, str))
        return None if given in {"", "0"} else self._short(name, given, 128)

    def flag(self, name: str) -> bool | None:
        value = self.values.get(name)
        return None if value is None else bool(self._of(name, value, bool))

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        number = None if value is None else self._of(name, value, int, float)
        if number is not None and (number != int(number) or abs(number) >= 2**53):
            raise InvalidEvent("is no whole number of a sensible size", f"{self.pointer}/{name}")
        return None if number is None else int(number)

    def decimal(self, name: str) -> float | None:
        value = self.values.get(name)
        try:
            return None if value is None else float(self._of(name, value, int, float))
        except OverflowError:
            raise InvalidEvent("is no number of a sensible size", f"{self.pointer}/{name}") from None

    def objects(self, name: str, count: int = 1000) -> list[Members]:
        """Read a list of objects; absent or null, it is empty."""
        value = self.values.get(name)
        items = [] if value is None else self._of(name, value, list)
        if len(items) > count:
            raise InvalidEvent(f"has more than {count} items", f"{self.pointer}/{name}")
        return [
            Members(self._of(f"{name}/{number}", item, dict), f"{self.pointer}/{name}/{number}")
            for number, item in enumerate(items)
        ]

    def instant(self, name: str) -> datetime | None:
        text = self.text(name)
        try:
            return None if text is None else parse_instant(text)
        except (ValueError, OverflowError):
            raise InvalidEvent("is no instant", f"{self.pointer}/{name}") from None

    def texts(self, name: str, count: int = 250) -> list[str] | None:
        value = self.values.get(name)
        items = None if value is None else self._of(name, value, list)
        if items is not None and len(items) > count:
            raise InvalidEvent(f"has more than {count} items", f"{self.pointer}/{name}")
        return items and [self._short(name, self._of(name, item, str), 255) for item in items]

    def _of(self, name: str, value: Any, *types: type) -> Any:
        # To Python, True is a number; to a helpdesk it is not.
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise InvalidEvent("is of another type than it should be", f"{self.pointer}/{name}")
        return value

    def _short(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit:
            raise InvalidEvent(f"is longer than {limit} characters", f"{self.pointer}/{name}")
        return text


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    # Which of two members counts is each reader's own choice, so that a signed body could say two things.
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise InvalidEvent("an object in the body has a member twice")
        members[name] = value
    return members


def _constant(name: str) -> float:
    raise ValueError(name)


def _float(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError(text)
    return number


def _within(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is None or (levels > 0 and all(_within(each, levels - 1) for each in inner))


def _check_instant(instant: datetime, received_at: datetime, pointer: str) -> None:
    if not 1970 <= instant.year <= 2199:
        raise InvalidEvent("is no time between 1970 and 2199", pointer)
    if instant > received_at + FUTURE:
        raise InvalidEvent("is more than a day ahead of its delivery", pointer)
