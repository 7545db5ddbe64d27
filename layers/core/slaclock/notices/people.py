"""Who did something, as it is told: a name that somebody typed is told as a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.acknowledgement import SOMEBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.notices.catalogue import Catalogue


def who(details: Mapping[str, Any], said: Catalogue) -> str:
    """Whom a fact names as `by`: whoever AWS let in, or `Kim (name not checked)` from the page of a link."""
    by = str(details.get("by") or "?")
    if not details.get("claimed"):
        return by
    return said.texts["by.somebody"] if by == SOMEBODY else said.say("by.claimed", by=by)
