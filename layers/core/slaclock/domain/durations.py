"""What agreements are written in: durations (`90m`, `2d end of day`, `2h wall`, `50%`), dates of fields."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from slaclock.domain.conditions import value_of
from slaclock.domain.errors import InvalidAgreement
from slaclock.domain.instants import format_instant, parse_instant

Unit = Literal["working", "days", "wall", "field", "date"]

_CLOCK = re.compile(r"(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.ASCII)
_DAYS = re.compile(r"(\d{1,4})d", re.ASCII)
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)%", re.ASCII)
_FIELD = re.compile(r"(?:(end of day) of )?(custom\.[^\s\x00-\x1f\x7f-\x9f]{1,100})")
_DATE = re.compile(r"(?:(end of day) of )?(\d{4}-\d\d-\d\d(?:T\S{1,30})?)", re.ASCII)
_LONGEST = timedelta(days=3660)


class Duration(NamedTuple):
    """Time as an agreement counts it: `working` hours, working `days`, or elapsed (`wall`) time.

    `length` counts hours and minutes (zero for working days), `days` counts working days. In place of a
    length, the ticket's own `field` may say when something is due; a clock has that written out as a `date`:
    an instant `on`, or a day whose end counts.
    """

    text: str
    unit: Unit
    length: timedelta = timedelta()
    days: int = 0
    end_of_day: bool = False
    field: str = ""
    on: datetime | date | None = None


class Share(NamedTuple):
    """A share of a budget, worked: `75%` is `Share("75%", 0.75)`."""

    text: str
    of_budget: float


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration:
    """Read a budget or a delay; anything else is `InvalidAgreement` and names the text.

    >>> parse_duration("1h30m").length
    datetime.timedelta(seconds=5400)
    >>> parse_duration("2d end of day").days
    2
    """
    words = text.split()
    amount, suffix = (words[0], " ".join(words[1:])) if words else ("", "")
    if days := _DAYS.fullmatch(amount):
        return _in_days(text, int(days[1]), suffix)
    clock = _CLOCK.fullmatch(amount)
    if named := _FIELD.fullmatch(text):
        return Duration(text, "field", end_of_day=bool(named[1]), field=named[2])
    if (dated := _DATE.fullmatch(text)) and (on := day_or_instant(dated[2])):
        return Duration(text, "date", end_of_day=bool(dated[1]), on=on)
    if not amount or not clock or suffix not in ("", "wall"):
        raise InvalidAgreement(f"{text!r} is no duration: write 90m, 1h30m, 2d, 2d end of day or 2h wall")
    length = timedelta(hours=int(clock[1] or 0), minutes=int(clock[2] or 0))
    return _bounded(Duration(text, "wall" if suffix else "working", length))


def resolve(text: str, attributes: Mapping[str, Any]) -> str | None:
    """A budget with the date that the ticket's field gives; None where the field gives none."""
    budget = parse_duration(text)
    if budget.unit != "field":
        return text
    on = field_time(budget.field, attributes)
    return None if on is None else f"end of day of {on}" if budget.end_of_day else on


def field_time(field: str, attributes: Mapping[str, Any]) -> str | None:
    """The date or instant that a ticket's field gives, as text; None where it gives neither."""
    said = value_of(field, attributes)
    on = day_or_instant(said) if isinstance(said, str) else None
    return format_instant(on) if isinstance(on, datetime) else on.isoformat() if on else None


@lru_cache(maxsize=1024)
def day_or_instant(text: str) -> datetime | date | None:
    """Read `2026-04-03`, or an instant with its offset; None where it is neither."""
    try:
        on = date.fromisoformat(text) if len(text) == len("2026-04-03") else parse_instant(text)
    except (ValueError, OverflowError):
        return None
    return on if 1970 <= on.year <= 2200 else None


def _in_days(text: str, days: int, suffix: str) -> Duration:
    if suffix == "wall":
        return _bounded(Duration(text, "wall", timedelta(days=days)))
    if suffix not in ("", "end of day"):
        raise InvalidAgreement(f"{text!r}: after working days only 'end of day' or 'wall' may follow")
    return _bounded(Duration(text, "days", days=days, end_of_day=bool(suffix)))


def _bounded(duration: Duration) -> Duration:
    if duration.length + timedelta(days=duration.days) > _LONGEST:
        raise InvalidAgreement(f"{duration.text!r} is longer than ten years")
    return duration


@lru_cache(maxsize=1024)
def parse_reminder(text: str) -> Duration | Share:
    """Read a reminder: `50%` of the budget worked, or `15m before` the deadline."""
    if share := _SHARE.fullmatch(text):
        if not 0 < float(share[1]) < 100:
            raise InvalidAgreement(f"{text!r}: a reminder comes after 0% and before 100% of the budget")
        return Share(text, float(share[1]) / 100)
    before = text.removesuffix(" before")
    duration = parse_duration(before) if before != text else None
    if not duration or duration.unit != "working" or not duration.length:
        raise InvalidAgreement(f"{text!r} is no reminder: write 75% or 15m before")
    return duration


@lru_cache(maxsize=1024)
def parse_goal_reminder(text: str) -> Duration | Share:
    """Read a goal's reminder: as any other, or `0m before`, at the goal itself."""
    return parse_duration("0m") if text == "0m before" else parse_reminder(text)


@lru_cache(maxsize=1024)
def parse_delay(text: str) -> Duration:
    """Read an escalation's delay: working or wall time, `0m` at once; never working days."""
    duration = parse_duration(text)
    if duration.unit not in ("working", "wall"):
        raise InvalidAgreement(f"{text!r}: a delay is written in hours and minutes, 30m or 1h wall")
    return duration
