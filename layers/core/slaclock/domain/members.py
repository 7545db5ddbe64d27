"""Members of JSON inputs, read one by one; `InvalidEvent` points at one that is missing or wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import parse_instant


def instant_member(text: str, pointer: str) -> datetime:
    try:
        return parse_instant(text)
    except (ValueError, OverflowError, TypeError):
        raise InvalidEvent(f"{text!r} is no instant such as 2026-03-27T15:00:00Z", pointer) from None


def text_member(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidEvent("is no text", f"/{name}")
    return value


def needed_member(document: Mapping[str, Any], name: str) -> str:
    if not (text := text_member(document, name)):
        raise InvalidEvent("is missing", f"/{name}")
    return text


def check_members(document: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse a member that there is not: what is mistyped must not be left out unseen."""
    for name in document:
        if name not in known:
            near = get_close_matches(name[:64], known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            pointer = name[:64].replace("~", "~0").replace("/", "~1")
            raise InvalidEvent(f"there is no such member: {hint}", f"/{pointer}")
