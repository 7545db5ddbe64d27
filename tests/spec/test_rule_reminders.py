"""Rule 20: reminders come before a deadline, each once for a budget."""

import pytest

from tests.spec.story import TIME, Story, agreement, created, priority, solved, status, target


def reminded(budget: str | dict[str, str], *reminders: str, **members: object) -> Story:
    return Story(agreement(target("resolution", budget, reminders=list(reminders), **members)))


def test_a_reminder_is_a_share_of_the_budget_worked_or_a_time_before_the_deadline() -> None:
    """Rule 20: in working time, over the night."""
    story = reminded("4h", "75%", "15m before")
    story.at("Wed 15:00", created(), "started resolution, due Thu 11:00")
    story.at("Thu 09:59:59", TIME)
    story.at("Thu 10:00", TIME, "reminder_due resolution, due Thu 11:00: 75%")
    story.at("Thu 10:45", TIME, "reminder_due resolution, due Thu 11:00: 15m before")
    story.at("Thu 11:00", TIME, "breached resolution, due Thu 11:00")


def test_a_reminder_of_a_wall_time_promise_counts_wall_time() -> None:
    """Rule 20: six hours before, at night."""
    story = reminded("12h wall", "6h before")
    story.at("Wed 16:00", created(), "started resolution, due Thu 04:00")
    story.at("Wed 22:00", TIME, "reminder_due resolution, due Thu 04:00: 6h before")


def test_a_share_of_working_days_is_a_share_of_their_working_time() -> None:
    """Rule 20: two days from Wednesday 13:00 hold 16 working hours, half of them until Thursday 13:00."""
    story = reminded("2d", "50%")
    story.at("Wed 13:00", created(), "started resolution, due Fri 13:00")
    story.at("Thu 13:00", TIME, "reminder_due resolution, due Fri 13:00: 50%")


def test_a_resume_only_moves_reminders_not_yet_told() -> None:
    """Rule 20: the one told is not told again, the other comes later by the pause."""
    story = reminded("4h", "25%", "50%")
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 11:00", TIME, "reminder_due resolution, due Wed 14:00: 25%")
    story.at("Wed 11:30", status("pending"), "paused resolution")
    story.at("Wed 12:30", TIME)
    story.at("Wed 12:30", status("open"), "resumed resolution, due Wed 15:00")
    story.at("Wed 13:00", TIME, "reminder_due resolution, due Wed 15:00: 50%")


def test_a_new_budget_arms_reminders_again() -> None:
    """Rule 20: told once for a given budget."""
    story = reminded({"low": "8h", "high": "7h"}, "50%")
    story.at("Wed 09:00", created(priority="low"), "started resolution, due Wed 17:00")
    story.at("Wed 13:00", TIME, "reminder_due resolution, due Wed 17:00: 50%")
    story.at(
        "Wed 14:00",
        priority("high"),
        "retargeted resolution, due Wed 16:00",
        "reminder_due resolution, due Wed 16:00: 50%",
    )
    story.at("Wed 16:00", TIME, "breached resolution, due Wed 16:00")


def test_a_reminder_armed_late_is_told_at_once_though_the_clock_is_paused() -> None:
    """Rule 20: else nobody would hear of it; more than half of the new budget is worked."""
    story = reminded({"low": "8h", "high": "4h"}, "50%")
    story.at("Wed 09:00", created(priority="low"), "started resolution, due Wed 17:00")
    story.at("Wed 11:30", status("pending"), "paused resolution")
    story.at("Wed 12:00", priority("high"), "retargeted resolution", "reminder_due resolution: 50%")
    story.at("Wed 13:00", status("open"), "resumed resolution, due Wed 14:30")


@pytest.mark.parametrize(
    ("seen", "lines"),
    [
        ("Wed 09:30", []),
        ("Wed 12:30", ["reminder_due resolution, due Wed 13:00: 75%"]),
        ("Wed 13:00", []),
    ],
)
def test_of_reminders_past_when_armed_only_the_nearest_is_told_while_the_deadline_is_ahead(
    seen: str, lines: list[str]
) -> None:
    """Rule 20: at once, and nothing where the deadline is here."""
    story = reminded("4h", "25%", "50%", "75%")
    story.at(seen, created(created_at="2026-03-25T08:00:00Z"), "started resolution, due Wed 13:00", *lines)


def test_a_reminder_longer_than_the_budget_is_told_at_the_start() -> None:
    """Rule 20: its moment is past when it is armed."""
    story = reminded("30m", "1h before")
    story.at(
        "Wed 10:00",
        created(),
        "started resolution, due Wed 10:30",
        "reminder_due resolution, due Wed 10:30: 1h before",
    )


def test_no_reminder_is_told_for_a_clock_that_is_met_or_paused_by_then() -> None:
    """Rule 22: its moment never comes, or comes later."""
    story = reminded("4h", "50%")
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 11:00", status("pending"), "paused resolution")
    story.at("Wed 13:00", TIME)
    story.at("Wed 14:00", solved(), "met resolution")
    story.at("Thu 17:00", TIME)


def test_a_cycle_resumed_after_solving_does_not_tell_its_reminders_again() -> None:
    """Rules 12 and 20: the budget is the same."""
    story = reminded("4h", "50%", "75%")
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 12:00", TIME, "reminder_due resolution, due Wed 14:00: 50%")
    story.at("Wed 12:30", solved(), "met resolution, due Wed 14:00")
    story.at("Thu 10:00", status("open"), "started resolution 2, due Thu 11:30")
    story.at("Thu 10:30", TIME, "reminder_due resolution 2, due Thu 11:30: 75%")
