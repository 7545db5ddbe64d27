"""Rules 1 to 8 of working time, each with its boundaries.

Unless a test says otherwise: the week of Monday 23 to Sunday 29 March 2026 in Copenhagen, whose Sunday
loses the hour from 02:00 to 03:00. Instants are written as the wall clock shows them, +01:00 until then.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain.calendar import ALWAYS, Calendar
from slaclock.domain.errors import OutOfWorkingTime

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICE = {"mon-fri": ["08:00-12:00", "12:30-17:00"]}
NIGHTS = {"mon-fri": ["22:00-06:00"]}
H, M, S = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def calendar(hours: Any, zone: str = "Europe/Copenhagen", **more: Any) -> Calendar:
    return Calendar.from_spec({"timezone": zone, "hours": hours, **more})


def at(text: str) -> datetime:
    """Read `27 15:00` as March 2026 before the change of clocks, or an instant in full."""
    if len(text) > 8:
        return datetime.fromisoformat(text)
    return datetime.fromisoformat(f"2026-03-{text.replace(' ', 'T')}:00+01:00")


@pytest.mark.parametrize(
    ("start", "budget", "due"),
    [
        ("23 08:00", 4 * H, "23 12:00"),  # met exactly at the lunch break: due then, not at 12:30
        ("23 08:00", 4 * H + S, "2026-03-23T12:30:01+01:00"),
        ("23 08:00", 8.5 * H, "23 17:00"),  # exactly at closing: not the next opening
        ("23 08:00", 8.5 * H + S, "2026-03-24T08:00:01+01:00"),
        ("23 16:59", M, "23 17:00"),
        ("23 17:00", M, "24 08:01"),  # closing time is no working time
        ("27 16:00", 2 * H, "2026-03-30T09:00:00+02:00"),  # over the weekend and the change of clocks
    ],
)
def test_a_target_met_exactly_at_closing_is_due_at_closing(start: str, budget: timedelta, due: str) -> None:
    """Rule 1: intervals are half-open; due is the earliest instant at which worked time equals the budget."""
    assert calendar(OFFICE).due_at(at(start), budget) == at(due)


def test_a_budget_used_up_at_a_years_last_close_is_due_then() -> None:
    """Rule 1: also one year later, where the next working time is in the year after; 522 days are worked."""
    office = calendar(OFFICE)
    assert office.due_at(at("2026-01-01T00:00:00+01:00"), 522 * 8.5 * H) == at("2027-12-31T17:00:00+01:00")
    assert office.shift(at("2027-12-31T17:00:00+01:00"), -522 * 8.5 * H) == at("2026-01-01T08:00:00+01:00")


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        ("23 07:00", "23 08:00", 0 * H),
        ("23 07:00", "2026-03-23T08:00:01+01:00", S),
        ("23 11:00", "23 13:00", 1.5 * H),
        ("23 12:00", "23 12:30", 0 * H),
        ("23 17:00", "24 08:00", 0 * H),
        ("23 00:00", "2026-03-30T00:00:00+02:00", 42.5 * H),
    ],
)
def test_only_open_windows_count(start: str, end: str, worked: timedelta) -> None:
    """Rule 2: an instant is working time if the wall clock it shows lies in an open window."""
    assert calendar(OFFICE).worked(at(start), at(end)) == worked


@pytest.mark.parametrize(
    ("zone", "window", "start", "worked"),
    [
        ("Europe/Copenhagen", "01:00-04:00", "2026-03-29T00:00:00Z", 2 * H),
        ("Europe/Copenhagen", "01:00-04:00", "2026-10-24T23:00:00Z", 4 * H),
        ("Europe/Copenhagen", "02:15-02:45", "2026-03-29T00:00:00Z", 0 * H),  # skipped altogether
        ("Europe/Copenhagen", "02:15-02:45", "2026-10-24T23:00:00Z", H),  # shown twice
        ("Australia/Lord_Howe", "01:45-02:15", "2026-04-04T14:00:00Z", 45 * M),  # half an hour is repeated
        ("Australia/Lord_Howe", "01:45-02:15", "2026-10-03T14:00:00Z", 15 * M),  # and is skipped
        ("America/Santiago", "00:00-00:30", "2026-09-06T03:00:00Z", 0 * H),  # midnight is skipped
    ],
)
def test_a_repeated_hour_counts_twice_and_a_skipped_one_not(
    zone: str, window: str, start: str, worked: timedelta
) -> None:
    """Rule 2: seconds are real; window edges inside a gap or a fold are no exception."""
    begin = at(start)
    assert calendar({"sun": [window]}, zone).worked(begin, begin + 8 * H) == worked


def test_a_date_that_a_zone_skips_has_no_working_time() -> None:
    """Rule 2: Apia had no 30 December 2011; Thursday's close is followed by Saturday."""
    apia = calendar({"mon-fri": ["09:00-17:00"]}, "Pacific/Apia")
    assert apia.due_at(at("2011-12-29T16:00:00-10:00"), H + S) == at("2012-01-02T09:00:01+14:00")
    assert apia.due_in_days(at("2011-12-29T16:00:00-10:00"), 1) == at("2012-01-02T16:00:00+14:00")


