"""Cycles and terms for the rules of credits: one week of words, one customer, one agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from slaclock.domain.agreement import Agreement
from slaclock.evidence.credit_periods import period_named
from slaclock.evidence.credit_terms import CreditTerms, credit_terms
from slaclock.evidence.cycles import Cycle

ZONE = "Europe/Copenhagen"
OCTOBER = period_named("2026-10", ZONE)
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
FEE = {"amount": "12000.00", "currency": "DKK"}


def version(credits: dict[str, Any], number: int = 1, **members: Any) -> Agreement:  # noqa: A002
    """A version of the agreement with these credits and nothing that credits do not read."""
    return replace(
        Agreement("acme-gold", number, "sha256:aa", "customer", 10, {}, {}, {}, timezone=ZONE),
        credits=credits,
        **members,
    )


def terms(**credits: Any) -> CreditTerms:  # noqa: A002
    """Terms of a month with a fee of 12,000 kroner, unless said otherwise."""
    found = credit_terms(version({"period": "month", "fee": FEE, **credits}))
    assert found
    return found


def cycle(name: str, state: Any = "breached", **members: Any) -> Cycle:
    """One cycle, due at noon on 1 October unless said otherwise."""
    plain = Cycle(
        id=name,
        account="acme",
        customer="acme",
        agreement="acme-gold",
        agreement_version=1,
        target="resolution",
        metric="resolution",
        kind="resolution",
        clause="§4.2",
        team=None,
        priority=None,
        service=None,
        cycle=1,
        due=NOON,
        at=NOON,
        state=state,
    )
    return replace(plain, **members)


def met(number: int) -> list[Cycle]:
    """So many cycles that were met."""
    return [cycle(f"m{each}", "met") for each in range(number)]


def breached(number: int, first: int = 0, **members: Any) -> list[Cycle]:
    """So many breaches, an hour after each other."""
    return [
        cycle(f"b{each}", **{"due": NOON + timedelta(hours=each), **members})
        for each in range(first, first + number)
    ]
