"""Laws of working time, over random calendars in every zone of tzdata, and against brute force."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from slaclock.domain.calendar import Calendar
from slaclock.domain.offsets import zone_names
from tests.examples import examples
from tests.spec.calendar_oracle import WEEKDAYS, Oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONES = sorted(zone_names())
CHANGING = ["Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza"]
CHANGING += ["America/Santiago", "Pacific/Chatham", "Europe/Dublin", "Africa/Cairo", "America/St_Johns"]
NOTHING = timedelta()
TICK = timedelta(microseconds=1)
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
SHAPES = ("overnight", "change of offset", "holiday or exception", "several windows a day")

laws = settings(max_examples=examples(500), deadline=None, suppress_health_check=list(HealthCheck))


class Case(NamedTuple):
    """A calendar, its spec, a span of at most three weeks and a part of its working time."""

    spec: dict[str, Any]
    calendar: Calendar
    start: datetime
    end: datetime
    budget: timedelta


@pytest.fixture
def seen(record_property: Any) -> Iterator[Counter[str]]:
    """Count what the examples were like; each shape must be in at least a tenth of them."""
    counts: Counter[str] = Counter()
    yield counts
    summary = ", ".join(f"{shape} {counts[shape]}" for shape in SHAPES)
    record_property("examples", f"{counts['examples']}; {summary}")
    assert all(counts[shape] * 10 >= counts["examples"] for shape in SHAPES), counts


@st.composite
def days(draw: st.DrawFn) -> list[str]:
    """Draw a day's windows: up to three, on a grid of five minutes, touching or running overnight."""
    marks = sorted(draw(st.lists(st.integers(0, 288), min_size=2, max_size=6, unique=True)))
    windows = list(zip(marks[::2], marks[1::2], strict=False))
    if len(marks) > 3 and draw(st.integers(0, 3)) == 0:
        windows[1] = (windows[0][1], windows[1][1])
    if draw(st.integers(0, 2)) == 0:
        windows[-1] = (min(windows[-1][0], 287), draw(st.integers(0, windows[0][0])))
    return [f"{_text(start)}-{_text(end)}" for start, end in windows if start != end]


def _text(mark: int) -> str:
    return f"{mark // 12:02}:{mark % 12 * 5:02}"


@st.composite
def instants(draw: st.DrawFn, oracle_zone: str) -> datetime:
    """Draw any second from 1970 to 2199, or one within two days of a change of the zone's offset."""
    instant = draw(st.datetimes(datetime(1970, 1, 3), datetime(2199, 11, 1))).replace(tzinfo=UTC)  # noqa: DTZ001
    if draw(st.integers(0, 3)):
        changes = _changes(oracle_zone, instant.year)
        if changes:
            instant = draw(st.sampled_from(changes)) - timedelta(seconds=draw(st.integers(0, 172_800)))
    return instant if draw(st.booleans()) else instant.replace(microsecond=0)


_CHANGES: dict[tuple[str, int], list[datetime]] = {}


