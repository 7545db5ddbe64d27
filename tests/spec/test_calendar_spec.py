"""What a calendar may say, and how it is told what it may not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from slaclock.domain.calendar import ALWAYS, Calendar
from slaclock.domain.errors import InvalidCalendar

ZONE = {"timezone": "Europe/Copenhagen"}
OFFICE = {**ZONE, "hours": {"mon-fri": ["08:00-12:00", "12:30-17:00"]}}
WEEK = datetime(2026, 3, 22, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "worked"),
    [
        ({"mon-fri": ["08:00-16:00"]}, 40),
        ({"fri-mon": ["08:00-16:00"]}, 32),  # round the end of the week
        ({"Mon": ["08:00-16:00"], "SUN-SUN": ["08:00-16:00"]}, 16),
        ({"mon": [], "tue": ["00:00-24:00"]}, 24),
        ({"wed": ["18:00-00:00"]}, 6),
        ({"mon-sun": ["00:00-24:00"]}, 167),  # less the hour that Sunday skips
        ("24x7", 167),
    ],
)
def test_hours_are_given_by_weekday(hours: Any, worked: int) -> None:
    """A weekday, a range of weekdays that may go round the week's end, or 24x7."""
    assert Calendar.from_spec({**ZONE, "hours": hours}).worked(*WEEK) == timedelta(hours=worked)


def test_dates_may_be_text_or_dates() -> None:
    """YAML makes dates of 2026-03-24, JSON keeps text; both mean the same calendar."""
    text = {**OFFICE, "holidays": ["2026-03-24"], "exceptions": {"2026-03-25": ["08:00-09:00"]}}
    dates = {**OFFICE, "holidays": [date(2026, 3, 24)], "exceptions": {date(2026, 3, 25): ["08:00-09:00"]}}
    assert Calendar.from_spec(text) is Calendar.from_spec(dates)
    assert Calendar.from_spec(text).worked(*WEEK) == timedelta(hours=3 * 8.5 + 1)


