"""`slaclock worktime`: ask one calendar, see its week, and compare it with a file of cases."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from slaclock.agreements.holidays import official_days
from slaclock.cli.worktime_conform import conform
from slaclock.cli.worktime_week import drawn, hours_and_minutes, local
from slaclock.domain.calendar import ALWAYS, Calendar
from slaclock.domain.calendar_spec import shown
from slaclock.domain.durations import Duration, parse_duration
from slaclock.domain.errors import InvalidCalendar, SlaError
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.zones import zone

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock worktime` with due, show and conform."""
    worktime = commands.add_parser("worktime", help="working time of one calendar")
    actions = worktime.add_subparsers(required=True, metavar="ACTION")
    _register_due(actions.add_parser("due", help="when a budget is used up"))
    _register_show(actions.add_parser("show", help="draw a week"))
    conform_ = actions.add_parser("conform", help="compare with a file of cases, one JSON object a line")
    conform_.add_argument("file", type=Path, metavar="FILE")
    conform_.set_defaults(run=conform)


def _register_due(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--calendar", required=True, type=Path, metavar="FILE", help="YAML or JSON")
    parser.add_argument(
        "--from", required=True, dest="start", metavar="INSTANT", help="such as 2026-03-27T15:00:00+01:00"
    )
    parser.add_argument("--budget", required=True, nargs="+", help="8h, 1h30m, 2d, 2d end of day or 2h wall")
    parser.add_argument("--explain", action="store_true", help="print the windows that were counted")
    parser.set_defaults(run=due)


def _register_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--calendar", required=True, type=Path, metavar="FILE", help="YAML or JSON")
    parser.add_argument("--week", required=True, help="a week of ISO 8601, such as 2026-W13")
    parser.set_defaults(run=show)


def due(args: argparse.Namespace) -> int:
    """Print when a budget is used up, in UTC and on the calendar's own clock."""
    start = _instant(args.start)
    spec = read_spec(args.calendar)
    budget = parse_duration(" ".join(args.budget))
    with _within_time(args.start):
        calendar, deadline = _answer(spec, start, budget)
        lines = [f"{format_instant(deadline)}  {local(deadline, calendar.timezone)} in {calendar.timezone}\n"]
        if args.explain:
            counted = ALWAYS if budget.unit == "wall" else calendar
            lines += _explained(counted, calendar.timezone, start, deadline)
    sys.stdout.writelines(lines)
    return 0


def show(args: argparse.Namespace) -> int:
    """Draw a week of a calendar, half hour by half hour."""
    try:
        monday = datetime.strptime(f"{args.week}-1", "%G-W%V-%u").replace(tzinfo=UTC).date()
    except ValueError:
        raise SlaError(f"{args.week!r} is no week: write 2026-W13") from None
    spec = read_spec(args.calendar)
    with _within_time(args.week):
        sunday = monday + timedelta(days=6)
        calendar = _calendar(spec, monday.year, sunday.year)
        lines = list(drawn(calendar, monday))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def read_spec(path: Path) -> dict[str, Any]:
    """Read a calendar's spec, in which countries may still stand for their official days."""
    try:
        spec = YAML(typ="base", pure=True).load(  # everything stays text: what is a date, the rules say
            path.read_text(encoding="utf-8")
        )
    except OSError as error:
        raise SlaError(f"{path}: {error.strerror}") from None
    except RecursionError:
        raise InvalidCalendar(f"{path} is nested too deeply to be a calendar") from None
    except (YAMLError, ValueError) as error:
        raise InvalidCalendar(f"{path} is neither YAML nor JSON: {error}") from None
    if not isinstance(spec, dict):
        raise InvalidCalendar(f"{path}: a calendar is a mapping with timezone and hours")
    return {"name": path.stem, **spec}


def _answer(spec: dict[str, Any], start: datetime, budget: Duration) -> tuple[Calendar, datetime]:
    """Ask with the official days of some years, and again with more until these reach to the deadline."""
    first = max(start.year - 1, date.min.year)
    last = min(start.year + 1, date.max.year)
    while True:
        calendar = _calendar(spec, first, last)
        deadline = _deadline(calendar, start, budget)
        reached = deadline.astimezone(zone(calendar.timezone)).year
        if reached <= last or budget.unit == "wall":
            return calendar, deadline
        last = reached


def _calendar(spec: dict[str, Any], first: int, last: int) -> Calendar:
    listed = spec.get("holidays")
    if isinstance(listed, list):
        years = range(first, last + 1)
        spec = spec | {"holidays": [day for entry in listed for day in _days(entry, years)]}
    return Calendar.from_spec(spec)


@contextmanager
def _within_time(asked: str) -> Iterator[None]:
    try:
        yield
    except OverflowError:
        raise SlaError(f"{asked!r} is too near the first or the last day that there is") from None


def _days(entry: Any, years: range) -> Iterable[Any]:
    if not isinstance(entry, dict):
        return [entry]
    if not {"country"} <= entry.keys() <= {"country", "subdivision"}:
        raise InvalidCalendar(f"holidays: {shown(entry)} is neither a date nor a country")
    return official_days(entry["country"], entry.get("subdivision"), years)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except (OverflowError, ValueError):
        raise SlaError(f"{text!r} is no instant with an offset: write 2026-03-27T15:00:00+01:00") from None


def _deadline(calendar: Calendar, start: datetime, budget: Duration) -> datetime:
    if budget.unit == "days":
        return calendar.due_in_days(start, budget.days, end_of_day=budget.end_of_day)
    return (ALWAYS if budget.unit == "wall" else calendar).due_at(start, budget.length)


def _explained(calendar: Calendar, zone: str, start: datetime, end: datetime) -> Iterator[str]:
    yield f"\nstart {local(start, zone)}\n"
    total = timedelta()
    for since, until in calendar.windows(start, end):
        total += until - since
        amounts = f"{hours_and_minutes(until - since):>8}  {hours_and_minutes(total):>8}"
        yield f"      {local(since, zone)}  to  {local(until, zone)} {amounts}\n"
    yield f"due   {local(end, zone)}\n"
