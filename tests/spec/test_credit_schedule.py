"""The periods of an agreement follow each other, whatever its versions say (and what can't be published)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slaclock.domain.agreement import Agreement
from slaclock.domain.choosing import Agreements
from slaclock.evidence.credit_periods import begins
from slaclock.evidence.credit_schedule import in_force, running, version_of
from slaclock.publishing import Edition, refusals
from slaclock.records.credits import agreed
from tests.spec.crediting import OCTOBER, ZONE, version

if TYPE_CHECKING:
    from collections.abc import Sequence


SUMMER, NOVEMBER_15 = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
TOKYO, NEW_YORK = "Asia/Tokyo", "America/New_York"
JANUARY_1, DECEMBER_1 = date(2027, 1, 1), date(2026, 12, 1)
DAY = timedelta(days=1)


def said(
    kind: str | None, number: int = 1, zone: str = ZONE, since: date | None = None, **of: Any
) -> Agreement:
    """A version that counts credits by that length; None: one that says nothing about them."""
    credits_ = {"period": kind, "currency": "DKK", "each": {"credit": {"amount": "5"}}} if kind else {}
    begin = None if since is None else begins(since, zone)
    return replace(version(credits_, number), timezone=zone, effective_from=begin, **of)


def refused(new: Agreement, *published: Agreement, now: datetime = NOVEMBER_15) -> list[str]:
    """Why a version can't be published."""
    wanted = [Edition({}, new, new=True)]
    return [each.reason for each in refusals(wanted, Agreements(published), now)]


@pytest.mark.parametrize(
    ("was", "becomes", "since", "told"),
    [
        (("month", ZONE), ("month", ZONE), None, None),
        (("month", ZONE), (None, ZONE), None, None),
        ((None, ZONE), ("quarter", ZONE), None, None),
        (("month", ZONE), ("month", "Europe/Berlin"), None, None),  # midnight is the same there
        (("month", ZONE), ("quarter", ZONE), None, ("2026-11", "2027-Q1", "not at all", JANUARY_1)),
        (("quarter", ZONE), ("month", ZONE), None, ("2026-Q4", "2026-12", "twice", JANUARY_1)),
        (("quarter", ZONE), ("month", ZONE), DECEMBER_1, ("2026-Q4", "2026-12", "twice", JANUARY_1)),
        (("quarter", ZONE), ("month", ZONE), date(2026, 10, 1), ("2026-Q4", "2026-12", "twice", JANUARY_1)),
        (("quarter", ZONE), ("month", ZONE), date(2030, 2, 1), ("2030-Q1", "2030-02", "twice", JANUARY_1)),
        (("quarter", ZONE), ("month", ZONE), JANUARY_1, None),
        (("month", ZONE), ("quarter", ZONE), JANUARY_1, None),
        (("month", ZONE), ("year", ZONE), JANUARY_1, None),
        (("month", ZONE), ("year", ZONE), date(2027, 4, 1), ("2027-03", "2028", "not at all", JANUARY_1)),
        (("month", "UTC"), ("month", TOKYO), JANUARY_1, ("2026-12", "2027-01", "twice", None)),
        (("month", "UTC"), ("month", NEW_YORK), None, ("2026-11", "2026-12", "not at all", None)),
    ],
)
def test_a_change_of_the_period_holds_from_a_day_that_begins_one_of_both(
    was: tuple[str | None, str], becomes: tuple[str | None, str], since: date | None, told: Any
) -> None:
    """Else something would count twice or not at all; the days are those of the zones that they are in."""
    first = said(was[0], 1, was[1], published_at=SUMMER)
    reasons = refused(said(becomes[0], 2, becomes[1], since), first)
    if told is None:
        assert reasons == []
        return
    before, after, counted, day = told
    mend = "no day begins a period of both: publish under another id"
    if day:
        mend = f"let it hold from a day that begins a period of both: effective: {{from: {day}}}"
    between = f"between {before} in {was[1]} and {after} in {becomes[1]}"
    assert reasons == [f"{between} a breach would count {counted}: {mend}"]


def test_what_was_published_before_is_not_judged_again() -> None:
    """A version that changes nothing about it is published beside it."""
    apart = said("quarter", published_at=SUMMER), said("month", 2, published_at=NOVEMBER_15)
    assert refused(said("month", 3), *apart, now=NOVEMBER_15 + DAY) == []


def test_a_time_without_credits_may_lie_between_two_lengths() -> None:
    """December is nobody's: a version that says nothing about credits is in force by then."""
    monthly = said("month", published_at=SUMMER)
    none = said(None, 2, published_at=NOVEMBER_15 - DAY)
    assert refused(said("quarter", 3, since=JANUARY_1), monthly, none) == []
    assert refused(said("quarter", 3), monthly, none) != []


DAYS = st.sampled_from([JANUARY_1, date(2027, 4, 1), date(2027, 7, 1), date(2028, 1, 1), date(2027, 2, 9)])
VERSIONS = st.lists(
    st.tuples(
        st.sampled_from(["month", "quarter", "year"]),
        st.sampled_from([ZONE, "Europe/Berlin", "UTC", NEW_YORK]),
        st.none() | DAYS,
        st.integers(1, 9000),
    ),
    min_size=1,
    max_size=5,
)


