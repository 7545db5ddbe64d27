"""The time that does not count under a frozen agreement: what it says itself, and what was entered later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.agreements.comparing import written
from slaclock.agreements.page import entry
from slaclock.agreements.wording import instant_words
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
        scope = {name: test for name, test in each.scope.items() if name != "agreement"}
        yield from entry("from", begin)
        yield from entry("to", end)
        yield from entry("because", each.reason)
        yield from entry("entered later", f"by {each.by} at {format_instant(each.entered_at)}")
        yield from entry("for", written(scope) if scope else "every ticket")
