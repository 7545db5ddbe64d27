"""A report as a document: what is counted, and that it is what the report of attainment counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from slaclock.domain.choosing import AgreementEnd
from slaclock.domain.errors import InvalidCalendar
from slaclock.records.attainment import attainment
from slaclock.records.attainment_query import parse_attainment_query
from slaclock.reporting.wanted import month_named
from slaclock.seals import Sealed, SealUnreadable
from tests.spec.reporting import (
    BEHIND,
    GOLD,
    NOON,
    NOVEMBER_2,
    SILVER,
    TERMS,
    VERSIONS,
    ZONE,
    autumn,
    cycle,
    kept,
    rating,
    report_of,
)

DAY = timedelta(days=1)
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "report-1.schema.json"


def test_the_whole_is_what_the_report_of_attainment_counts() -> None:
    """To the last digit, percentiles and ratings with it; here nothing stands behind."""
    cycles, ratings = autumn()
    report = report_of(cycles, ratings, versions=())
    asked = {"account": "example", "month": "2026-10", "zone": ZONE}
    counted = attainment(kept(cycles, ratings), parse_attainment_query(asked), NOVEMBER_2)
    assert report["total"] == counted["total"]


@pytest.mark.parametrize(("member", "by"), [("customers", "customer"), ("teams", "team")])
def test_groups_are_what_the_report_of_attainment_counts(member: str, by: str) -> None:
    """In the same order, but for ratings, which the whole alone has."""
    cycles, _ = autumn()
    report = report_of(cycles, versions=())
    asked = {"account": "example", "month": "2026-10", "zone": ZONE, "by": by}
    counted = attainment(kept(cycles), parse_attainment_query(asked), NOVEMBER_2)
    assert report[member] == counted["groups"]


def test_a_month_is_of_days_in_its_zone() -> None:
    """October in Copenhagen begins at 22:00 of September in UTC, and ends at 23:00 on the 31st."""
    edges = (
        datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC),
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )
    report = report_of([cycle(n, due=due) for n, due in enumerate(edges)])
    assert (report["total"]["met"], report["before"]["met"]) == (2, 1)
    assert [each["day"] for each in report["days"] if each["met"]] == ["2026-10-01", "2026-10-31"]


def test_what_stands_behind_is_counted_apart() -> None:
    """Agreements within the house and with suppliers are no promise to a customer."""
    cycles = [cycle(1), cycle(2, "breached", agreement=BEHIND.id), cycle(3, agreement="long-gone")]
    report = report_of(cycles)
    assert [each["agreement"] for each in report["promises"]] == ["acme-gold", "long-gone"]
    assert [(each["agreement"], each["breached"]) for each in report["behind"]] == [("network-ola", 1)]
    assert (report["total"]["met"], report["total"]["breached"]) == (2, 0)


def test_a_customers_report_says_nothing_of_others_nor_of_what_stands_behind() -> None:
    """Not even that there is something; nor of teams, which are the provider's own."""
    cycles = [cycle(1), cycle(2, agreement=BEHIND.id), cycle(3, customer="Globex", agreement=SILVER.id)]
    report = report_of([*cycles, cycle(4, "breached")], customer="ACME")
    assert [each["agreement"] for each in report["promises"]] == ["acme-gold"]
    assert report["behind"] == []
    assert [each["customer"] for each in report["customers"]] == ["ACME"]
    assert "Globex" not in str(report)
    assert "network-ola" not in str(report)
    assert "Service desk" not in str(report)


def test_an_agreement_that_is_named_is_counted_whatever_its_kind() -> None:
    """With the ratings under it alone."""
    cycles = [cycle(1), cycle(2, agreement=BEHIND.id)]
    report = report_of(cycles, [rating(1, "5")], agreement=BEHIND.id)
    assert (report["total"]["met"], report["total"]["ratings"]["number"]) == (1, 0)
    assert report_of(cycles, [rating(1, "5")], agreement=GOLD.id)["total"]["ratings"]["number"] == 1


