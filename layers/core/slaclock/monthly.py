"""Reports that agreements ask for each month: made once it is sealed, kept as files, and told of.

One that is due before its month is sealed is made provisionally, and anew, once, when it is.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import quote

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.domain.zones import zone
from slaclock.evidence.credit_periods import Period, period_of, shifted
from slaclock.notices.report import Report, report_notice
from slaclock.problems import fault
from slaclock.records.credits import Record
from slaclock.reporting.reading import Reader
from slaclock.reporting.wanted import Wanted
from slaclock.reporting.wording import percent
from slaclock.reporting.writing import FORMATS, media_type, written
from slaclock.voice import Voice

LASTS = 600.0  # seconds; no account is begun after them
LOOKED_BACK = 3  # months: mornings that failed for longer than one of them lose none
# What was told is kept beside the warnings of a period, whose thresholds are never called so.
TOLD, PROVISIONAL = "monthly report", "provisional monthly report"
_log = logging.getLogger(__name__)


class Published(Protocol):
    """Where agreements are."""

    def agreements(self, account: str) -> Agreements: ...


@dataclass(frozen=True, slots=True)
class Files:
    """The bucket that reports are kept in, as people find them."""

    client: Any
    bucket: str

    def keep(self, folder: str, report: dict[str, Any]) -> str:
        """Keep a report in each format; where its page is. What lay there is an earlier version of it."""
        for form in FORMATS:
            body, kind = written(report, form).encode(), media_type(form)
            key = f"{folder}/report.{form}"
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=kind)
        return f"s3://{self.bucket}/{folder}/report.{FORMATS[0]}"


@dataclass(slots=True)
class Made:
    """What a run made, how many accounts failed, and how many it left for the next one."""

    reports: int = 0
    failed: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Monthly:
    """Makes what is due, account by account. What was told of is not made again."""

    published: Published
    record: Record
    reader: Reader
    files: Files
    voice: Voice
    now: Callable[[], datetime]
    elapsed: Callable[[], float]

    def run(self, lasts: float = LASTS) -> Made:
        """Look through the accounts of which anything was rolled up.

        One that fails keeps none of the others from it; the next day's run finds what is left.
        """
        began, made, accounts = self.elapsed(), Made(), self.record.accounts()
        for number, account in enumerate(accounts):
            if self.elapsed() - began > lasts:
                made.left = len(accounts) - number
                break
            try:
                self._account(account, made)
            except Exception as error:  # noqa: BLE001  (told by the caller; the other accounts go on)
                named = {"account": account}
                _log.error("reports of an account can't be made: %s", fault(error), extra=named)
                made.failed += 1
        return made

    def _account(self, account: str, made: Made) -> None:
        now, published = self.now(), self.published.agreements(account)
        for version, month in due(published.versions, now):
            if published.is_ended(version.id, month.start):
                continue  # nobody is told each month of what was ended
            wanted = Wanted(account, month, agreement=version.id)
            told = self.record.warned(account, version.id, month.name)
            if TOLD in told or (PROVISIONAL in told and not self.reader.sealed(wanted)):
                continue
            report = self.reader.read(wanted, published, now)
            self._tell(wanted, version, report, now)
            state = TOLD if report["sealed"] else PROVISIONAL
            self.record.keep_warning(account, version.id, month.name, state, now)
            made.reports += 1

    def _tell(self, wanted: Wanted, version: Agreement, report: dict[str, Any], now: datetime) -> None:
        page = self.files.keep(folder(wanted.account, version.id, wanted.month.name), report)
        audience = version.audience_at(version.reports["monthly"]["notify"], now)
        channel = self.voice.channel_of(audience)
        if channel.customer:
            _log.warning("nobody is told of a monthly report: %s is for the customer", audience)
            return
        news = _news(wanted, version, report, page, now)
        self.voice.publish(report_notice(news, audience, channel), channel.topic)


def due(versions: Sequence[Agreement], now: datetime) -> Iterator[tuple[Agreement, Period]]:
    """Give the last months that are due of each agreement, the earliest first, with the version of each.

    A month goes by the newest version that was published and in force at its last instant, unless that was
    over before the month began: whether a report is made, in which zone, and from which day of the next month
    on it is due. So what is published for later, or after it, changes nothing about a month.
    """
    this = now.date().replace(day=1)
    for agreement in sorted({each.id for each in versions if "monthly" in each.reports}):
        own = [each for each in versions if each.id == agreement]
        for back in range(LOOKED_BACK, -1, -1):  # 0: where the next month has begun before it does in UTC
            found = _by(own, shifted(this, -back))
            if found and _is_due(*found, now):
                yield found


def folder(account: str, agreement: str, month: str) -> str:
    """Where the files of a report are, without a slash at either end."""
    return f"reports/{quote(account, safe='')}/{quote(agreement, safe='')}/{month}"


def _by(own: Sequence[Agreement], first: date) -> tuple[Agreement, Period] | None:
    """The version that a month goes by, and the month as its zone has it."""
    months = ((each, period_of("month", first, each.timezone)) for each in own)
    begun = [(each, month) for each, month in months if _has_begun(each, month.end)]
    return max(begun, key=lambda each: each[0].version, default=None)


def _has_begun(version: Agreement, end: datetime) -> bool:
    return all(at is None or at < end for at in (version.published_at, version.effective_from))


def _is_due(version: Agreement, month: Period, now: datetime) -> bool:
    monthly, until = version.reports.get("monthly"), version.effective_until
    if not monthly or (until and until <= month.start):
        return False
    return now.astimezone(zone(version.timezone)).date() >= month.after.replace(day=monthly["on"])


def _news(wanted: Wanted, version: Agreement, report: dict[str, Any], page: str, now: datetime) -> Report:
    total = report["total"]
    return Report(
        news="monthly_report" if report["sealed"] else "monthly_report_provisional",
        account=wanted.account,
        at=now,
        told={"agreement": version.id, "period": wanted.month.name},
        about={"agreement": version.id, "agreement_version": version.version, "period": wanted.month.name},
        figures={
            "attained": percent(total["attainment"]),
            "missed": f"{total['breached']} / {total['met'] + total['breached']}",
            "page": page,
        },
        severity="info",
    )
