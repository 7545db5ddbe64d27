"""What the nightly run tells of credits: statements of what is over, corrected ones, and warnings."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.domain.errors import InvalidAgreement
from slaclock.evidence.at_risk import AtRisk, passed
from slaclock.evidence.credit_document import statement_document
from slaclock.evidence.credit_periods import Period, months_before, period_at, period_of
from slaclock.evidence.credit_schedule import lengths, running, version_of
from slaclock.evidence.credit_terms import Warn, credit_terms
from slaclock.notices.report import Report, report_notice
from slaclock.problems import fault
from slaclock.records.credits import Agreed, Record, risk_of, statement_of
from slaclock.store.reports import ALL, Made, sealed_until
from slaclock.store.statements import Issued
from slaclock.voice import Voice

LASTS = 60.0  # seconds; no account is begun after them
LOOKED_BACK = 3  # periods, up to that of the last sealed day: a run that catches up seals 31 days at most
CORRECTED = timedelta(days=400)  # after its end a statement is issued again, if rows say otherwise by then
WATCHED = timedelta(days=31)  # after its end, its thresholds are told if they were passed
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


class Published(Protocol):
    """Where agreements are."""

    def agreements(self, account: str) -> Agreements: ...


@dataclass(slots=True)
class Told:
    """What a run issued and told, how many accounts failed, and how many it left for the next one."""

    statements: int = 0
    warnings: int = 0
    failed: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Issuer:
    """Issues statements and tells warnings, account by account. What was issued or told is not again."""

    published: Published
    record: Record
    voice: Voice
    now: Callable[[], datetime]
    elapsed: Callable[[], float]

    def run(self, lasts: float = LASTS) -> Told:
        """Look through the accounts of which anything was rolled up, each night from another one on.

        One that fails keeps none of the others from it; the next run finds what it left.
        """
        began, told, rolled = self.elapsed(), Told(), self.record.rolled_until()
        if rolled is None:
            return told
        accounts = self.record.accounts()
        for number, account in enumerate(_from_another(accounts, rolled)):
            if self.elapsed() - began > lasts:
                told.left = len(accounts) - number
                break
            try:
                until = sealed_until(self.record, account) or rolled
                self._account(account, until, self.now(), told)
            except Exception as error:  # noqa: BLE001  (told by the caller; the other accounts go on)
                named = {"account": account}
                _log.error("credits of an account can't be told: %s", fault(error), extra=named)
                told.failed += 1
        return told

    def _account(self, account: str, sealed_until: date, now: datetime, told: Told) -> None:
        published = self.published.agreements(account)
        for agreement in sorted({each.id for each in published.versions if each.credits}):
            own = [each for each in published.versions if each.id == agreement]
            for of, fresh in over(own, sealed_until):
                owed = fresh and not published.is_ended(agreement, of.period.start)
                told.statements += self._issue(account, of, now, fresh=owed)
            for of in watched(own, sealed_until, now):
                if not published.is_ended(agreement, of.period.start):
                    told.warnings += self._warn(account, of, now)

    def _issue(self, account: str, of: Agreed, now: datetime, *, fresh: bool) -> bool:
        """Issue a statement of a `fresh` period, or where days were rolled up anew since the last one.

        A period that begins after the agreement was ended is not fresh: nobody owes anything by it.
        """
        issued = self.record.statements(account, of.terms.agreement, of.period.name)
        if not (self._rolled_since(account, of, issued[-1].at) if issued else fresh):
            return False
        document = statement_document(statement_of(self.record, account, ALL, of), account)
        if issued and issued[-1].document["hash"] == document["hash"]:
            return False
        statement = Issued(len(issued) + 1, now, document)
        self.record.keep_statement(account, of.terms.agreement, of.period.name, statement)
        return True

    def _rolled_since(self, account: str, of: Agreed, at: datetime) -> bool:
        since = months_before(of.period.start, of.terms.months_back, of.terms.timezone)
        made: Mapping[date, Made] = self.record.made(account, since.date(), of.period.last_utc_day)
        return any(each.made_at >= at for each in made.values())

    def _warn(self, account: str, of: Agreed, now: datetime) -> int:
        """Tell what was passed and nobody was told of; kept after it was told, so that none is lost."""
        if not of.terms.warns:
            return 0
        name, agreement = of.period.name, of.terms.agreement
        risk = risk_of(self.record, account, ALL, of, now)
        already = self.record.warned(account, agreement, name)
        by_threshold = {each.threshold: each for each in passed(of.terms, risk)}
        fresh = [each for threshold, each in by_threshold.items() if threshold not in already]
        for warn in fresh:
            self._tell(_report(account, of, risk, warn, now), of.version.audience_at(warn.notify, now))
            self.record.keep_warning(account, agreement, name, warn.threshold, now)
        return len(fresh)

    def _tell(self, report: Report, audience: str) -> None:
        channel = self.voice.channel_of(audience)
        if channel.customer:
            _log.warning("nobody is told of %s: %s is for the customer", report.news, audience)
            return
        self.voice.publish(report_notice(report, audience, channel), channel.topic)


def _from_another(accounts: Sequence[str], night: date) -> Sequence[str]:
    """The accounts, beginning with another one each night, so that none is always the last."""
    first = night.toordinal() % len(accounts) if accounts else 0
    return (*accounts[first:], *accounts[:first])


def over(versions: Sequence[Agreement], sealed_until: date) -> Iterator[tuple[Agreed, bool]]:
    """Give an agreement's periods that are sealed whole, and whether they are fresh, the latest first."""
    for kind, zone in lengths(versions):
        for number, period in enumerate(_lately(kind, zone, sealed_until)):
            version = version_of(versions, kind, period) if period.last_utc_day <= sealed_until else None
            if of := version and _agreed(version, period):
                yield of, number < LOOKED_BACK


def watched(versions: Sequence[Agreement], sealed_until: date, now: datetime) -> Iterator[Agreed]:
    """Give the running period of an agreement, and those sealed whole that ended within the last 31 days.

    So what the last days of a period came to is told once they are sealed, if nights failed meanwhile, too.
    """
    for version, period in running(versions, now):
        if of := _agreed(version, period):
            yield of
    for of, _ in over(versions, sealed_until):
        if now - WATCHED < of.period.end <= now:
            yield of


def _lately(kind: str, zone: str, sealed_until: date) -> Iterator[Period]:
    """The period of a day, and those before it that may still be corrected."""
    midnight = datetime.combine(sealed_until, time(), UTC)
    period = period_at(kind, midnight, zone)
    while period.end > midnight - CORRECTED:
        yield period
        period = period_of(kind, period.first - _DAY, zone)


def _agreed(version: Agreement, period: Period) -> Agreed | None:
    """The terms of a period; None where they can't be worked out."""
    try:
        terms = credit_terms(version)
    except InvalidAgreement as error:
        _log.warning("credits can't be worked out: %s", fault(error), extra={"agreement": version.id})
        return None
    return Agreed(version, terms, period) if terms else None


def _report(account: str, of: Agreed, risk: AtRisk, warn: Warn, now: datetime) -> Report:
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
        at=now,
        told={"agreement": of.terms.agreement, "period": of.period.name},
        about={
            "agreement": of.terms.agreement,
            "agreement_version": of.terms.version,
            "period": of.period.name,
            "threshold": warn.condition,
        },
        figures={name: value for name, value in figures.items() if value is not None},
    )
