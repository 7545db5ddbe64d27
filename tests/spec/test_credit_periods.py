"""The periods of credits: months, quarters and years of days in a named zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from slaclock.domain.zones import zone
from slaclock.evidence.credit_periods import months_before, period_at, period_named, shifted

ZONE = "Europe/Copenhagen"


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2199", date(2199, 1, 1), date(2200, 1, 1)),
    ],
)
def test_a_period_has_whole_days(name: str, first: date, after: date) -> None:
    """The last one excluded; it is called what it was asked for as."""
    found = period_named(name, ZONE)
    assert (found.name, found.first, found.after) == (name, first, after)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-Q0",
        "2026-Q5",
        "26-10",
        "2026-10-01",
        "2026-10\n",
        "٢٠٢٦",
        "1969",
        "2200",
    ],
)
def test_what_is_no_period_is_refused(name: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="is no period such as 2026-10"):
        period_named(name, ZONE)


def test_days_begin_at_midnight_in_the_zone() -> None:
    """October has an hour more than 31 days in Copenhagen, and ends on a day of its own in UTC."""
    october = period_named("2026-10", ZONE)
    assert october.start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert october.end == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert october.last_utc_day == date(2026, 10, 31)
    assert period_named("2026-10", "America/New_York").last_utc_day == date(2026, 11, 1)
    assert period_named("2026-10", "UTC").last_utc_day == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("kind", "instant", "name"),
    [
        ("month", datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), "2026-10"),
        ("month", datetime(2026, 10, 31, 23, tzinfo=UTC), "2026-11"),
        ("quarter", datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "2026-Q4"),
        ("year", datetime(2026, 12, 31, 23, tzinfo=UTC), "2027"),
    ],
)
def test_the_running_period_is_that_of_the_local_day(kind: str, instant: datetime, name: str) -> None:
    """A new year begins earlier in Copenhagen than in UTC."""
    assert period_at(kind, instant, ZONE).name == name


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 8, 31), -6, date(2026, 2, 28)),
        (date(2028, 8, 31), -6, date(2028, 2, 29)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)
def test_months_keep_their_day_or_end_on_their_last(day: date, months: int, then: date) -> None:
    """There is no 31 February."""
    assert shifted(day, months) == then


def test_months_before_keep_the_local_time() -> None:
    """Ten o'clock in summer is ten o'clock in winter."""
    ten = datetime(2026, 7, 1, 10, tzinfo=zone(ZONE))
    assert months_before(ten, 6, ZONE) == datetime(2026, 1, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("hour", [0, 1])
def test_months_before_keep_which_of_two_like_hours_it_was(hour: int) -> None:
    """Half past two comes twice on 25 October, in 2020 as in 2026."""
    twice = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    assert months_before(twice, 72, ZONE) == twice.replace(year=2020)
