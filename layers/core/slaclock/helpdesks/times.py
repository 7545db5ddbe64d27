"""Instants as helpdesks write them: seconds or milliseconds since 1970, or a local time that names no offset.

What is none is an `InvalidEvent` that points at the member. When clocks go back an hour comes twice, and a
local time of that hour is one of two instants: a `Choice` between them says which, or that nobody knows.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.zones import zone as zone_of
from slaclock.helpdesks.payload import Members

Choice = Callable[[datetime, datetime], datetime | None]

_OFF, _FRESH = timedelta(minutes=5), timedelta(minutes=2)
_LATEST = 7_258_118_400  # 2200-01-01, in seconds


def seconds(members: Members, name: str) -> datetime | None:
    """Read seconds since 1970, whole or not."""
    return _since_1970(members.decimal(name), f"{members.pointer}/{name}")


def milliseconds(members: Members, name: str) -> datetime | None:
    """Read milliseconds since 1970."""
    value = members.number(name)
    return _since_1970(None if value is None else value / 1000, f"{members.pointer}/{name}")


def earlier(first: datetime, _: datetime) -> datetime:
    """The first of the two."""
    return first


def lately(arrived_at: datetime) -> Choice:
    """The second of the two, unless that was still to come on arrival. Clocks may be five minutes apart."""
    return lambda first, second: second if second - _OFF <= arrived_at else first


def beside(stamped_at: datetime) -> Choice:
    """The one within two minutes of another stamp, which is known; None where neither is.

    A document carries its older stamps along: told again hours later, nothing says which of the two they are.
    They were told when they were fresh, and so a stamp never moves.
    """
    return lambda *two: next((each for each in two if abs(each - stamped_at) <= _FRESH), None)


def local(members: Members, name: str, zone: str, choice: Choice = earlier) -> datetime | None:
    """Read a date and time, in a zone where it names no offset of its own.

    Of a local time that comes twice, the choice is made; one that is skipped is as long after the gap's
    beginning as it says.
    """
    text = members.text(name)
    try:
        return None if not text else _chosen(text, zone, choice)
    except (ValueError, OverflowError):
        raise InvalidEvent("is no date and time", f"{members.pointer}/{name}") from None


def zoned(text: str, zone: str) -> datetime:
    """The instant of an ISO 8601 date and time, in a zone where it names no offset; `ValueError` for others.

    >>> zoned("2026-03-27 16:00:00", "Europe/Copenhagen")
    datetime.datetime(2026, 3, 27, 15, 0, tzinfo=datetime.timezone.utc)
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=zone_of(zone))
    return instant.astimezone(UTC)


def _chosen(text: str, zone: str, choice: Choice) -> datetime | None:
    first = zoned(text, zone)
    if datetime.fromisoformat(text).tzinfo is not None:
        return first
    second = first.astimezone(zone_of(zone)).replace(fold=1).astimezone(UTC)
    return choice(first, second) if second > first else first


def _since_1970(value: float | None, pointer: str) -> datetime | None:
    if value is None:
        return None
    if not 0 <= value < _LATEST:
        raise InvalidEvent("is no time between 1970 and 2199", pointer)
    return datetime.fromtimestamp(value, UTC)
