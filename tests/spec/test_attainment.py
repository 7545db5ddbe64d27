"""Attainment: what each figure counts, how it is rounded, and that groups add up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slaclock.evidence import attainment
from slaclock.evidence.attainment import (
    NAMED,
    TIMED,
    Asked,
    Tally,
    TooManyGroups,
    figures,
    percentile,
    report,
)
from slaclock.evidence.cycles import Cycle, Rating
from slaclock.evidence.rollup import rolled_up, unpacked
from tests.spec.counted import DUE, MONDAY, cycle, cycles_of_a_day, rating, ratings_of_a_day

ALL = Asked(MONDAY, MONDAY + timedelta(days=1))
BYS = [(), *((name,) for name in (*NAMED, *TIMED)), *combinations((*NAMED, *TIMED), 2)]


def counted(cycles: Sequence[Cycle], asked: Asked = ALL, ratings: Sequence[Rating] = ()) -> dict[Any, Any]:
    """The figures of each group."""
    found = report([rolled_up("example", cycles, ratings)], asked)
    return {key: figures(tally) for key, tally in found.groups.items()}


def total(*cycles: Cycle, ratings: Sequence[Rating] = ()) -> dict[str, Any]:
    """The figures of all together."""
    return figures(report([rolled_up("example", cycles, ratings)], ALL).total)


STATES = {
    "met": cycle(1, "met"),
    "breached, and ended": cycle(2, "breached", worked=1, wall=1),
    "breached, and open": cycle(3, "breached", open=True),
    "cancelled": cycle(4, "cancelled"),
    "waived": cycle(5, "waived"),
}
COUNTS = ("met", "breached", "open_overdue", "cancelled", "excluded", "attainment")


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("met", (1, 0, 0, 0, 0, "1.0000")),
        ("breached, and ended", (0, 1, 0, 0, 0, "0.0000")),
        ("breached, and open", (0, 1, 1, 0, 0, "0.0000")),
        ("cancelled", (0, 0, 0, 1, 0, None)),
        ("waived", (0, 0, 0, 0, 1, None)),
    ],
)
def test_attainment_is_of_what_was_met_or_breached(state: str, counts: tuple[object, ...]) -> None:
    """An open breach counts at once; cancelled and waived stand beside. Of nothing there is no share."""
    found = total(STATES[state])
    assert tuple(found[name] for name in COUNTS) == counts


@pytest.mark.parametrize(
    ("met", "breached", "share"),
    [
        (0, 0, None),
        (1, 0, "1.0000"),
        (0, 1, "0.0000"),
        (2, 1, "0.6666"),
        (99_999, 1, "0.9999"),
        (1, 7, "0.1250"),
    ],
)
def test_attainment_is_rounded_down(met: int, breached: int, share: str | None) -> None:
    """So that one breach among a hundred thousand does not read as none."""
    assert figures(Tally(met=met, breached=breached))["attainment"] == share


@pytest.mark.parametrize(("reopened", "share"), [(0, "0.0000"), (1, "0.3333"), (2, "0.6667"), (3, "1.0000")])
def test_the_share_reopened_is_of_what_counts(reopened: int, share: str) -> None:
    """Rounded to the nearest; what is beside attainment is beside this."""
    some = [cycle(n, reopened=n < reopened) for n in range(3)]
    assert total(*some, cycle(7, "cancelled", reopened=True))["reopened_share"] == share


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([1, 2, 3], 2, 3),
        (list(range(1, 11)), 5, 9),
        (list(range(1, 12)), 6, 10),
        ([5, 1, 5, 5, 5], 5, 5),
    ],
)
def test_percentiles_are_values_that_were_seen(
    values: list[int], median: int | None, p90: int | None
) -> None:
    """By the nearest rank: the value at the place ⌈p·n⌉, never one between two."""
    assert (percentile(sorted(values), 50), percentile(sorted(values), 90)) == (median, p90)


def test_seconds_are_those_of_what_came_to_its_stop() -> None:
    """Neither of open breaches, nor of what is beside attainment, nor where an older engine told none."""
    found = total(
        cycle(1, worked=10, wall=100),
        cycle(2, "breached", worked=20, wall=None),
        cycle(3, "breached", open=True),
        cycle(4, "waived", worked=99, wall=99),
    )
    assert found["worked_seconds"] == {"median": 10, "p90": 20}
    assert found["wall_seconds"] == {"median": 100, "p90": 100}


def test_ratings_have_a_mean_and_while_they_are_few_each_value() -> None:
    """Half up to two places; beyond twenty different values only the mean."""
    assert total()["ratings"] == {"number": 0, "mean": None, "values": {}}
    some = [rating(1, "4"), rating(2, "4"), rating(3, "4.5"), rating(4, "4")]
    assert total(ratings=some)["ratings"] == {"number": 4, "mean": "4.13", "values": {"4": 3, "4.5": 1}}
    many = [rating(n, str(n)) for n in range(21)]
    assert total(ratings=many)["ratings"] == {"number": 21, "mean": "10.00", "values": None}


@pytest.mark.parametrize(
    ("given", "mean"),
    [
        (["4.0049999"], "4.01"),
        (["4.0044999"], "4.00"),
        (["4.0045"], "4.00"),
        (["4.0055"], "4.01"),
        (["-4.0049999"], "-4.01"),
        (["4.0049999", "4.005"], "4.01"),
        (["0.0004", "0.0004", "0.0296"], "0.01"),
    ],
)
def test_a_mean_is_of_ratings_to_the_thousandth(given: Sequence[str], mean: str) -> None:
    """As they are in the lake, each rounded by itself: the same figure for whoever asks in SQL."""
    some = [rating(number, each) for number, each in enumerate(given)]
    assert total(ratings=some)["ratings"]["mean"] == mean


def test_a_rating_is_of_no_metric_but_its_own() -> None:
    """It is of a ticket: by metric it stands apart, and a filter leaves it out."""
    asked = replace(ALL, by=("metric",))
    found = counted([cycle()], asked, [rating()])
    assert {key: each["ratings"]["number"] for key, each in found.items()} == {
        ("rating",): 1,
        ("resolution",): 0,
    }
    assert (
        counted([cycle()], replace(ALL, filters={"metric": "resolution"}), [rating()])[()]["ratings"][
            "number"
        ]
        == 0
    )


@pytest.mark.parametrize(
    ("zone", "weekday", "hour"),
    [
        ("UTC", "mon", 10),
        ("Europe/Copenhagen", "mon", 11),
        ("Asia/Kathmandu", "mon", 15),
        ("Pacific/Kiritimati", "tue", 0),
        ("Pacific/Marquesas", "mon", 0),
    ],
)
def test_weekday_and_hour_are_those_of_the_deadline_in_the_zone(zone: str, weekday: str, hour: int) -> None:
    """Half and quarter hours from UTC included."""
    assert list(counted([cycle()], replace(ALL, by=("weekday", "hour"), zone=zone))) == [(weekday, hour)]


@pytest.mark.parametrize(("minutes", "hour"), [(14, 15), (15, 16), (29, 16), (30, 16), (74, 16), (75, 17)])
def test_an_hour_begins_where_the_zone_has_it_begin(minutes: int, hour: int) -> None:
    """In Kathmandu at a quarter past, of UTC."""
    late = cycle(due=DUE + timedelta(minutes=minutes))
    assert list(counted([late], replace(ALL, by=("hour",), zone="Asia/Kathmandu"))) == [(hour,)]


def test_a_deadline_on_the_edge_belongs_to_the_period_that_it_begins() -> None:
    """From `since` on, before `until`; to the microsecond."""
    edges = [MONDAY - timedelta(microseconds=1), MONDAY, ALL.until - timedelta(microseconds=1), ALL.until]
    for n, due in enumerate(edges):
        inside = n in (1, 2)
        assert total(cycle(due=due))["met"] == inside
        assert total(ratings=[rating(due=due)])["ratings"]["number"] == inside
    assert total(*(cycle(n, due=due) for n, due in enumerate(edges)))["met"] == 2


def test_groups_come_in_order_those_without_a_value_last() -> None:
    """Weekdays and hours as they follow each other."""
    some = [replace(cycle(n), team=team) for n, team in enumerate([None, "b", "a", "mon"])]
    assert list(counted(some, replace(ALL, by=("team",)))) == [("a",), ("b",), ("mon",), (None,)]
    week = Asked(MONDAY, MONDAY + timedelta(days=7), by=("weekday",))
    days = [cycle(n, due=DUE + timedelta(days=n)) for n in (6, 2, 0)]
    assert list(counted(days, week)) == [("mon",), ("wed",), ("sun",)]
    hours = [cycle(n, due=MONDAY + timedelta(hours=n)) for n in (10, 9)]
    assert list(counted(hours, replace(ALL, by=("hour",)))) == [(9,), (10,)]


def test_without_groups_the_total_is_the_one_group() -> None:
    """Of nothing, too: no cycle is no breach, and no share."""
    assert counted([]) == {(): total()}
    assert counted([], replace(ALL, by=("team",))) == {}


@pytest.mark.parametrize("name", NAMED)
def test_a_filter_takes_what_has_that_value(name: str) -> None:
    """None takes what has none."""
    given: list[dict[str, Any]] = [{name: "x"}, {name: "y"}, {name: None}]
    some = [replace(cycle(number), **each) for number, each in enumerate(given)]
    for value in ("x", None):
        assert counted(some, replace(ALL, filters={name: value}))[()]["met"] == 1
    assert counted(some, replace(ALL, filters={name: "z"}))[()]["met"] == 0


def test_too_many_groups_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than cut off."""
    monkeypatch.setattr(attainment, "MOST_GROUPS", 2)
    some = [replace(cycle(n), team=str(n)) for n in range(3)]
    assert len(counted(some[:2], replace(ALL, by=("team",)))) == 2
    with pytest.raises(TooManyGroups):
        counted(some, replace(ALL, by=("team",)))


