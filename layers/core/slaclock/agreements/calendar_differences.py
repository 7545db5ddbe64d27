"""What changes in the calendars of a frozen agreement: hours, and holidays date by date."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from slaclock.agreements.comparing import Difference, arrow, of_members, or_else, unequal
from slaclock.agreements.telling import by_hours_of
from slaclock.agreements.wording import country_words, listed
from slaclock.domain.calendar_spec import WEEKDAYS, clock, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.agreements.wording import Frozen

_ONE_DAY = {"2000-01-01": ["00:00-24:00"]}  # for hours that by themselves would never open
_YEARLY = len("06-05")
_APART = {"hours", "holidays", "exceptions"}


def calendar_differences(old: Frozen, new: Frozen) -> Iterator[Difference]:
    """Give what changes in each calendar, for the promises that it counts."""
    before, after = old.get("calendars", {}), new.get("calendars", {})
    for name in sorted(before.keys() | after.keys()):
        whom = f"calendar {name} ({_used(name, new if name in after else old)})"
        if name not in after:
            yield Difference(whom, "is gone")
        elif name not in before:
            yield Difference(whom, f"is new, in {after[name].get('timezone')}")
        else:
            yield from _calendar(whom, before[name], after[name], (_horizon(old), _horizon(new)))
    yield from or_else("countries", old, new, _countries(old, new))


def _countries(old: Frozen, new: Frozen) -> Iterator[Difference]:
    """Give the countries whose official days came or went, calendar by calendar."""
    before, after = old.get("countries", {}), new.get("countries", {})
    for name in sorted(before.keys() | after.keys()):
        was, now = ([country_words(each) for each in side.get(name, ())] for side in (before, after))
        whom = f"calendar {name} ({_used(name, new)})"
        for what, days in (("no longer", set(was) - set(now)), ("now", set(now) - set(was))):
            yield from (
                Difference(whom, f"the official days of {each} are {what} among its holidays")
                for each in sorted(days)
            )


def _used(name: str, frozen: Frozen) -> str:
    users = [target["name"] for target in frozen["targets"] if name in target["calendars"].values()]
    counts = f"it counts {listed(users, 'and')}" if users else "it counts nothing"
    return "; ".join([counts, *by_hours_of(name, frozen)])


def _horizon(frozen: Frozen) -> str:
    """The first instant after the dates that are written out; later than any date where there is none."""
    return str(frozen.get("horizon", "9999"))


def _calendar(whom: str, old: Frozen, new: Frozen, horizons: tuple[str, str]) -> Iterator[Difference]:
    for name in sorted((old.keys() | new.keys()) - _APART):
        if unequal(name, old, new):
            yield Difference(whom, f"{name} {arrow(old.get(name), new.get(name))}")
    yield from or_else("hours", old, new, (Difference(whom, each) for each in _hours(old, new)), whom)
    days = (Difference(whom, each) for each in _holidays(old, new, horizons))
    yield from or_else("holidays", old, new, days, whom)
    exceptions = (
        f"on {each}" for each in of_members(*(_windows(each.get("exceptions")) for each in (old, new)))
    )
    yield from or_else("exceptions", old, new, (Difference(whom, each) for each in exceptions), whom)


def _hours(old: Frozen, new: Frozen) -> Iterator[str]:
    """Give the weekdays whose hours differ, neighbours with the same change together."""
    weeks = zip(WEEKDAYS, _week(old), _week(new), strict=True)
    for (was, now), days in groupby(weeks, key=lambda each: each[1:]):
        names = [day for day, *_ in days]
        if was != now:
            yield f"on {names[0]}{f'-{names[-1]}' if len(names) > 1 else ''} {arrow(was, now)}"


def _week(spec: Frozen) -> list[str]:
    """Give the hours of each weekday as text."""
    week = parse({"timezone": "UTC", "hours": spec.get("hours"), "exceptions": _ONE_DAY}).week
    return [
        ", ".join(f"{clock(start)}-{clock(end)}" for start, end in windows) or "closed" for windows in week
    ]


def _windows(days: Any) -> dict[str, str]:
    return {day: ", ".join(windows) or "closed" for day, windows in (days or {}).items()}


def _holidays(old: Frozen, new: Frozen, horizons: tuple[str, str]) -> Iterator[str]:
    """Each holiday that came or went; of those that only one publication reaches to, how many.

    What is written out reaches from the year before publication to the horizon.
    """
    before, after = (set(each.get("holidays", ())) for each in (old, new))
    first, last = "", "9999"
    if horizons[0] != horizons[1]:
        last = min(horizons)
        first = max(
            min((day for day in days if len(day) > _YEARLY), default="")[:4] for days in (before, after)
        )
    for what, days in (("no longer a holiday", before - after), ("a holiday now", after - before)):
        near = sorted(day for day in days if len(day) == _YEARLY or first <= day <= last)
        if near:
            yield f"{what}: {', '.join(near)}"
        if far := sorted(days - set(near)):
            yield f"{what}: {len(far)} that the other one does not reach to, {far[0]} to {far[-1]}"
