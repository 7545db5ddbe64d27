"""Months of an account to make reports of: cycles as rollups have them, in a store in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.facts import fact_key, public_id, subject_key
from slaclock.evidence.cycles import Cycle, Rating
from slaclock.evidence.rollup import rolled_up
from slaclock.reporting.reading import Reader
from slaclock.reporting.wanted import Wanted, month_named
from slaclock.store.memory import MemoryStore
from slaclock.store.reports import ALL, Made, whose_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slaclock.reporting.reading import Roots

ZONE = "Europe/Copenhagen"
NOVEMBER_2 = datetime(2026, 11, 2, 6, tzinfo=UTC)
NOON = datetime(2026, 10, 5, 10, tzinfo=UTC)  # a Monday, 12:00 in Copenhagen
TERMS = {
    "period": "month",
    "fee": {"amount": "12000.00", "currency": "DKK"},
    "bands": [{"below": "99%", "credit": "5%", "clause": "§9.1"}, {"below": "95%", "credit": "10%"}],
    "cap": "15%",
}
GOLD = replace(
    Agreement("acme-gold", 3, "sha256:aa", "customer", 10, {}, {}, {}, timezone=ZONE), credits=TERMS
)
SILVER = Agreement("globex-silver", 1, "sha256:bb", "customer", 20, {}, {}, {}, timezone=ZONE)
BEHIND = Agreement("network-ola", 1, "sha256:cc", "internal", 20, {}, {}, {}, timezone=ZONE)
VERSIONS = (GOLD, SILVER, BEHIND)


def cycle(number: int, state: Any = "met", **members: Any) -> Cycle:
    """A cycle of the ticket of that number: a first response for ACME, due at noon on Monday 5 October."""
    kind = {"met": "clock_met", "cancelled": "clock_cancelled"}.get(state, "clock_breached")
    target = members.get("target", "first_response")
    stopped: dict[str, Any] = {"worked": 1500, "wall": 1800} if state == "met" else {}
    if state in ("breached", "waived") and not members.get("open"):
        stopped = {"worked": 3600, "wall": 7200, "late": 5400}
    plain = {
        "customer": "ACME",
        "agreement": "acme-gold",
        "agreement_version": 3,
        "target": target,
        "metric": target,
        "kind": "response",
        "clause": "§4.2",
        "team": "Service desk",
        "priority": "high",
        "service": None,
        "cycle": 1,
        "due": NOON,
        "at": NOON,
        **stopped,
        **members,
    }
    fact = public_id(subject_key("ticket", "example", str(number)), fact_key(kind, target, 1, 0))
    return Cycle(id=fact, account="example", state=state, **plain)


def rating(number: int, value: str, at: datetime = NOON) -> Rating:
    """What ACME thought of the ticket of that number."""
    fact = public_id(subject_key("ticket", "example", str(number)), fact_key("ticket_rated", "rating", 1, 0))
    return Rating(fact, "example", "ACME", "acme-gold", 3, "Service desk", "high", None, at, Decimal(value))


def kept(cycles: Iterable[Cycle], ratings: Iterable[Rating] = (), until: date | None = None) -> MemoryStore:
    """A store whose nights have rolled up these cycles and ratings, sealed until that day."""
    store, of_days = MemoryStore(), defaultdict[date, tuple[list[Cycle], list[Rating]]](lambda: ([], []))
    for each in cycles:
        of_days[each.due.date()][0].append(each)
    for given in ratings:
        of_days[given.due.date()][1].append(given)
    for day, (those, rated) in of_days.items():
        parts = {ALL: rolled_up("example", those, rated).packed()}
        for customer in {each.customer for each in those} | {each.customer for each in rated}:
            own = [each for each in those if each.customer == customer]
            given_by = [each for each in rated if each.customer == customer]
            parts[whose_of(customer)] = rolled_up("example", own, given_by).packed()
        store.keep_rollup("example", Made(day, 1, "sha256:00", NOVEMBER_2, day), parts)
    if until:
        store.note_rolled(until)
    return store


def report_of(
    cycles: Iterable[Cycle],
    ratings: Iterable[Rating] = (),
    *,
    until: date | None = date(2026, 10, 31),
    versions: Sequence[Agreement] = VERSIONS,
    now: datetime = NOVEMBER_2,
    seals: Roots | None = None,
    month: str = "2026-10",
    endings: tuple[AgreementEnd, ...] = (),
    **of: Any,
) -> dict[str, Any]:
    """The report of October 2026, of an account that has these cycles."""
    wanted = Wanted("example", month_named(month, ZONE), **of)
    return Reader(kept(cycles, ratings, until), seals).read(
        wanted, Agreements(tuple(versions), endings=endings), now
    )


def autumn() -> tuple[list[Cycle], list[Rating]]:
    """Two months of three customers, with Mondays that are too much for the desk."""
    found, number, day = list[Cycle](), 1000, datetime(2026, 9, 1, tzinfo=UTC)
    while day < datetime(2026, 11, 1, tzinfo=UTC):
        for hour in range(6, 16) if day.weekday() < 5 else ():
            for nth in range(2 + (day.weekday() == 0 and hour in (6, 7)) * 2 + (hour == 9)):
                number += 1
                found.append(_one(number, day + timedelta(hours=hour, minutes=11 * nth + 3)))
        day += timedelta(days=1)
    rated = [rating(each, str(5 - each % 7 // 5), NOON) for each in range(2000, 2040)]
    return found, rated


def _one(number: int, due: datetime) -> Cycle:
    rush = due.weekday() == 0 and due.hour in (6, 7) and due.month == 10
    state = "breached" if number % (3 if rush else 41) == 0 else "waived" if number % 97 == 0 else "met"
    customer, agreement = (("ACME", "acme-gold"), ("Globex", "globex-silver"), ("ACME", "acme-gold"))[
        number % 3
    ]
    if number % 19 == 0:
        agreement = "network-ola"
    target, worked = ("resolution", 14_400) if number % 5 < 2 else ("first_response", 1_500)
    length = worked + number * 7919 % worked
    late = 600 + number * 104729 % 90_000
    members = {
        "customer": customer,
        "agreement": agreement,
        "target": target,
        "team": ("Service desk", "Network", "Service desk", None)[number % 4],
        "due": due,
        "at": due,
        "clause": "§4.2" if target == "resolution" else "§4.1",
        "cause": ("staffing", "third-party", "staffing", None, "change")[number // 41 % 5],
    }
    if state == "met":
        return cycle(
            number,
            state,
            worked=length,
            wall=length * 2 + number % 7 * 3_600,
            **members,
        )
    still = due.day > 29 and due.month == 10
    return (
        cycle(number, state, **members, open=True)
        if still
        else cycle(number, state, worked=length * 2, wall=length * 3 + late, late=late, **members)
    )
