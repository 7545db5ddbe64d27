"""The periods that credits are counted in: months, quarters and years of days in an agreement's zone."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from slaclock.domain.zones import zone

MONTHS = {"month": 1, "quarter": 3, "year": 12}
FIRST_YEAR, LAST_YEAR = 1970, 2200  # those that dates of agreements are within
_NAMED = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """The days from `first` on, before `after`, in a named zone: `2026-10`, `2026-Q4` or `2026`."""

    name: str
    first: date
    after: date
    timezone: str

    @cached_property
    def start(self) -> datetime:
        """The instant at which its first day begins, in UTC."""
        return begins(self.first, self.timezone)

    @cached_property
    def end(self) -> datetime:
        """The first instant that is no longer in it, in UTC."""
        return begins(self.after, self.timezone)

    @property
    def last_utc_day(self) -> date:
        """The last day in UTC, as days are sealed, that has an instant of it."""
        return (self.end - timedelta(microseconds=1)).date()

    @property
    def kind(self) -> str:
        """`month`, `quarter` or `year`."""
        months = (self.after.year - self.first.year) * 12 + self.after.month - self.first.month
        return next(kind for kind, length in MONTHS.items() if length == months)

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def period_named(text: str, timezone: str) -> Period:
    """Read a period's name; `ValueError` for anything else.

    >>> period_named("2026-Q4", "UTC").first
    datetime.date(2026, 10, 1)
    """
    found = _NAMED.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found[1]) < LAST_YEAR:
        raise ValueError(f"{text!r} is no period such as 2026-10, 2026-Q4 or 2026")
    kind = "month" if found[2] else "quarter" if found[3] else "year"
    month = int(found[2] or 1) if not found[3] else 3 * int(found[3]) - 2
    return period_of(kind, date(int(found[1]), month, 1), timezone)


def period_of(kind: str, day: date, timezone: str) -> Period:
    """Give the month, quarter or year that a day lies in.

    >>> period_of("quarter", date(2026, 11, 30), "UTC").name
    '2026-Q4'
    """
    months = MONTHS[kind]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    parts = {"month": f"-{first.month:02}", "quarter": f"-Q{(first.month + 2) // 3}", "year": ""}
    return Period(f"{first.year}{parts[kind]}", first, shifted(first, months), timezone)


def period_at(kind: str, instant: datetime, timezone: str) -> Period:
    """Give the period that is running at an instant."""
    return period_of(kind, instant.astimezone(zone(timezone)).date(), timezone)


def shifted(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is shorter.

    >>> shifted(date(2026, 8, 31), -6)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_before(instant: datetime, months: int, timezone: str) -> datetime:
    """The instant so many months before, at the same local time, in UTC."""
    local = instant.astimezone(zone(timezone))
    earlier = datetime.combine(shifted(local.date(), -months), local.time(), tzinfo=local.tzinfo)
    return earlier.astimezone(UTC)


def begins(day: date, timezone: str) -> datetime:
    """The instant, in UTC, at which a day begins in a zone."""
    # Where summer time skips midnight, the offset before the change makes this the change itself.
    return datetime.combine(day, time(), tzinfo=zone(timezone)).astimezone(UTC)
