"""The time that does not count under a frozen agreement: what it says itself, and what was entered later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from slaclock.agreements.page import entry
from slaclock.agreements.wording import condition_words, instant_words
from slaclock.domain.conditions import JOINS
from slaclock.domain.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slaclock.agreements.wording import Frozen
    from slaclock.domain.exclusion import Exclusion


def exclusions_of(frozen: Frozen) -> Iterator[str]:
    """Write the exclusions of the document itself."""
    if not frozen["exclusions"]:
        yield "  Nothing is excluded in this document."
    for each in frozen["exclusions"]:
        begin, end = (instant_words(each[edge], frozen["timezone"]) for edge in ("from", "to"))
        yield from entry("from", begin)
        yield from entry("to", end)
        yield from entry("because", each["reason"])


def entered_later(frozen: Frozen, exclusions: Iterable[Exclusion] | None) -> Iterator[str]:
    """Write the exclusions that were entered beside an agreement, and for which tickets each is."""
    if exclusions is None:
        yield "  Exclusions entered later stand beside it."
        return
    entered = list(exclusions)
    if not entered:
        yield "  No exclusion was entered later."
    for each in entered:
        begin, end = (
            instant_words(format_instant(at), frozen["timezone"]) for at in (each.begins, each.ends)
        )
        yield from entry("from", begin)
        yield from entry("to", end)
        yield from entry("because", each.reason)
        yield from entry("entered later", f"by {each.by} at {format_instant(each.entered_at)}")
        yield from entry("for", condition_words(dict(_tests(each))))


def _tests(exclusion: Exclusion) -> Iterator[tuple[str, Any]]:
    """Give what a scope says beside its agreement as a condition, also where values stand alone."""
    for name, test in exclusion.scope.items():
        if name in JOINS or isinstance(test, Mapping):
            yield name, test
        elif name != "agreement":
            member = "ticket" if name == "ticket_id" else name
            yield member, {"any": test if isinstance(test, list) else [test]}
