"""What a day's last rollup knows, and its rows tell no more."""

from slaclock.evidence.outlasting import with_outlasting
from slaclock.evidence.rollup import rolled_up
from tests.spec.counted import cycle, fact, rating, rows


def test_a_cycle_that_is_told_anew_is_not_counted_a_second_time() -> None:
    """Its first telling is gone, with what withdrew it; the last rollup has it still."""
    last = rolled_up("example", [cycle(1, "met"), cycle(2, "met")])
    found, _ = with_outlasting(rows(fact("clock_breached", revision=1)), [last])
    assert sorted((each.state, each.id == cycle(2).id) for each in found) == [
        ("breached", False),
        ("met", True),
    ]


def test_what_has_no_row_any_more_is_taken_over() -> None:
    """Cycles and ratings."""
    last = rolled_up("example", [cycle(1)], [rating(7)])
    assert with_outlasting([], [last]) == ([cycle(1)], [rating(7)])
