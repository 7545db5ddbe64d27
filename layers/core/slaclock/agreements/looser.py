"""Promises that underpin another and allow more time than it: an OLA or UC looser than the SLA above it.

Works on frozen agreements, so that one about to be published can be held against those that are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from slaclock.agreements.side import Frozen, Side
from slaclock.agreements.tables import DEFAULT, KNOWN
from slaclock.domain.ties import exclude_each_other
from slaclock.domain.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Case = dict[str, str]

MOST_CASES = 300  # combinations of table values that are tried for two targets, the first ones


@dataclass(frozen=True, slots=True)
class Looser:
    """A target of an underpinning agreement that is due later than one of the agreement above it.

    `case` are the members of a ticket for which it is so, `start` is the first start of which it is true.
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

    def __str__(self) -> str:
        """Say it for people, on the clocks of the agreement above."""
        local = zone(self.timezone)
        begun, due, above = (_told(each, local) for each in (self.start, self.due, self.due_above))
        case = ", ".join(_said(member, value) for member, value in self.case.items())
        where = f" for {case}" if case else ""
        return (
            f"looser than {self.above_target} of {self.above!r}{where}: begun {begun}, it is due {due}, "
            f"and the other one already {above} ({self.timezone})"
        )


def looser(agreements: Iterable[Frozen], published: datetime) -> Iterator[Looser]:
    """Find each target of an internal or supplier agreement that is looser than a customer agreement's.

    Compared are targets of one metric, or of metrics with the same `stop`, wherever both agreements could fit
    one ticket: for each value of their tables, from each hour of a week after publication.
    """
    sides = [Side(each, published) for each in agreements]
    above = [each for each in sides if each.frozen["kind"] == "customer"]
    for under in (each for each in sides if each.frozen["kind"] != "customer"):
        for customer in above:
            if not exclude_each_other(under.agreement, customer.agreement):
                yield from _compared(under, customer)


def _compared(under: Side, customer: Side) -> Iterator[Looser]:
    for target, promise in product(under.frozen["targets"], customer.frozen["targets"]):
        if _alike(under, target, customer, promise):
            found = next(_cases(under, target, customer, promise), None)
            if found:
                yield found


def _alike(under: Side, target: Frozen, customer: Side, promise: Frozen) -> bool:
    """Whether two targets wait for the same."""
    return bool(
        target["metric"] == promise["metric"]
        or under.declared(target)["stop"] == customer.declared(promise)["stop"]
    )


def _cases(under: Side, target: Frozen, customer: Side, promise: Frozen) -> Iterator[Looser]:
    """Give each case of a ticket's members in which the first is due later, with the first start of each."""
    first = max(under.first, customer.first)
    seen = set()
    for case in islice(_values(target, promise), MOST_CASES):
        attributes = _attributes(case)
        if any(each.agreement.judge(attributes) is False for each in (under, customer)):
            continue
        terms = under.terms(target, attributes), customer.terms(promise, attributes)
        if terms in seen:
            continue
        seen.add(terms)
        late = _first_late(under.deadlines(terms[0], first), customer.deadlines(terms[1], first))
        start = first + timedelta(hours=late[0]) if late else first
        if late and under.agreement.covers(start) and customer.agreement.covers(start):
            _, due, due_above = late
            yield Looser(
                agreement=under.frozen["agreement"],
                target=target["name"],
                above=customer.frozen["agreement"],
                above_target=promise["name"],
                case=case,
                start=start,
                due=due,
                due_above=due_above,
                timezone=customer.frozen["timezone"],
            )


def _first_late(
    ours: list[datetime | None], theirs: list[datetime | None]
) -> tuple[int, datetime, datetime] | None:
    for hour, (due, due_above) in enumerate(zip(ours, theirs, strict=False)):
        if due and due_above and due > due_above:
            return hour, due, due_above
    return None


def _values(*targets: Frozen) -> Iterator[Case]:
    """Give every combination of the values that the tables of these targets name, and of all others."""
    named: dict[str, dict[str, None]] = {}
    for target in targets:
        for table in ("budgets", "calendars"):
            if target[table].keys() - {DEFAULT}:
                by = target[f"{table}_by"]
                named.setdefault(by, {}).update(dict.fromkeys(KNOWN.get(by, (*target[table], DEFAULT))))
    return (dict(zip(named, values, strict=True)) for values in product(*named.values()))


def _attributes(case: Case) -> dict[str, Any]:
    """Give a ticket of which only this is known."""
    attributes: dict[str, Any] = {}
    for member, value in case.items():
        if value != DEFAULT and member.startswith("custom."):
            attributes.setdefault("custom", {})[member.removeprefix("custom.")] = value
        elif value != DEFAULT:
            attributes[member] = [value] if member == "tags" else value
    return attributes


def _told(instant: datetime, local: tzinfo) -> str:
    return f"{instant.astimezone(local):%a %Y-%m-%d %H:%M}"


def _said(member: str, value: str) -> str:
    return f"any other {member}" if value == DEFAULT else f"{member} {value}"
