"""What the nightly run tells of credits: statements of what is over, corrected ones, and warnings."""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from slaclock.crediting import Agreed, Reports, due_within
from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.domain.errors import InvalidAgreement
from slaclock.evidence.at_risk import AtRisk, at_risk, passed
from slaclock.evidence.credit_document import Document, statement_document
from slaclock.evidence.credit_periods import Period, period_at, period_of, shifted
from slaclock.evidence.credit_terms import CreditTerms, Warn, credit_terms, in_force, months_of
from slaclock.evidence.credits import credits_of
from slaclock.notices.report import Report, report_notice
from slaclock.problems import fault
from slaclock.voice import Voice

LOOKED_BACK = 3  # periods, up to that of the last sealed day: a run that catches up seals 31 days at most
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


class Shelf(Reports, Protocol):
    """Where statements and warnings are kept."""

    def keep_statement(
        self, account: str, agreement: str, period: str, number: int, document: Document, at: datetime
    ) -> bool:
        """Keep a statement as the period's so-manieth; False where it has one of that number."""

    def warned(self, account: str, agreement: str, period: str) -> Collection[str]:
        """The thresholds of a period of which somebody was told."""

    def keep_warning(self, account: str, agreement: str, period: str, threshold: str, at: datetime) -> None:
        """Keep that somebody was told; that it is kept already is no error."""


class Published(Protocol):
    """Where agreements are."""

    def agreements(self, account: str) -> Agreements: ...


