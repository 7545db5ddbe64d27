"""Instants and lengths of time as people read them, in the words of a catalogue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from slaclock.domain.zones import zone
from slaclock.notices.catalogue import ENGLISH, catalogue

if TYPE_CHECKING:
    from slaclock.notices.catalogue import Catalogue

_MOST_IN_HOURS = 2  # days; a longer time is told in days


def shown(instant: datetime, zone_name: str, said: Catalogue | None = None) -> str:
    """An instant as people read it, local and UTC: `Fri 27 Mar 2026 20:00 CET (19:00 UTC)`."""
    said = said or catalogue(ENGLISH)
    local, utc = instant.astimezone(zone(zone_name)), instant.astimezone(UTC)
    if zone_name == "UTC":
        return _written("time.full", utc, said)
    there = _written("time.clock" if utc.date() == local.date() else "time.weekday", utc, said)
    return said.say("time.both", local=_written("time.full", local, said), utc=there)


def briefly(instant: datetime, zone_name: str, said: Catalogue) -> str:
    """An instant in as few characters as name it, for a text message: `27 Mar 20:00 CET`."""
    return _written("time.brief", instant.astimezone(zone(zone_name)), said)


def elapsed(length: timedelta, said: Catalogue | None = None) -> str:
    """A length of time by the clock as people read it, whole minutes: `1 h 30 min`, `12 d 0 h 30 min`."""
    days, minutes = divmod(int(length.total_seconds()) // 60, 24 * 60)
    if days < _MOST_IN_HOURS:
        return counted(length, said)
    return (said or catalogue(ENGLISH)).say(
        "length.days", days=days, hours=minutes // 60, minutes=minutes % 60
    )


def counted(length: timedelta, said: Catalogue | None = None) -> str:
    """A length of counted time, in hours however many they are: a working day has no twenty-four."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    words = said or catalogue(ENGLISH)
    if hours:
        return words.say("length.hours", hours=hours, minutes=minutes)
    return words.say("length.minutes", minutes=minutes)


def _written(key: str, instant: datetime, said: Catalogue) -> str:
    return said.say(
        key,
        weekday=said.texts[f"weekday.{instant.isoweekday()}"],
        day=instant.day,
        month=said.texts[f"month.{instant.month}"],
        year=f"{instant.year:04}",
        hour=f"{instant:%H}",
        minute=f"{instant:%M}",
        zone=instant.tzname(),
    )
