"""Instants as helpdesks write them: seconds or milliseconds since 1970, or a local time that names no offset.

What is none is an `InvalidEvent` that points at the member.
"""

from datetime import UTC, datetime, timedelta

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.zones import zone as zone_of
from slaclock.helpdesks.payload import Members

_HOUR, _OFF = timedelta(hours=1), timedelta(minutes=5)
_LATEST = 7_258_118_400  # 2200-01-01, in seconds


def seconds(members: Members, name: str) -> datetime | None:
    """Read seconds since 1970, whole or not."""
    return _since_1970(members.decimal(name), f"{members.pointer}/{name}")


def milliseconds(members: Members, name: str) -> datetime | None:
    """Read milliseconds since 1970."""
    value = members.number(name)
    return _since_1970(None if value is None else value / 1000, f"{members.pointer}/{name}")


def local(members: Members, name: str, zone: str) -> datetime | None:
    """Read a date and time, in a zone where it names no offset of its own.

    A local time that comes twice is the first of the two; one that is skipped is as long after the gap's
    beginning as it says.
    """
    text = members.text(name)
    try:
        return None if not text else zoned(text, zone)
    except (ValueError, OverflowError):
        raise InvalidEvent("is no date and time", f"{members.pointer}/{name}") from None


def local_lately(members: Members, name: str, zone: str, arrived_at: datetime) -> datetime | None:
    """Read a local time of just now: of two, the second if that came within the hour before the arrival.

    Either clock may be five minutes off.
    """
    first = local(members, name, zone)
    if first is None or abs(arrived_at - first) > 3 * _HOUR:
        return first
    again = first.astimezone(zone_of(zone)).replace(fold=1).astimezone(UTC)
    return again if again - _OFF <= arrived_at < again + _HOUR else first


def zoned(text: str, zone: str) -> datetime:
    """The instant of an ISO 8601 date and time, in a zone where it names no offset; `ValueError` for others.

    >>> zoned("2026-03-27 16:00:00", "Europe/Copenhagen")
    datetime.datetime(2026, 3, 27, 15, 0, tzinfo=datetime.timezone.utc)
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=zone_of(zone))
    return instant.astimezone(UTC)


def _since_1970(value: float | None, pointer: str) -> datetime | None:
    if value is None:
        return None
    if not 0 <= value < _LATEST:
        raise InvalidEvent("is no time between 1970 and 2199", pointer)
    return datetime.fromtimestamp(value, UTC)
