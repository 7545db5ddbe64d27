"""Time zones come from the pinned `tzdata` package, never from the machine (rule 8).

`zoneinfo` prefers the system's copy; importing this module takes that away, for the whole process.
"""

from __future__ import annotations

import zoneinfo

from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.offsets import TZDATA_VERSION, zone_names

__all__ = ["TZDATA_VERSION", "zone", "zone_names"]

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Give the zone of that name, by the rules of `TZDATA_VERSION`; an unknown name is an InvalidCalendar.

    >>> zone("Europe/Copenhagen").key
    'Europe/Copenhagen'
    """
    if name not in zone_names():
        raise InvalidCalendar(f"unknown time zone {name!r}")
    return zoneinfo.ZoneInfo(name)
