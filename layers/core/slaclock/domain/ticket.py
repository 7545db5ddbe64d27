"""A ticket as the engine knows it: what the helpdesk said of it, and its clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slaclock.domain.altered import altered
from slaclock.domain.hearing import NOTHING_HEARD
from slaclock.domain.metric import SOLVED

if TYPE_CHECKING:
    from slaclock.domain.clock import Clock
    from slaclock.domain.events import Position
    from slaclock.domain.exclusion import Exclusion
    from slaclock.domain.hearing import Heard

GONE = "gone"  # in a ticket's past: why it was gone, or None once it was back
Past = tuple[tuple[datetime, Mapping[str, Any]], ...]
Stretch = tuple[datetime, datetime | None]
Broken = tuple[datetime, str, str, str]  # when; agreement, its kind, target


@dataclass(frozen=True)
class Ticket:
    """The state that events fold into. It holds the latest cycle of each clock; the ledger has the others.

    `attributes` are the members of the canonical event's `ticket` that are known; `past` says how those that
    some metric reads came to be what they are, change by change. `heard` is when each side was. `chosen`
    names the agreement versions that apply, `ended` those agreements that were ended under it,
    `succeeded_at` since when another stands in for the customer's. `waiting_since` is the oldest customer
    message (or the creation) that has no answer. `broken` are the internal and supplier promises that were
    missed, the first and the latest ones. `position` is that of the last input folded, `told_at` the latest
    moment told: an input before either is late. `behind` means that a decision told more than one transaction
    holds, and the rest is still to be told; `rewritten`, that a cycle told of turned out never to have begun,
    so that its keys are taken: inputs are folded with the whole log from then on. While it is `behind` by an
    import, what lies before `quiet_before` is recorded and told to nobody.
    """

    account: str
    ticket_id: str
    created_at: datetime
    subject: str = "ticket"
    attributes: Mapping[str, Any] = field(default_factory=dict)
    past: Past = ()
    opening: str = ""
    heard: Heard = NOTHING_HEARD
    waiting_since: datetime | None = None
    gone: str | None = None
    chosen: tuple[tuple[str, int], ...] = ()
    ended: tuple[str, ...] = ()
    succeeded_at: datetime | None = None
    exclusions: tuple[Exclusion, ...] = ()
    broken: tuple[Broken, ...] = ()
    clocks: tuple[Clock, ...] = ()
    position: Position | None = None
    told_at: datetime | None = None
    behind: bool = False
    rewritten: bool = False
    quiet_before: datetime | None = None
    next_moments: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def status(self) -> str:
        status: str = self.attributes.get("status", "new")
        return status

    @property
    def priority(self) -> str | None:
        priority: str | None = self.attributes.get("priority")
        return priority

    @property
    def under(self) -> frozenset[str]:
        """The agreements that apply."""
        return frozenset(agreement for agreement, _ in self.chosen)

    @property
    def solved(self) -> bool:
        return self.status in SOLVED

    @property
    def unseen(self) -> bool:
        """Whether nothing is known of it but when it was created, and who replied: no clock began."""
        known = self.chosen or self.clocks or self.attributes.keys() - {"created_at", "status"}
        return self.position is None or not known

    def clock(self, lane: str) -> Clock | None:
        """The latest cycle of a clock."""
        for clock in self.clocks:
            if clock.lane == lane:
                return clock
        return None

    def with_clock(self, clock: Clock) -> Ticket:
        """The ticket with this clock in the place of the one of its lane."""
        lane = clock.lane
        if self.clock(lane) is None:
            return altered(self, clocks=(*self.clocks, clock))
        return altered(self, clocks=tuple([clock if each.lane == lane else each for each in self.clocks]))

    def stretches(self, state: Callable[[Mapping[str, Any]], bool]) -> Iterator[Stretch]:
        """When a state of its members held, from the first that is known of it; the last may go on."""
        members: dict[str, Any] = {}
        began: datetime | None = None
        for at, changes in self.past:
            members.update(changes)
            held = state(members)
            if held and began is None:
                began = at
            elif not held and began is not None:
                yield began, at
                began = None
        if began is not None:
            yield began, None


def name_of(reference: Any) -> str | None:
    """A reference as a person or a filter reads it: its id, else its name."""
    if isinstance(reference, dict):
        reference = reference.get("id") or reference.get("name")
    return None if reference is None else str(reference)