def test_a_holiday_takes_the_tail_of_the_shift_before_it() -> None:
    """Rule 3: a holiday removes its whole local date, but not what its own shift does the next morning."""
    nights = calendar(NIGHTS, holidays=["2026-03-25"])
    assert nights.windows(at("24 12:00"), at("26 12:00")) == [
        (at("24 22:00"), at("25 00:00")),
        (at("26 00:00"), at("26 06:00")),
    ]


def test_a_yearly_holiday_falls_on_its_date_every_year() -> None:
    """Rule 3: MM-DD is a holiday of every year; 02-29 of leap years only."""
    office = calendar({"mon-sun": ["08:00-16:00"]}, holidays=["12-25", "02-29"])
    for year, free in ((1972, 2), (2025, 1), (2026, 1), (2100, 1), (2196, 2)):
        begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        assert office.worked(begin, end) == ((end - begin).days - free) * 8 * H


def test_an_exception_replaces_its_date_and_beats_a_holiday() -> None:
    """Rule 3: the tail of the night before goes, and the exception's own overnight window runs on."""
    exceptions = {"2026-03-25": ["20:00-02:00"], "2026-03-27": []}
    nights = calendar(NIGHTS, holidays=["2026-03-25"], exceptions=exceptions)
    assert nights.windows(at("24 12:00"), at("28 12:00")) == [
        (at("24 22:00"), at("25 00:00")),
        (at("25 20:00"), at("26 02:00")),
        (at("26 22:00"), at("27 00:00")),
    ]


def test_windows_may_touch_and_run_overnight() -> None:
    """Rule 4: several windows a day, overnight ones and touching ones are legal, and merge."""
    shifts = calendar({"mon": ["06:00-14:00", "14:00-22:00", "22:00-06:00"], "tue": ["06:00-08:00"]})
    assert shifts.windows(at("23 00:00"), at("25 00:00")) == [(at("23 06:00"), at("24 08:00"))]


def test_a_night_that_reaches_into_the_next_days_hours_counts_once() -> None:
    """Rule 2: an instant in two windows of two days is still one instant."""
    shifts = calendar({"mon": ["22:00-06:00"], "tue": ["05:00-08:00"]})
    assert shifts.worked(at("24 00:00"), at("24 12:00")) == 8 * H


@pytest.mark.parametrize("start", ["23 10:00", "23 12:15", "28 10:00"])
def test_a_budget_of_zero_is_due_at_the_start(start: str) -> None:
    """Rule 5: nothing to work is due at once, also outside hours; `shift` by nothing stays."""
    office = calendar(OFFICE)
    assert office.due_at(at(start), 0 * H) == office.shift(at(start), 0 * H) == at(start)


def test_a_reversed_span_has_worked_nothing() -> None:
    """Rule 5: worked time is never negative."""
    assert calendar(OFFICE).worked(at("24 12:00"), at("23 12:00")) == 0 * H
    assert ALWAYS.worked(at("24 12:00"), at("23 12:00")) == 0 * H


@pytest.mark.parametrize(
    ("instant", "offset", "before"),
    [
        ("23 10:00", -H, "23 09:00"),
        ("23 10:00", -2 * H, "23 08:00"),  # the opening, not the close of the Friday before
        ("23 13:00", -30 * M, "23 12:30"),  # the end of the break, not its beginning
        ("23 13:00", -31 * M, "23 11:59"),
        ("28 12:00", -8.5 * H, "27 08:00"),
        ("2026-01-01T12:00:00+01:00", -8 * H, "2025-12-31T13:00:00+01:00"),  # over the year's end
    ],
)
def test_going_back_gives_the_latest_instant_with_that_much_left(
    instant: str, offset: timedelta, before: str
) -> None:
    """Rule 5: `shift` by a negative offset."""
    assert calendar(OFFICE).shift(at(instant), offset) == at(before)


