"""Rule 20: reminders come before a deadline, each once for a budget."""

import pytest

from tests.spec.story import TIME, Story, agreement, created, priority, shown, solved, status, target, when


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


def gated(budget: str | dict[str, str], *reminders: str, **members: object) -> Story:
    """Promise elapsed time, remind in office hours."""
    return reminded(budget, *reminders, calendars={"default": "always"}, remind_during="office", **members)


def test_a_reminder_outside_its_hours_is_told_at_their_next_opening() -> None:
    """Rule 20: half of the time is over at 03:00, and the office opens at nine."""
    story = gated("24h", "50%")
    story.at("Wed 15:00", created(), "started resolution, due Thu 15:00")
    story.at("Thu 08:59:59", TIME)
    story.at("Thu 09:00", TIME, "reminder_due resolution, due Thu 15:00: 50%")


def test_a_reminder_within_its_hours_is_told_at_its_moment() -> None:
    """Rule 20: the first instant of the hours is in them, their end is not."""
    for opened, told in (
        ("Wed 05:00", "Wed 09:00"),
        ("Wed 12:59:59", "Wed 16:59:59"),
        ("Wed 13:00", "Thu 09:00"),
    ):
        story = gated("24h", "4h before", "20h before")
        story.give(story._given(created(), when(opened)), when(opened))  # noqa: SLF001
        assert [shown(fact.at) for fact in story.give(TIME, when(told))] == [told]


def test_a_reminder_whose_deadline_comes_before_the_next_opening_is_not_told() -> None:
    """Rule 20: at the opening it would be past, or here."""
    for begun, due in (("Wed 20:00", "Thu 08:00"), ("Wed 21:00", "Thu 09:00")):
        story = gated("12h", "50%")
        story.at(begun, created(), f"started resolution, due {due}")
        story.at(due, TIME, f"breached resolution, due {due}")


def test_of_reminders_that_wait_for_one_opening_only_the_nearest_to_the_deadline_is_told() -> None:
    """Rule 20: half at 01:00, three quarters at 07:00; the others are not told later, either."""
    story = gated("24h", "50%", "75%", "90%")
    story.at("Wed 13:00", created(), "started resolution, due Thu 13:00")
    story.at("Thu 09:00", TIME, "reminder_due resolution, due Thu 13:00: 75%")
    story.at("Thu 09:10", status("pending"), "paused resolution")
    story.at("Thu 09:40", status("open"), "resumed resolution, due Thu 13:30")
    story.at("Thu 11:06", TIME, "reminder_due resolution, due Thu 13:30: 90%")


def test_a_reminder_that_is_put_off_stands_aside_for_one_of_that_very_moment() -> None:
    """Rule 20: one message in place of two."""
    story = gated("24h", "4h before", "8h before")
    story.at("Wed 13:00", created(), "started resolution, due Thu 13:00")
    story.at("Thu 09:00", TIME, "reminder_due resolution, due Thu 13:00: 4h before")


def test_reminders_armed_late_wait_for_their_hours() -> None:
    """Rule 20: a new budget at night; the nearest one is told when the office opens."""
    story = gated({"low": "40h", "high": "20h"}, "25%", "50%", "75%")
    story.at("Wed 15:00", created(priority="low"), "started resolution, due Fri 07:00")
    story.at("Thu 02:00", priority("high"), "retargeted resolution, due Thu 11:00")
    story.at("Thu 09:00", TIME, "reminder_due resolution, due Thu 11:00: 75%")


def test_reminders_armed_late_within_their_hours_are_told_at_once() -> None:
    """Rule 20: and those put off until then are told by it."""
    story = gated({"low": "40h", "high": "24h"}, "25%", "50%", "75%")
    story.at("Wed 15:00", created(priority="low"), "started resolution, due Fri 07:00")
    story.at("Thu 09:00", TIME, "reminder_due resolution, due Fri 07:00: 25%")
    story.at(
        "Thu 09:30",
        priority("high"),
        "retargeted resolution, due Thu 15:00",
        "reminder_due resolution, due Thu 15:00: 75%",
    )


