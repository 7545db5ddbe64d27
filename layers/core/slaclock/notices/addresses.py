"""Where to look, and what to do: the addresses that a message bears, by what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slaclock.notices.telling import Telling


def links(told: Telling) -> dict[str, str]:
    """`ticket`, `runbook` and `acknowledge`, as far as there are any."""
    named = {
        "ticket": told.ticket_url,
        "runbook": told.details.get("runbook"),
        "acknowledge": told.link,
    }
    return {name: url for name, url in named.items() if url}
