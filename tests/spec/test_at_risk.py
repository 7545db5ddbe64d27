"""Early warning: breaches left before a band is lost, and thresholds that are passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slaclock.evidence.at_risk import at_risk, passed
from tests.spec.crediting import NOON, OCTOBER, breached, cycle, met, terms

BANDS = [{"below": "99%", "credit": "5%"}, {"below": "95%", "credit": "10%"}]
EACH = {"credit": "1%"}


@pytest.mark.parametrize(
    ("kept", "late", "grace", "left", "lost"),
    [
        (0, 0, 0, (0, 0), (False, False)),
        (99, 0, 0, (1, 5), (False, False)),
        (98, 0, 0, (0, 5), (False, False)),  # 98 of 99 is below 99 %
        (99, 1, 0, (0, 4), (False, False)),
        (99, 2, 0, (0, 3), (True, False)),
        (99, 6, 0, (0, 0), (True, True)),
        (99, 1, 2, (2, 6), (False, False)),
        (0, 1, 2, (1, 1), (False, False)),
        (0, 3, 2, (0, 0), (True, True)),
    ],
)
def test_a_band_bears_so_many_more_breaches(
    kept: int, late: int, grace: int, left: tuple[int, int], lost: tuple[bool, bool]
) -> None:
    """The most with which the attainment is not below it, as many tickets kept as so far."""
    risk = at_risk(terms(bands=BANDS, grace=grace), [*met(kept), *breached(late)], OCTOBER, NOON)
    assert tuple(each.left for each in risk.bands) == left
    assert tuple(each.lost for each in risk.bands) == lost


@pytest.mark.parametrize(("grace", "late", "free"), [(0, 0, 0), (2, 1, 1), (2, 2, 0), (2, 3, 0)])
def test_what_is_forgiven_is_left_before_a_breach_is_credited(grace: int, late: int, free: int) -> None:
    """Where each breach is credited by itself; else nothing is said of it."""
    assert at_risk(terms(each=EACH, grace=grace), breached(late), OCTOBER, NOON).free == free
    assert at_risk(terms(bands=BANDS, grace=grace), breached(late), OCTOBER, NOON).free is None


@pytest.mark.parametrize(
    ("now", "gone"),
    [
        (OCTOBER.start, "0.0000"),
        (datetime(2026, 10, 16, 10, 30, tzinfo=UTC), "0.5000"),  # half of 745 hours
        (OCTOBER.end - timedelta(seconds=1), "0.9999"),
        (OCTOBER.end, "1.0000"),
        (OCTOBER.end + timedelta(days=9), "1.0000"),
    ],
)
def test_so_much_of_the_period_is_gone(now: datetime, gone: str) -> None:
    """In elapsed time, rounded down."""
    assert str(at_risk(terms(each=EACH), [], OCTOBER, now).gone) == gone


@pytest.mark.parametrize(
    ("warn", "kept", "late", "told"),
    [
        ({"breaches_left": 1}, 0, 0, False),  # nothing was missed: no band could bear anything yet
        ({"breaches_left": 1}, 300, 1, False),
        ({"breaches_left": 1}, 300, 2, True),
        ({"breaches_left": 1}, 300, 9, True),
        ({"breaches_left": 0}, 300, 2, False),
        ({"breaches_left": 0}, 300, 3, True),
        ({"below": "99.5%"}, 199, 1, False),
        ({"below": "99.5%"}, 198, 1, True),
    ],
)
def test_a_warning_is_told_once_its_threshold_is_passed(
    warn: dict[str, Any], kept: int, late: int, *, told: bool
) -> None:
    """By the breaches left before the first band is lost, or by the attainment so far."""
    said = terms(bands=BANDS, warn=[{**warn, "notify": "legal"}])
    risk = at_risk(said, [*met(kept), *breached(late)], OCTOBER, NOON)
    assert [each.notify for each in passed(said, risk)] == (["legal"] if told else [])


def test_without_bands_what_is_forgiven_is_the_budget() -> None:
    """Its last one warns."""
    said = terms(each=EACH, grace=3, warn=[{"breaches_left": 1, "notify": "legal"}])
    assert [len(passed(said, at_risk(said, breached(n), OCTOBER, NOON))) for n in (1, 2, 3, 4)] == [
        0,
        1,
        1,
        1,
    ]


@pytest.mark.parametrize(
    ("first", "left"),
    [(datetime(2026, 4, 1, 12, tzinfo=UTC), 2), (datetime(2026, 4, 1, 12, 0, 1, tzinfo=UTC), 1)],
)
def test_a_right_arises_after_so_many_more_breaches(first: datetime, left: int) -> None:
    """Counted in the months up to now."""
    said = terms(each=EACH, termination=[{"breaches": 3, "in": "6 months", "right": "to end it"}])
    rows = [cycle("b0", due=first), cycle("b1")]
    assert [each.left for each in at_risk(said, rows, OCTOBER, NOON).rights] == [left]