def test_a_reminder_whose_opening_falls_into_a_pause_waits_for_the_resume() -> None:
    """Rules 20 and 22: its moment was in the night, the pause over the opening."""
    story = gated("24h", "50%")
    story.at("Wed 15:00", created(), "started resolution, due Thu 15:00")
    story.at("Thu 08:00", status("pending"), "paused resolution")
    story.at("Thu 09:30", TIME)
    story.at("Thu 10:00", status("open"), "resumed resolution, due Thu 17:00")
    story.at("Thu 10:00", TIME, "reminder_due resolution, due Thu 17:00: 50%")


def test_a_pause_that_ends_outside_the_hours_holds_a_reminder_until_they_open() -> None:
    """Rules 20 and 22: put off to Thursday at nine, paused until the evening, told on Friday morning."""
    story = gated("48h", "25%")
    story.at("Wed 15:00", created(), "started resolution, due Fri 15:00")
    story.at("Thu 08:00", status("pending"), "paused resolution")
    story.at("Thu 18:00", status("open"), "resumed resolution, due Sat 01:00")
    story.at("Thu 23:00", TIME)
    story.at("Fri 09:00", TIME, "reminder_due resolution, due Sat 01:00: 25%")


def test_two_reminders_of_one_moment_within_the_hours_are_both_told() -> None:
    """Rule 20: each once for a budget; neither was put off, so that neither says the other's better."""
    story = gated("4h", "50%", "2h before")
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at(
        "Wed 12:00",
        TIME,
        "reminder_due resolution, due Wed 14:00: 50%",
        "reminder_due resolution, due Wed 14:00: 2h before",
    )


def test_hours_that_never_open_again_remind_nobody() -> None:
    """Rule 7: the clock goes on all the same."""
    spec = {"timezone": "UTC", "hours": "24x7"}
    closed = {"timezone": "UTC", "hours": {"sun": []}, "exceptions": {"2026-03-01": ["09:00-10:00"]}}
    promise = target(
        "resolution", "4h", reminders=["50%"], calendars={"default": "always"}, remind_during="past"
    )
    story = Story(agreement(promise, calendars={"always": spec, "past": closed}))
    story.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    story.at("Wed 16:00", TIME, "breached resolution, due Wed 16:00")


def test_a_version_with_other_hours_tells_no_reminder_as_of_before_it() -> None:
    """Rules 15 and 20: what waited for the office is told at the change that lets it."""
    promises = [
        target("resolution", "24h", reminders=["50%"], calendars={"default": "always"}, **hours)
        for hours in ({"remind_during": "office"}, {})
    ]
    versions = [
        agreement(each, version=number, published_at=when(at), applies_to_open=True)
        for number, (each, at) in enumerate(zip(promises, ("Mon 09:00", "Thu 04:00"), strict=True), 1)
    ]
    story = Story(*versions)
    story.at("Wed 15:00", created(), "started resolution, due Thu 15:00")
    story.at("Thu 03:30", TIME)
    story.at("Thu 05:00", priority("high"), "retargeted resolution, due Thu 15:00")
    story.at("Thu 05:00", TIME, "reminder_due resolution, due Thu 15:00: 50%")


def test_a_reminder_the_end_and_a_reopening_say_what_was_promised() -> None:
    """As the breach does: whoever reads one need not look it up."""
    story = reminded("4h", "75%", clause="§4.2", escalation=[])
    story.at("Wed 12:00", created(), "started resolution, due Wed 16:00")
    told = [*story.at("Wed 15:00", TIME, "reminder_due resolution, due Wed 16:00: 75%")]
    story.at("Wed 16:00", TIME, "breached resolution, due Wed 16:00")
    told += story.at("Wed 16:10", solved(), "breach_ended resolution, due Wed 16:00: the ticket was solved")
    told += story.at("Wed 16:20", status("open"), "breach_reopened resolution, due Wed 16:00")
    assert [each.details["budget"] for each in told] == ["4h"] * 3
    assert told[0].details["clause"] == "§4.2"
