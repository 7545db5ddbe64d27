"""Words of a helpdesk that came and that no map knew, and whether a connection maps them by now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.store.activity import LONGEST_WORD

if TYPE_CHECKING:
    from slaclock.helpdesks.connection import Connection
    from slaclock.store.activity import Word


def is_mapped(word: Word, connection: Connection) -> bool:
    """Whether the connection's map leads on from a word as it was counted: so many letters, in any case."""
    member, text = word
    ours = {"status": connection.statuses, "priority": connection.priorities}[member]
    return text.casefold() in {theirs[:LONGEST_WORD].casefold() for theirs in ours}
