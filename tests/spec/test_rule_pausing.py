"""Rule 14: while the ticket waits for somebody else, the clock waits, too."""

from datetime import timedelta

import pytest

from slaclock.domain.changes import MOST_PAUSES
from slaclock.domain.events import TicketEvent
from tests.spec.story import (
    TIME,
    Story,
    agent_replies,
    agreement,
    created,
    level,
    priority,
    solved,
    status,
    target,
    when,
)

RESOLUTION = agreement(target("resolution", "4h"))
STARTED = "started resolution, due Wed 14:00"


def test_only_working_time_inside_a_pause_is_left_out() -> None:
    """Rule 14: a pause over the night, to the second: 16:30 to 17:00 and 09:00 to 09:15:30 are left out."""
    story = Story(RESOLUTION)
    story.at("Wed 15:00", created(), "started resolution, due Thu 11:00")
    story.at("Wed 16:30", status("pending"), "paused resolution")
    story.at("Thu 09:15:30", status("open"), "resumed resolution, due Thu 11:45:30")
    (met,) = story.at("Thu 11:45:30", solved(), "met resolution, due Thu 11:45:30")
    assert met.details["worked_seconds"] == 4 * 3600


@pytest.mark.parametrize("paused", ["pending", "on_hold"])
def test_a_clock_has_no_deadline_while_it_is_paused(paused: str) -> None:
    """Rule 14: `due_at` is null, and nothing falls due however long it lasts."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 11:00", status(paused), "paused resolution")
    story.at("Fri 17:00", TIME)
    story.at("Mon+1 09:00", status("open"), "resumed resolution, due Mon+1 12:00")


def test_pending_after_on_hold_is_one_pause() -> None:
    """Rule 14: the clock does not run in either."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 11:00", status("on_hold"), "paused resolution")
    story.at("Wed 12:00", status("pending"))
    story.at("Wed 13:00", status("open"), "resumed resolution, due Wed 16:00")


def test_each_target_pauses_on_its_own_statuses() -> None:
    """Rule 14: `pause_on` is the target's."""
    story = Story(agreement(target("first_response", "4h", pause_on=[]), target("resolution", "8h")))
    story.at(
        "Wed 09:00", created(), "started first_response, due Wed 13:00", "started resolution, due Wed 17:00"
    )
    story.at("Wed 10:00", status("pending"), "paused resolution")
    story.at("Wed 13:00", TIME, "breached first_response, due Wed 13:00")


def test_a_ticket_created_paused_starts_paused() -> None:
    """Rule 14: both facts are told, and nothing counts until it is opened."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(status="pending"), "started resolution", "paused resolution")
    story.at("Wed 12:00", status("open"), "resumed resolution, due Wed 16:00")


def test_paused_straight_to_solved_still_leaves_out_the_pause() -> None:
    """Rule 14: one hour was worked."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 11:00", status("pending"), "paused resolution")
    (met,) = story.at("Fri 16:00", solved(), "met resolution")
    assert met.details["worked_seconds"] == 3600


def test_a_pause_just_before_the_deadline_holds_the_last_second() -> None:
    """Rules 9 and 14: a second is left, and is left when the clock goes on."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 13:59:59", status("pending"), "paused resolution")
    story.at("Thu 10:00", status("open"), "resumed resolution, due Thu 10:00:01")


def test_a_pause_exactly_at_the_deadline_undoes_nothing() -> None:
    """Rule 9: the budget is used up. Rule 28: the event comes before the moment at the same instant."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 14:00", status("pending"), "paused resolution, due Wed 14:00")
    story.at("Wed 14:00", TIME, "breached resolution, due Wed 14:00")
    story.at("Wed 15:00", status("open"), "resumed resolution, due Wed 14:00")


def test_a_stop_at_the_deadline_is_in_time_though_a_pause_came_at_the_same_instant() -> None:
    """Rule 9: met, since the stop comes at the deadline."""
    story = Story(agreement(target("first_response", "4h")))
    story.at("Wed 10:00", created(), "started first_response, due Wed 14:00")
    story.at("Wed 14:00", status("pending"), "paused first_response, due Wed 14:00")
    story.at("Wed 14:00", agent_replies(), "met first_response, due Wed 14:00")
    story.at("Wed 15:00", TIME)