def test_days_say_what_was_kept_on_them_and_since_the_first() -> None:
    """Up to today: of what is to come nothing is said."""
    cycles = [cycle(1), cycle(2, "breached"), cycle(3, due=NOON + DAY), cycle(4, due=NOON + DAY)]
    days = report_of(cycles, now=NOON + 2 * DAY, until=None)["days"]
    assert [each["day"] for each in days] == [f"2026-10-0{n}" for n in range(1, 8)]
    assert days[3:7] == [
        {"day": "2026-10-04", "met": 0, "breached": 0, "attainment": None, "so_far": None},
        {"day": "2026-10-05", "met": 1, "breached": 1, "attainment": "0.5000", "so_far": "0.5000"},
        {"day": "2026-10-06", "met": 2, "breached": 0, "attainment": "1.0000", "so_far": "0.7500"},
        {"day": "2026-10-07", "met": 0, "breached": 0, "attainment": None, "so_far": "0.7500"},
    ]


def test_a_day_to_come_is_told_where_something_was_kept_before_it_was_due() -> None:
    """So the last day's figure is that of the whole."""
    report = report_of([cycle(1), cycle(2, due=NOON + 3 * DAY)], now=NOON + DAY, until=None)
    assert [each["day"] for each in report["days"]] == [f"2026-10-0{n}" for n in range(1, 9)]
    assert report["days"][-1]["so_far"] == report["total"]["attainment"]


def test_times_are_those_that_the_zone_shows() -> None:
    """The last Sunday of October is an hour longer: both of its hours from two to three are that one."""
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    report = report_of([cycle(n, "breached", due=due) for n, due in enumerate(twice)])
    assert report["times"] == [{"weekday": "sun", "hour": 2, "met": 0, "breached": 2}]


def test_causes_come_with_the_most_frequent_first_and_those_without_last() -> None:
    """A waived breach is put down to nothing here."""
    told: list[tuple[Any, Any]] = [
        *[("breached", "staffing")] * 2,
        *[("breached", None)] * 3,
        ("breached", "customer"),
        ("waived", "customer"),
    ]
    report = report_of([cycle(n, state, cause=cause) for n, (state, cause) in enumerate(told)])
    assert [(each["cause"], each["breached"]) for each in report["causes"]] == [
        ("staffing", 2),
        ("customer", 1),
        (None, 3),
    ]


def test_the_worst_are_those_that_were_late_the_longest_on_the_clock() -> None:
    """Ten of them; one that is open is late until now, and named by its ticket."""
    cycles = [cycle(n, "breached", late=n * 60) for n in range(1, 12)]
    still = cycle(99, "breached", open=True, due=NOVEMBER_2 - timedelta(days=3))
    worst = report_of([*cycles, still])["worst"]
    assert [(each["ticket_id"], each["late_wall_seconds"], each["open"]) for each in worst[:3]] == [
        ("99", 259_200, True),
        ("11", 660, False),
        ("10", 600, False),
    ]
    assert len(worst) == 10


def test_of_those_that_were_late_as_long_the_earlier_deadline_comes_first() -> None:
    """Then the smaller id, so that the order is one, and that of the query."""
    cycles = [
        cycle(1, "breached", late=600, due=NOON + DAY),
        cycle(3, "breached", late=600),
        cycle(2, "breached", late=600),
    ]
    assert [each["ticket_id"] for each in report_of(cycles)["worst"]] == ["2", "3", "1"]


def test_a_breach_that_ended_is_not_late_until_now() -> None:
    """Not even where its lateness is unknown, as in rollups from before it was told."""
    (told,) = report_of([cycle(1, "breached", late=None)])["worst"]
    assert (told["open"], told["late_wall_seconds"]) == (False, 0)


def test_a_month_is_sealed_when_all_of_its_days_are() -> None:
    """Those of UTC that it touches."""
    assert report_of([cycle(1)], until=date(2026, 10, 31))["sealed"]
    assert not report_of([cycle(1)], until=date(2026, 10, 30))["sealed"]
    assert not report_of([cycle(1)], until=None)["sealed"]


@pytest.mark.parametrize(("of", "total"), [({}, "600.00"), ({"customer": "Globex"}, None)])
def test_credits_are_those_of_agreements_that_say_something_about_them(
    of: dict[str, Any], total: str | None
) -> None:
    """Of ACME's promises 97% were kept: below 99% a twentieth of 12,000 is owed, below 95% a tenth."""
    cycles = [cycle(n) for n in range(97)] + [cycle(n, "breached") for n in range(200, 203)]
    credits_ = report_of([*cycles, cycle(300, customer="Globex", agreement=SILVER.id)], **of)["credits"]
    assert [each["total"] for each in credits_] == ([total] if total else [])
    assert [each["provisional"] for each in credits_] == ([False] if total else [])


