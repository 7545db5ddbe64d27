"""Instants and dates as numbers: whole seconds, and days, since 1970-01-01."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = timedelta(0)

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal() - _EPOCH_ORDINAL - 3  # some room, whatever the zone
_SECOND = timedelta(seconds=1)


def in_utc(instant: datetime) -> datetime:
    """Give the instant in UTC; one that does not say its zone is a ValueError.

    >>> in_utc(datetime(2026, 3, 27, 15))
    Traceback (most recent call last):
    ValueError: 2026-03-27 15:00:00 has no time zone
    """
    if instant.utcoffset() is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC)


def second_of(instant: datetime) -> int:
    """Count whole seconds from 1970 to an aware instant, rounded down."""
    return (instant - EPOCH) // _SECOND


def instant_of(second: int) -> datetime:
    """Give the instant that many seconds after 1970."""
    return EPOCH + timedelta(0, second)


def day_number(year: int, month: int, day: int) -> int:
    """Count days from 1970-01-01 to that date."""
    return date(year, month, day).toordinal() - _EPOCH_ORDINAL


def date_of(day: int) -> date:
    """Give the date that many days after 1970-01-01, kept within those that there are."""
    return date.fromordinal(min(max(day + _EPOCH_ORDINAL, 1), date.max.toordinal()))


def year_of(second: int) -> int:
    """Give the UTC year of a second, kept within those that there are."""
    return date_of(second // DAY).year