@pytest.mark.parametrize(
    ("start", "days", "due", "close"),
    [
        ("23 10:00", 2, "25 10:00", "25 17:00"),
        ("23 12:15", 1, "24 12:30", "24 17:00"),  # in the break: counts from 12:30
        ("23 06:00", 1, "24 08:00", "24 17:00"),  # before opening: from the opening
        ("23 18:00", 1, "2026-03-25T08:00:00+01:00", "25 17:00"),  # after close: from the next day's
        ("28 10:00", 1, "2026-03-31T08:00:00+02:00", "2026-03-31T17:00:00+02:00"),
        ("27 15:00", 1, "2026-03-30T15:00:00+02:00", "2026-03-30T17:00:00+02:00"),  # same local time
        ("26 16:00", 1, "27 14:00", "27 14:00"),  # that Friday closes early: its close
        ("26 10:00", 1, "27 11:00", "27 14:00"),  # and opens late: its opening
        ("26 12:20", 1, "27 12:30", "27 14:00"),
    ],
)
def test_working_days_keep_the_local_time_within_that_days_hours(
    start: str, days: int, due: str, close: str
) -> None:
    """Rule 6: `2d` is the same local time two working days later, moved into that day's hours."""
    exceptions = {"2026-03-27": ["11:00-14:00"]} if start.startswith("26") else {}
    office = calendar(OFFICE, exceptions=exceptions)
    assert office.due_in_days(at(start), days) == at(due)
    assert office.due_in_days(at(start), days, end_of_day=True) == at(close)


def test_a_local_time_at_which_a_break_begins_is_in_the_break() -> None:
    """Rule 6 with rule 1: windows are half-open, so twelve o'clock is moved to the break's end."""
    office = calendar(OFFICE, exceptions={"2026-03-26": ["10:00-18:00"]})
    assert office.due_in_days(at("26 12:00"), 1) == at("27 12:30")
    assert office.due_in_days(at("26 17:00"), 1) == at("27 17:00")


def test_holidays_and_days_off_are_no_working_days() -> None:
    """Rule 6: a working day is a date on which a window opens; an exception can make one."""
    office = calendar(OFFICE, holidays=["2026-03-24"], exceptions={"2026-03-28": ["10:00-12:00"]})
    assert office.due_in_days(at("23 10:30"), 1) == at("25 10:30")
    assert office.due_in_days(at("27 10:30"), 1) == at("28 10:30")


def test_a_night_shifts_day_closes_the_next_morning() -> None:
    """Rule 6: the close is the end of the day's last window; only the date on which it opens is a day."""
    nights = calendar(NIGHTS)
    assert nights.due_in_days(at("23 23:00"), 1) == at("24 23:00")
    assert nights.due_in_days(at("23 23:00"), 1, end_of_day=True) == at("25 06:00")
    assert nights.due_in_days(at("27 23:00"), 1) == at("2026-03-30T23:00:00+02:00")


def test_a_repeated_local_time_means_the_first_and_a_skipped_one_the_end_of_the_gap() -> None:
    """Rule 6: on the days when clocks change, the local time is still found."""
    early = calendar({"mon-sun": ["01:00-05:00"]})
    assert early.due_in_days(at("28 02:30"), 1) == at("2026-03-29T03:00:00+02:00")
    assert early.due_in_days(at("2026-10-24T02:30:00+02:00"), 1) == at("2026-10-25T02:30:00+02:00")


def test_no_days_from_within_hours_are_due_at_once() -> None:
    """Rule 6: `0d` is the start moved into hours; `0d end of day` is the close of that day."""
    office = calendar(OFFICE)
    assert office.due_in_days(at("23 10:00"), 0) == at("23 10:00")
    assert office.due_in_days(at("23 10:00"), 0, end_of_day=True) == at("23 17:00")
    assert office.due_in_days(at("28 10:00"), 0) == at("2026-03-30T08:00:00+02:00")
    assert office.due_in_days(at("28 10:00"), 0, end_of_day=True) == at("2026-03-30T17:00:00+02:00")
    nights = calendar(NIGHTS)
    assert nights.due_in_days(at("24 03:00"), 0) == at("24 03:00")
    assert nights.due_in_days(at("24 03:00"), 0, end_of_day=True) == at("25 06:00")  # Tuesday's own close
    assert nights.due_in_days(at("28 03:00"), 0, end_of_day=True) == at("28 06:00")  # none opens on Saturday


