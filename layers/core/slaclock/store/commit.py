"""What is written of a ticket at once, or not at all, and what a read finds of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.keeping import FOR_EVER
from slaclock.evidence.chain import START

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given
    from slaclock.domain.keeping import Keeping
    from slaclock.domain.remaining import Remaining
    from slaclock.domain.ticket import Ticket


class Arming(NamedTuple):
    """A clock's current schedule: when it fires, and its number, which only grows."""

    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A ticket as it is stored: with the version that the next write must find, and the head of its chain.

    `remaining` says of each running clock of which anybody is reminded when it falls due, as it was decided.
    `last_row_at` is when the latest ledger row of a ticket with a breach was recorded, None for one without.
    From `log_until` on its log is not kept any more, unless something stops that; None: nobody can tell yet.
    """

    ticket: Ticket
    version: int = 0
    seq: int = 0
    head: str = START
    arming: int = 0
    wakes: Mapping[str, Arming] = field(default_factory=dict)
    remaining: Mapping[str, Remaining] = field(default_factory=dict)
    last_row_at: datetime | None = None
    log_until: datetime | None = None


class Forgotten(NamedTuple):
    """What stands in the place of a ticket whose log was removed: when, and where its chain ended."""

    at: datetime
    seq: int
    head: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one read finds: the ticket, if there is one, and whether this input was folded before.

    Of a ticket that is `forgotten` the log was removed: it is not there, and can't begin anew. `keys` has
    those of the people that were asked for.
    """

    saved: Saved | None
    seen: bool = False
    forgotten: Forgotten | None = None
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Commit:
    """All that one decision writes, at once or not at all.

    `hashes` gives the hash of each input that caused one of the facts, by the input's id. `more` are further
    inputs that go into the log with it. `deadline` is the one that presses most, by which open tickets are
    listed; None while all are paused. `remaining` is kept with the ticket. `people` are the keys of those who
    are named for the first time. `keeping` says how long what is written is kept.
    """

    before: Saved | None
    ticket: Ticket
    facts: Sequence[Fact]
    given: Given | None
    at: datetime
    hashes: Mapping[str, str] = field(default_factory=dict)
    more: Sequence[Given] = ()
    deadline: datetime | None = None
    remaining: Mapping[str, Remaining] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict, repr=False)
    keeping: Keeping = FOR_EVER

    @property
    def inputs(self) -> tuple[Given, ...]:
        """All that it puts into the log."""
        return (*(() if self.given is None else (self.given,)), *self.more)


@dataclass(frozen=True, slots=True)
class Beside:
    """An item that an act on an account puts, or with `gone` takes out, together with its row."""

    table: str  # "tickets" or "agreements"
    item: Mapping[str, Any] = field(repr=False)
    gone: bool = False