def member(each: Cycle | Rating, name: str) -> str | int | None:
    """What one cycle or rating is counted under."""
    if name == "weekday":
        return attainment.WEEKDAYS[each.due.weekday()]
    if name == "hour":
        return each.due.hour
    return getattr(each, name, "rating") or None


def naive(cycles: Sequence[Cycle], ratings: Sequence[Rating], by: Sequence[str]) -> dict[Any, Any]:
    """The same counts, cycle by cycle."""
    found: dict[Any, Tally] = {}
    for each in cycles:
        tally = found.setdefault(tuple(member(each, name) for name in by), Tally())
        state = {"waived": "excluded"}.get(each.state, each.state)
        setattr(tally, state, getattr(tally, state) + 1)
        counts = each.state in ("met", "breached")
        tally.open_overdue += each.open
        tally.corrected += each.corrected
        tally.reopened += counts and each.reopened
        tally.worked += [each.worked] if counts and each.worked is not None else []
        tally.wall += [each.wall] if counts and each.wall is not None else []
    for one in ratings:
        found.setdefault(tuple(member(one, name) for name in by), Tally()).ratings[one.value] += 1
    return {key: figures(tally) for key, tally in found.items()}


@given(cycles_of_a_day(), ratings_of_a_day(), st.sampled_from(BYS), st.integers(0, 12))
def test_what_columns_count_is_what_cycles_count(
    cycles: list[Cycle], ratings: list[Rating], by: tuple[str, ...], cut: int
) -> None:
    """Packed, in two parts or in one: the same as one by one."""
    first, second = rolled_up("example", cycles[:cut], ratings), rolled_up("example", cycles[cut:])
    parts = [*first.packed(), *second.packed()]
    found = report(map(unpacked, parts), replace(ALL, by=by)).groups
    assume(by or cycles or ratings)
    assert {key: figures(tally) for key, tally in found.items()} == naive(cycles, ratings, by)