def test_windows_of_neighbouring_days_that_overlap_over_midnight_count_once() -> None:
    """Rule 4: overlaps are an error within one date; a night shift may run into the next day's hours."""
    both = calendar({"mon": ["22:00-06:00"], "tue": ["05:00-13:00"]})
    assert both.worked(at("23 00:00"), at("25 00:00")) == 15 * H
    assert both.due_at(at("23 22:00"), 9 * H) == at("24 07:00")


@pytest.mark.parametrize(
    ("instant", "close"), [("23 10:00", "23 17:00"), ("23 17:00", "23 17:00"), ("23 17:01", "24 17:00")]
)
def test_a_deadline_on_a_close_stays_there(instant: str, close: str) -> None:
    """Rule 6: `end of day` moves a deadline that pauses have moved to the close at or after it."""
    assert calendar(OFFICE).close_of_day(at(instant)) == at(close)


def test_a_night_shifts_deadline_moves_to_the_close_of_that_shift() -> None:
    """Rule 6: at 03:00 it is the shift of the evening before that has still to close."""
    assert calendar(NIGHTS).close_of_day(at("24 03:00")) == at("24 06:00")


@pytest.mark.parametrize("budget", [5 * H, timedelta(days=4000)])
def test_too_little_working_time_is_an_error_that_names_the_calendar(budget: timedelta) -> None:
    """Rule 7: never an instant deadline."""
    once = calendar({}, exceptions={"2026-03-25": ["08:00-12:00"]}, name="one day only")
    assert once.due_at(at("23 10:00"), 4 * H) == at("25 12:00")
    with pytest.raises(
        OutOfWorkingTime, match=r"calendar 'one day only' in Europe/Copenhagen has no .* after"
    ):
        once.due_at(at("23 10:00"), budget)


@pytest.mark.parametrize(
    ("zone", "date", "window", "ends"),
    [
        ("Pacific/Honolulu", "2025-12-30", "21:00-20:00", "2026-01-01T06:00:00+00:00"),
        ("Pacific/Honolulu", "2025-12-31", "21:00-20:00", "2026-01-02T06:00:00+00:00"),
        ("Pacific/Honolulu", "2025-12-31", "08:00-17:00", "2026-01-01T03:00:00+00:00"),
        ("UTC", "2025-12-31", "22:00-06:00", "2026-01-01T06:00:00+00:00"),
        ("Pacific/Kiritimati", "2026-01-01", "08:00-17:00", "2026-01-01T03:00:00+00:00"),
    ],
)
def test_the_last_hours_of_a_calendar_are_found_over_new_year(
    zone: str, date: str, window: str, ends: str
) -> None:
    """Rule 7: all of a last shift that runs on into another year, as UTC counts, can be used up."""
    once = calendar({}, zone, exceptions={date: [window]})
    start, end = at("2025-12-01T00:00:00Z"), at("2026-03-01T00:00:00Z")
    worked = once.worked(start, end)
    assert once.due_at(start, worked) == at(ends)
    assert once.due_in_days(start, 0, end_of_day=True) == at(ends)
    assert once.shift(end, -worked) < at(ends) - worked + S
    with pytest.raises(OutOfWorkingTime):
        once.due_at(start, worked + S)


@pytest.mark.parametrize("closed", [{"holidays": ["12-25"]}, {"holidays": ["2026-12-25"]}])
def test_a_holiday_closes_a_calendar_that_is_otherwise_always_open(closed: Any) -> None:
    """Rule 3: 24x7 less Christmas does not count Christmas, whether it is given for one year or for all."""
    always = calendar("24x7", "UTC", **closed)
    eve, boxing_day = at("2026-12-24T12:00:00Z"), at("2026-12-26T12:00:00Z")
    assert always.worked(eve, boxing_day) == 24 * H
    assert always.due_at(eve, 24 * H) == boxing_day
    assert always.shift(boxing_day, -24 * H) == eve


