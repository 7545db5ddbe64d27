"""A ticket's chain as it is stored, link by link."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given


class Told(NamedTuple):
    """A fact in its place in the ticket's chain; `cause_hash` is that of the input that caused it, if any."""

    fact: Fact
    seq: int
    hash: str
    recorded_at: datetime
    cause_hash: str | None = None


class Logged(NamedTuple):
    """An input in its place in the ticket's chain; `hash` is that of its document, as it was recorded."""

    given: Given
    seq: int
    hash: str
    recorded_at: datetime


class StoredLife(NamedTuple):
    """All links of a ticket's chain, each kind in the order of recording."""

    log: Sequence[Logged]
    told: Sequence[Told]
