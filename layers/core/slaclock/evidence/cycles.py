"""Cycles of promises as they stand, from the rows of the ledger: what every report counts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol

from slaclock.domain.case_entry import WAIVED
from slaclock.domain.facts import OUTCOMES, RATED, Fact
from slaclock.evidence.standing import Standing, service_of, standing

State = Literal["met", "breached", "cancelled", "waived"]
# What of a cycle's rows says how it stands; the others tell who was told, and what was written beside.
_SAYING = OUTCOMES | {"breach_ended", "breach_reopened", "outcome_corrected", "case_cause", "case_dispute"}
_SECOND = timedelta(seconds=1)
_Key = tuple[str, str, str, str, int]  # account, subject, ticket, lane, cycle


class Row(Protocol):
    """A row of the ledger, as far as reports read it: a fact, and its place in its ticket's chain."""

    @property
    def fact(self) -> Fact: ...

    @property
    def seq(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of one promise as it stands. `id` is the public id of the outcome that stands.

    Customer, team, priority, service, kind and clause are those at the outcome; None where unknown. `due` is
    the deadline, or `at` where there is none: it gives the period. `at` is the outcome's time.

    `state` is `waived` for a breach whose dispute was decided so. `open` is a breach that has not ended.
    `worked` is working time and `wall` elapsed time from the clock's start to its stop, in whole seconds:
    None while a breach is open, for what was cancelled, and `wall` for what older engines told. `late` is
    elapsed time from the deadline of a breach to its end, None where it has none. `reopened`
    says that a reopening began the cycle, or opened its breach again; `cause` what a breach is put down to;
    `corrected` that another outcome was told before, and withdrawn.
    """

    id: str
    account: str
    customer: str | None
    agreement: str
    agreement_version: int
    target: str
    metric: str
    kind: str | None
    clause: str | None
    team: str | None
    priority: str | None
    service: str | None
    cycle: int
    due: datetime
    at: datetime
    state: State
    open: bool = False
    worked: int | None = None
    wall: int | None = None
    late: int | None = None
    reopened: bool = False
    cause: str | None = None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating of a ticket: under the customer's agreement that applied, "" where none did.

    `due` is when it was given: it gives the period, as a cycle's deadline does.
    """

    id: str
    account: str
    customer: str | None
    agreement: str
    agreement_version: int
    team: str | None
    priority: str | None
    service: str | None
    due: datetime
    value: Decimal


def in_thousandths(value: Decimal) -> int:
    """A rating as means are made of it, and as the lake has it: a half goes to the even thousandth.

    >>> in_thousandths(Decimal("4.0049999"))
    4005
    """
    return round(value * 1000)


def ratings(rows: Iterable[Row]) -> Iterator[Rating]:
    """Yield the ratings that rows tell of, in an order of their own, whatever the order of the rows."""
    found = {row.fact.id: row.fact for row in rows if row.fact.fact == RATED}
    for fact_id in sorted(found):
        yield _rating(found[fact_id])


def cycles(rows: Iterable[Row]) -> Iterator[Cycle]:
    """Yield the cycles that rows tell of, in an order of their own, whatever the order of the rows.

    Of each cycle the latest outcome counts that was not withdrawn; where none stands, nothing does. All that
    rows say of one telling lies on one day of `due`, so that a day's rows tell of its cycles.
    """
    told: dict[_Key, list[Row]] = {}
    for row in rows:
        fact = row.fact
        if fact.fact in _SAYING:
            key = (fact.account, fact.subject, fact.ticket_id, fact.lane, fact.cycle)
            told.setdefault(key, []).append(row)
    for key in sorted(told):
        in_order = sorted(told[key], key=lambda row: row.seq)
        if cycle := _cycle([row.fact for row in in_order]):
            yield cycle


def _cycle(facts: Sequence[Fact]) -> Cycle | None:
    withdrawn = {fact.details.get("corrects") for fact in facts}
    outcomes = [fact for fact in facts if fact.fact in OUTCOMES and fact.id not in withdrawn]
    if not outcomes:
        return None
    told = max(outcomes, key=lambda fact: fact.revision)
    breach = standing(fact for fact in facts if fact.revision == told.revision)
    stop = breach.ended if breach else told if told.fact == "clock_met" else None
    state = _state(told, breach)
    return Cycle(
        id=told.id,
        account=told.account,
        customer=told.details.get("customer"),
        agreement=told.agreement,
        agreement_version=told.agreement_version,
        target=told.target,
        metric=told.metric,
        kind=told.details.get("kind"),
        clause=told.details.get("clause"),
        team=told.details.get("team"),
        priority=told.details.get("priority"),
        service=service_of(told),
        cycle=told.cycle,
        due=told.due_at or told.at,
        at=told.at,
        state=state,
        open=state == "breached" and stop is None,
        worked=stop.details["worked_seconds"] if stop else None,
        wall=stop.details.get("wall_seconds") if stop else None,
        late=_late(told, breach.ended) if breach and breach.ended else None,
        reopened=bool(told.details.get("reopened") or (breach and breach.reopened)),
        cause=breach.cause if breach else None,
        corrected=told.revision > 0,
    )


def _late(told: Fact, ended: Fact) -> int:
    """Whole seconds from the deadline to the end, as they were told; older engines told none."""
    by_instants = (ended.at - (told.due_at or told.at)) // _SECOND
    late: int = ended.details.get("late_wall_seconds", max(0, by_instants))
    return late


def _state(told: Fact, breach: Standing | None) -> State:
    if told.fact == "clock_met":
        return "met"
    if breach is None:
        return "cancelled"
    return "waived" if breach.dispute == WAIVED else "breached"


def _rating(told: Fact) -> Rating:
    return Rating(
        id=told.id,
        account=told.account,
        customer=told.details.get("customer"),
        agreement=told.agreement,
        agreement_version=told.agreement_version,
        team=told.details.get("team"),
        priority=told.details.get("priority"),
        service=service_of(told),
        due=told.at,
        value=Decimal(str(told.details["rating"])),
    )
