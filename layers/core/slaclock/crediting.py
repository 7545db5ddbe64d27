"""Credits of an account: the terms of a period, its statement as of now, and the statements issued of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from slaclock.domain.agreement import Agreement
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant
from slaclock.evidence.at_risk import at_risk
from slaclock.evidence.credit_document import (
    Document,
    difference,
    period_document,
    risk_document,
    statement_document,
)
from slaclock.evidence.credit_periods import Period, months_before, period_at, period_named, period_of
from slaclock.evidence.credit_terms import CreditTerms, credit_terms, in_force
from slaclock.evidence.credits import credits_of
from slaclock.evidence.cycles import Cycle


class NoCredits(SlaError):
    """Nothing is agreed about the credits of a period: the message says of what."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement as it was issued: its number among those of its period, from 1 on, and when."""

    number: int
    at: datetime
    document: Document


class Statements(Protocol):
    """The statements issued of periods; none is ever changed."""

    def statements(self, account: str, agreement: str, period: str) -> Sequence[Issued]:
        """List those of a period, in their order."""


class Standings(Protocol):
    """Cycles as they stand."""

    def cycles(self, account: str, customer: str | None, first: date, last: date) -> Iterable[Cycle]:
        """Yield those due on these days in UTC, of one customer or of all."""


class Reports(Statements, Standings, Protocol):
    """What reports are made of."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A period, and the terms that it has, with the version that says them."""

    version: Agreement
    terms: CreditTerms
    period: Period


def agreed(versions: Iterable[Agreement], agreement: str, name: str | None, now: datetime) -> Agreed:
    """The terms of a period by its name, or of the running one; `NoCredits` where there are none.

    `ValueError` where the name is no period, or one of another length than credits are counted by.
    """
    own = [each for each in versions if each.id == agreement]
    if not own:
        raise NoCredits(f"there is no agreement {agreement!r}")
    own.sort(key=lambda each: each.version)
    kind, zone = [("month", own[-1].timezone), *(_kind_of(each) for each in own if each.credits)][-1]
    period = period_named(name, zone) if name else period_at(kind, now, zone)
    version = in_force(own, period)
    terms = credit_terms(version) if version else None
    if version is None or terms is None:
        raise NoCredits(f"{agreement} says nothing about credits for {period.name}")
    found = period_named(period.name, version.timezone)
    if found != period_of(terms.period, found.first, found.timezone):
        raise ValueError(f"{agreement} counts credits by the {terms.period}")
    return Agreed(version, terms, found)


def _kind_of(version: Agreement) -> tuple[str, str]:
    return version.credits["period"], version.timezone


def due_within(reports: Standings, account: str, customer: str | None, of: Agreed) -> list[Cycle]:
    """The cycles that a period's statement looks at: its own, and those before that rights are counted by."""
    since = months_before(of.period.start, of.terms.months_back, of.terms.timezone)
    return list(reports.cycles(account, customer, since.date(), of.period.last_utc_day))


def credit_report(
    reports: Reports, account: str, customer: str | None, of: Agreed, now: datetime, *, sealed: bool
) -> dict[str, Any]:
    """A period's statement as of now, the last one issued and how it differs, and what is at risk.

    It is provisional until each day of the period is `sealed`.
    """
    known = due_within(reports, account, customer, of)
    statement = statement_document(credits_of(of.terms, known, of.period), account)
    issued = reports.statements(account, of.terms.agreement, of.period.name)
    risk = at_risk(of.terms, known, of.period, now) if of.period.holds(now) else None
    return {
        "period": period_document(of.period),
        "as_of": format_instant(now),
        "provisional": not sealed,
        "statement": statement,
        "issued": [_issued(each) for each in issued],
        "difference": difference(issued[-1].document, statement) if issued else None,
        "at_risk": risk_document(of.terms, risk) if risk else None,
    }


def _issued(issued: Issued) -> dict[str, Any]:
    return {"number": issued.number, "at": format_instant(issued.at), "statement": dict(issued.document)}
