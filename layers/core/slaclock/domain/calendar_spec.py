"""A calendar's spec, checked and brought into one form: equal calendars have equal rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from itertools import pairwise
from reprlib import Repr
from typing import Any, NamedTuple

from slaclock.domain.epoch import DAY, date_of, day_number
from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.offsets import zone_names

Window = tuple[int, int]
"""Seconds of the wall clock since midnight, half-open; an end past 86400 is on the next morning."""
Windows = tuple[Window, ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY: Windows = ((0, DAY),)
KEYS = ("name", "timezone", "hours", "holidays", "exceptions")
MOST_WINDOWS = 48  # of one date
MOST_DATES = 5000  # of holidays, and of exceptions

_SHORT = Repr()
_SHORT.maxlevel = 3
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = _SHORT.maxset = _SHORT.maxfrozenset = 4
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 80


class Rules(NamedTuple):
    """What a calendar says. Days are counted from 1970-01-01; windows and exceptions are sorted."""

    timezone: str
    week: tuple[Windows, ...]
    holidays: frozenset[int] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    exceptions: tuple[tuple[int, Windows], ...] = ()


def parse(spec: Mapping[str, Any]) -> Rules:
    """Check a spec and give its rules; InvalidCalendar names the value that breaks one."""
    if not isinstance(spec, Mapping):
        raise InvalidCalendar(f"a calendar is a mapping with timezone and hours, not {shown(spec)}")
    for key in spec:
        if key not in KEYS:
            raise InvalidCalendar(f"unknown key {shown(key)}: a calendar has {', '.join(KEYS)}")
    name_of(spec)
    exact, yearly = _holidays(_given(spec, "holidays", ()))
    rules = Rules(
        _timezone(spec.get("timezone")),
        _week(spec.get("hours")),
        exact,
        yearly,
        _exceptions(_given(spec, "exceptions", {})),
    )
    if not works_forever(rules) and not any(windows for _, windows in rules.exceptions):
        raise InvalidCalendar("no working time at all: neither hours nor exceptions open a window")
    return rules


def name_of(spec: Mapping[str, Any]) -> str:
    """Give the name for messages; a calendar need not have one."""
    name = _given(spec, "name", "")
    if not isinstance(name, str):
        raise InvalidCalendar(f"name: text is needed, not {shown(name)}")
    return name


def shown(value: object) -> str:
    """Write a value for a message: short, whatever it is.

    >>> shown("08:00"), len(shown("8" * 1_000_000))
    ("'08:00'", 80)
    """
    try:
        text = _SHORT.repr(value)
    except (RecursionError, ValueError):  # more digits than Python writes
        text = f"a very long {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:38]}...{text[-39:]}"


def _given(spec: Mapping[str, Any], member: str, absent: Any) -> Any:
    value = spec.get(member)
    return absent if value is None else value


def works_forever(rules: Rules) -> bool:
    """Say whether there is always working time ahead; without, it ends with the last exception."""
    return any(rules.week) and len(rules.yearly) < 366


def is_holiday(rules: Rules, day: int) -> bool:
    """Say whether that date is in the list of holidays, whatever exceptions say."""
    found = date_of(day)
    return day in rules.holidays or (found.month, found.day) in rules.yearly


def _timezone(name: object) -> str:
    if name is None or name == "":
        raise InvalidCalendar("timezone is missing")
    if not isinstance(name, str) or name not in zone_names():
        raise InvalidCalendar(f"unknown time zone {shown(name)}")
    return name


def _week(hours: object) -> tuple[Windows, ...]:
    if hours == "24x7":
        return (WHOLE_DAY,) * 7
    if not isinstance(hours, Mapping):
        raise InvalidCalendar(f"hours are 24x7 or windows by weekday, not {shown(hours)}")
    week: dict[int, Windows] = {}
    for days, windows in hours.items():
        for weekday in _weekdays(days):
            if weekday in week:
                raise InvalidCalendar(
                    f"hours give {WEEKDAYS[weekday]} twice, the second time as {shown(days)}"
                )
            week[weekday] = _windows(windows, str(days).strip())
    return tuple(week.get(weekday, ()) for weekday in range(7))


def _weekdays(days: object) -> list[int]:
    """Read `sat` or `mon-fri`; `fri-mon` goes round the end of the week."""
    first, dash, last = (days if isinstance(days, str) else "").strip().lower().partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise InvalidCalendar(f"hours: {shown(days)} is no weekday: write mon, or mon-fri")
    start = WEEKDAYS.index(first)
    count = (WEEKDAYS.index(last) - start) % 7 if dash else 0
    return [(start + step) % 7 for step in range(count + 1)]


def _windows(texts: object, where: object) -> Windows:
    listed = _listed(texts)
    if listed is None:
        raise InvalidCalendar(f"{where}: a list of windows is needed, not {shown(texts)}")
    if len(listed) > MOST_WINDOWS:
        raise InvalidCalendar(f"{where}: {len(listed)} windows are more than the {MOST_WINDOWS} of a date")
    windows = sorted(_window(text, where) for text in listed)
    for window, following in pairwise(windows):
        if following[0] < window[1]:
            raise InvalidCalendar(f"{where}: window {_written(following)} overlaps {_written(window)}")
    return tuple(windows)


def _window(text: object, where: object) -> Window:
    opening, dash, closing = (text if isinstance(text, str) else "").partition("-")
    if not dash:
        raise InvalidCalendar(f"{where}: {shown(text)} is no window: write 08:00-17:00")
    start, end = _second(opening, where), _second(closing, where)
    if start in (end, DAY):
        raise InvalidCalendar(f"{where}: window {shown(text)} is empty; a whole day is 00:00-24:00")
    return start, end if end > start else end + DAY


def _second(text: str, where: object) -> int:
    hours, _, minutes = text.strip().partition(":")
    if len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        second = int(hours) * 3600 + int(minutes) * 60
        if int(minutes) < 60 and second <= DAY:
            return second
    raise InvalidCalendar(f"{where}: {shown(text.strip())} is no time of day from 00:00 to 24:00")


def _written(window: Window) -> str:
    return f"{clock(window[0])}-{clock(window[1])}"


def clock(second: int) -> str:
    """Write a second of the day as the wall clock shows it; 24:00 ends a day.

    >>> clock(30_600), clock(86_400 + 21_600)
    ('08:30', '06:00')
    """
    minutes = (second if second <= DAY else second - DAY) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _holidays(entries: object) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    listed = _listed(entries)
    if listed is None:
        raise InvalidCalendar(f"holidays: a list of dates is needed, not {shown(entries)}")
    _bounded("holidays", len(listed))
    exact, yearly = set(), set()
    for entry in listed:
        if isinstance(entry, str) and len(entry) == 5:
            found = _date(f"2000-{entry}", "holidays", entry)  # a leap year, so that 02-29 is a date
            yearly.add((found.month, found.day))
        else:
            exact.add(_day(entry, "holidays"))
    return frozenset(exact), frozenset(yearly)


def _exceptions(entries: object) -> tuple[tuple[int, Windows], ...]:
    if not isinstance(entries, Mapping):
        raise InvalidCalendar(f"exceptions: windows by date are needed, not {shown(entries)}")
    _bounded("exceptions", len(entries))
    found: dict[int, Windows] = {}
    for key, texts in entries.items():
        day = _day(key, "exceptions")
        if day in found:
            raise InvalidCalendar(f"exceptions give {key} twice")
        found[day] = _windows(texts, key)
    return tuple(sorted(found.items()))


def _listed(value: object) -> Collection[object] | None:
    """Give a list as such, and nothing for text or a mapping, which can be gone through as well."""
    return value if isinstance(value, (list, tuple, set, frozenset)) else None


def _bounded(member: str, count: int) -> None:
    if count > MOST_DATES:
        raise InvalidCalendar(
            f"{member}: {count} dates are more than the {MOST_DATES} that a calendar may have"
        )


def _day(entry: object, where: str) -> int:
    found = entry if type(entry) is date else _date(entry, where, entry)
    return day_number(found.year, found.month, found.day)


def _date(text: object, where: str, written: object) -> date:
    """Read YYYY-MM-DD, and no other form that ISO 8601 has."""
    try:
        if isinstance(text, str) and len(text) == 10 and text[4] == text[7] == "-" and text.isascii():
            year, month, day = text[:4], text[5:7], text[8:]
            if (year + month + day).isdigit():
                return date(int(year), int(month), int(day))
    except ValueError:
        pass
    raise InvalidCalendar(f"{where}: {shown(written)} is no date")
