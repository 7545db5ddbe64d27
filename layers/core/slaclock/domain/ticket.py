"""A ticket as the engine knows it: what the helpdesk said of it, and its clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from slaclock.domain.clock import Clock
from slaclock.domain.events import Position

SOLVED = frozenset({"solved", "closed"})


@dataclass(frozen=True, slots=True)
class Ticket:
    """The state that events fold into. It holds the latest cycle of each clock; the ledger has the others.

    `attributes` are the members of the canonical event's `ticket` that are known. `waiting_since` is the
    oldest customer message (or the creation) that has no answer. `chosen` names the agreement versions that
    apply. `position` is that of the last input folded, `told_at` the latest moment told: an input before
    either is late. `behind` means that a decision told more than one transaction holds, and the rest is still
    to be told; `rewritten`, that a cycle told of turned out never to have begun, so that its keys are taken:
    inputs are folded with the whole log from then on.
    """

    account: str
    ticket_id: str
    created_at: datetime
    subject: str = "ticket"
    attributes: Mapping[str, Any] = field(default_factory=dict)
    statuses: tuple[tuple[datetime, str], ...] = ()
    opening: str = ""
    waiting_since: datetime | None = None
    gone: str | None = None
    chosen: tuple[tuple[str, int], ...] = ()
    clocks: tuple[Clock, ...] = ()
    position: Position | None = None
    told_at: datetime | None = None
    behind: bool = False
    rewritten: bool = False
    next_moments: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return self.statuses[-1][1] if self.statuses else "new"

    @property
    def priority(self) -> str | None:
        priority: str | None = self.attributes.get("priority")
        return priority

    @property
    def solved(self) -> bool:
        return self.status in SOLVED

    def clock(self, lane: str) -> Clock | None:
        """The latest cycle of a clock."""
        return next((clock for clock in self.clocks if clock.lane == lane), None)

    def with_clock(self, clock: Clock) -> "Ticket":
        """The ticket with this clock in the place of the one of its lane."""
        if self.clock(clock.lane) is None:
            return replace(self, clocks=(*self.clocks, clock))
        return replace(self, clocks=tuple(clock if each.lane == clock.lane else each for each in self.clocks))


def name_of(reference: Any) -> str | None:
    """A reference as a person or a filter reads it: its id, else its name."""
    named = (reference.get("id") or reference.get("name")) if isinstance(reference, Mapping) else reference
    return None if named is None else str(named)