@given(cycles_of_a_day(), ratings_of_a_day(), st.sampled_from(BYS[-28:]))
def test_groups_by_two_sum_to_groups_by_one(
    cycles: list[Cycle], ratings: list[Rating], by: tuple[str, ...]
) -> None:
    """And these to the total."""
    both, total = (
        report([rolled_up("example", cycles, ratings)], replace(ALL, by=each)) for each in (by, ())
    )
    for place, name in enumerate(by):
        alone = report([rolled_up("example", cycles, ratings)], replace(ALL, by=(name,)))
        joined: dict[Any, Tally] = {}
        for key, tally in both.groups.items():
            joined.setdefault((key[place],), Tally()).join(tally)
        assert {key: figures(each) for key, each in joined.items()} == {
            key: figures(each) for key, each in alone.groups.items()
        }
        assert figures(alone.total) == figures(total.total)


def test_the_mean_of_ratings_is_the_same_in_any_order() -> None:
    """Though sums of many digits are rounded."""
    values = ["9007199254740991", "0.00000000000000000001", "0.3", "-9007199254740991"]
    means = {
        total(ratings=[rating(n, v) for n, v in enumerate(order)])["ratings"]["mean"]
        for order in (values, values[::-1])
    }
    assert len(means) == 1
    assert Decimal(means.pop()) == Decimal("0.08")


def test_a_year_that_no_zone_shows_is_no_concern() -> None:
    """A deadline before 1970 has a negative number."""
    old = datetime(1969, 12, 31, 23, 59, 59, 5, UTC)
    asked = Asked(old, old + timedelta(microseconds=1), by=("weekday", "hour"))
    assert list(counted([cycle(due=old)], asked)) == [("wed", 23)]