def published(given: Sequence[tuple[str, str, date | None, int]]) -> list[Agreement]:
    """What is published of these, each so many hours after the one before: what is refused is not."""
    versions, now = list[Agreement](), SUMMER
    for kind, zone, since, hours in given:
        now += timedelta(hours=hours)
        new = said(kind, len(versions) + 1, zone, since)
        if not refused(new, *versions, now=now):
            versions.append(replace(new, published_at=now))
    return versions


@settings(deadline=None)
@example([("month", ZONE, date(2027, 4, 1), 1), ("year", ZONE, None, 4415)], [0])
@given(VERSIONS, st.lists(st.integers(0, 50_000), min_size=1, max_size=20))
def test_the_periods_of_an_agreement_tile_time(
    given: list[tuple[str, str, date | None, int]], hours: list[int]
) -> None:
    """From the day on that its first version holds, each instant is in one of them, and they meet."""
    versions = published(given)
    begin = max(each for each in (versions[0].published_at, versions[0].effective_from) if each)
    for each in hours:
        ((_, period),) = running(versions, begin + timedelta(hours=each))
        ((_, following),) = running(versions, period.end)
        assert following.start == period.end


@settings(deadline=None)
@given(VERSIONS)
def test_the_day_that_a_refusal_names_is_accepted(given: list[tuple[str, str, date | None, int]]) -> None:
    """Of two versions; where there are more, another one may be in between."""
    (kind, zone, _, _), *others = given
    first = said(kind, 1, zone, published_at=SUMMER)
    for other, place, since, _ in others:
        for reason in refused(said(other, 2, place, since), first):
            if "effective" in reason:
                day = date.fromisoformat(reason[-11:-1])
                assert refused(said(other, 2, place, day), first) == []


@pytest.mark.parametrize(("early", "counts"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_what_was_over_when_the_agreement_was_published_has_no_version(
    early: timedelta, *, counts: bool
) -> None:
    """What ended at that moment was."""
    first = said("month", published_at=OCTOBER.end - early)
    assert (version_of([first], "month", OCTOBER) == first) is counts


@pytest.mark.parametrize(
    ("until", "counts"), [(OCTOBER.start, False), (OCTOBER.start + timedelta(microseconds=1), True)]
)
def test_where_the_newest_version_is_over_none_older_is_in_force(until: datetime, *, counts: bool) -> None:
    """Nor one that would come into force in the period, if it is older; one that is newer is."""
    first = said("month", published_at=SUMMER)
    over = said("month", 2, published_at=SUMMER + DAY, effective_until=until)
    assert in_force([first, over], OCTOBER) == (over if counts else None)
    middle = said("month", 1, since=date(2026, 10, 9), published_at=SUMMER)
    assert in_force([middle, over], OCTOBER) == (over if counts else None)
    newer = said("month", 3, since=date(2026, 10, 9), published_at=SUMMER)
    assert in_force([first, over, newer], OCTOBER) == (over if counts else newer)


@pytest.mark.parametrize(("early", "counts"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_a_version_that_comes_into_force_with_the_next_period_is_none_of_this_one(
    early: timedelta, *, counts: bool
) -> None:
    """It holds for a part of it from its last moment on."""
    first = replace(said("month", published_at=SUMMER), effective_from=OCTOBER.end - early)
    assert in_force([first], OCTOBER) == (first if counts else None)


def test_of_versions_that_come_into_force_at_once_the_newest_has_the_period() -> None:
    """Of others the first, whatever its number."""
    tenth, ninth = date(2026, 10, 10), date(2026, 10, 9)
    one, two = (said("month", n, since=tenth, published_at=SUMMER) for n in (1, 2))
    assert in_force([one, two], OCTOBER) == in_force([two, one], OCTOBER) == two
    three = said("month", 3, since=ninth, published_at=SUMMER)
    assert in_force([one, two, three], OCTOBER) == three
    early, late = replace(three, version=1), replace(one, version=3)
    assert in_force([early, late], OCTOBER) == early


def test_the_running_period_is_that_of_the_version_that_it_is_by() -> None:
    """Not of one that comes into force later."""
    versions = said("quarter", published_at=SUMMER), said("month", 2, since=JANUARY_1, published_at=SUMMER)
    assert agreed(versions, "acme-gold", None, NOVEMBER_15).period.name == "2026-Q4"
    assert agreed(versions, "acme-gold", None, NOVEMBER_15 + 60 * DAY).period.name == "2027-01"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("2026-12", "quarter then: 2026-Q4"),
        ("2027-Q1", "month then: 2027-01"),
        ("2026", "quarter then: 2026-Q1"),
    ],
)
def test_a_period_of_another_length_is_told_by_the_one_of_that_time(name: str, told: str) -> None:
    """By what the agreement counted then."""
    versions = (
        said("quarter", published_at=datetime(2025, 1, 1, tzinfo=UTC)),
        said("month", 2, since=JANUARY_1, published_at=SUMMER),
    )
    with pytest.raises(ValueError, match=f"^acme-gold counts credits by the {told}$"):
        agreed(versions, "acme-gold", name, NOVEMBER_15)
