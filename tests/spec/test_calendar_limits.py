"""What a calendar may cost: bounds on what is asked and written, memory, and several threads at once."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain import years as years_module
from slaclock.domain.calendar import Calendar
from slaclock.domain.calendar_spec import parse
from slaclock.domain.epoch import day_number
from slaclock.domain.errors import InvalidCalendar, OutOfWorkingTime
from slaclock.domain.offsets import zone_names
from slaclock.domain.years import Years

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

ZONE = {"timezone": "Europe/Copenhagen"}
OFFICE = {**ZONE, "hours": {"mon-fri": ["08:00-16:00"]}}
START = datetime(2026, 3, 1, tzinfo=UTC)
DATES = [(date(2026, 1, 1) + timedelta(days=day)).isoformat() for day in range(5001)]
EVERY_DATE = [(date(2000, 1, 1) + timedelta(days=day)).isoformat()[5:] for day in range(366)]
MINUTES = [f"{hour:02}:{minute:02}-{hour:02}:{minute + 1:02}" for hour in range(24) for minute in (1, 31)]


@pytest.mark.parametrize("attempt", range(4))
def test_threads_that_ask_first_at_the_same_time_count_from_the_same_beginning(attempt: int) -> None:
    """Four threads ask about a new calendar; what it answers for ever after is what one thread would get."""
    rules = parse({**OFFICE, "holidays": [DATES[attempt]]})
    shared, alone = Years(rules), Years(rules)
    failed: list[BaseException] = []
    together = threading.Barrier(4)

    def ask(year: int) -> None:
        try:
            together.wait()
            shared.worked(datetime(year, 5, 4, tzinfo=UTC))
        except BaseException as error:  # noqa: BLE001  whatever it is, it is the answer
            failed.append(error)

    threading.settrace(_giving_way)
    try:
        threads = [threading.Thread(target=ask, args=(year,)) for year in (2024, 2026, 2025, 2027)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        threading.settrace(None)
    assert not failed
    worked = [_worked(years, 2024, 2028) for years in (shared, alone)]
    assert worked[0] == worked[1]
    assert shared.earliest(2024, shared.begun(2024) + worked[0]) == alone.earliest(
        2024, alone.begun(2024) + worked[0]
    )


def _worked(years: Years, first: int, last: int) -> timedelta:
    begun, ended = (datetime(year, 5, 4, tzinfo=UTC) for year in (first, last))
    return years.worked(ended) - years.worked(begun)


def _giving_way(frame: FrameType, _event: str, _arg: Any) -> Any:
    """Let another thread go on before each line of the module that builds tables."""
    if frame.f_code.co_filename != years_module.__file__:
        return None
    time.sleep(0.0002)
    return _giving_way


@pytest.mark.parametrize(
    ("days", "error", "message"),
    [
        (10**9, ValueError, "1000000000 working days are more than 36600"),
        (36_601, ValueError, "36601 working days are more than 36600"),
        (-1, ValueError, "-1 working days are negative"),
        (1.5, TypeError, r"days: 1\.5 is no whole number"),
        (float("inf"), TypeError, "days: inf is no whole number"),
        (None, TypeError, "days: None is no whole number"),
        ("2", TypeError, "days: '2' is no whole number"),
    ],
)
def test_a_budget_in_days_is_a_whole_number_of_at_most_a_hundred_years(
    days: Any, error: type[Exception], message: str
) -> None:
    """Anything else is refused by name instead of being looked for."""
    for end_of_day in (False, True):
        with pytest.raises(error, match=message):
            Calendar.from_spec(OFFICE).due_in_days(START, days, end_of_day=end_of_day)


def test_the_longest_budget_in_days_is_answered() -> None:
    """36,600 working days on: 7,320 weeks of five."""
    due = Calendar.from_spec(OFFICE).due_in_days(datetime(2026, 3, 2, 8, tzinfo=UTC), 36_600)
    assert due.date() == date(2026, 3, 2) + timedelta(weeks=7_320)


@pytest.mark.parametrize("open_on", ["02-29", "05-04"])
def test_a_calendar_that_hardly_ever_opens_is_answered_as_fast(open_on: str) -> None:
    """Mondays only, and 365 dates of the year are holidays: ten years of hours are never there."""
    spec = {**ZONE, "hours": {"mon": ["08:00-16:00"]}}
    rare = Calendar.from_spec({**spec, "holidays": [day for day in EVERY_DATE if day != open_on]})
    asks: tuple[Callable[[], object], ...] = (
        lambda: rare.due_at(START, timedelta(days=3660)),
        lambda: rare.shift(START, -timedelta(days=3660)),
        lambda: rare.due_in_days(START, 36_600),
        lambda: rare.due_in_days(START, 36_600, end_of_day=True),
    )
    begun = time.process_time()
    for ask in asks:
        with pytest.raises(OutOfWorkingTime):
            ask()
    first = rare.due_in_days(START, 0)
    assert (first.strftime("%m-%d"), first.isoweekday()) == (open_on, 1)
    third = rare.due_in_days(START, 2)
    assert rare.worked(START, third) == timedelta(hours=16)
    assert time.process_time() - begun < 3


def test_years_of_one_kind_have_the_same_working_time_wherever_it_is() -> None:
    """What is counted once for years that are alike is what counting each of them gives."""
    random = Random(26)  # noqa: S311
    hours = {"mon": ["00:30-03:30", "22:00-06:00"], "thu-sat": ["01:15-02:45"], "sun": ["00:00-24:00"]}
    spec = {
        "hours": hours,
        "holidays": ["12-31", "01-01", "02-29", "03-29", "2031-01-01"],
        "exceptions": {"2030-12-31": ["20:00-18:00"]},
    }
    for name in random.sample(sorted(zone_names()), 60):
        years = Years(parse({"timezone": name, **spec}))
        for year in (1, 2, *random.sample(range(3, 9998), 16), 2029, 2030, 2031, 2032, 2038, 9998, 9999):
            first = day_number(year, 1, 1) * 86_400
            seconds = years.days.amount(first, day_number(year, 12, 31) * 86_400 + 86_400 - (year == 9999))
            assert years.begun(year + 1) - years.begun(year) == timedelta(seconds=seconds), (name, year)
        year = random.choice([2028, 2400, 5003])
        dates = range(day_number(year, 1, 1), day_number(year + 1, 1, 1))
        assert years.openings(year) == sum(years.days.opens_on(day) for day in dates), (name, year)


def test_working_days_are_counted_by_years_as_they_are_one_by_one() -> None:
    """A budget of many days is that of its parts, over the ends of years and of what was listed."""
    spec = {
        **OFFICE,
        "holidays": ["12-31", "01-01", "2030-01-02"],
        "exceptions": {"2031-01-01": ["09:00-10:00"]},
    }
    office = Calendar.from_spec(spec)
    due = start = datetime(2027, 12, 27, 8, tzinfo=UTC)
    for days in range(1, 900):
        due = office.due_in_days(due.replace(hour=8), 1)
        assert office.due_in_days(start, days).date() == due.date()


def test_tables_are_kept_by_their_weight() -> None:
    """Forty-eight windows a day for many years: the memory of few, and the same answers."""
    busy = Calendar.from_spec({**ZONE, "hours": {"mon-sun": MINUTES}, "holidays": ["2026-01-02"]})
    starts = [datetime(year, 5, 1, tzinfo=UTC) for year in (*range(2020, 2028), 2020)]
    due = [busy.due_at(start, timedelta(hours=1)) for start in starts]
    assert due[0] == due[-1]
    kept = busy._years  # noqa: SLF001
    assert 1 < len(kept) < 6
    assert sum(len(opens) for opens, _, _ in kept.values()) < 75_000


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({**ZONE, "hours": {"mon": [*MINUTES, "00:03-00:04"]}}, "mon: 49 windows are more than the 48"),
        ({**OFFICE, "exceptions": {"2026-03-24": ["00:03-00:04"] * 720}}, "2026-03-24: 720 windows"),
        ({**OFFICE, "holidays": DATES}, "holidays: 5001 dates are more than the 5000"),
        ({**OFFICE, "exceptions": dict.fromkeys(DATES, ())}, "exceptions: 5001 dates are more than the 5000"),
    ],
)
def test_a_calendar_has_a_size_that_hours_of_people_have(spec: Any, message: str) -> None:
    """Windows of a date, holidays and exceptions are bounded; the most that is allowed is built."""
    with pytest.raises(InvalidCalendar, match=message):
        Calendar.from_spec(spec)
    most = Calendar.from_spec(
        {**OFFICE, "holidays": DATES[:-1], "exceptions": dict.fromkeys(DATES[:-1], MINUTES)}
    )
    assert most.due_at(START, timedelta(minutes=48)) > START
