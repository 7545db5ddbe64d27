"""A calendar's spec, checked and brought into one form: equal calendars have equal rules."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.epoch import DAY, date_of, day_number
from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.offsets import zone_names

if TYPE_CHECKING:
    from collections.abc import Mapping

Window = tuple[int, int]
"""Seconds of the wall clock since midnight, half-open; an end past 86400 is on the next morning."""
Windows = tuple[Window, ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY: Windows = ((0, DAY),)
KEYS = ("name", "timezone", "hours", "holidays", "exceptions")


class Rules(NamedTuple):
    """What a calendar says. Days are counted from 1970-01-01; everything is sorted."""

    timezone: str
    week: tuple[Windows, ...]
    holidays: tuple[int, ...] = ()
    yearly: tuple[tuple[int, int], ...] = ()
    exceptions: tuple[tuple[int, Windows], ...] = ()


def parse(spec: Mapping[str, Any]) -> Rules:
    """Check a spec and give its rules; InvalidCalendar names the value that breaks one."""
    if not hasattr(spec, "items"):
        raise InvalidCalendar(f"a calendar is a mapping with timezone and hours, not {spec!r}")
    for key in spec:
        if key not in KEYS:
            raise InvalidCalendar(f"unknown key {key!r}: a calendar has {', '.join(KEYS)}")
    exact, yearly = _holidays(spec.get("holidays") or ())
    rules = Rules(
        _timezone(spec.get("timezone")),
        _week(spec.get("hours")),
        exact,
        yearly,
        _exceptions(spec.get("exceptions") or {}),
    )
    if not works_forever(rules) and not any(windows for _, windows in rules.exceptions):
        raise InvalidCalendar("no working time at all: neither hours nor exceptions open a window")
    return rules


def works_forever(rules: Rules) -> bool:
    """Say whether there is always working time ahead; without, it ends with the last exception."""
    return any(rules.week) and len(rules.yearly) < 366


def is_holiday(rules: Rules, day: int) -> bool:
    """Say whether that date is in the list of holidays, whatever exceptions say."""
    found = date_of(day)
    return day in rules.holidays or (found.month, found.day) in rules.yearly


def _timezone(name: object) -> str:
    if not isinstance(name, str) or name not in zone_names():
        raise InvalidCalendar(f"unknown time zone {name!r}" if name else "timezone is missing")
    return name


def _week(hours: object) -> tuple[Windows, ...]:
    if hours == "24x7":
        return (WHOLE_DAY,) * 7
    if not hasattr(hours, "items"):
        raise InvalidCalendar(f"hours are 24x7 or windows by weekday, not {hours!r}")
    week: dict[int, Windows] = {}
    for days, windows in hours.items():
        for weekday in _weekdays(days):
            if weekday in week:
                raise InvalidCalendar(f"hours give {WEEKDAYS[weekday]} twice, the second time as {days!r}")
            week[weekday] = _windows(windows, days)
    return tuple(week.get(weekday, ()) for weekday in range(7))


def _weekdays(days: object) -> list[int]:
    """Read `sat` or `mon-fri`; `fri-mon` goes round the end of the week."""
    first, dash, last = str(days).strip().lower().partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise InvalidCalendar(f"hours: {days!r} is no weekday: write mon, or mon-fri")
    start = WEEKDAYS.index(first)
    count = (WEEKDAYS.index(last) - start) % 7 if dash else 0
    return [(start + step) % 7 for step in range(count + 1)]


def _windows(texts: object, where: object) -> Windows:
    if isinstance(texts, str) or not hasattr(texts, "__iter__"):
        raise InvalidCalendar(f"{where}: a list of windows is needed, not {texts!r}")
    windows = sorted(_window(text, where) for text in texts)
    for window, following in pairwise(windows):
        if following[0] < window[1]:
            raise InvalidCalendar(f"{where}: window {_shown(following)} overlaps {_shown(window)}")
    return tuple(windows)


def _window(text: object, where: object) -> Window:
    opening, dash, closing = str(text).partition("-")
    if not dash:
        raise InvalidCalendar(f"{where}: {text!r} is no window: write 08:00-17:00")
    start, end = _second(opening, where), _second(closing, where)
    if start in (end, DAY):
        raise InvalidCalendar(f"{where}: window {text!r} is empty; a whole day is 00:00-24:00")
    return start, end if end > start else end + DAY


def _second(text: str, where: object) -> int:
    hours, _, minutes = text.strip().partition(":")
    if len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        second = int(hours) * 3600 + int(minutes) * 60
        if int(minutes) < 60 and second <= DAY:
            return second
    raise InvalidCalendar(f"{where}: {text.strip()!r} is no time of day from 00:00 to 24:00")


def _shown(window: Window) -> str:
    return f"{clock(window[0])}-{clock(window[1])}"


def clock(second: int) -> str:
    """Write a second of the day as the wall clock shows it; 24:00 ends a day.

    >>> clock(30_600), clock(86_400 + 21_600)
    ('08:30', '06:00')
    """
    minutes = (second if second <= DAY else second - DAY) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _holidays(entries: object) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    if isinstance(entries, str) or not hasattr(entries, "__iter__"):
        raise InvalidCalendar(f"holidays: a list of dates is needed, not {entries!r}")
    exact, yearly = set(), set()
    for entry in entries:
        if isinstance(entry, str) and len(entry) == 5:
            found = _date(f"2000-{entry}", "holidays", entry)  # a leap year, so that 02-29 is a date
            yearly.add((found.month, found.day))
        else:
            exact.add(_day(entry, "holidays"))
    return tuple(sorted(exact)), tuple(sorted(yearly))


def _exceptions(entries: object) -> tuple[tuple[int, Windows], ...]:
    if not hasattr(entries, "items"):
        raise InvalidCalendar(f"exceptions: windows by date are needed, not {entries!r}")
    return tuple(sorted((_day(key, "exceptions"), _windows(texts, key)) for key, texts in entries.items()))


def _day(entry: object, where: str) -> int:
    found = entry if type(entry) is date else _date(entry, where, entry)
    return day_number(found.year, found.month, found.day)


def _date(text: object, where: str, shown: object) -> date:
    try:
        if isinstance(text, str) and len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidCalendar(f"{where}: {shown!r} is no date")
