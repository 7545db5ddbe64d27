"""Cycles, ratings and the rows that tell of them, for tests of what reports count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from slaclock.domain.facts import Fact, fact_key, public_id
from slaclock.evidence.cycles import Cycle, Rating

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DUE = MONDAY + timedelta(hours=10)
NAMES = st.one_of(st.none(), st.sampled_from(["a", "b", "*", "-", "=a"]))
_DAY = 86_400


@dataclass(frozen=True)
class Row:
    """A row, as far as reports read it."""

    fact: Fact
    seq: int


def fact(name: str, at: datetime = DUE, *, ticket_id: str = "1", **members: Any) -> Fact:
    """A fact about the first cycle of a ticket's resolution, due at ten on Monday."""
    mark, revision = members.pop("mark", ""), members.pop("revision", 0)
    base = Fact(
        fact=name,
        key=fact_key(name, "resolution", 1, revision, mark),
        account="example",
        ticket_id=ticket_id,
        subject="ticket",
        agreement="gold",
        agreement_version=1,
        target="resolution",
        metric="resolution",
        cycle=1,
        revision=revision,
        at=at,
        due_at=DUE,
        details={"customer": "acme", "kind": "resolution", **members.pop("details", {})},
    )
    return replace(base, **members)


def rows(*facts: Fact) -> list[Row]:
    """The rows of facts, in the order of telling."""
    return [Row(each, seq) for seq, each in enumerate(facts, 1)]


def cycle(number: int = 1, state: str = "met", **members: Any) -> Cycle:
    """A cycle due at ten on Monday."""
    key = f"clock_{state}:resolution:1.0"
    base = Cycle(
        id=public_id(f"ticket#example#{number}", key),
        account="example",
        customer="acme",
        agreement="gold",
        agreement_version=1,
        target="resolution",
        metric="resolution",
        kind="resolution",
        clause=None,
        team="t-1",
        priority="high",
        service=None,
        cycle=1,
        due=DUE,
        at=DUE,
        state=state,  # type: ignore[arg-type]
    )
    return replace(base, **members)


def cycles_of_a_day(day: datetime = MONDAY) -> SearchStrategy[list[Cycle]]:
    """Cycles of one day, each with an id of its own."""
    seconds = st.one_of(st.none(), st.integers(0, 10**6))
    members: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "customer": NAMES,
            "team": NAMES,
            "priority": st.sampled_from([None, "high", "urgent"]),
            "service": NAMES,
            "metric": st.sampled_from(["resolution", "first_response"]),
            "clause": NAMES,
            "cycle": st.integers(1, 300),
            "due": st.integers(0, _DAY * 10**6 - 1).map(lambda us: day + timedelta(microseconds=us)),
            "state": st.sampled_from(["met", "breached", "cancelled", "waived"]),
            "open": st.booleans(),
            "reopened": st.booleans(),
            "corrected": st.booleans(),
            "worked": seconds,
            "wall": seconds,
            "cause": NAMES,
        }
    )
    return st.lists(members, max_size=12).map(
        lambda every: [cycle(number, **each) for number, each in enumerate(every)]
    )


def rating(number: int = 1, value: str = "4", **members: Any) -> Rating:
    """A rating at ten on Monday."""
    named = public_id(f"ticket#example#{number}", f"ticket_rated:*rating:1.0:{number}")
    base = Rating(named, "example", "acme", "gold", 1, "t-1", "high", None, DUE, Decimal(value))
    return replace(base, **members)


def ratings_of_a_day(day: datetime = MONDAY) -> SearchStrategy[list[Rating]]:
    """Ratings of one day."""
    members: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "customer": NAMES,
            "team": NAMES,
            "agreement": st.sampled_from(["", "gold"]),
            "due": st.integers(0, _DAY - 1).map(lambda seconds: day + timedelta(seconds=seconds)),
            "value": st.sampled_from(["1", "2.5", "5"]).map(Decimal),
        }
    )
    return st.lists(members, max_size=5).map(
        lambda every: [replace(rating(number), **each) for number, each in enumerate(every)]
    )
