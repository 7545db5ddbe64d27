"""Instants as text: UTC with `Z`, whole seconds unless the source was finer (rule 30)."""

from datetime import UTC, datetime


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant, digits beyond microseconds cut off; `ValueError` where it names no offset.

    >>> parse_instant("2026-03-27T16:00:00+01:00")
    datetime.datetime(2026, 3, 27, 15, 0, tzinfo=datetime.timezone.utc)
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no offset from UTC")
    return instant.astimezone(UTC)


def format_instant(instant: datetime) -> str:
    """Write an instant in UTC with `Z`.

    >>> format_instant(parse_instant("2026-03-27T15:00:00.500Z"))
    '2026-03-27T15:00:00.5Z'
    """
    text = instant.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"
