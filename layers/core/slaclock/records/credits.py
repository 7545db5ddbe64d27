"""Credits of an account: the terms of a period, its statement as of now, and the statements issued of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slaclock.domain.agreement import Agreement
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant
from slaclock.evidence.at_risk import AtRisk, at_risk
from slaclock.evidence.credit_document import (
    difference,
    period_document,
    risk_document,
    statement_document,
)
from slaclock.evidence.credit_periods import Period, months_before, period_at, period_named, period_of
from slaclock.evidence.credit_schedule import in_force, running
from slaclock.evidence.credit_terms import CreditTerms, credit_terms
from slaclock.evidence.credits import Statement, credits_of
from slaclock.evidence.cycles import Cycle
from slaclock.records.attainment import rollups_of
from slaclock.store.contract import Ledger
from slaclock.store.reports import ALL, Reports, sealed_until, whose_of
from slaclock.store.statements import Issued, Statements


class NoCredits(SlaError):
    """Nothing is agreed about the credits of a period: the message says of what."""


class Record(Ledger, Reports, Statements, Protocol):
    """Where rollups are kept, the rows of days that have none yet, and statements."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A period, and the terms that it has, with the version that says them."""

    version: Agreement
    terms: CreditTerms
    period: Period


def agreed(versions: Iterable[Agreement], agreement: str, name: str | None, now: datetime) -> Agreed:
    """The terms of a period by its name, or of the running one; `NoCredits` where there are none.

    `ValueError` where the name is no period, or one of another length than credits are counted by then.
    """
    own = sorted((each for each in versions if each.id == agreement), key=lambda each: each.version)
    if not own:
        raise NoCredits(f"there is no agreement {agreement!r}")
    period = period_named(name, own[-1].timezone) if name else _running(own, now)
    version = in_force(own, period)
    terms = credit_terms(version) if version else None
    if version is None or terms is None:
        raise NoCredits(f"{agreement} says nothing about credits for {period.name}")
    found = period_named(period.name, version.timezone)
    then = period_of(terms.period, found.first, found.timezone)
    if found != then:
        raise ValueError(f"{agreement} counts credits by the {terms.period} then: {then.name}")
    return Agreed(version, terms, found)


def _running(own: Sequence[Agreement], now: datetime) -> Period:
    """The period that an agreement is in, or would be in if its newest version said so."""
    kind = own[-1].credits.get("period", "month")
    return next((period for _, period in running(own, now)), period_at(kind, now, own[-1].timezone))


def statement_of(record: Record, account: str, whose: str, of: Agreed) -> Statement:
    """A period's statement, from what is known by now."""
    return credits_of(of.terms, cycles_of(record, account, whose, of), of.period)


def whole_statement(record: Record, account: str, whose: str, of: Agreed) -> dict[str, Any] | None:
    """The statement of a period, as a document; None where it is not wholly of whoever `whose` says.

    It is over all customers of its agreement, and one customer's where it says the same of their rows alone:
    then all that it names and rests on is theirs.
    """
    every, *own = (
        statement_document(statement_of(record, account, each, of), account)
        for each in dict.fromkeys((ALL, whose))
    )
    return every if own in ([], [every]) else None


def risk_of(record: Record, account: str, whose: str, of: Agreed, now: datetime) -> AtRisk:
    """How a running period stands, from what is known by now."""
    return at_risk(of.terms, cycles_of(record, account, whose, of), of.period, now)


def cycles_of(record: Record, account: str, whose: str, of: Agreed) -> Iterator[Cycle]:
    """Yield the cycles that a period's statement looks at, those before that rights are counted by included.

    Of days on which the agreement has none, nothing is unpacked.
    """
    since = months_before(of.period.start, of.terms.months_back, of.terms.timezone)
    for rollup in rollups_of(record, account, whose, since.date(), of.period.last_utc_day):
        if of.terms.agreement in rollup.members["agreement"].values:
            yield from rollup.cycles(of.terms.agreement)


def credit_report(
    record: Record, account: str, customer: str | None, of: Agreed, now: datetime
) -> dict[str, Any]:
    """A period's statement as of now, the last one issued and how it differs, and what is at risk.

    It is provisional until each day of the period is sealed and rolled up. For a `customer` it is reckoned
    from his own rows and says so, and none is issued: those that were rest on all rows of the agreement,
    which applies to whoever has that word for an id or for a name.
    """
    whose = ALL if customer is None else whose_of(customer)
    until = sealed_until(record, account)
    statement = statement_document(statement_of(record, account, whose, of), account)
    issued = [] if customer else record.statements(account, of.terms.agreement, of.period.name)
    risk = risk_of(record, account, whose, of, now) if of.period.holds(now) else None
    return {
        "period": period_document(of.period),
        "as_of": format_instant(now),
        "customer": customer,
        "provisional": until is None or until < of.period.last_utc_day,
        "statement": statement,
        "issued": {**_issued(issued[-1]), "statement": dict(issued[-1].document)} if issued else None,
        "earlier": [_issued(each) for each in issued[:-1]],
        "difference": difference(issued[-1].document, statement) if issued else None,
        "at_risk": risk_document(of.terms, risk) if risk else None,
    }


def _issued(issued: Issued) -> dict[str, Any]:
    said = issued.document
    return {
        "number": issued.number,
        "at": format_instant(issued.at),
        "total": said["total"],
        "hash": said["hash"],
    }
