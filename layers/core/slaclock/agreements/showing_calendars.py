"""The calendars of a frozen agreement as people read them."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from slaclock.agreements.page import TOGETHER, entry
from slaclock.agreements.wording import country_words, listed
from slaclock.domain.calendar import Calendar
from slaclock.domain.calendar_spec import is_holiday
from slaclock.domain.epoch import day_number
from slaclock.domain.instants import parse_instant
from slaclock.domain.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from slaclock.agreements.wording import Frozen

_YEARLY = len("06-05")


def calendar_lines(name: str, spec: Mapping[str, Any], frozen: Frozen, today: date) -> Iterator[str]:
    """Write a calendar: its hours, exceptions, what its holidays are, and those of the year from today."""
    by_default = " (the default calendar)" if name == frozen.get("calendar") else ""
    yield f"  {name}{by_default}, in {spec['timezone']}"
    hours = spec["hours"]
    for days, windows in hours.items() if isinstance(hours, dict) else (("every day", ["around the clock"]),):
        yield from entry(days, ", ".join(windows) or "closed", 4, 14)
    if isinstance(hours, dict):
        yield from entry("other days", "closed", 4, 14)
    exceptions = spec.get("exceptions")
    for day, windows in sorted(exceptions.items()) if isinstance(exceptions, dict) else ():
        yield from entry(day, f"{', '.join(windows) or 'closed'} in place of that day's hours", 4, 14)
    for label, words in _rules(spec, frozen.get("countries", {}).get(name, ()), frozen):
        yield from entry(label, words, 4, 14)
    yield from entry("holidays", _holidays(Calendar.from_spec(spec), today), 4, 14)


def _rules(spec: Mapping[str, Any], countries: Sequence[Frozen], frozen: Frozen) -> Iterator[tuple[str, str]]:
    """Give what makes a day a holiday: every year's days, countries, and the dates, year by year."""
    days = sorted(spec.get("holidays", ()))
    if yearly := [day for day in days if len(day) == _YEARLY]:
        yield "every year on", ", ".join(yearly)
    if countries:
        until = parse_instant(frozen["horizon"]).astimezone(zone(frozen["timezone"])).date() - timedelta(
            days=1
        )
        named = listed([country_words(each) for each in countries], "and")
        yield "official days", f"of {named}, as the dates below, complete up to {until}"
    for year, dates in groupby((day for day in days if len(day) != _YEARLY), key=lambda day: day[:4]):
        yield f"dates in {year}", ", ".join(day[5:] for day in dates)


def _holidays(calendar: Calendar, today: date) -> str:
    """The holidays of the year that begins today."""
    days = (today + timedelta(days=number) for number in range(366))
    rules, exceptions = calendar.rules, {day for day, _ in calendar.rules.exceptions}
    numbered = ((day, day_number(day.year, day.month, day.day)) for day in days)
    found = [day for day, number in numbered if number not in exceptions and is_holiday(rules, number)]
    year = f"in the year from {today}"
    return (
        f"{year}: " + ", ".join(f"{day:%a}{TOGETHER}{day:%Y-%m-%d}" for day in found)
        if found
        else f"none {year}"
    )
