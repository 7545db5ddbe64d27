"""Rollups: what a day's rows tell, packed so that nothing of it is lost, whatever the order."""

import zlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slaclock.evidence import rollup as rollups
from slaclock.evidence.cycles import Cycle, Rating
from slaclock.evidence.rollup import rolled_up, unpacked
from tests.spec.counted import DUE, cycle, cycles_of_a_day, rating, ratings_of_a_day


def by_id(cycles: list[Cycle]) -> list[Cycle]:
    return sorted(cycles, key=lambda each: each.id)


@given(cycles_of_a_day(), ratings_of_a_day())
def test_what_is_packed_is_what_is_unpacked(cycles: list[Cycle], ratings: list[Rating]) -> None:
    """To the microsecond, with every member and every id."""
    parts = [unpacked(part) for part in rolled_up("example", cycles, ratings).packed()]
    assert by_id([each for part in parts for each in part.cycles()]) == by_id(cycles)
    found = [each for part in parts for each in part.ratings]
    assert sorted(each.id for each in found) == sorted(each.id for each in ratings)
    assert set(found) == set(ratings)


@given(cycles_of_a_day(), ratings_of_a_day(), st.randoms(use_true_random=False))
def test_in_any_order_it_is_the_same(
    cycles: list[Cycle], ratings: list[Rating], chance: st.DataObject
) -> None:
    """To the byte, so that a rollup made anew is known for the one that is there."""
    first = rolled_up("example", cycles, ratings)
    chance.shuffle(cycles)  # type: ignore[attr-defined]
    chance.shuffle(ratings)  # type: ignore[attr-defined]
    again = rolled_up("example", cycles, ratings)
    assert (again.packed(), again.digest()) == (first.packed(), first.digest())


@given(cycles_of_a_day())
def test_the_cycles_of_one_agreement_are_those_of_all_that_are_under_it(cycles: list[Cycle]) -> None:
    """In the same order; of one that the day does not know there are none."""
    named = [replace(each, agreement=("gold", "silver")[n % 2]) for n, each in enumerate(cycles)]
    rollup = rolled_up("acme", named)
    for agreement in ("gold", "silver", "nobody's"):
        own = [each for each in rollup.cycles() if each.agreement == agreement]
        assert list(rollup.cycles(agreement)) == own


def test_what_differs_has_another_hash() -> None:
    """In any member, the account's name and the ids included."""
    day = [cycle(1), cycle(2, "breached")]
    hashes = {
        rolled_up("example", day).digest(),
        rolled_up("other", day).digest(),
        rolled_up("example", [cycle(3), day[1]]).digest(),
        rolled_up("example", [replace(day[0], worked=0), day[1]]).digest(),
        rolled_up("example", [replace(day[0], due=DUE + timedelta(microseconds=1)), day[1]]).digest(),
        rolled_up("example", day, [rating(value="4")]).digest(),
        rolled_up("example", day, [rating(value="5")]).digest(),
    }
    assert len(hashes) == 7


def test_cycles_that_differ_in_their_ids_alone_have_another_hash() -> None:
    """A statement rests on ids: of what was told anew there is another version."""
    assert rolled_up("example", [cycle(1)]).digest() != rolled_up("example", [cycle(2)]).digest()


def test_a_day_with_much_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each no larger than an item may be, and a rollup of its own."""
    monkeypatch.setattr(rollups, "MOST_BYTES", 1500)
    cycles, ratings = [cycle(n, worked=n * 7919) for n in range(300)], [rating(n) for n in range(50)]
    parts = rolled_up("example", cycles, ratings).packed()
    assert len(parts) > 1
    assert max(map(len, parts)) <= 1500
    assert by_id([each for part in parts for each in unpacked(part).cycles()]) == by_id(cycles)
    assert sum(len(unpacked(part).ratings) for part in parts) == 50


@pytest.mark.parametrize("different", [1, 256, 257, 65_537])
def test_a_member_may_have_any_number_of_values(different: int) -> None:
    """A byte for each cycle names one of 256, two one of 65536, four one of more."""
    few = [replace(cycle(n), team=str(n)) for n in range(different)]
    whole = rolled_up("example", few)
    (places,) = {type(whole.members["team"].places)} if different <= 256 else {None}
    assert places in (bytes, None)
    teams = [each.team for part in whole.packed() for each in unpacked(part).cycles()]
    assert sorted(teams, key=str) == sorted(map(str, range(different)))


@pytest.mark.parametrize("member", ["customer", "team", "priority", "service", "clause", "cause"])
def test_an_empty_name_is_a_name(member: str) -> None:
    """Another than none, and packed as it is."""
    members: list[dict[str, Any]] = [{member: None}, {member: ""}, {member: "a"}]
    named = [cycle(number, **each) for number, each in enumerate(members)]
    (part,) = rolled_up("example", named).packed()
    assert sorted(unpacked(part).cycles(), key=lambda each: each.id) == by_id(named)


def test_an_empty_day_has_no_part() -> None:
    """That it was rolled up says another item."""
    assert rolled_up("example", []).packed() == []
    assert len(rolled_up("example", [], [rating()]).packed()) == 1


def test_values_of_ratings_are_exact() -> None:
    """As they were written, not as a binary fraction."""
    (part,) = rolled_up("example", [], [rating(value="0.1")]).packed()
    assert unpacked(part).ratings[0].value == Decimal("0.1")


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"\0\0\0\1x",
        b"\0\0\0\x0b" + zlib.compress(b"{}\n"),
        rolled_up("example", [cycle()]).packed()[0][4:],
    ],
)
def test_what_is_no_rollup_is_refused(part: bytes) -> None:
    """Rather than counted."""
    with pytest.raises(ValueError, match=r"."):
        unpacked(part)
