"""Promises that underpin another and allow more time than it: an OLA or UC looser than the SLA above it.

Works on frozen agreements, so that one about to be published can be held against those that are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from itertools import islice, product
from typing import TYPE_CHECKING

from slaclock.agreements.cases import (
    Case,
    case_words,
    first_case,
    named_values,
    outcomes,
    tables_of,
    together,
)
from slaclock.agreements.side import Frozen, Side, Terms, terms_of
from slaclock.agreements.wording import listed
from slaclock.domain.ties import exclude_each_other
from slaclock.domain.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Late = tuple[datetime, datetime, datetime]

MOST_PAIRS = 10_000  # of the budgets and calendars of two targets that are held against each other


@dataclass(frozen=True, slots=True)
class Looser:
    """A target of an underpinning agreement that is due later than one of the agreement above it.

    `case` are the members of a ticket for which it is so, `start` is the first start of which it is true.
    With `pauses`, statuses in which it alone is paused, it may be due at the same time.
    """

    agreement: str
    target: str
    above: str
    above_target: str
    case: Case
    start: datetime
    due: datetime
    due_above: datetime
    timezone: str
    pauses: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it for people, on the clocks of the agreement above."""
        local = zone(self.timezone)
        begun, due, above = (_told(each, local) for each in (self.start, self.due, self.due_above))
        said = f"it is due {due}, and the other one already {above}"
        if self.due == self.due_above:
            said = f"both are due {due}"
        if self.pauses:
            said += f", and it pauses while the status is {listed(self.pauses)}, as the other one does not"
        above = f"{self.above_target} of {self.above!r}{case_words(self.case)}"
        return f"looser than {above}: begun {begun}, {said} ({self.timezone})"


def looser(agreements: Iterable[Frozen], published: datetime) -> Iterator[Looser]:
    """Find each target of an internal or supplier agreement that is looser than a customer agreement's.

    Compared are targets of one metric, or of metrics with the same start and stop, wherever both agreements
    could fit one ticket: for each value of their tables, from each hour of a week after publication.
    """
    sides = [Side(each, published) for each in agreements]
    above = [each for each in sides if each.frozen["kind"] == "customer"]
    for under in (each for each in sides if each.frozen["kind"] != "customer"):
        for customer in above:
            if not exclude_each_other(under.agreement, customer.agreement):
                yield from _Pair(under, customer).compared()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two agreements, and what their budgets and calendars were found to mean beside each other so far."""

    under: Side
    customer: Side
    found: dict[tuple[Terms, Terms, bool], Late | None] = field(default_factory=dict)

    def compared(self) -> Iterator[Looser]:
        for target, promise in product(self.under.frozen["targets"], self.customer.frozen["targets"]):
            if self._alike(target, promise) and (found := self._first(target, promise)):
                yield found

    def _alike(self, target: Frozen, promise: Frozen) -> bool:
        """Whether two targets measure one wait; one that runs only while others pause measures another."""
        if target["metric"] == promise["metric"]:
            return True
        ours, theirs = self.under.declared(target), self.customer.declared(promise)
        waiting = "pausing" in (ours.get("while"), theirs.get("while"))
        return not waiting and all(ours[each] == theirs[each] for each in ("start", "stop"))

    def _first(self, target: Frozen, promise: Frozen) -> Looser | None:
        """Give the first case of a ticket's members in which the target is looser."""
        named = named_values([*tables_of(target), *tables_of(promise)])
        theirs = list(outcomes(tables_of(promise), named))
        pauses = self._pauses(target, promise)
        for ours, other in islice(product(outcomes(tables_of(target), named), theirs), MOST_PAIRS):
            mine, its = terms_of(ours[0]), terms_of(other[0])
            late = self._late(mine, its, paused=bool(pauses)) if mine and its else None
            allowed = together(ours[1], other[1]) if late else None
            case = first_case(allowed, (self.under, self.customer)) if allowed is not None else None
            if late and case is not None:
                return self._looser(target, promise, case, late, pauses)
        return None

    def _pauses(self, target: Frozen, promise: Frozen) -> tuple[str, ...]:
        """Give the statuses in which the target's clock alone is paused."""
        held = [side.paused(each) for side, each in ((self.under, target), (self.customer, promise))]
        return tuple(sorted((held[0] or set()) - held[1])) if held[1] is not None else ()

    def _late(self, ours: Terms, theirs: Terms, *, paused: bool) -> Late | None:
        key = (ours, theirs, paused)
        if key not in self.found:
            self.found[key] = self._first_late(ours, theirs, paused=paused)
        return self.found[key]

    def _first_late(self, ours: Terms, theirs: Terms, *, paused: bool) -> Late | None:
        """Give the first start from which ours is due later; or when the other is, if paused alone."""
        first = max(self.under.first, self.customer.first)
        sides = self.under.deadlines(ours, first), self.customer.deadlines(theirs, first)
        same = None
        for hour, (due, above) in enumerate(zip(*sides, strict=True)):
            start = first + timedelta(hours=hour)
            if due and above and due >= above and self._covered(start):
                if due > above:
                    return start, due, above
                same = same or (start, due, above)
        return same if paused else None

    def _covered(self, start: datetime) -> bool:
        return all(each.agreement.covers(start) for each in (self.under, self.customer))

    def _looser(
        self, target: Frozen, promise: Frozen, case: Case, late: Late, pauses: tuple[str, ...]
    ) -> Looser:
        start, due, due_above = late
        return Looser(
            agreement=self.under.frozen["agreement"],
            target=target["name"],
            above=self.customer.frozen["agreement"],
            above_target=promise["name"],
            case=case,
            start=start,
            due=due,
            due_above=due_above,
            timezone=self.customer.frozen["timezone"],
            pauses=pauses,
        )


def _told(instant: datetime, local: tzinfo) -> str:
    return f"{instant.astimezone(local):%a %Y-%m-%d %H:%M}"
