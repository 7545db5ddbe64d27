"""Two functions whose own clocks differ by a little: what one told, the other does not take back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from slaclock.domain.events import TicketEvent
from tests.spec.story import TIME, Story, agreement, created, target, when

DEADLINE = when("Fri 13:00")


@pytest.mark.parametrize("apart", [-2.0, -0.005, 0.0, 0.000001, 1.0], ids="{} s".format)
def test_a_late_event_decided_by_a_clock_that_is_behind_withdraws_nothing_that_is_right(apart: float) -> None:
    """Rule 17: a breach told at its deadline stands, whatever the clock of who folds again shows."""
    story = Story(agreement(target("first_response", "1h"), target("resolution", "4h")))
    story.at(
        "Fri 09:00", created(), "started first_response, due Fri 10:00", "started resolution, due Fri 13:00"
    )
    story.at("Fri 10:00", TIME, "breached first_response, due Fri 10:00")
    story.at("Fri 13:00", TIME, "breached resolution, due Fri 13:00")
    answered = when("Fri 12:00")
    reply = TicketEvent(
        "r", "acme", "1", "agent_replied", answered, answered, author_role="agent", public=True
    )
    told = story.give(reply, DEADLINE + timedelta(seconds=apart))
    assert [(fact.fact, fact.target) for fact in told] == [("breach_ended", "first_response")]