@dataclass(slots=True)
class Told:
    """What a run issued and told, and the accounts that failed."""

    statements: int = 0
    warnings: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Issues statements and tells warnings, account by account."""

    published: Published
    shelf: Shelf
    voice: Voice

    def run(self, changed: Mapping[str, Collection[date]], sealed_until: date, now: datetime) -> Told:
        """Look through accounts, each with the days, in UTC, whose cycles changed since the last run.

        An account that fails keeps none of the others from it; the next run finds what it left.
        """
        told = Told()
        for account in sorted(changed):
            try:
                self._account(account, changed[account], sealed_until, now, told)
            except Exception as error:  # noqa: BLE001  (told by the caller; the other accounts go on)
                _log.error("credits of an account can't be told: %s", fault(error))
                told.failed.append(account)
        return told

    def _account(
        self, account: str, changed: Collection[date], sealed_until: date, now: datetime, told: Told
    ) -> None:
        versions = self.published.agreements(account).versions
        for agreement in sorted({each.id for each in versions if each.credits}):
            own = tuple(each for each in versions if each.id == agreement)
            for of, touched in to_issue(own, changed, sealed_until):
                told.statements += self._issue(account, of, now, touched=touched)
            for of in running(own, now):
                told.warnings += self._warn(account, of, now)

    def _issue(self, account: str, of: Agreed, now: datetime, *, touched: bool) -> bool:
        """Issue a statement where there is none, or where rows that changed make it another."""
        name, agreement = of.period.name, of.terms.agreement
        issued = self.shelf.statements(account, agreement, name)
        if issued and not touched:
            return False
        known = due_within(self.shelf, account, None, of)
        document = statement_document(credits_of(of.terms, known, of.period), account)
        if issued and issued[-1].document["hash"] == document["hash"]:
            return False
        return self.shelf.keep_statement(account, agreement, name, len(issued) + 1, document, now)

    def _warn(self, account: str, of: Agreed, now: datetime) -> int:
        """Tell what was passed and nobody was told of; kept after it was told, so that none is lost."""
        if not of.terms.warns:
            return 0
        name, agreement = of.period.name, of.terms.agreement
        risk = at_risk(of.terms, due_within(self.shelf, account, None, of), of.period, now)
        already = self.shelf.warned(account, agreement, name)
        fresh = [each for each in passed(of.terms, risk) if each.threshold not in already]
        for warn in fresh:
            self._tell(_report(account, of, risk, warn), of.version.audience_at(warn.notify, now))
            self.shelf.keep_warning(account, agreement, name, warn.threshold, now)
        return len(fresh)

    def _tell(self, report: Report, audience: str) -> None:
        channel = self.voice.channel_of(audience)
        if channel.customer:
            _log.warning("nobody is told of %s: %s is for the customer", report.news, audience)
            return
        self.voice.publish(report_notice(report, audience, channel), channel.topic)


def to_issue(
    versions: Sequence[Agreement], changed: Collection[date], sealed_until: date
) -> Iterator[tuple[Agreed, bool]]:
    """Give the periods of an agreement that are sealed whole and may be due: the last ones, and touched ones.

    A changed day touches its own period, and those whose rights are counted back to it.
    """
    for kind, zone in _kinds(versions):
        over = set(_lately(kind, zone, sealed_until))
        touched = {each for day in changed for each in _after(kind, zone, day, _months(versions))}
        for period in sorted(over | touched, key=lambda each: each.first):
            of = _agreed(versions, kind, period) if period.last_utc_day <= sealed_until else None
            if of:
                yield of, period in touched


def running(versions: Sequence[Agreement], now: datetime) -> Iterator[Agreed]:
    """Give the periods of an agreement that `now` is in, with their terms."""
    for kind, zone in _kinds(versions):
        of = _agreed(versions, kind, period_at(kind, now, zone))
        if of:
            yield of


def _kinds(versions: Iterable[Agreement]) -> list[tuple[str, str]]:
    """The lengths of period that versions have, each with its zone."""
    return sorted({(each.credits["period"], each.timezone) for each in versions if each.credits})


def _months(versions: Iterable[Agreement]) -> int:
    """How many months back rights are counted at most."""
    rights = (each for version in versions for each in version.credits.get("termination", ()))
    return max((months_of(each["in"]) for each in rights), default=0)


def _lately(kind: str, zone: str, sealed_until: date) -> Iterator[Period]:
    period = period_at(kind, datetime.combine(sealed_until, time(), UTC), zone)
    for _ in range(LOOKED_BACK):
        yield period
        period = period_of(kind, period.first - _DAY, zone)


def _after(kind: str, zone: str, day: date, months: int) -> Iterator[Period]:
    """The periods that a day in UTC lies in, or is counted back to."""
    midnight = datetime.combine(day, time(), UTC)
    period, last = period_at(kind, midnight, zone), shifted(day + _DAY, months)
    while period.first <= last:
        yield period
        period = period_of(kind, period.after, zone)


def _agreed(versions: Sequence[Agreement], kind: str, period: Period) -> Agreed | None:
    """The terms of a period, where it has any, and was not over when they were published."""
    version = in_force(versions, period)
    if version is None or (version.published_at and version.published_at >= period.end):
        return None
    try:
        terms = credit_terms(version)
    except InvalidAgreement as error:
        _log.warning("credits can't be worked out: %s", error)
        return None
    return Agreed(version, terms, period) if terms and _fits(terms, kind, period) else None


def _fits(terms: CreditTerms, kind: str, period: Period) -> bool:
    return (terms.period, terms.timezone) == (kind, period.timezone)


def _report(account: str, of: Agreed, risk: AtRisk, warn: Warn) -> Report:
    """The news that a threshold is passed, with the figures of now."""
    limit = f"< {warn.below}" if warn.below else f"≤ {warn.breaches_left}"
    figures = {
        "attainment": risk.counted.attainment,
        "breaches_left": None if risk.left is None else str(risk.left),
        "gone": str(risk.gone),
        "threshold": limit,
    }
    return Report(
        news="credits_at_risk",
        account=account,
        told={"agreement": of.terms.agreement, "period": of.period.name},
        about={
            "agreement": of.terms.agreement,
            "agreement_version": of.terms.version,
            "period": of.period.name,
            "threshold": warn.condition,
        },
        figures={name: value for name, value in figures.items() if value is not None},
    )
