"""Reports that agreements ask for: made once a month, kept as files, and told of."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.monthly import Files, Made, Monthly, due, folder
from slaclock.notices import Channel
from slaclock.reporting.reading import Reader
from slaclock.store.reports import Made as Rolled
from slaclock.voice import Voice
from tests.spec.reporting import GOLD, NOVEMBER_2, autumn, kept
from tests.spec.test_notices_protocols import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.agreement import Agreement
    from slaclock.store.memory import MemoryStore

ASKED = replace(GOLD, reports={"monthly": {"on": 2, "notify": "legal"}})
OCTOBER_1 = datetime(2026, 10, 1, tzinfo=UTC)
FOLDER = "reports/example/acme-gold/2026-10"


@dataclass
class Cloud:
    """S3 and SNS, as far as they are asked."""

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    refuses: bool = False

    def put_object(self, **given: Any) -> None:
        assert given["Bucket"] == "desk-reports"
        self.files[given["Key"]] = given

    def publish(self, **message: Any) -> dict[str, str]:
        if self.refuses:
            raise ConnectionError
        self.sent.append(message)
        return {"MessageId": "1"}


@dataclass
class Mornings:
    """An account with agreements, and the mornings on which its reports are made."""

    versions: tuple[Agreement, ...] = (replace(ASKED, published_at=OCTOBER_1),)
    endings: tuple[AgreementEnd, ...] = ()
    cloud: Cloud = field(default_factory=Cloud)
    store: MemoryStore = field(default_factory=lambda: kept(*autumn(), until=date(2026, 10, 31)))
    channels: Mapping[str, Channel] = field(
        default_factory=lambda: {"default": Channel("arn:default"), "legal": Channel("arn:legal")}
    )

    def agreements(self, account: str) -> Agreements:
        if account != "example":
            raise ConnectionError
        return Agreements(self.versions, endings=self.endings)

    def run(self, now: datetime = NOVEMBER_2, lasts: float = 9.0) -> Made:
        voice, files = Voice(self.cloud, self.channels, lambda: now), Files(self.cloud, "desk-reports")
        reader = Reader(self.store, None)
        return Monthly(self, self.store, reader, files, voice, lambda: now, lambda: 0.0).run(lasts)


def test_a_report_is_kept_as_page_table_and_document() -> None:
    """Of the agreement alone, in the zone of its calendar; each file says what it is."""
    mornings = Mornings()
    assert mornings.run() == Made(reports=1)
    assert {key: each["ContentType"] for key, each in mornings.cloud.files.items()} == {
        f"{FOLDER}/report.html": "text/html; charset=utf-8",
        f"{FOLDER}/report.csv": "text/csv; charset=utf-8; header=present",
        f"{FOLDER}/report.json": "application/json",
    }
    report = json.loads(mornings.cloud.files[f"{FOLDER}/report.json"]["Body"])
    assert (report["agreement"], report["period"]["zone"]) == ("acme-gold", "Europe/Copenhagen")
    assert {each["agreement"] for each in report["promises"]} == {"acme-gold"}


def test_its_audience_is_told_where_it_lies() -> None:
    """By its place in the bucket, which opens to those who may read it: by no link that opens to others."""
    mornings = Mornings()
    mornings.run()
    (message,) = mornings.cloud.sent
    assert (message["TopicArn"], message["Subject"]) == (
        "arn:legal",
        "The report of 2026-10 is there: acme-gold",
    )
    told = json.loads(json.loads(message["Message"])["sqs"])
    validate(told)
    assert (told["fact"], told["report"], told["severity"]) == ("report", "monthly_report", "info")
    assert told["figures"] == {
        "attained": "94.00%",
        "missed": "18 / 300",
        "page": f"s3://desk-reports/{FOLDER}/report.html",
    }
    assert "http" not in json.loads(message["Message"])["email"]


def test_a_report_is_made_once() -> None:
    """However many mornings follow."""
    mornings = Mornings()
    assert [mornings.run(NOVEMBER_2 + timedelta(days=n)).reports for n in range(3)] == [1, 0, 0]
    assert len(mornings.cloud.sent) == 1


def test_one_of_a_month_that_is_not_sealed_says_that_it_is_provisional() -> None:
    """On the page, and in what its audience is told; not again each morning that the seals are behind."""
    mornings = Mornings(store=kept(*autumn(), until=date(2026, 10, 30)))
    assert [mornings.run(NOVEMBER_2 + timedelta(days=n)).reports for n in range(3)] == [1, 0, 0]
    (told,) = [json.loads(json.loads(each["Message"])["sqs"]) for each in mornings.cloud.sent]
    validate(told)
    assert told["report"] == "monthly_report_provisional"
    assert told["headline"] == "The report of 2026-10 is there, provisional: acme-gold"
    assert json.loads(mornings.cloud.files[f"{FOLDER}/report.json"]["Body"])["sealed"] is False


def test_a_provisional_one_is_made_anew_once_when_its_month_is_sealed() -> None:
    """Its audience is told again, by a message with an id of its own."""
    mornings = Mornings(store=kept(*autumn(), until=date(2026, 10, 30)))
    mornings.run()
    mornings.store.note_rolled(date(2026, 10, 31))
    assert [mornings.run(NOVEMBER_2 + timedelta(days=n)).reports for n in range(1, 4)] == [1, 0, 0]
    told = [json.loads(json.loads(each["Message"])["sqs"]) for each in mornings.cloud.sent]
    assert [each["report"] for each in told] == ["monthly_report_provisional", "monthly_report"]
    assert len({each["notification_id"] for each in told}) == 2
    assert json.loads(mornings.cloud.files[f"{FOLDER}/report.json"]["Body"])["sealed"] is True


@pytest.mark.parametrize(
    ("ended", "reports"),
    [
        (datetime(2026, 9, 30, 22, tzinfo=UTC), 0),  # midnight in Copenhagen: October is all after it
        (datetime(2026, 9, 30, 22, 0, 1, tzinfo=UTC), 1),
    ],
)
def test_none_is_made_of_a_month_that_begins_after_the_agreement_was_ended(
    ended: datetime, reports: int
) -> None:
    """That of the month in which it was ended is the last."""
    mornings = Mornings(endings=(AgreementEnd("acme-gold", ended, "over", "ada"),))
    assert mornings.run().reports == reports


def test_one_that_could_not_be_told_of_is_made_again_the_next_day() -> None:
    """Its files are then a later version of those that lie there."""
    mornings = Mornings()
    mornings.cloud.refuses = True
    assert mornings.run() == Made(failed=1)
    mornings.cloud.refuses = False
    assert mornings.run(NOVEMBER_2 + timedelta(days=1)) == Made(reports=1)
    assert len(mornings.cloud.sent) == 1


def test_an_account_that_fails_keeps_none_of_the_others() -> None:
    """All of them are tried."""
    mornings = Mornings()
    mornings.store.keep_rollup(
        "aaa", Rolled(date(2026, 10, 31), 1, "sha256:0", NOVEMBER_2, date(2026, 10, 31)), {}
    )
    assert mornings.run() == Made(reports=1, failed=1)


def test_what_there_is_no_time_for_is_left_for_the_next_day() -> None:
    """And told."""
    assert Mornings().run(lasts=-1.0) == Made(left=1)


def test_a_customer_is_not_told() -> None:
    """Even where the agreement names an audience that turns out to be theirs; the files are there."""
    mornings = Mornings(channels={"default": Channel("a"), "legal": Channel("b", customer=True)})
    assert mornings.run().reports == 1
    assert mornings.cloud.sent == []
    assert len(mornings.cloud.files) == 3


def months(*versions: Agreement, now: datetime = NOVEMBER_2) -> list[tuple[int, str]]:
    """The number of the version and the month of each report that is due."""
    return [(version.version, month.name) for version, month in due(versions, now)]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-11-01T22:59:59Z", "2026-09"),
        ("2026-11-01T23:00:00Z", "2026-10"),
        ("2026-11-30T22:59:59Z", "2026-10"),
        ("2026-12-01T22:59:59Z", "2026-10"),
        ("2026-12-01T23:00:00Z", "2026-11"),
    ],
)
def test_a_month_is_due_from_its_day_in_the_next_one_on(now: str, last: str) -> None:
    """The second of November begins in Copenhagen at 23:00 of the first in UTC."""
    assert months(ASKED, now=datetime.fromisoformat(now))[-1] == (3, last)


def test_a_month_that_is_over_in_its_zone_is_due_before_it_is_over_in_utc() -> None:
    """On Kiritimati the first of November begins at 10:00 of the 31st."""
    ahead = replace(ASKED, timezone="Pacific/Kiritimati", reports={"monthly": {"on": 1, "notify": "legal"}})
    begins = datetime(2026, 10, 31, 10, tzinfo=UTC)
    assert months(ahead, now=begins)[-1] == (3, "2026-10")
    assert months(ahead, now=begins - timedelta(seconds=1))[-1] == (3, "2026-09")


def test_the_last_three_months_are_looked_at_the_earliest_first() -> None:
    """So mornings that fail for longer than a month lose none."""
    assert months(ASKED) == [(3, "2026-08"), (3, "2026-09"), (3, "2026-10")]


def test_a_report_that_no_morning_of_its_month_could_make_is_made_later() -> None:
    """Of October in December; what was told of is not told again."""
    mornings = Mornings(versions=(replace(ASKED, published_at=OCTOBER_1),))
    mornings.cloud.refuses = True
    mornings.run()
    mornings.cloud.refuses = False
    december = datetime(2026, 12, 2, 6, tzinfo=UTC)
    assert [mornings.run(december + timedelta(days=n)).reports for n in range(2)] == [2, 0]
    told = [json.loads(json.loads(each["Message"])["sqs"]) for each in mornings.cloud.sent]
    assert [each["period"] for each in told] == ["2026-10", "2026-11"]


NEXT_YEAR, OCTOBER_15 = datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2026, 10, 15, tzinfo=UTC)
FIRST = replace(ASKED, version=1, published_at=datetime(2026, 9, 15, tzinfo=UTC))
JANUARY_2 = datetime(2027, 1, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize("reports", [ASKED.reports, {}], ids=["asks", "asks for none"])
def test_a_version_for_next_year_changes_nothing_about_this_years_reports(reports: dict[str, Any]) -> None:
    """It was published in October; the first month that it says anything about is January."""
    later = replace(FIRST, version=2, published_at=OCTOBER_15, effective_from=NEXT_YEAR, reports=reports)
    assert months(FIRST, later) == [(1, "2026-09"), (1, "2026-10")]
    assert months(FIRST, later, now=JANUARY_2) == [(1, "2026-10"), (1, "2026-11"), (1, "2026-12")]
    february = [(2, "2027-01")] if reports else []
    assert months(FIRST, later, now=JANUARY_2 + timedelta(days=31))[2:] == february


def test_months_by_versions_that_ask_for_none_have_none() -> None:
    """Whatever the newest version says; a month has the version of its last instant."""
    asks = replace(FIRST, version=2, published_at=OCTOBER_15)
    none = replace(FIRST, version=3, published_at=NOVEMBER_2, reports={})
    assert months(replace(FIRST, reports={}), asks, none, now=JANUARY_2) == [(2, "2026-10")]


def test_each_month_has_the_day_and_the_zone_of_its_own_version() -> None:
    """October was promised for the 2nd, in Copenhagen; from November on it is the 20th, in Tokyo."""
    tokyo: dict[str, Any] = {"timezone": "Asia/Tokyo", "reports": {"monthly": {"on": 20, "notify": "legal"}}}
    later = replace(FIRST, version=2, published_at=NOVEMBER_2 - timedelta(days=1), **tokyo)
    assert months(FIRST, later) == [(1, "2026-09"), (1, "2026-10")]
    assert months(FIRST, later, now=datetime(2026, 12, 19, 14, 59, tzinfo=UTC))[-1] == (1, "2026-10")
    (*_, (_, november)) = due((FIRST, later), datetime(2026, 12, 19, 15, tzinfo=UTC))
    assert (november.name, november.timezone) == ("2026-11", "Asia/Tokyo")


def test_a_change_of_zone_between_the_ends_of_a_month_loses_none() -> None:
    """October ends in Tokyo at 15:00, in Copenhagen at 23:00: a version of 18:00 begins with November."""
    evening = datetime(2026, 10, 31, 18, tzinfo=UTC)
    assert months(FIRST, replace(FIRST, version=2, timezone="Asia/Tokyo", published_at=evening)) == [
        (1, "2026-09"),
        (1, "2026-10"),
    ]


@pytest.mark.parametrize(
    ("members", "made"),
    [
        ({"published_at": datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)}, 1),
        ({"published_at": datetime(2026, 10, 31, 23, tzinfo=UTC)}, 0),
        ({"effective_from": datetime(2026, 10, 31, 22, tzinfo=UTC)}, 1),
        ({"effective_from": datetime(2026, 10, 31, 23, tzinfo=UTC)}, 0),
        ({"effective_until": datetime(2026, 9, 30, 22, tzinfo=UTC)}, 0),
        ({"effective_until": datetime(2026, 9, 30, 22, 0, 1, tzinfo=UTC)}, 1),
    ],
)
def test_a_month_before_the_agreement_or_after_its_term_has_no_report(
    members: dict[str, Any], made: int
) -> None:
    """Of one that it lies in for a second there is one."""
    assert ("2026-10" in [name for _, name in months(replace(ASKED, **members))]) is bool(made)


def test_none_older_is_in_force_in_place_of_a_version_that_is_over() -> None:
    """The agreement ends with October; November has no report by what was agreed before."""
    over = replace(FIRST, version=2, published_at=OCTOBER_15, effective_until=NOVEMBER_2)
    assert months(FIRST, over, now=JANUARY_2) == [(2, "2026-10"), (2, "2026-11")]


def test_a_later_version_does_not_take_away_the_months_before_it() -> None:
    """October goes by the version that was there."""
    later = replace(FIRST, version=4, published_at=NOVEMBER_2 - timedelta(hours=1))
    assert months(FIRST, later)[-1] == (1, "2026-10")


def test_no_account_can_write_into_the_folder_of_another() -> None:
    """Names are encoded."""
    assert folder("a/b", "../c d", "2026-10") == "reports/a%2Fb/..%2Fc%20d/2026-10"