def _changes(name: str, year: int) -> list[datetime]:
    if (name, year) not in _CHANGES:
        bounds = datetime(year, 1, 3, tzinfo=UTC), datetime(year, 12, 30, tzinfo=UTC)
        # Looked for day by day: they say where to look closely, and no answer is judged by them.
        _CHANGES[name, year] = Oracle({"timezone": name, "hours": {}}).changes(*bounds, timedelta(days=1))
    return _CHANGES[name, year]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a calendar with holidays and exceptions near a start, and a budget that is worked by the end."""
    name = draw(st.one_of(st.sampled_from(CHANGING), st.sampled_from(ZONES)))
    start = draw(instants(name))
    near = [(start + timedelta(days=offset)).date() for offset in (1, 2, 0, 3, -1, 4, 5, -2, 6, 9, 13, 20)]
    shapes = draw(st.lists(days(), min_size=2, max_size=3))
    pattern = draw(st.lists(st.integers(0, len(shapes)), min_size=7, max_size=7))
    spec: dict[str, Any] = {
        "timezone": name,
        "hours": {day: shapes[kind - 1] for day, kind in zip(WEEKDAYS, pattern, strict=True) if kind},
        "holidays": [
            _date(draw, day) for day in draw(st.lists(st.sampled_from(near), max_size=4, unique=True))
        ],
        "exceptions": {
            day.isoformat(): draw(st.sampled_from([[], *shapes]))
            for day in draw(st.lists(st.sampled_from(near), max_size=3))
        },
    }
    hours: dict[str, list[str]] = spec["hours"]
    assume(any(hours.values()))
    calendar = Calendar.from_spec(spec)
    end = start + timedelta(
        days=draw(st.sampled_from([9, 3, 5, 20, 0])), seconds=draw(st.integers(0, 86_400))
    )
    share = draw(st.sampled_from([0, 1, 1, 2, 3, 5, 8, 9, 12, 16])) * calendar.worked(start, end) / 16
    return Case(spec, calendar, start, end, share)


def _date(draw: st.DrawFn, day: date) -> str:
    return day.isoformat()[5:] if draw(st.integers(0, 3)) == 0 else day.isoformat()


def _note(seen: Counter[str], case: Case) -> None:
    """Say of what kind an example is; only what lies inside its span counts."""
    first, last = (instant.date() for instant in (case.start, case.end))
    hours = case.spec["hours"].values()
    special = [*case.spec["holidays"], *case.spec["exceptions"]]
    seen["examples"] += 1
    seen["overnight"] += any(text[:5] > text[6:] for texts in hours for text in texts)
    seen["several windows a day"] += any(len(texts) > 1 for texts in hours)
    seen["holiday or exception"] += any(first <= _near(text, first) <= last for text in special)
    seen["change of offset"] += any(
        case.start < at < case.end for at in _changes(case.spec["timezone"], first.year)
    )


def _near(text: str, first: date) -> date:
    """Give the date on which a holiday, yearly or not, falls near another."""
    if len(text) == 10:
        return date.fromisoformat(text)
    dates = (first + timedelta(days=offset) for offset in range(-5, 30))
    return next((day for day in dates if day.isoformat()[5:] == text), date.max)


def test_brute_force_agrees_on_what_was_worked(seen: Counter[str]) -> None:
    """`worked` is the sum of the spans whose wall clock lies in an open window."""

    @laws
    @given(cases())
    def law(case: Case) -> None:
        _note(seen, case)
        assert case.calendar.worked(case.start, case.end) == Oracle(case.spec).worked(case.start, case.end)

    law()


def test_brute_force_agrees_on_the_deadline(seen: Counter[str]) -> None:
    """`due_at` is where a walk through the windows uses up the budget; `windows` are those windows."""

    @laws
    @given(cases())
    def law(case: Case) -> None:
        _note(seen, case)
        oracle = Oracle(case.spec)
        assert case.calendar.windows(case.start, case.end) == oracle.spans(case.start, case.end)
        assert case.calendar.due_at(case.start, case.budget) == oracle.due_at(
            case.start, case.budget, case.end
        )

    law()


def test_brute_force_agrees_on_going_back(seen: Counter[str]) -> None:
    """`shift` by a negative offset is where a walk back has that much working time left."""

    @laws
    @given(cases())
    def law(case: Case) -> None:
        _note(seen, case)
        found = case.calendar.shift(case.end, -case.budget)
        assert found == (
            Oracle(case.spec).back(case.end, case.budget, case.start) if case.budget else case.end
        )

    law()


def test_brute_force_agrees_on_working_days(seen: Counter[str]) -> None:
    """`due_in_days` is what counting dates and looking for the local time gives."""

    @settings(laws, max_examples=examples(300))
    @given(cases(), st.integers(1, 6), st.booleans())
    def law(case: Case, count: int, end_of_day: bool) -> None:  # noqa: FBT001
        _note(seen, case)
        ours = case.calendar.due_in_days(case.start, count, end_of_day=end_of_day)
        assert ours == Oracle(case.spec).due_in_days(case.start, count, end_of_day=end_of_day)

    law()


def test_what_is_worked_until_the_deadline_is_the_budget(seen: Counter[str]) -> None:
    """`worked(s, due_at(s, b)) == b`, and a microsecond before, less than b has been worked."""

    @laws
    @given(cases(), st.integers(0, 3_000_000))
    def law(case: Case, seconds: int) -> None:
        _note(seen, case)
        for budget in (case.budget, timedelta(seconds=seconds)):
            due = case.calendar.due_at(case.start, budget)
            assert case.calendar.worked(case.start, due) == budget
            assert not budget or case.calendar.worked(case.start, due - TICK) < budget

    law()


def test_a_later_start_or_a_larger_budget_is_never_due_earlier(seen: Counter[str]) -> None:
    """`due_at` is monotone in both arguments, `worked` grows with its end and shrinks with its start."""

    @laws
    @given(cases(), st.integers(0, 90_000), st.integers(0, 90_000))
    def law(case: Case, later: int, more: int) -> None:
        _note(seen, case)
        after, larger = case.start + timedelta(seconds=later), case.budget + timedelta(seconds=more)
        calendar = case.calendar
        assert calendar.due_at(case.start, case.budget) <= calendar.due_at(after, larger)
        assert calendar.worked(after, case.end) <= calendar.worked(case.start, case.end)
        assert calendar.worked(case.start, case.end) <= calendar.worked(
            case.start, case.end + timedelta(seconds=more)
        )

    law()


def test_working_time_adds_up(seen: Counter[str]) -> None:
    """`worked(a, c) == worked(a, b) + worked(b, c)` for any b between them, centuries apart too."""

    @laws
    @given(cases(), st.floats(0, 1), st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)))  # noqa: DTZ001
    def law(case: Case, share: float, far: datetime) -> None:
        _note(seen, case)
        first, last = sorted([case.start, far.replace(tzinfo=UTC)])
        for start, end in ((case.start, case.end), (first, last)):
            middle = start + (end - start) * share
            whole = case.calendar.worked(start, middle) + case.calendar.worked(middle, end)
            assert case.calendar.worked(start, end) == whole

    law()


def test_going_back_undoes_going_ahead_on_working_instants(seen: Counter[str]) -> None:
    """`shift(shift(t, x), -x) == t` wherever t is working time."""

    @laws
    @given(cases(), st.integers(0, 1_000_000))
    def law(case: Case, seconds: int) -> None:
        _note(seen, case)
        calendar = case.calendar
        working = calendar.shift(calendar.due_at(case.start, TICK), -TICK)
        for offset in (case.budget, timedelta(seconds=seconds)):
            assert calendar.shift(calendar.shift(working, offset), -offset) == working

    law()


def test_pauses_conserve_the_budget(seen: Counter[str]) -> None:
    """Where pauses are added to a deadline in turn, the time worked outside them is the budget."""

    @laws
    @given(cases(), st.lists(st.floats(0, 1), min_size=2, max_size=6))
    def law(case: Case, marks: list[float]) -> None:
        _note(seen, case)
        marks = sorted(marks)
        instants = [case.start + (case.end - case.start) * mark for mark in marks]
        due, paused = case.calendar.due_at(case.start, case.budget), NOTHING
        for begin, end in zip(instants[::2], instants[1::2], strict=False):
            if begin < due:
                lost = case.calendar.worked(begin, end)
                due, paused = case.calendar.due_at(due, lost), paused + lost
        assert case.calendar.worked(case.start, due) - paused == case.budget

    law()


def test_the_oracle_agrees_with_asking_every_second() -> None:
    """The spans of the brute force are what membership, asked second by second, gives."""
    hours = {"sat": ["22:00-02:15"], "sun": ["01:30-02:30", "02:45-03:10"]}
    oracle = Oracle({"timezone": "Europe/Copenhagen", "hours": hours})
    for day in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        start = day - timedelta(hours=4)
        seconds = [start + timedelta(seconds=second) for second in range(8 * 3600)]
        spans = oracle.spans(start, seconds[-1] + timedelta(seconds=1))
        assert sum(bool(oracle.owners(each)) for each in seconds) == sum((b - a).seconds for a, b in spans)
        assert all(bool(oracle.owners(each)) == any(a <= each < b for a, b in spans) for each in seconds)