def test_an_exception_closes_a_calendar_that_is_otherwise_always_open() -> None:
    """Rule 3: 24x7 with one date of other hours counts those."""
    always = calendar("24x7", "UTC", exceptions={"2026-12-24": ["00:00-12:00"]})
    assert always.due_at(at("2026-12-24T11:00:00Z"), 2 * H) == at("2026-12-25T01:00:00Z")


def test_a_calendar_that_has_ended_has_no_days_either() -> None:
    """Rule 7: for working days, closes and going back, too."""
    once = calendar({}, exceptions={"2026-03-25": ["08:00-12:00"]})
    asks: tuple[Callable[[], object], ...] = (
        lambda: once.due_in_days(at("25 09:00"), 1),
        lambda: once.due_in_days(at("25 13:00"), 0),
        lambda: once.due_in_days(at("25 13:00"), 0, end_of_day=True),
        lambda: once.due_in_days(at("25 09:00"), 1, end_of_day=True),
        lambda: once.close_of_day(at("25 13:00")),
        lambda: once.shift(at("25 09:00"), -2 * H),
        lambda: ALWAYS.due_at(at("25 09:00"), timedelta(days=9999 * 365)),
    )
    for ask in asks:
        with pytest.raises(OutOfWorkingTime, match=r"a calendar in Europe/Copenhagen|calendar '24x7' in UTC"):
            ask()


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("1970-01-01T11:00:00Z", "1970-01-02T10:30:00Z"),  # winter time, and no other until 1980
        ("1975-06-16T06:00:00Z", "1975-06-16T15:30:00Z"),
        ("2060-06-14T06:00:00Z", "2060-06-14T14:30:00Z"),
        ("2190-06-14T06:00:00Z", "2190-06-14T14:30:00Z"),
        ("2199-12-31T15:00:00Z", "2200-01-01T14:30:00Z"),
    ],
)
def test_answers_are_right_far_from_today(start: str, due: str) -> None:
    """Rule 7: from 1970 to 2199 and beyond, whatever was looked up before."""
    assert calendar(OFFICE).due_at(at(start), 8 * H) == at(due)


def test_instants_without_a_zone_are_refused() -> None:
    """An instant that does not say its zone is no instant; nor is a budget ever negative."""
    office, naive = calendar(OFFICE), datetime(2026, 3, 23, 10)  # noqa: DTZ001
    for ask in (
        lambda: office.due_at(naive, H),
        lambda: office.worked(naive, at("23 12:00")),
        lambda: office.worked(at("23 12:00"), naive),
        lambda: office.shift(naive, -H),
        lambda: office.due_in_days(naive, 1),
        lambda: ALWAYS.due_at(naive, H),
        lambda: ALWAYS.shift(naive, -H),
    ):
        with pytest.raises(ValueError, match="2026-03-23 10:00:00 has no time zone"):
            ask()
    for ask in (lambda: office.due_at(at("23 10:00"), -H), lambda: ALWAYS.due_at(at("23 10:00"), -H)):
        with pytest.raises(ValueError, match="negative"):
            ask()
    with pytest.raises(ValueError, match="-1 working days"):
        office.due_in_days(at("23 10:00"), -1)


def test_answers_are_in_utc_and_exact_to_the_microsecond() -> None:
    """Whatever zone an instant comes in, its answer is UTC, and nothing is rounded."""
    due = calendar(OFFICE).due_at(at("2026-03-23T11:59:59.999999+01:00"), timedelta(microseconds=2))
    assert due.isoformat() == "2026-03-23T11:30:00.000001+00:00"
    assert (
        ALWAYS.due_at(at("23 10:00"), timedelta(microseconds=1)).isoformat()
        == "2026-03-23T09:00:00.000001+00:00"
    )


def test_the_ends_of_time_are_answered_or_refused() -> None:
    """Rule 7: an instant of year 1 or 9999 that a helpdesk sends by mistake costs no time, and no crash."""
    office = calendar(OFFICE)
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert office.due_at(first, 8 * H).year == 1
    assert office.worked(first, last) > timedelta(days=700_000)
    assert office.due_at(office.shift(last, -8 * H), 8 * H) < last
    asks: tuple[Callable[[], object], ...] = (
        lambda: office.due_at(last, 8 * H),
        lambda: office.shift(first, -8 * H),
        lambda: office.due_in_days(last, 3),
    )
    for ask in asks:
        with pytest.raises(OutOfWorkingTime):
            ask()
