"""What reports count: of each cycle the outcome that stands, by the rows that tell of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from slaclock.domain.facts import Fact
from slaclock.evidence.cycles import Cycle, cycles, ratings
from tests.spec.counted import DUE, fact, rows
from tests.spec.story import (
    TIME,
    Story,
    agent_replies,
    agreement,
    created,
    event,
    solved,
    target,
)

HOUR = timedelta(hours=1)
BREACH, ENDED = fact("clock_breached"), fact("breach_ended", DUE + HOUR, details={"worked_seconds": 7200})
MET = fact("clock_met", details={"worked_seconds": 60, "wall_seconds": 90})
AGAIN = fact("breach_reopened", DUE + 2 * HOUR)
RAISED, WAIVED, UPHELD = (
    fact("case_dispute", DUE + n * HOUR, mark=word, details={"decision": word})
    for n, word in enumerate(("raised", "waived", "upheld"), 3)
)


def corrects(wrong: Fact, revision: int = 0) -> Fact:
    return fact("outcome_corrected", DUE + HOUR, revision=revision, mark="x", details={"corrects": wrong.id})


def one(*facts: Fact) -> Cycle:
    (found,) = cycles(rows(*facts))
    return found


@pytest.mark.parametrize(
    ("facts", "stands"),
    [
        ([MET], "met"),
        ([fact("clock_cancelled", due_at=None)], "cancelled"),
        ([BREACH], "breached open"),
        ([BREACH, ENDED], "breached"),
        ([BREACH, ENDED, AGAIN], "breached open"),
        ([BREACH, ENDED, fact("breach_reopened", ENDED.at)], "breached open"),  # at once: the last told holds
        ([BREACH, ENDED, corrects(ENDED)], "breached open"),
        ([BREACH, RAISED], "breached open"),
        ([BREACH, RAISED, WAIVED], "waived"),
        ([BREACH, ENDED, RAISED, WAIVED], "waived"),
        ([BREACH, RAISED, WAIVED, fact("case_dispute", DUE + 9 * HOUR, mark="z",
                                       details={"decision": "raised"})], "breached open"),
        ([BREACH, corrects(BREACH)], "nothing"),
        ([BREACH, corrects(BREACH), fact("clock_met", revision=1, details={"worked_seconds": 1})], "met"),
        ([MET, corrects(MET), fact("clock_breached", revision=1)], "breached open"),
        ([BREACH, RAISED, WAIVED, corrects(BREACH), fact("clock_breached", revision=1)], "breached open"),
        ([fact("breach_acknowledged"), fact("case_note", mark="n")], "nothing"),
    ],
)  # fmt: skip
def test_of_a_cycle_the_outcome_counts_that_stands(facts: list[Fact], stands: str) -> None:
    """The latest that was not withdrawn; waived where its last dispute says so; in any order of rows."""
    told = rows(*facts)
    found = [f"{each.state}{' open' if each.open else ''}" for each in cycles(told)] or ["nothing"]
    assert found == [stands]
    told.reverse()
    assert [f"{each.state}{' open' if each.open else ''}" for each in cycles(told)] == [
        each for each in found if each != "nothing"
    ]


def test_a_cycle_says_how_long_it_took_once_it_came_to_its_stop() -> None:
    """What was met to its stop, a breach to its end; neither while open, nor for what was cancelled."""
    assert (one(MET).worked, one(MET).wall) == (60, 90)
    assert (one(BREACH, ENDED).worked, one(BREACH, ENDED).wall) == (7200, None)  # an older engine told it
    assert (one(BREACH).worked, one(fact("clock_cancelled")).worked) == (None, None)


def test_how_late_a_breach_was_is_elapsed_time() -> None:
    """From its deadline to its end, nights included, beside the working time: else by its instants."""
    late = {"worked_seconds": 7200, "late_seconds": 60, "late_wall_seconds": 90}
    assert one(BREACH, fact("breach_ended", DUE + HOUR, details=late)).late == 90
    assert one(BREACH, ENDED).late == 3600
    assert one(BREACH).late is None


def test_a_cycle_says_that_it_was_corrected_or_reopened_and_why_it_broke() -> None:
    """By the revision of the outcome, a standing reopening, and the cause that was said last."""
    cause = fact("case_cause", mark="c", details={"root_cause": "ours/capacity"})
    assert not one(MET).corrected
    assert one(BREACH, corrects(BREACH), fact("clock_breached", revision=1)).corrected
    assert one(BREACH, ENDED, AGAIN).reopened
    assert not one(BREACH, ENDED, AGAIN, corrects(AGAIN)).reopened
    assert one(fact("clock_cancelled", details={"reopened": True})).reopened
    assert one(BREACH, cause).cause == "ours/capacity"


def test_the_period_is_that_of_the_deadline_else_of_the_outcome() -> None:
    """A paused clock that is cancelled has no deadline."""
    assert one(fact("clock_met", DUE - HOUR, details={"worked_seconds": 1})).due == DUE
    assert one(fact("clock_cancelled", DUE + HOUR, due_at=None)).due == DUE + HOUR


def test_the_subject_of_a_service_is_its_service() -> None:
    """A ticket has the service that it names."""
    assert one(fact("clock_breached", subject="service", ticket_id="mail")).service == "mail"
    assert one(fact("clock_breached", details={"service": "crm"})).service == "crm"


def test_outcomes_tell_elapsed_time_and_what_a_reopening_began() -> None:
    """Overnight an hour of work is seventeen; a cycle that resumes counts from where its work began."""
    story = Story(agreement(target("resolution", "8h")))
    story.at("Wed 16:30", created(), "started resolution, due Thu 16:30")
    (met,) = story.at("Thu 09:30", solved(), "met resolution, due Thu 16:30")
    assert (met.details["worked_seconds"], met.details["wall_seconds"]) == (3600, 17 * 3600)
    assert "reopened" not in met.details
    story.at("Thu 10:00", event("reopened", status="open"), "started resolution 2, due Thu 17:00")
    (again,) = story.at("Thu 10:30", solved(), "met resolution 2, due Thu 17:00")
    assert (again.details["worked_seconds"], again.details["wall_seconds"]) == (5400, 18 * 3600)
    assert again.details["reopened"] is True


def test_the_end_of_a_breach_tells_elapsed_time() -> None:
    """From the clock's start, whatever its hours."""
    story = Story(agreement(target("first_response", "1h")))
    story.at("Wed 16:30", created(), "started first_response, due Thu 09:30")
    story.at("Thu 09:30", TIME, "breached first_response, due Thu 09:30")
    said = "breach_ended first_response, due Thu 09:30: an agent replied"
    (ended,) = story.at("Thu 10:30", agent_replies(), said)
    assert ended.details["wall_seconds"] == 18 * 3600