def test_equal_specs_share_one_built_calendar() -> None:
    """However it is written, the same calendar is built once; another name shares its tables, too."""
    days = ["mon", "tue", "wed", "thu", "fri"]
    spelled = {**ZONE, "hours": {day: ["12:30-17:00", "08:00-12:00"] for day in days}, "holidays": []}
    one, other = Calendar.from_spec(OFFICE), Calendar.from_spec(spelled)
    named = Calendar.from_spec({**OFFICE, "name": "office"})
    assert one is other
    assert named._years is one._years  # noqa: SLF001
    assert (repr(one), repr(named)) == (
        "a calendar in Europe/Copenhagen",
        "calendar 'office' in Europe/Copenhagen",
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"hours": "24x7"}, "timezone is missing"),
        ({"timezone": "Europe/Kopenhagen", "hours": "24x7"}, "unknown time zone 'Europe/Kopenhagen'"),
        ({"timezone": "../zones", "hours": "24x7"}, "unknown time zone '../zones'"),
        ({"timezone": ["UTC"], "hours": "24x7"}, r"unknown time zone \['UTC'\]"),
        (ZONE, "hours are 24x7 or windows by weekday, not None"),
        ({**ZONE, "hours": "8x5"}, "hours are 24x7 or windows by weekday, not '8x5'"),
        ({**ZONE, "hours": {"mo": ["08:00-12:00"]}}, "hours: 'mo' is no weekday"),
        ({**ZONE, "hours": {"mon-": ["08:00-12:00"]}}, "hours: 'mon-' is no weekday"),
        ({**ZONE, "hours": {"mon-fri": [], "fri": []}}, "hours give fri twice, the second time as 'fri'"),
        ({**ZONE, "hours": {"mon": "08:00-12:00"}}, "mon: a list of windows is needed, not '08:00-12:00'"),
        ({**ZONE, "hours": {"mon": ["08:00"]}}, "mon: '08:00' is no window"),
        ({**ZONE, "hours": {"mon": ["08:00-25:00"]}}, "mon: '25:00' is no time of day"),
        ({**ZONE, "hours": {"mon": ["08:60-12:00"]}}, "mon: '08:60' is no time of day"),
        ({**ZONE, "hours": {"mon": ["08:00-24:01"]}}, "mon: '24:01' is no time of day"),
        ({**ZONE, "hours": {"mon": ["8:00-12:00"]}}, "mon: '8:00' is no time of day"),
        ({**ZONE, "hours": {"mon": ["08:00-08:00"]}}, "mon: window '08:00-08:00' is empty"),
        ({**ZONE, "hours": {"mon": ["24:00-06:00"]}}, "mon: window '24:00-06:00' is empty"),
        (
            {**ZONE, "hours": {"mon": ["08:00-12:00", "11:00-13:00"]}},
            "mon: window 11:00-13:00 overlaps 08:00-12:00",
        ),
        (
            {**ZONE, "hours": {"mon": ["23:00-24:00", "22:00-06:00"]}},
            "mon: window 23:00-24:00 overlaps 22:00-06:00",
        ),
        ({**OFFICE, "holidays": ["2026-02-29"]}, "holidays: '2026-02-29' is no date"),
        ({**OFFICE, "holidays": ["02-30"]}, "holidays: '02-30' is no date"),
        ({**OFFICE, "holidays": [{"country": "DK"}]}, "holidays: {'country': 'DK'} is no date"),
        ({**OFFICE, "holidays": [datetime(2026, 3, 24, tzinfo=UTC)]}, "holidays: .* is no date"),
        ({**OFFICE, "holidays": "2026-03-24"}, "holidays: a list of dates is needed, not '2026-03-24'"),
        ({**OFFICE, "holidays": ["W10-1"]}, "holidays: 'W10-1' is no date"),
        ({**OFFICE, "holidays": ["2026-W10-1"]}, "holidays: '2026-W10-1' is no date"),
        ({**OFFICE, "holidays": ["2026-1-011"]}, "holidays: '2026-1-011' is no date"),
        ({**OFFICE, "holidays": ["0000-01-01"]}, "holidays: '0000-01-01' is no date"),
        ({**OFFICE, "holidays": ["٢٠٢٦-01-01"]}, "is no date"),
        ({**OFFICE, "exceptions": {"2026-W10-1": []}}, "exceptions: '2026-W10-1' is no date"),
        ({**OFFICE, "exceptions": {"christmas": []}}, "exceptions: 'christmas' is no date"),
        ({**OFFICE, "exceptions": {"12-24": []}}, "exceptions: '12-24' is no date"),
        ({**OFFICE, "exceptions": ["2026-03-24"]}, "exceptions: windows by date are needed"),
        (
            {**OFFICE, "exceptions": {"2026-03-24": ["08:00-12:00", "11:59-13:00"]}},
            "2026-03-24: window 11:59-13:00 overlaps 08:00-12:00",
        ),
        ({**ZONE, "hours": {}}, "no working time at all"),
        ({**ZONE, "hours": {"mon": []}, "exceptions": {"2026-03-24": []}}, "no working time at all"),
        ({**OFFICE, "holiday": []}, "unknown key 'holiday'"),
        (["24x7"], "a calendar is a mapping"),
    ],
)
def test_a_broken_rule_is_told_with_its_value(spec: Any, message: str) -> None:
    """InvalidCalendar names the value and the rule."""
    with pytest.raises(InvalidCalendar, match=message):
        Calendar.from_spec(spec)


