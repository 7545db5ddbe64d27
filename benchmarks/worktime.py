"""How fast working time is, as ratios to workclock, businesstimedelta, timegrid and two bisections.

    make bench-worktime

All are asked the same questions about the same random starts (2024 to 2027, Copenhagen) in turn, one batch
after the other, so that a busy machine slows all of them alike; medians of the batches are compared.
Before anything is timed, answers are checked against the brute-force oracle of the tests. timegrid knows
no time zones: it gets the wall clock, so its wrong answers around changes of the clocks are counted, not
held against its time. businesstimedelta gets a Sunday as holiday every year, beyond which it fails.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import businesstimedelta
import pytz
import timegrid
import workclock

from slaclock.domain.calendar import Calendar
from slaclock.domain.years import years_of
from tests.spec.calendar_oracle import Oracle

if TYPE_CHECKING:
    from collections.abc import Sequence

ZONE = "Europe/Copenhagen"
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HOLIDAYS = [
    *(date(2024, 3, 28), date(2024, 3, 29), date(2024, 4, 1), date(2024, 5, 9), date(2024, 5, 20)),
    *(date(2025, 4, 17), date(2025, 4, 18), date(2025, 4, 21), date(2026, 4, 2), date(2026, 4, 3)),
    *(date(2026, 12, 24), date(2026, 12, 25)),
]
SUNDAYS = [date.fromisocalendar(year, 20, 7) for year in range(2015, 2040)]
EIGHT_HOURS, THIRTY_DAYS, FIVE_YEARS = timedelta(hours=8), timedelta(hours=30 * 8.5), timedelta(days=1826)
QUESTIONS = ("8 h deadline", "30 working days of hours", "five years elapsed")
LAYER = str(Path(__file__).parent.parent / "layers/core")
ROUNDS = 15
CHECKED = 40


def main() -> None:
    """Print every ratio of the issue, worst news included."""
    starts = _starts(2024, 4)
    print(
        f"Python {sys.version.split()[0]}; medians of {ROUNDS} interleaved batches; ratio = theirs / ours\n"
    )
    office = Calendar.from_spec(_office())
    _check(office, starts)
    medians = _compare("Mon-Fri with lunch, 12 holidays", _office_peers(office), starts)
    _compare("24x7", _always_peers(), starts)
    _zoned(office, starts)
    _against_floor(office, starts, medians)
    _far_away(office, medians)
    _second_calendar()
    _fresh_process()


def _starts(year: int, years: int) -> list[tuple[datetime, datetime]]:
    random = Random(2026)  # noqa: S311  (no secret: the same in each run)
    first = datetime(year, 1, 1, tzinfo=UTC)
    seconds = [random.randrange(years * 365 * 86_400) for _ in range(1000)]
    return [
        (first + timedelta(seconds=each), first + timedelta(seconds=each) + FIVE_YEARS) for each in seconds
    ]


def _office() -> dict[str, Any]:
    hours = {day: ["08:00-12:00", "12:30-17:00"] for day in WEEKDAYS[:5]}
    return {"timezone": ZONE, "hours": hours, "holidays": [day.isoformat() for day in HOLIDAYS]}


def _check(office: Calendar, starts: Sequence[tuple[datetime, datetime]]) -> None:
    oracle = Oracle(_office())
    for start, end in starts[:CHECKED]:
        horizon = start + timedelta(days=90)
        assert office.due_at(start, EIGHT_HOURS) == oracle.due_at(start, EIGHT_HOURS, horizon)
        assert office.due_at(start, THIRTY_DAYS) == oracle.due_at(start, THIRTY_DAYS, horizon)
        if start in {each for each, _ in starts[:3]}:
            assert office.worked(start, end) == oracle.worked(start, end)
    print(f"checked against the oracle: {CHECKED} starts, no difference\n")


def _ours(calendar: Calendar) -> list[Any]:
    return [
        lambda span: calendar.due_at(span[0], EIGHT_HOURS),
        lambda span: calendar.due_at(span[0], THIRTY_DAYS),
        lambda span: calendar.worked(span[0], span[1]),
    ]


def _office_peers(office: Calendar) -> dict[str, list[Any]]:
    schedule = workclock.Schedule(
        [
            workclock.WorkDay(clock(8), clock(17)),
            workclock.Break(clock(12), clock(12, 30)),
            workclock.Holidays(HOLIDAYS),
        ],
        time_zone=ZONE,
    )
    grid = timegrid.TimeGridCalendar.weekdays(clock(8), clock(17)).break_weekdays(clock(12), clock(12, 30))
    for day in HOLIDAYS:
        grid = grid.close(day)
    tz = pytz.timezone(ZONE)
    week = [0, 1, 2, 3, 4]
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(clock(8), clock(17), week, tz=tz),
            businesstimedelta.LunchTimeRule(clock(12), clock(12, 30), week, tz=tz),
            businesstimedelta.HolidayRule({*HOLIDAYS, *SUNDAYS}, tz=tz),
        ]
    )
    return {
        "slaclock": _ours(office),
        "workclock": _workclock(schedule),
        "businesstimedelta": _businesstimedelta(rules),
        "timegrid": _timegrid(grid),
    }


def _always_peers() -> dict[str, list[Any]]:
    schedule = workclock.Schedule([workclock.WorkDay(clock(0), clock(0), range(7))], time_zone=ZONE)
    grid = timegrid.TimeGridCalendar.create()
    for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"):
        for opening, closing in ((clock(0), clock(12)), (clock(12), clock(0))):
            grid.add_open_rule(getattr(timegrid.DayOfWeek, day), opening, closing)
    ours = Calendar.from_spec({"timezone": ZONE, "hours": "24x7"})
    return {"slaclock": _ours(ours), "workclock": _workclock(schedule), "timegrid": _timegrid(grid)}


def _workclock(schedule: workclock.Schedule) -> list[Any]:
    return [
        lambda span: schedule.add(span[0], EIGHT_HOURS),
        lambda span: schedule.add(span[0], THIRTY_DAYS),
        lambda span: schedule.between(span[0], span[1]),
    ]


def _businesstimedelta(rules: businesstimedelta.Rules) -> list[Any]:
    eight = businesstimedelta.BusinessTimeDelta(rules, timedelta=EIGHT_HOURS)
    thirty = businesstimedelta.BusinessTimeDelta(rules, timedelta=THIRTY_DAYS)
    return [
        lambda span: span[0] + eight,
        lambda span: span[0] + thirty,
        lambda span: rules.difference(span[0], span[1]).timedelta,
    ]


def _timegrid(grid: Any) -> list[Any]:
    return [
        lambda span: grid.add_work_duration(span[0], EIGHT_HOURS),
        lambda span: grid.add_work_duration(span[0], THIRTY_DAYS),
        lambda span: grid.get_working_duration(span[0], span[1]),
    ]


def _compare(
    title: str, peers: dict[str, list[Any]], starts: Sequence[tuple[datetime, datetime]]
) -> dict[str, float]:
    """Print a table, and give our medians by question."""
    print(f"{title:32}" + "".join(f"{name:>26}" for name in peers))
    wall = [_walls(span) for span in starts]
    medians = {}
    for number, question in enumerate(QUESTIONS):
        asked = {name: (asks[number], wall if name == "timegrid" else starts) for name, asks in peers.items()}
        wrong = _wrong(asked)
        found = _medians(asked)
        medians[question] = ours = found["slaclock"]
        cells = [f"{found['slaclock']:.0f} ns"]
        cells += [f"{found[name] / ours:,.1f}x ({wrong[name]} wrong)" for name in peers if name != "slaclock"]
        print(f"  {question:30}" + "".join(f"{cell:>26}" for cell in cells))
    print()
    return medians


def _zoned(office: Calendar, starts: Sequence[tuple[datetime, datetime]]) -> None:
    """Ask ours and workclock about starts and ends in ZoneInfo, which we have to turn into UTC first."""
    tz = ZoneInfo(ZONE)
    local = [(start.astimezone(tz), end.astimezone(tz)) for start, end in starts]
    peers = _office_peers(office)
    print(f"{'the same, in ZoneInfo, not UTC':32}{'slaclock':>26}{'workclock':>26}")
    for number, question in enumerate(QUESTIONS):
        found = _medians({name: (peers[name][number], local) for name in ("slaclock", "workclock")})
        ratio = found["workclock"] / found["slaclock"]
        print(f"  {question:30}{found['slaclock']:>23.0f} ns{ratio:>25.1f}x")
    print()


def _walls(span: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    tz = ZoneInfo(ZONE)
    start, end = (instant.astimezone(tz).replace(tzinfo=None) for instant in span)
    return start, end


def _wrong(asked: dict[str, Any]) -> dict[str, int]:
    """Count the first answers that differ from ours, which the oracle has checked."""
    ours, spans = asked["slaclock"]
    expected = [ours(span) for span in spans[:CHECKED]]
    wrong = {}
    for name, (ask, theirs) in asked.items():
        few = 3 if name == "businesstimedelta" else CHECKED
        wrong[name] = sum(
            _same(ask(span)) != right for span, right in zip(theirs[:few], expected, strict=False)
        )
    return wrong


def _same(answer: Any) -> Any:
    if isinstance(answer, datetime) and answer.tzinfo is None:
        return answer.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    return answer


def _medians(asked: dict[str, Any]) -> dict[str, float]:
    """Time batch after batch, each peer in turn; nanoseconds a question."""
    sizes = {name: _size(*each) for name, each in asked.items()}
    batches: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(ROUNDS):
        for name, (ask, spans) in asked.items():
            if sizes[name] > 2 or turn < 3:  # a peer that takes a second a question is asked less often
                begin = turn * sizes[name] % (len(spans) - sizes[name] + 1)
                batches[name].append(_timed(ask, spans[begin : begin + sizes[name]]))
    return {name: statistics.median(times) for name, times in batches.items()}


def _size(ask: Any, spans: Sequence[Any]) -> int:
    """Choose a batch of some twenty milliseconds."""
    once = _timed(ask, spans[:2])
    return max(1, min(len(spans), int(20e6 / once)))


def _timed(ask: Any, spans: Sequence[Any]) -> float:
    begin = time.perf_counter_ns()
    for span in spans:
        ask(span)
    return (time.perf_counter_ns() - begin) / len(spans)


def _against_floor(
    office: Calendar, starts: Sequence[tuple[datetime, datetime]], medians: dict[str, float]
) -> None:
    """Compare a deadline with the least that one could do: two bisections of numbers already at hand."""
    windows = office.windows(datetime(2024, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    opens = [round(since.timestamp()) for since, _ in windows]
    lengths = [round((until - since).total_seconds()) for since, until in windows]
    worked = [0, *accumulate(lengths[:-1])]
    numbers = [round(start.timestamp()) for start, _ in starts]

    def floor(second: int) -> int:
        return bisect_left(worked, worked[bisect_right(opens, second) - 1] + 28_800)

    found = _medians({"floor": (floor, numbers), "slaclock": (_ours(office)[0], starts)})
    local = [(start.astimezone(ZoneInfo(ZONE)), end) for start, end in starts]
    zoned = _medians({"zoned": (_ours(office)[0], local)})["zoned"]
    ratio = found["slaclock"] / found["floor"]
    print(f"two bisections: {found['floor']:.0f} ns; an 8 h deadline with datetimes in and out: {ratio:.2f}x")
    print(f"the same, starts in ZoneInfo instead of UTC: {zoned / found['floor']:.2f}x")
    ratio = medians[QUESTIONS[2]] / medians[QUESTIONS[0]]
    print(f"five years elapsed / 8 h deadline, ours: {ratio:.2f}x\n")


def _far_away(office: Calendar, near: dict[str, float]) -> None:
    for year in (1975, 2060, 2190):
        spans = _starts(year, 1)
        ratios = []
        for question, ask in zip(QUESTIONS, _ours(office), strict=True):
            begin = time.perf_counter_ns()
            ask(spans[0])
            first = (time.perf_counter_ns() - begin) / 1e6
            ratios.append(
                f"{_medians({'x': (ask, spans)})['x'] / near[question]:.2f}x (first {first:.1f} ms)"
            )
        print(f"starts in {year}, ours / ours of 2024-2027: {', '.join(ratios)}")
    print()


def _second_calendar() -> None:
    before = years_of.cache_info().misses
    first = Calendar.from_spec(_office())
    begin = time.perf_counter_ns()
    second = Calendar.from_spec(dict(_office(), name=""))
    took = (time.perf_counter_ns() - begin) / 1e3
    assert second is first
    assert years_of.cache_info().misses == before
    print(f"a second calendar equal to the first: the same object, {took:.0f} us to check its spec\n")


OURS = """
from datetime import UTC, datetime, timedelta
from slaclock.domain.calendar import Calendar
hours = {"mon-fri": ["08:00-12:00", "12:30-17:00"]}
spec = {"timezone": "Europe/Copenhagen", "hours": hours, "holidays": HOLIDAYS}
Calendar.from_spec(spec).due_at(datetime(2026, 5, 7, 11, tzinfo=UTC), timedelta(hours=8))
"""
WORKCLOCK = """
from datetime import UTC, date, datetime, time, timedelta
from workclock import Break, Holidays, Schedule, WorkDay
days = Holidays([date.fromisoformat(day) for day in HOLIDAYS])
rules = [WorkDay(time(8), time(17)), Break(time(12), time(12, 30)), days]
Schedule(rules, time_zone="Europe/Copenhagen").add(datetime(2026, 5, 7, 11, tzinfo=UTC), timedelta(hours=8))
"""


def _fresh_process() -> None:
    """Compare CPU of import, build and first deadline, byte code being there for both, above a bare start."""
    holidays = f"HOLIDAYS = {[day.isoformat() for day in HOLIDAYS]}\n"
    scripts = {"bare": "", "slaclock": holidays + OURS, "workclock": holidays + WORKCLOCK}
    times: dict[str, list[float]] = {name: [] for name in scripts}
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            **os.environ,
            "PYTHONPYCACHEPREFIX": cache,
            "PYTHONPATH": str(Path("layers/core").resolve()),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(31):
            for name, script in scripts.items():
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                subprocess.run([sys.executable, "-c", script], check=True, env=environment)  # noqa: S603
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                spent = sum(after[:2]) - sum(before[:2])  # user and system time
                times[name] += [spent * 1e3] if turn else []
    median = {name: statistics.median(each) for name, each in times.items()}
    ours, theirs = (median[name] - median["bare"] for name in ("slaclock", "workclock"))
    print(f"fresh process, CPU above a bare start: slaclock {ours:.1f} ms, workclock {theirs:.1f} ms")


if __name__ == "__main__":
    main()
