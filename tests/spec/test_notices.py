"""What messages say: how late in which time, when a goal is due, and what a withdrawal leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from slaclock.domain.clock import Clock
from slaclock.domain.facts import Fact
from slaclock.domain.instants import parse_instant
from slaclock.domain.ticket import Ticket
from slaclock.notices import compose

DUE, AT = parse_instant("2026-03-27T16:00:00Z"), parse_instant("2026-03-30T09:00:00Z")
OPENED = parse_instant("2026-03-27T08:00:00Z")
TICKET = Ticket("acme", "1", OPENED)
CLOCK = Clock("", "gold", 1, "resolution", "resolution", "8h", "office", OPENED)


def fact(name: str, cycle: int = 1, **details: Any) -> Fact:
    """Something told of the resolution of ticket 1, due on Friday at 16:00 UTC."""
    key, told = f"{name}:resolution:{cycle}.0", {"told": ["team"], **details}
    return Fact(
        name, key, "acme", "1", "ticket", "gold", 1, "resolution", "resolution", cycle, 0, AT, DUE, told
    )


def text(told: Fact, ticket: Ticket | None = None, now: str = "2026-03-30T09:00:00Z") -> list[str]:
    """The lines of the mail about a fact."""
    said: str = json.loads(compose(told, "team", ticket, parse_instant(now)).message)["email"]
    return said.splitlines()


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (7200, "Late by: 2 h 0 min of counted time (2 d 17 h 0 min by the clock)"),
        (180000, "Late by: 50 h 0 min of counted time (2 d 17 h 0 min by the clock)"),
        (234000, "Late by: 2 d 17 h 0 min"),
    ],
)
def test_an_end_says_how_late_it_was_in_the_time_that_counts(counted: int, said: str) -> None:
    """A weekend is not held against anybody; where both are the same, one is enough.

    Counted time is in hours however many: nobody's working day has twenty-four.
    """
    ended = fact("breach_ended", reason="solved", late_seconds=counted, late_wall_seconds=234000)
    assert [line for line in text(ended) if line.startswith("Late")] == [said]


@pytest.mark.parametrize(
    ("now", "late"),
    [
        ("2026-03-27T16:01:00Z", "1 min"),
        ("2026-03-29T15:59:59Z", "47 h 59 min"),
        ("2026-03-29T16:00:00Z", "2 d 0 h 0 min"),
        ("2026-04-08T16:30:00Z", "12 d 0 h 30 min"),
    ],
)
def test_what_is_late_by_days_is_told_in_days(now: str, late: str) -> None:
    """From 48 hours on: nobody counts 288."""
    breach = replace(fact("clock_breached", reason="x"), at=DUE)
    assert f"Late by: {late}" in text(breach, now=now)


@pytest.mark.parametrize(
    ("now", "due"), [("2026-03-27T11:30:00Z", "in 30 min"), ("2026-03-27T12:00:00Z", "now")]
)
def test_a_reminder_of_a_goal_says_when_the_goal_is_due(now: str, due: str) -> None:
    """Beside the deadline of the promise, which is later."""
    details: dict[str, Any] = {"reminder": "30m before the goal of 4h", "goal_due_at": "2026-03-27T12:00:00Z"}
    told = replace(fact("reminder_due", **details), at=parse_instant("2026-03-27T11:30:00Z"))
    said = text(told, now=now)
    assert said[0] == (
        f"Reminder (30m before the goal of 4h): the goal for resolution of ticket 1 is due {due}."
    )
    assert said[3:5] == ["Due: Fri 27 Mar 2026 16:00 UTC", "Goal due: Fri 27 Mar 2026 12:00 UTC"]


@pytest.mark.parametrize(
    ("clocks", "cycle", "said"),
    [
        ((), 1, ["In truth: as is now known, it never started"]),
        ((CLOCK,), 2, ["In truth: as is now known, it never started"]),
        ((CLOCK,), 1, ["In truth: its clock still runs"]),
        ((replace(CLOCK, cycle=2),), 1, []),
    ],
)
def test_a_withdrawal_says_how_it_is_in_truth(clocks: tuple[Clock, ...], cycle: int, said: list[str]) -> None:
    """Also that there never was a clock; of a cycle before the latest a ticket keeps nothing."""
    ticket = replace(TICKET, clocks=clocks)
    lines = text(
        fact("outcome_corrected", cycle, corrects=fact("clock_breached", cycle).id, because="e"), ticket
    )
    assert [line for line in lines if line.startswith("In truth")] == said


def test_a_reopening_that_is_taken_back_says_that_it_is_not_open() -> None:
    """Whoever read "open again" reads when it ended."""
    reopened = fact("breach_reopened", reason="reopened")
    ended = replace(CLOCK, outcome="breached", due_at=DUE, stopped_at=parse_instant("2026-03-27T17:00:00Z"))
    back = fact("outcome_corrected", corrects=reopened.id, because="late", timezone="Europe/Copenhagen")
    said = text(back, replace(TICKET, clocks=(ended,)))
    assert said[0] == "Withdrawn: resolution of ticket 1 is not open again."
    assert "In truth: it ended at Fri 27 Mar 2026 18:00 CET (17:00 UTC)" in said
