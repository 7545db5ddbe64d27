"""Time zones come from the pinned tzdata package, and are read right."""

from __future__ import annotations

import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib import metadata, resources
from random import Random

import pytest

from slaclock.domain.errors import InvalidCalendar
from slaclock.domain.offsets import TZDATA_VERSION, offsets_of, zone_names
from slaclock.domain.zones import zone
from tests.spec.calendar_oracle import zone as oracle_zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPAN = tuple(round((datetime(year, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()) for year in (1900, 2250))


def test_every_zone_has_the_offsets_that_zoneinfo_gives() -> None:
    """At every change from 1900 to 2250, the second before it, and some instants between."""
    random = Random(8)  # noqa: S311
    for name in sorted(zone_names()):
        offsets, tz = offsets_of(name), oracle_zone(name)
        stretches = offsets.between(*SPAN)
        edges = [second for start, end, _ in stretches for second in (start, end - 1)]
        for second in (*edges, *(random.randrange(*SPAN) for _ in range(40))):
            shown = (EPOCH + timedelta(seconds=second)).astimezone(tz).utcoffset()
            assert timedelta(seconds=offsets.at(second)) == shown, (name, second)


def test_stretches_follow_each_other_without_a_gap() -> None:
    """However a span is cut, its stretches cover it."""
    random = Random(9)  # noqa: S311
    for name in sorted(zone_names()):
        start, end = sorted(random.randrange(*SPAN) for _ in range(2))
        stretches = offsets_of(name).between(start, end)
        assert [since for since, _, _ in stretches[1:]] == [until for _, until, _ in stretches[:-1]]
        assert (stretches[0][0], stretches[-1][1]) == (start, end)


def test_a_name_that_says_that_no_zone_was_chosen_is_none() -> None:
    """Tzdata's `Factory` is what a machine has until somebody sets it; all other names are zones."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    assert set(listed) - zone_names() == {"Factory"}
    for read in (zone, offsets_of):
        with pytest.raises(InvalidCalendar, match="unknown time zone 'Factory'"):
            read("Factory")


def test_zone_rules_have_a_form_that_is_read() -> None:
    """Every zone ends with a rule of the form Mm.w.d, or a constant offset."""
    for name in zone_names():
        data = resources.files("tzdata.zoneinfo").joinpath(name).read_bytes()
        rule = data.rstrip(b"\n").rpartition(b"\n")[2].decode()
        assert all(turn.startswith("M") for turn in rule.split(",")[1:]), (name, rule)


def test_the_machines_zones_are_never_used() -> None:
    """Rule 8: zoneinfo prefers the system's copy; importing our zones takes that away."""
    asked = "import zoneinfo, slaclock.domain.zones as z; z.zone('Asia/Tokyo'); print(zoneinfo.TZPATH)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "()"
    assert zoneinfo.TZPATH == ()


def test_the_version_is_that_of_the_package() -> None:
    """Rule 8: the version that is stored with a decision is the edition of the rules, such as 2026f."""
    year, _, letter = metadata.version("tzdata").partition(".")
    assert f"{year}{'abcdefghijklmnopqrstuvwxyz'[int(letter.split('.')[0]) - 1]}" == TZDATA_VERSION


def test_an_unknown_zone_is_refused_by_name() -> None:
    """Also one that would be a path out of the package."""
    for name in ("Mars/Olympus", "../zones", "", "europe/copenhagen"):
        with pytest.raises(InvalidCalendar, match=f"unknown time zone '{name}'"):
            zone(name)
