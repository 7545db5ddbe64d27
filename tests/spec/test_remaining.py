"""What remains of a running clock: its deadline, or what is left once it goes on (rules 14, 20 and 27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from slaclock.domain.remaining import Remaining, as_it_stands, remaining
from tests.spec.story import (
    TIME,
    Story,
    agreement,
    created,
    excluded,
    level,
    solved,
    status,
    target,
    when,
)

HOUR = timedelta(hours=1)
GOAL = {"budgets": {"default": "2h"}, "reminders": ["50%"]}


def promised(budget: str = "4h", **members: Any) -> Story:
    """A ticket of Thursday 9:00, and a promise of which somebody is reminded at half its budget."""
    story = Story(agreement(target("resolution", budget, reminders=["50%"], **members)))
    story.happens("Thu 09:00", created(status="open"))
    return story


def left(story: Story) -> dict[str, Remaining]:
    assert story.ticket is not None
    return dict(remaining(story.ticket, story.agreements))


def test_of_a_running_clock_it_is_the_deadline() -> None:
    """Four hours from nine; of the goal beside it two."""
    assert left(promised()) == {"resolution": Remaining(when("Thu 13:00"))}
    assert left(promised(goal=GOAL)) == {
        "resolution": Remaining(when("Thu 13:00"), goal_due_at=when("Thu 11:00"))
    }


@pytest.mark.parametrize(
    ("paused", "rest", "of_goal"),
    [
        ("Thu 09:00", 4 * HOUR, 2 * HOUR),
        ("Thu 10:30", 2.5 * HOUR, 0.5 * HOUR),
        ("Thu 12:00", HOUR, 0 * HOUR),
    ],
)
def test_of_a_paused_clock_it_is_what_was_not_worked_yet(
    paused: str, rest: timedelta, of_goal: timedelta
) -> None:
    """Counted to the pause, whenever one asks; of a goal that is used up nothing, and not less."""
    story = promised(goal=GOAL)
    story.happens(paused, status("pending"))
    assert left(story) == {"resolution": Remaining(left=rest, goal_left=of_goal)}


def test_days_are_counted_in_the_calendars_time() -> None:
    """Two working days from Thursday at nine are sixteen hours; three of them are worked by noon."""
    story = promised("2d")
    story.happens("Thu 12:00", status("pending"))
    assert left(story) == {"resolution": Remaining(left=13 * HOUR)}


def test_an_exclusion_moves_it_as_it_moves_the_deadline() -> None:
    """An hour of maintenance ahead; or behind, where it does not count as worked."""
    story = promised()
    story.happens("Thu 09:30", excluded("Thu 10:00", "Thu 11:00"))
    assert left(story) == {"resolution": Remaining(when("Thu 14:00"))}
    story.happens("Thu 12:00", status("pending"))
    assert left(story) == {"resolution": Remaining(left=2 * HOUR)}


def test_nothing_is_kept_of_a_clock_that_has_ended_or_of_which_nobody_is_reminded() -> None:
    """It would be a member of each ticket that nobody reads."""
    story = promised()
    story.happens("Thu 10:00", solved())
    assert left(story) == {}
    silent = Story(agreement(target("resolution", "4h", escalation=[level("0m", "team")])))
    silent.happens("Thu 09:00", created(status="open"))
    assert left(silent) == {}


def test_a_reminder_is_told_with_the_deadline_that_stands() -> None:
    """It was due at 13:00 when it was told; by now at 14:00, and while it is paused at no time."""
    story = promised(goal=GOAL)
    of_goal, promise = story.happens("Thu 11:00", TIME)
    story.happens("Thu 11:30", excluded("Thu 12:00", "Thu 13:00"))
    remains = left(story)["resolution"]
    stands = as_it_stands(promise, story.ticket, remains)
    assert (promise.due_at, stands.due_at, stands.id) == (when("Thu 13:00"), when("Thu 14:00"), promise.id)
    assert as_it_stands(of_goal, story.ticket, remains).details["goal_due_at"] == "2026-03-26T10:00:00Z"
    story.happens("Thu 11:45", status("pending"))
    remains = left(story)["resolution"]
    stands = as_it_stands(promise, story.ticket, remains)
    assert (stands.due_at, stands.details["paused"], stands.details["left_seconds"]) == (None, True, 4500)
    stands = as_it_stands(of_goal, story.ticket, remains)
    assert (stands.details["goal_due_at"], stands.details["left_seconds"]) == (None, 0)


def test_nothing_else_is_told_otherwise_than_it_was_recorded() -> None:
    """Another fact, another cycle, a clock that has ended, or a ticket that nobody can read."""
    story = promised()
    (told,) = story.happens("Thu 11:00", TIME)
    other = Remaining(when("Thu 16:00"))
    assert as_it_stands(replace(told, fact="clock_breached"), story.ticket, other).due_at == told.due_at
    assert as_it_stands(replace(told, cycle=2), story.ticket, other) == replace(told, cycle=2)
    assert as_it_stands(told, None, None) == told
    assert as_it_stands(told, story.ticket, None) == told
    story.happens("Thu 11:30", solved())
    assert as_it_stands(told, story.ticket, other) == told
