"""The checks of single values: ids, dates, instants, budgets, delays and reminders."""

from __future__ import annotations

import re
from datetime import date

from slaclock.agreements.checks import ANY_TEXT, Check, fail, matching, scalar
from slaclock.domain.durations import (
    parse_delay,
    parse_duration,
    parse_goal_reminder,
    parse_reminder,
)
from slaclock.domain.errors import InvalidAgreement
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.taxonomy import LONGEST_CAUSE, cause_named

NO_BUDGET = "none"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

# The same in the words of JSON Schema, for editors.
_CLOCK = "(?=[0-9])(?:[0-9]{1,5}h)?(?:[0-9]{1,6}m)?"
_FIELD = "(?:end of day of )?custom\\.[^\\s\\x00-\\x1f\\x7f-\\x9f]{1,100}"
_DELAY_TEXT = f"^(?:{_CLOCK}(?: +wall)?|[0-9]{{1,4}}d +wall)$"
_LENGTH = f"{_CLOCK}(?: +wall)?|[0-9]{{1,4}}d(?: +end +of +day| +wall)?|none"
_SHARE_TEXT = "[0-9]{1,3}(?:\\.[0-9]{1,3})?%"
_INSTANT_TEXT = "^[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9:.,]+(?:Z|[+-][0-9:]{2,8})$"


def text(at_most: int = 200) -> Check:
    """Check a line of text; spaces around it do not count."""

    def read(written: str) -> str:
        line = written.strip()
        return line if line.isprintable() and 0 < len(line) <= at_most else fail()

    schema = {**ANY_TEXT, "minLength": 1, "maxLength": at_most}
    return scalar(f"one line of at most {at_most} characters", read, schema)


def whole(low: int, high: int) -> Check:
    """Check a whole number from low to high."""

    def read(written: str) -> int:
        number = int(written) if re.fullmatch(r"[0-9]{1,9}", written) else -1
        return number if low <= number <= high else fail()

    schema = {"type": ["integer", "string"], "minimum": low, "maximum": high, "pattern": "^[0-9]{1,9}$"}
    return scalar(f"a whole number from {low} to {high}", read, schema)


def _read_day(written: str) -> str:
    day = date.fromisoformat(written) if _DAY.fullmatch(written) else fail()
    return written if 1970 <= day.year <= 2200 else fail()


def _read_instant(written: str) -> str:
    """Read an instant of years that every zone's clocks can show."""
    instant = parse_instant(written)
    return format_instant(instant) if 1970 <= instant.year <= 2200 else fail()


def _read_budget(written: str) -> str:
    """Read a budget; a date of the document's own would be one for all tickets, which nobody promises."""
    if written == NO_BUDGET:
        return written
    budget = parse_duration(written)
    if budget.unit == "date":
        raise InvalidAgreement(f"{written!r} is the same date for every ticket: name a field, custom.<name>")
    return budget.text


def _read_goal(written: str) -> str:
    budget = _read_budget(written)
    if budget != NO_BUDGET and parse_duration(budget).unit == "field":
        raise InvalidAgreement(f"{written!r}: a goal is a duration such as 2h, not a date of the ticket's")
    return budget


def _read_reminder(written: str) -> str:
    parse_reminder(written)
    return written


def _read_goal_reminder(written: str) -> str:
    parse_goal_reminder(written)
    return written


def _read_delay(written: str) -> str:
    parse_delay(written)
    return written


def _read_interval(written: str) -> str:
    if not parse_delay(written).length:
        raise InvalidAgreement(f"{written!r}: a message is repeated after some time, such as 15m wall")
    return written


def _text(pattern: str) -> dict[str, str]:
    return {"type": "string", "pattern": pattern}


IDENTIFIER = matching(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
    "an id: letters, digits and . _ - (not first), at most 64 characters",
)
TRUTH = scalar(
    "true or false",
    lambda written: _TRUTHS[written] if written in _TRUTHS else fail(),
    {"type": "boolean"},
)
DAY = scalar("a date such as 2026-12-31", _read_day, _text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))
INSTANT = scalar(
    "an instant with its offset, such as 2026-06-01T00:00:00+02:00",
    _read_instant,
    _text(_INSTANT_TEXT),
)
BUDGET = scalar("a duration such as 8h", _read_budget, _text(f"^(?:{_LENGTH}|{_FIELD})$"))
GOAL = scalar("a duration such as 2h", _read_goal, _text(f"^(?:{_LENGTH})$"))
DELAY = scalar("a delay such as 30m or 1h wall", _read_delay, _text(_DELAY_TEXT))
INTERVAL = scalar("a delay such as 15m wall", _read_interval, _text(_DELAY_TEXT))
REMINDER = scalar(
    "a reminder such as 75% or 15m before", _read_reminder, _text(f"^(?:{_SHARE_TEXT}|{_CLOCK} before)$")
)
GOAL_REMINDER = scalar(
    "a reminder such as 75% or 0m before", _read_goal_reminder, _text(f"^(?:{_SHARE_TEXT}|{_CLOCK} before)$")
)
SHARE = matching(r"(?:100|[0-9]{1,2}(?:\.[0-9]{1,3})?)%", "a percentage such as 99.5%")
CAUSE = scalar(
    f"a cause such as unforeseen event: letters, digits, spaces and -, at most {LONGEST_CAUSE} characters",
    cause_named,
    {**ANY_TEXT, "minLength": 1, "maxLength": LONGEST_CAUSE},
)
FIELD = matching(
    r"custom\.[^\s\x00-\x1f\x7f-\x9f]{1,100}|created_at",
    "a ticket's field of dates: custom.<name> or created_at",
)