def test_a_pause_after_the_deadline_undoes_nothing() -> None:
    """Rule 9: the breach stands, and its late time leaves the pause out."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), STARTED)
    story.at(
        "Wed 15:00",
        status("pending"),
        "breached resolution at Wed 14:00, due Wed 14:00",
        "paused resolution, due Wed 14:00",
    )
    (ended,) = story.at(
        "Thu 10:00", solved(), "breach_ended resolution, due Wed 14:00: the ticket was solved"
    )
    assert (ended.details["late_seconds"], ended.details["late_wall_seconds"]) == (3600, 20 * 3600)


def test_a_pause_outside_hours_moves_no_deadline() -> None:
    """Rule 14: nobody would have worked then."""
    story = Story(RESOLUTION)
    story.at("Wed 15:00", created(), "started resolution, due Thu 11:00")
    story.at("Wed 17:00", status("pending"), "paused resolution")
    story.at("Thu 09:00", status("open"), "resumed resolution, due Thu 11:00")


def test_a_promise_in_wall_time_leaves_out_the_whole_pause() -> None:
    """Rules 6 and 14: its calendar is always open."""
    story = Story(agreement(target("resolution", "4h wall")))
    story.at("Wed 15:00", created(), "started resolution, due Wed 19:00")
    story.at("Wed 18:00", status("pending"), "paused resolution")
    story.at("Thu 18:00", status("open"), "resumed resolution, due Thu 19:00")


def test_working_time_paused_is_added_after_a_deadline_in_working_days() -> None:
    """Rule 6: two hours were paused; `end of day` then moves to that day's close."""
    for budget, due, moved in (
        ("1d", "Thu 16:00", "Fri 10:00"),
        ("1d end of day", "Thu 17:00", "Fri 17:00"),
    ):
        story = Story(agreement(target("resolution", budget)))
        story.at("Wed 16:00", created(), f"started resolution, due {due}")
        story.at("Thu 10:00", status("pending"), "paused resolution")
        story.at("Thu 12:00", status("open"), f"resumed resolution, due {moved}")


def test_a_change_that_pauses_and_leaves_too_small_a_budget_is_a_breach() -> None:
    """Rules 16 and 9: the deadline lies before the pause, which undoes nothing."""
    ladder = [level("0m", "oncall")]
    story = Story(agreement(target("resolution", {"low": "8h", "urgent": "1h"}, escalation=ladder)))
    story.at("Wed 09:00", created(priority="low"), "started resolution, due Wed 17:00")
    story.at(
        "Wed 12:00",
        priority("urgent", status="pending"),
        "retargeted resolution, due Wed 10:00",
        "paused resolution, due Wed 10:00",
        "breached resolution, due Wed 10:00",
    )
    story.at("Wed 13:00", status("open"), "resumed resolution, due Wed 10:00")
    story.at("Wed 13:00", TIME, "escalation_due resolution: level 1 to oncall")


def test_a_clock_that_paused_two_hundred_times_runs_on() -> None:
    """A ticket's item is bounded: the pause after that is not kept, and the deadline stays where it is."""
    story, at = Story(agreement(target("resolution", "8h"))), when("Wed 09:00")
    story.give(TicketEvent("0", "acme", "1", "created", at, at), at)
    for second in range(1, 2 * MOST_PAUSES + 2):
        word, at = ("open", "pending")[second % 2], when("Wed 09:00") + timedelta(seconds=second)
        told = story.give(
            TicketEvent(f"{second}", "acme", "1", "status_changed", at, at, {"status": word}), at
        )
        assert len(told) == (second <= 2 * MOST_PAUSES)
    assert story.ticket is not None
    (clock,) = story.ticket.clocks
    assert (clock.paused, len(clock.pauses)) == (False, 200)
    assert story.ticket.next_moments == {"resolution": when("Thu 09:03:20")}