def test_a_rating_is_a_fact_of_its_ticket_that_nobody_is_told() -> None:
    """Under the customer's agreement; it stops no clock, begins no wait, and another stands beside it."""
    story = Story(agreement(target("next_response", "1h")))
    story.at("Wed 09:00", created(team={"id": "t-1"}), "started next_response, due Wed 10:00")
    story.at("Wed 09:30", agent_replies(), "met next_response, due Wed 10:00")
    rated = [
        event("rated", members={"value": 4, "public": True, "author_role": "customer"}),
        event("rated", at="Wed 09:10", members={"value": 2.5}),
        event("rated", members={"value": None}),
    ]
    for at, each in zip(("Wed 11:00", "Wed 11:05", "Wed 11:10"), rated, strict=True):
        story.happens(at, each)
    found = list(ratings(rows(*story.facts)))
    assert sorted(each.value for each in found) == [Decimal("2.5"), Decimal(4)]
    assert {(each.agreement, each.team) for each in found} == {("gold", "t-1")}
    assert len(list(cycles(rows(*story.facts)))) == 1


@pytest.mark.parametrize(
    ("details", "late"), [({"late_wall_seconds": 3000}, 3000), ({}, 3600)], ids=["as told", "untold"]
)
def test_a_breach_is_late_from_its_deadline_to_its_end(details: dict[str, int], late: int) -> None:
    """As it was told; where an older engine did not tell it, by the two instants."""
    ended = fact("breach_ended", DUE + HOUR, details={"worked_seconds": 7200, **details})
    assert one(BREACH, ended).late == late
    assert (one(BREACH).late, one(MET).late) == (None, None)


def test_a_breach_that_ended_before_its_deadline_was_not_late() -> None:
    """A deadline may be moved; how late it was is never below nothing."""
    assert one(BREACH, fact("breach_ended", DUE - HOUR, details={"worked_seconds": 60})).late == 0
