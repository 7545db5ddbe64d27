"""What a report says stands out: sentences by rule, and none where there is little to say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.spec.reporting import NOON, NOVEMBER_2, autumn, cycle, report_of

if TYPE_CHECKING:
    from slaclock.evidence.cycles import Cycle

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY_8 = NOON - 4 * HOUR  # in Copenhagen


def said(cycles: list[Cycle], **how: Any) -> list[str]:
    found: list[str] = report_of(cycles, **how)["stands_out"]
    return found


def breaches(number: int, first: int = 0, **members: Any) -> list[Cycle]:
    return [cycle(1000 + first + n, "breached", **members) for n in range(number)]


def kept(number: int, **members: Any) -> list[Cycle]:
    return [cycle(n, **members) for n in range(number)]


def week(**members: Any) -> list[Cycle]:
    """Something that was kept in each hour of five working days."""
    hours = [MONDAY_8 + day * DAY + hour * HOUR for day in range(5) for hour in range(8)]
    return [cycle(n, due=due, **members) for n, due in enumerate(hours)]


def test_a_month_of_all_of_it() -> None:
    """The most important first."""
    cycles, ratings = autumn()
    assert report_of(cycles, ratings)["stands_out"] == [
        "Attainment is 95.33%, 1.99 percentage points below the 97.32% in September 2026.",
        "Most breaches start Monday 08–10: 9 of 21.",  # noqa: RUF001
        "The most frequent cause is staffing: 14 of 21 breaches.",
        "The customer with the lowest attainment is ACME: 94.00%, 18 breaches.",
        "1 promise missed is still open.",
    ]


def test_of_nothing_nothing_is_said() -> None:
    """Of a month that is over."""
    assert said([]) == ["Nothing was due in this period."]


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ("2026-09-30T21:59:59Z", "October 2026 is still to come."),
        ("2026-09-30T22:00:00Z", "Nothing was due in this period so far."),
        ("2026-10-31T22:59:59Z", "Nothing was due in this period so far."),
        ("2026-10-31T23:00:00Z", "Nothing was due in this period."),
    ],
)
def test_a_month_of_nothing_that_is_not_over_is_said_to_be_so(now: str, sentence: str) -> None:
    """By the days of its zone."""
    assert said([], now=datetime.fromisoformat(now)) == [sentence]


@pytest.mark.parametrize(
    ("waived", "cancelled", "sentence"),
    [
        (1, 0, "The only promise was waived."),
        (0, 1, "The only promise was cancelled."),
        (3, 0, "All 3 promises were waived."),
        (0, 2, "All 2 promises were cancelled."),
        (1, 2, "All 3 promises were waived or cancelled: 1 and 2."),
    ],
)
def test_what_was_due_and_does_not_count_is_told(waived: int, cancelled: int, sentence: str) -> None:
    """It is not nothing."""
    rows = [cycle(n, "waived") for n in range(waived)] + [
        cycle(50 + n, "cancelled") for n in range(cancelled)
    ]
    assert said(rows) == [sentence]


@pytest.mark.parametrize("beside", ["waived", "cancelled"])
def test_what_does_not_count_is_in_no_number_of_a_month_in_which_nothing_stands_out(beside: str) -> None:
    """Of three that count one was missed, whatever stands beside them."""
    rows = [*kept(2), *breaches(1), *(cycle(70 + n, beside) for n in range(4))]
    assert said(rows) == ["Nothing stands out: attainment is 66.66%, 1 promise of 3 was missed."]


def test_that_every_promise_was_kept_comes_first() -> None:
    """Waived breaches are none."""
    assert said([*kept(3), cycle(9, "waived")]) == ["Every promise was kept."]


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (1, "Attainment is 50.00%, as in September 2026."),
        (3, "Attainment is 50.00%, 25 percentage points below the 75.00% in September 2026."),
        (0, "Attainment is 50.00%, 50 percentage points above the 0.00% in September 2026."),
    ],
)
def test_the_month_before_is_held_beside_it(before: int, sentence: str) -> None:
    """In points, since a change of a share in per cent could be either."""
    earlier = [*kept(before, due=NOON - 20 * DAY), *breaches(1, 500, due=NOON - 20 * DAY)]
    assert sentence in said([*kept(1), *breaches(1), *earlier])


def test_a_window_of_two_hours_has_twice_the_mean_and_three_breaches_at_least() -> None:
    """Of twenty windows in which something was due, this one has more than all others."""
    assert "Most breaches start Monday 08–10: 3 of 3." in said([*week(), *breaches(3, due=MONDAY_8)])  # noqa: RUF001
    assert not any("start" in each for each in said([*week(), *breaches(2, due=MONDAY_8)]))


def week_of(*numbers: int) -> list[Cycle]:
    """So many breaches in each of the windows from Monday 08 on, one after the other."""
    windows = [MONDAY_8 + n // 4 * DAY + n % 4 * 2 * HOUR for n in range(len(numbers))]
    return [
        cycle(1000 + 100 * n + nth, "breached", due=due)
        for n, due in enumerate(windows)
        for nth in range(numbers[n])
    ]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((4, 2, 1, 1), "Most breaches start Monday 08–10: 4 of 8."),  # noqa: RUF001
        ((4, 3, 1, 1), None),
        ((3, *[1] * 6), "Most breaches start Monday 08–10: 3 of 9."),  # noqa: RUF001
        ((3, *[1] * 7), "More breaches start Monday 08–10 than at any other time: 3 of 10."),  # noqa: RUF001
    ],
)
def test_a_window_has_twice_the_mean_and_most_breaches_only_with_a_third(
    numbers: tuple[int, ...], sentence: str | None
) -> None:
    """Exactly twice is enough, and so is exactly a third; below it, it has more than any other."""
    assert [each for each in said(week_of(*numbers)) if "start" in each] == ([sentence] if sentence else [])


def test_where_nothing_stands_out_a_report_says_so() -> None:
    """With what the month was, since the page begins with it."""
    assert said([*kept(2), *breaches(1)]) == [
        "Nothing stands out: attainment is 66.66%, 1 promise of 3 was missed."
    ]
    assert said(breaches(2)) == ["Nothing stands out: attainment is 0.00%, 2 promises of 2 were missed."]


def test_no_window_stands_out_where_two_have_as_many_or_there_is_but_one() -> None:
    """Nor where breaches are as usual as deadlines."""
    equal = [*week(), *breaches(3, due=MONDAY_8), *breaches(3, 10, due=MONDAY_8 + DAY)]
    assert not any("start" in each for each in said(equal))
    assert not any("start" in each for each in said(breaches(9, due=MONDAY_8)))


def test_the_most_frequent_cause_is_named_where_it_is_one_alone() -> None:
    """Of all breaches, with and without a cause; nobody's is none."""
    one = [*breaches(2, cause="third-party"), *breaches(1, 5, cause="change"), *breaches(4, 9)]
    assert "The most frequent cause is third party: 2 of 7 breaches." in said(one)
    assert not any(
        "cause" in each for each in said([*breaches(2, cause="change"), *breaches(2, 5, cause="x")])
    )
    assert not any("cause" in each for each in said(breaches(3)))


def test_the_lowest_of_several_teams_is_named_where_it_has_ten_cycles() -> None:
    """And less than the whole; one team alone is the whole, and what has no team is none."""
    many = [
        *kept(10, team="Network"),
        *breaches(2, team="Field"),
        *(cycle(50 + n, team="Field") for n in range(8)),
    ]
    assert "The team with the lowest attainment is Field: 80.00%, 2 breaches." in said(many)
    few = [*kept(10, team="Network"), *breaches(9, team="Field")]
    assert not any("team" in each for each in said(few))
    assert not any("team" in each for each in said([*kept(10), *breaches(2)]))
    assert not any("team" in each for each in said([*kept(20, team="Network"), *breaches(12, team=None)]))


@pytest.mark.parametrize(
    ("number", "sentence"), [(1, "1 promise missed is still open."), (2, "2 promises missed are still open.")]
)
def test_what_is_still_open_is_told(number: int, sentence: str) -> None:
    """It counts as missed all the same."""
    assert sentence in said([*kept(1), *breaches(number, open=True, due=NOVEMBER_2 - 3 * DAY)])
