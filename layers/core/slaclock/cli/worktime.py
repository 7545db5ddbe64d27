"""`slaclock worktime`: ask one calendar, see its week, and compare it with a file of cases."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from slaclock.agreements.holidays import official_days
from slaclock.cli.worktime_conform import conform
from slaclock.cli.worktime_week import drawn, hours_and_minutes, local
from slaclock.domain.calendar import ALWAYS, Calendar
from slaclock.domain.durations import Duration, parse_duration
from slaclock.domain.errors import InvalidCalendar, SlaError
from slaclock.domain.instants import format_instant, parse_instant

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

YEARS_AROUND = 5  # of a country's official days, before and after what is asked about


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
    calendar = read_calendar(args.calendar, start.year)
    budget = parse_duration(" ".join(args.budget))
    deadline = _deadline(calendar, start, budget)
    shown = f"{local(deadline, calendar.timezone)} in {calendar.timezone}"
    sys.stdout.write(f"{format_instant(deadline)}  {shown}\n")
    if args.explain:
        counted = ALWAYS if budget.unit == "wall" else calendar
        sys.stdout.writelines(_explained(counted, calendar.timezone, start, deadline))
    return 0


def show(args: argparse.Namespace) -> int:
    """Draw a week of a calendar, half hour by half hour."""
    try:
        monday = datetime.strptime(f"{args.week}-1", "%G-W%V-%u").replace(tzinfo=UTC).date()
    except ValueError:
        raise SlaError(f"{args.week!r} is no week: write 2026-W13") from None
    calendar = read_calendar(args.calendar, monday.year)
    sys.stdout.writelines(f"{line}\n" for line in drawn(calendar, monday))
    return 0


def read_calendar(path: Path, year: int) -> Calendar:
    """Read a calendar's spec, with the official days of its countries for the years around one."""
    try:
        spec = YAML(typ="base", pure=True).load(  # everything stays text: what is a date, the rules say
            path.read_text(encoding="utf-8")
        )
    except OSError as error:
        raise SlaError(f"{path}: {error.strerror}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise InvalidCalendar(f"{path} is neither YAML nor JSON: {error}") from None
    if not isinstance(spec, dict):
        raise InvalidCalendar(f"{path}: a calendar is a mapping with timezone and hours")
    years = range(max(year - YEARS_AROUND, date.min.year), min(year + YEARS_AROUND, date.max.year) + 1)
    return Calendar.from_spec({"name": path.stem, **_resolved(spec, years)})


def _resolved(spec: dict[str, Any], years: range) -> dict[str, Any]:
    listed = spec.get("holidays")
    if not isinstance(listed, list):
        return spec
    return spec | {"holidays": [day for entry in listed for day in _days(entry, years)]}


def _days(entry: Any, years: range) -> Iterable[Any]:
    if not isinstance(entry, dict):
        return [entry]
    if not {"country"} <= entry.keys() <= {"country", "subdivision"}:
        raise InvalidCalendar(f"holidays: {entry!r} is neither a date nor a country")
    return official_days(str(entry["country"]), entry.get("subdivision"), years)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError:
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
