"""`slaclock worktime conform FILE`: what another system or a brute force says, against what we say.

A line of the file is an object with `id`, `calendar` (a spec with explicit dates), `ask` (due_at, worked,
shift or due_in_days), `start`, the question's argument (`budget_seconds`, `end`, `offset_seconds`, or
`days` and `end_of_day`) and the answer, `expect` or `expect_seconds`. `pauses` are spans whose working time
is added after the deadline in turn, or taken from what was worked.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slaclock.domain.calendar import Calendar
from slaclock.domain.calendar_spec import shown
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant, parse_instant

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

Answer = datetime | timedelta


def conform(args: argparse.Namespace) -> int:
    """Print each difference and how many cases there were; 1 if any differs."""
    count = differences = 0
    for number, case in _cases(args):
        count += 1
        if difference := _difference(case, f"{args.file}:{number}"):
            differences += 1
            sys.stdout.write(f"{difference}\n")
    if not count:
        raise SlaError(f"{args.file}: no cases: a line is a JSON object with calendar, ask, start and expect")
    sys.stdout.write(f"{count} cases, {differences} differences\n")
    return 1 if differences else 0


def _cases(args: argparse.Namespace) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = args.file.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise SlaError(f"{args.file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SlaError(f"{args.file}: this is no UTF-8: {error.reason} at byte {error.start}") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, _case(line, f"{args.file}:{number}")


def _case(line: str, place: str) -> dict[str, Any]:
    try:
        case = json.loads(line)
    except RecursionError:
        raise SlaError(f"{place}: this is no case: nested too deeply") from None
    except ValueError as error:
        raise SlaError(f"{place}: {error}") from None
    if not isinstance(case, dict):
        raise SlaError(f"{place}: this is no case: {shown(case)}")
    return case


def _difference(case: dict[str, Any], place: str) -> str | None:
    try:
        expected, found = _expected(case), _answer(case)
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise SlaError(f"{place}: this is no case: {shown(error)}") from None
    except SlaError as error:
        return f"{case.get('id', place)}: {error}"
    if expected == found:
        return None
    return f"{case.get('id', place)}: {case['ask']} gives {_text(found)}, expected {_text(expected)}"


def _answer(case: dict[str, Any]) -> Answer:
    calendar, start = Calendar.from_spec(case["calendar"]), parse_instant(case["start"])
    lost = [
        calendar.worked(parse_instant(begin), parse_instant(end)) for begin, end in case.get("pauses", [])
    ]
    if case["ask"] == "worked":
        return calendar.worked(start, parse_instant(case["end"])) - sum(lost, timedelta())
    answer = _instant(calendar, start, case)
    for amount in lost:
        answer = calendar.due_at(answer, amount)
    return answer


def _instant(calendar: Calendar, start: datetime, case: dict[str, Any]) -> datetime:
    match case["ask"]:
        case "due_at":
            return calendar.due_at(start, timedelta(seconds=case["budget_seconds"]))
        case "shift":
            return calendar.shift(start, timedelta(seconds=case["offset_seconds"]))
        case "due_in_days":
            return calendar.due_in_days(start, case["days"], end_of_day=case.get("end_of_day", False))
        case ask:
            raise ValueError(ask)


def _expected(case: dict[str, Any]) -> Answer:
    if "expect_seconds" in case:
        return timedelta(seconds=case["expect_seconds"])
    return parse_instant(case["expect"])


def _text(answer: Answer) -> str:
    return format_instant(answer) if isinstance(answer, datetime) else f"{answer.total_seconds():g} s"
