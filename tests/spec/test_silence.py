"""When a connection is silent: against its own habit of three weeks, until it is heard again."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from slaclock.silence import MOST, Silence, heard_lately, is_silent, is_watched
from slaclock.store.memory import MemoryStore

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
NOON = datetime(2026, 3, 26, 12, tzinfo=UTC)  # a Thursday
LATER = NOON + timedelta(minutes=40)


def heard(hours: Iterable[int], weeks: Iterable[int] = (1, 2, 3), deliveries: int = 1) -> dict[datetime, int]:
    """Deliveries in the hours of the day, so many weeks ago."""
    midnight = NOON.replace(hour=0)
    return {midnight - week * WEEK + hour * HOUR: deliveries for week in weeks for hour in hours}


@pytest.mark.parametrize("now", [NOON, LATER, NOON + timedelta(minutes=59, seconds=59)])
def test_four_hours_without_a_delivery_are_silence_where_there_always_were_some(now: datetime) -> None:
    """Three of the same four hours, in each of the last three weeks; the hour that has begun says nothing."""
    assert is_silent(heard((8, 9, 11)), now)


@pytest.mark.parametrize("hour", [8, 9, 10, 11])
def test_one_delivery_in_the_last_four_full_hours_is_no_silence(hour: int) -> None:
    """Whichever hour it came in."""
    assert not is_silent(heard((8, 9, 10, 11)) | heard([hour], [0]), LATER)


def test_a_delivery_ends_a_silence_at_once() -> None:
    """Though its hour has only begun."""
    assert is_silent(heard((8, 9, 10)), LATER)
    assert not is_silent(heard((8, 9, 10)) | heard([12], [0]), LATER)


def test_who_is_silent_stays_so_until_something_is_heard() -> None:
    """Also in the hours and on the days when nothing is expected; a dead week is no habit, nor are ten."""
    dead = heard(range(8, 16), (1, 2, 3))  # its last delivery was a Thursday's at three in the afternoon
    last = NOON - WEEK + 3 * HOUR
    silent = [number for number in range(24 * 70) if is_silent(dead, last + number * HOUR)]
    assert silent == list(range(silent[0], 24 * 70))
    assert silent[0] == 6 * 24 + 20  # eleven o'clock, a week later: three of its hours have passed
    assert not is_silent(dead | {last + 60 * 24 * HOUR: 1}, last + 61 * 24 * HOUR)


def test_ten_weeks_of_silence_are_remembered() -> None:
    """What is kept is enough, and whoever was heard this week is read but for five weeks."""
    store = MemoryStore()
    for at in heard(range(8, 16)):
        store.note("c-1", at)
    for weeks in range(1, 10):
        assert is_silent(heard_lately(store, "c-1", NOON + weeks * WEEK).hours, NOON + weeks * WEEK)
    old = NOON - 8 * WEEK
    store.note("c-1", old)
    assert old in heard_lately(store, "c-1", NOON + WEEK).hours
    store.note("c-1", NOON)
    assert old not in heard_lately(store, "c-1", NOON + HOUR).hours


@pytest.mark.parametrize(
    ("hours", "weeks", "watched"),
    [((8, 9, 11), (1, 2, 3), True), ((1, 6, 20), (1, 2, 3), True), ((8, 9), (1, 2, 3), False),
     ((8, 9, 10, 11), (1, 2), False), ((), (), False)],
)  # fmt: skip
def test_only_who_has_a_habit_is_watched(
    hours: tuple[int, ...], weeks: tuple[int, ...], *, watched: bool
) -> None:
    """Three lively hours a day, in each of three weeks: who hears less is never silent, and is told apart."""
    assert is_watched(heard(hours, weeks)) is watched


def test_only_the_first_connections_are_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    """Two hundred; the log says so, where there are more."""
    store = MemoryStore()
    for number in range(MOST + 1):
        store.connect({"id": f"c-{number:03}", "account": "acme", "kind": "zendesk"})
    for name in (f"c-{MOST - 1}", f"c-{MOST}"):
        for at in heard((8, 9, 11)):
            store.note(name, at)
    assert Silence(store, store, lambda: NOON).count() == 1
    assert caplog.messages[-1] == "only the first 200 connections are watched for silence"


@pytest.mark.parametrize(
    "hours",
    [(8, 9), (), (6, 7, 11), (8, 9, 12)],
    ids=["two of four", "none", "spread", "one of them after"],
)
def test_two_lively_hours_of_four_are_no_habit(hours: tuple[int, ...]) -> None:
    """Three are the least: one ticket an hour may well not come. A thousand in one hour are one hour."""
    assert not is_silent(heard(hours, deliveries=1000) | heard([2], [0]), LATER)


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_habit_is_of_each_of_the_last_three_weeks(missing: int) -> None:
    """One quiet week, a holiday's, is enough to expect nothing; the fourth week back does not stand in."""
    weeks = {1, 2, 3, 4} - {missing}
    assert not is_silent(heard((8, 9, 10, 11), weeks) | heard([2], [0]), LATER)


def test_a_connection_that_is_new_is_never_silent() -> None:
    """It has no habit yet."""
    assert not is_silent({}, LATER)
    assert not is_silent(heard(range(24), [1, 2]), LATER)


def test_nobody_expects_deliveries_at_night_or_at_the_weekend() -> None:
    """Where there never were any: an office that was lively from eight to four until now."""
    office = {
        at: 5
        for week in range(4)
        for day in range(5)
        for hour in range(8, 16)
        if (at := datetime(2026, 3, 2, hour, tzinfo=UTC) + week * WEEK + day * 24 * HOUR) < LATER
    }
    assert not any(is_silent(office, NOON + number * HOUR) for number in range(4))
    calm = {at: count for at, count in office.items() if at < datetime(2026, 3, 26, tzinfo=UTC)}
    silent = [
        number for number in range(48) if is_silent(calm, datetime(2026, 3, 26, tzinfo=UTC) + number * HOUR)
    ]
    assert silent[0] == 11  # the first look that three lively hours of habit stand against


def test_who_hears_little_is_silent_after_a_day() -> None:
    """Three lively hours a day are a habit of a day, though not of four hours."""
    daily = heard((1, 6, 9))
    assert is_silent(daily, LATER)
    assert not is_silent(daily | heard([13], [0]) | {NOON - 23 * HOUR: 1}, LATER)
    assert is_silent(daily | {NOON - 25 * HOUR: 1}, LATER)


@pytest.mark.parametrize("shift", [-1, 1])
def test_clocks_that_change_are_no_silence(shift: int) -> None:
    """An office from eight to four, an hour earlier or later by UTC than in the weeks before."""
    day = NOON.replace(hour=0)
    for hour in range(24):
        now = day + hour * HOUR
        today = {day + (each + shift) * HOUR: 5 for each in range(8, 16) if day + (each + shift) * HOUR < now}
        yesterday = {day + (each + shift - 24) * HOUR: 5 for each in range(8, 16)}
        before = heard(range(8, 16)) | {at - 24 * HOUR: 5 for at in heard(range(8, 16))}
        assert not is_silent(before | yesterday | today, now), hour