def test_a_statement_with_other_customers_in_it_is_none_of_one_customers() -> None:
    """It would tell of them, and what one of them is owed of it nobody has agreed."""
    cycles = [cycle(1, "breached"), cycle(2, customer="Globex")]
    assert len(report_of(cycles)["credits"]) == 1
    assert report_of(cycles, customer="ACME")["credits"] == []
    assert len(report_of(cycles[:1], customer="ACME")["credits"]) == 1


QUARTERLY = replace(GOLD, credits={**TERMS, "period": "quarter"})
DECEMBER: dict[str, Any] = {
    "month": "2026-12",
    "until": date(2026, 12, 31),
    "now": datetime(2027, 1, 2, 6, tzinfo=UTC),
}


@pytest.mark.parametrize("of", [{}, {"agreement": "acme-gold"}, {"customer": "ACME"}], ids=str)
def test_credits_of_a_quarter_are_told_in_a_month_of_it_in_which_nothing_was_due(of: dict[str, Any]) -> None:
    """Three breaches of October are owed for in December, when the quarter ends."""
    cycles = [cycle(n, "breached") for n in range(3)]
    (told,) = report_of(cycles, versions=(QUARTERLY,), **DECEMBER, **of)["credits"]
    assert (told["period"]["name"], told["total"], told["provisional"]) == ("2026-Q4", "1200.00", False)


def test_an_account_has_a_statement_of_each_agreement_with_terms_then() -> None:
    """Where nothing was due, too: nothing is owed. What stands behind has none here."""
    behind = replace(BEHIND, credits=TERMS)
    report = report_of([], versions=(GOLD, SILVER, behind))
    assert [(each["agreement"], each["total"]) for each in report["credits"]] == [("acme-gold", "0.00")]
    assert report_of([], versions=(GOLD, SILVER), agreement=SILVER.id)["credits"] == []
    assert [
        each["agreement"] for each in report_of([], versions=(behind,), agreement=BEHIND.id)["credits"]
    ] == [BEHIND.id]


def test_a_customer_without_a_cycle_in_the_period_has_no_statement_of_it() -> None:
    """Nor has one whose cycles lie in the days of UTC that the period touches, and not in it."""
    before, after = (datetime(2026, 9, 30, 21, 59, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert report_of([cycle(1, due=before), cycle(2, due=after)], customer="ACME")["credits"] == []
    assert len(report_of([cycle(1, "cancelled")], customer="ACME")["credits"]) == 1


@pytest.mark.parametrize(
    ("ended", "statements"),
    [(datetime(2026, 9, 30, 22, tzinfo=UTC), 0), (datetime(2026, 9, 30, 22, 0, 1, tzinfo=UTC), 1)],
)
def test_there_is_no_statement_of_a_period_that_begins_after_the_agreement_was_ended(
    ended: datetime, statements: int
) -> None:
    """October begins at 22:00 in UTC; of the month of its end there is one."""
    report = report_of([cycle(1)], endings=(AgreementEnd("acme-gold", ended, "over", "ada"),))
    assert len(report["credits"]) == statements


@pytest.mark.parametrize(("now", "statements"), [("2026-09-30T21:59:59Z", 0), ("2026-09-30T22:00:00Z", 1)])
def test_a_period_to_come_has_no_statement(now: str, statements: int) -> None:
    """A running one has, provisional."""
    report = report_of([], now=datetime.fromisoformat(now), until=None)
    assert [each["provisional"] for each in report["credits"]] == [True] * statements


def test_terms_that_name_no_fee_have_no_statement() -> None:
    """As versions of before could; the others have theirs."""
    bare = replace(GOLD, id="bare", credits={"period": "month", "bands": TERMS["bands"]})
    assert [each["agreement"] for each in report_of([], versions=(bare, GOLD))["credits"]] == ["acme-gold"]


def test_a_report_of_one_has_nothing_that_stands_behind() -> None:
    """Neither a customer's, nor an agreement's, whatever else the account has."""
    cycles = [cycle(1), cycle(2, agreement=BEHIND.id)]
    whose: tuple[dict[str, Any], ...] = (
        {"customer": "ACME"},
        {"agreement": GOLD.id},
        {"agreement": BEHIND.id},
    )
    for of in whose:
        assert report_of(cycles, **of)["behind"] == []
    assert len(report_of(cycles)["behind"]) == 1


TERMINATION = {"breaches": 2, "in": "6 months", "right": "to end the agreement"}


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ({}, {}),
        ({"grace": 1}, {}),
        ({"excluding": ["customer"]}, {"cause": "customer"}),
        ({}, {"state": "waived"}),
        ({"termination": [TERMINATION]}, {"due": NOON - 40 * DAY}),
    ],
    ids=["counted", "forgiven", "excluded", "waived", "an older one of a right"],
)
def test_a_statement_is_a_customers_where_each_row_that_it_rests_on_is_theirs(
    said: dict[str, Any], other: dict[str, Any]
) -> None:
    """Whatever the row is to it."""
    gold = replace(GOLD, credits={**TERMS, **said})
    own = cycle(1, "breached", due=NOON + DAY)
    members = {"state": "breached", **other}
    for customer, shown in (("Globex", 0), ("ACME", 1)):
        rows = [own, cycle(2, customer=customer, **members)]
        assert len(report_of(rows, versions=(gold,), customer="ACME")["credits"]) == shown