FALSY: list[Any] = [0, False, [], {}, ""]


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        *(
            ("holidays", value, "holidays: a list of dates is needed, not")
            for value in (*FALSY[:2], *FALSY[3:], 1.5)
        ),
        ("holidays", {"2026-03-24": 1}, "holidays: a list of dates is needed, not {'2026-03-24': 1}"),
        *(
            ("exceptions", value, "exceptions: windows by date are needed")
            for value in (*FALSY[:3], FALSY[4], ())
        ),
        ("exceptions", {"2026-03-24": {"08:00-12:00": 1}}, "2026-03-24: a list of windows is needed"),
        ("exceptions", {"2026-03-24": None}, "2026-03-24: a list of windows is needed, not None"),
        ("exceptions", {date(2026, 3, 24): [], "2026-03-24": []}, "exceptions give 2026-03-24 twice"),
        ("hours", {"mon": {"08:00-12:00": 1}}, "mon: a list of windows is needed"),
        ("hours", {"mon": [b"08:00-12:00"]}, "mon: b'08:00-12:00' is no window"),
        ("hours", {1: ["08:00-12:00"]}, "hours: 1 is no weekday"),
        *(
            ("hours", value, "hours are 24x7 or windows by weekday, not")
            for value in (*FALSY[:3], FALSY[4], None)
        ),
        *(("name", value, "name: text is needed, not") for value in (["x"], *FALSY[:4])),
        ("timezone", None, "timezone is missing"),
        ("timezone", "", "timezone is missing"),
        *(("timezone", value, "unknown time zone") for value in FALSY[:4]),
    ],
)
def test_a_member_of_another_type_is_told_by_its_name(member: str, value: Any, message: str) -> None:
    """Nothing is taken for absent because it is empty or zero, and a mapping is no list."""
    with pytest.raises(InvalidCalendar, match=message):
        Calendar.from_spec({**OFFICE, member: value})


def test_a_member_that_is_null_is_absent() -> None:
    """`holidays:` with nothing after it is null in YAML."""
    empty = {**OFFICE, "name": None, "holidays": None, "exceptions": None}
    assert Calendar.from_spec(empty) is Calendar.from_spec(OFFICE)


def _nested(depth: int) -> list[Any]:
    nest: list[Any] = []
    for _ in range(depth):
        nest = [nest]
    return nest


@pytest.mark.parametrize(
    "value",
    [_nested(200_000), 10**5000, -(10**5000), "8" * 1_000_000, ["8" * 1_000_000], {"8" * 1_000_000: []}],
    ids=["nested", "digits", "negative", "long", "long in a list", "long key"],
)
@pytest.mark.parametrize(
    "spec",
    [
        lambda value: value,
        lambda value: {**OFFICE, "timezone": value},
        lambda value: {**OFFICE, "hours": value},
        lambda value: {**OFFICE, "hours": {"mon": value}},
        lambda value: {**OFFICE, "hours": {"mon": [value]}},
        lambda value: {**OFFICE, "hours": {"mon": [f"08:00-{value}"] if isinstance(value, str) else value}},
        lambda value: {**OFFICE, "holidays": value},
        lambda value: {**OFFICE, "holidays": [value]},
        lambda value: {**OFFICE, "exceptions": value},
        lambda value: {**OFFICE, "exceptions": {"2026-03-24": value}},
        lambda value: {**OFFICE, "exceptions": {"2026-03-24": [value]}},
        lambda value: {**OFFICE, **dict.fromkeys(value if isinstance(value, dict) else [str], 1)},
        lambda value: {**OFFICE, "name": [value]},
    ],
)
def test_a_hostile_value_is_refused_in_few_words(spec: Any, value: Any) -> None:
    """However deep or long it is, InvalidCalendar shows the beginning and the end of it."""
    with pytest.raises(InvalidCalendar) as refused:
        Calendar.from_spec(spec(value))
    assert len(str(refused.value)) < 200


def test_a_long_name_is_shown_in_part() -> None:
    """A message about a calendar names it, and stays short."""
    assert len(repr(Calendar.from_spec({**OFFICE, "name": "office " * 100_000}))) < 130


def test_a_calendar_that_is_always_a_holiday_has_no_working_time() -> None:
    """A holiday on each of the 366 dates of the year leaves nothing."""
    every = [(date(2000, 1, 1) + timedelta(days=day)).isoformat()[5:] for day in range(366)]
    with pytest.raises(InvalidCalendar, match="no working time at all"):
        Calendar.from_spec({**OFFICE, "holidays": every})


def test_always_is_elapsed_time() -> None:
    """The calendar of wall budgets counts every second, in UTC."""
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert ALWAYS.due_at(start, timedelta(hours=24)) == datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert ALWAYS.shift(start, -timedelta(hours=24)) == datetime(2026, 3, 27, 12, tzinfo=UTC)
    assert ALWAYS.timezone == "UTC"