def test_a_quarters_credits_are_told_in_each_of_its_months() -> None:
    """Provisional until the quarter is over."""
    quarterly = replace(GOLD, credits={**GOLD.credits, "period": "quarter"})
    (told,) = report_of([cycle(1)], versions=(quarterly,))["credits"]
    assert (told["period"]["name"], told["provisional"]) == ("2026-Q4", True)


def test_a_month_shows_the_credits_of_the_period_that_it_lay_in() -> None:
    """Whatever the agreement counts by since then."""
    monthly = replace(GOLD, published_at=datetime(2026, 1, 1, tzinfo=UTC))
    quarterly = replace(
        GOLD,
        version=4,
        credits={**TERMS, "period": "quarter"},
        published_at=datetime(2026, 10, 20, tzinfo=UTC),
        effective_from=datetime(2026, 12, 31, 23, tzinfo=UTC),
    )
    (told,) = report_of([cycle(1)], versions=(monthly, quarterly))["credits"]
    assert told["period"]["name"] == "2026-10"


class Roots:
    """Seals of two days, of which one is none."""

    def read(self, day: date) -> Sealed | None:
        if day == date(2026, 10, 2):
            raise SealUnreadable("it is none")
        return Sealed({"root": "sha256:ab"}, b"", "") if day == date(2026, 10, 1) else None


def test_the_roots_of_its_days_stand_in_it() -> None:
    """A day without a seal has none; one that can't be read is said to be so."""
    assert report_of([cycle(1)], seals=Roots())["seals"] == [
        {"day": "2026-10-01", "root": "sha256:ab"},
        {"day": "2026-10-02", "root": "unreadable"},
    ]


def test_a_report_is_the_same_in_any_order_of_cycles() -> None:
    """And of versions."""
    cycles, ratings = autumn()
    assert report_of(cycles[::-1], ratings[::-1], versions=VERSIONS[::-1]) == report_of(cycles, ratings)


@pytest.mark.parametrize(
    "of", [{}, {"customer": "ACME"}, {"agreement": "acme-gold"}, {"customer": "nobody"}], ids=str
)
def test_a_report_is_as_its_schema_says(of: dict[str, Any]) -> None:
    """One of nothing, too."""
    validate = fastjsonschema.compile(json.loads(SCHEMA.read_text(encoding="utf-8")))
    validate(json.loads(json.dumps(report_of(*autumn(), seals=Roots(), **of))))


def test_a_month_has_a_name() -> None:
    """Years and quarters are none here, and a zone is one."""
    assert month_named("2026-10", ZONE).after == date(2026, 11, 1)
    for text in ("2026-13", "2026-Q4", "2026", "october", "2026-1"):
        with pytest.raises(ValueError, match="no "):
            month_named(text, "UTC")
    with pytest.raises(InvalidCalendar):
        month_named("2026-10", "Europe/Kobenhavn")
