"""Rules 15, 16, 18 and 19: changes of what is promised, tickets seen late, and tickets that go."""

from typing import Any

import pytest

from slaclock.domain.facts import period_of
from tests.spec.story import (
    ALWAYS,
    OFFICE,
    TIME,
    Story,
    acknowledged,
    agent_replies,
    agreement,
    created,
    customer_writes,
    event,
    level,
    priority,
    solved,
    status,
    target,
)

BY_PRIORITY = agreement(target("resolution", {"urgent": "2h", "high": "4h", "low": "8h"}))
RESOLUTION = agreement(target("resolution", "4h"))


def test_a_retargeted_clock_keeps_its_start_and_its_pauses() -> None:
    """Rule 15: 4 hours from 10:00, with the hour paused before the change left out."""
    story = Story(BY_PRIORITY)
    story.at("Wed 10:00", created(priority="low"), "started resolution, due Thu 10:00")
    story.at("Wed 10:30", status("pending"), "paused resolution")
    story.at("Wed 11:30", status("open"), "resumed resolution, due Thu 11:00")
    (told,) = story.at("Wed 12:00", priority("high"), "retargeted resolution, due Wed 15:00")
    assert (told.details["budget"], told.details["reason"]) == ("4h", "priority is now high")
    (met,) = story.at("Wed 15:00", solved(), "met resolution, due Wed 15:00")
    assert met.details["worked_seconds"] == 4 * 3600


def test_a_calendar_changes_with_the_priority() -> None:
    """Rule 15: urgent work counts day and night, from the start on."""
    promise = target(
        "resolution", {"urgent": "12h", "low": "12h"}, calendars={"urgent": "always", "default": "office"}
    )
    story = Story(agreement(promise))
    story.at("Wed 16:00", created(priority="low"), "started resolution, due Fri 12:00")
    story.at("Wed 16:30", priority("urgent"), "retargeted resolution, due Thu 04:00")


def test_pause_on_changes_from_the_change_on() -> None:
    """Rule 15: what another agreement pauses on holds from then; the time before stays counted."""
    strict = agreement(target("resolution", "8h", pause_on=[]), applies_to={"plan": {"any": ["strict"]}})
    soft = agreement(target("resolution", "8h"), agreement="soft", order=20)
    story = Story(strict, soft)
    story.at("Wed 09:00", created(plan="strict"), "started resolution, due Wed 17:00")
    story.at("Wed 10:00", status("pending"))
    story.at(
        "Wed 12:00",
        event("field_changed", plan="soft"),
        "retargeted resolution, due Wed 17:00",
        "paused resolution",
    )
    story.at("Thu 09:00", status("open"), "resumed resolution, due Thu 14:00")


def test_a_promise_lost_is_cancelled_and_regained_goes_on_with_the_same_cycle() -> None:
    """Rule 15: the cancellation is withdrawn; start and pauses are kept, that in between as well."""
    story = Story(agreement(target("resolution", {"high": "4h"})))
    story.at("Wed 09:00", created(priority="high"), "started resolution, due Wed 13:00")
    story.at("Wed 10:00", priority("low"), "cancelled resolution, due Wed 13:00: no target applies any more")
    story.at("Wed 10:30", status("pending"))
    story.at("Wed 11:00", status("open"))
    corrected, started = story.at(
        "Wed 11:30",
        priority("high"),
        "outcome_corrected resolution, due Wed 13:00",
        "started resolution (revision 1), due Wed 13:30",
    )
    assert corrected.details["corrects"] == story.facts[1].id
    assert started.details["started_at"] == "2026-03-25T08:00:00Z"
    story.at("Wed 13:00", solved(), "met resolution (revision 1), due Wed 13:30")


def test_a_cancellation_is_withdrawn_on_its_day_and_of_its_customer() -> None:
    """Whosever the ticket is by then: a paused clock has no deadline, so `of_at` says which day that was."""
    story = Story(agreement(target("resolution", {"high": "4h"})))
    acme, beta = {"id": "acme"}, {"id": "beta"}
    begun = "started resolution", "paused resolution"
    story.at("Wed 09:00", created(priority="high", status="pending", customer=acme), *begun)
    story.at("Wed 10:00", priority("low"), "cancelled resolution: no target applies any more")
    corrected, *_ = story.at(
        "Thu 09:00",
        event("priority_changed", priority="high", customer=beta),
        "outcome_corrected resolution",
        "started resolution (revision 1)",
        "paused resolution (revision 1)",
    )
    assert (corrected.details["of_at"], corrected.details["customer"]) == ("2026-03-25T09:00:00Z", "acme")
    cancelled = next(fact for fact in story.facts if fact.fact == "clock_cancelled")
    assert period_of(corrected) == period_of(cancelled) == cancelled.at


def test_a_promise_regained_when_its_stop_has_come_stays_cancelled() -> None:
    """Rule 15: nothing is left to wait for. Reopening goes on with the cycle, without the solved gap."""
    story = Story(agreement(target("first_response", {"high": "1h"}), target("resolution", {"high": "4h"})))
    story.at(
        "Wed 09:00",
        created(priority="high"),
        "started first_response, due Wed 10:00",
        "started resolution, due Wed 13:00",
    )
    story.at(
        "Wed 09:30",
        priority("low"),
        "cancelled first_response, due Wed 10:00: no target applies any more",
        "cancelled resolution, due Wed 13:00: no target applies any more",
    )
    story.at("Wed 10:00", agent_replies())
    story.at("Wed 11:00", solved())
    story.at("Wed 12:00", priority("high"))
    story.at(
        "Thu 09:00",
        status("open"),
        "outcome_corrected resolution, due Wed 13:00",
        "started resolution (revision 1), due Thu 11:00",
    )


def test_a_target_known_late_starts_where_it_would_have_started() -> None:
    """Rule 15: from the creation, with the pauses since."""
    story = Story(agreement(target("resolution", {"high": "4h"})))
    story.at("Wed 09:00", created(status="pending"))
    story.at("Wed 11:00", status("open"))
    (started,) = story.at("Wed 12:00", priority("high"), "started resolution, due Wed 15:00")
    assert started.details["started_at"] == "2026-03-25T08:00:00Z"


def test_a_response_known_late_is_not_asked_for_once_it_was_given() -> None:
    """Rule 15: it would have started, and stopped, before anybody promised it."""
    story = Story(agreement(target("first_response", {"high": "1h"})))
    story.at("Wed 09:00", created())
    story.at("Wed 09:30", agent_replies())
    story.at("Wed 12:00", priority("high"))


def test_a_breached_clock_is_not_retargeted() -> None:
    """Rule 15: what was promised when it broke is what broke."""
    story = Story(BY_PRIORITY)
    story.at("Wed 10:00", created(priority="urgent"), "started resolution, due Wed 12:00")
    story.at("Wed 12:00", TIME, "breached resolution, due Wed 12:00")
    story.at("Wed 13:00", priority("low"))
    story.at("Wed 14:00", solved(), "breach_ended resolution, due Wed 12:00: the ticket was solved")


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ("Wed 11:59:59", []),
        ("Wed 12:00", []),
        ("Wed 12:00:01", ["breached resolution, due Wed 12:00"]),
    ],
)
def test_a_deadline_that_a_change_puts_into_the_past_breaches_at_the_change(
    change: str, lines: list[str]
) -> None:
    """Rule 16: `at` is the change, `due_at` the deadline; a deadline just now is not past."""
    story = Story(BY_PRIORITY)
    story.at("Wed 10:00", created(priority="low"), "started resolution, due Thu 10:00")
    *_, last = story.at(change, priority("urgent"), "retargeted resolution, due Wed 12:00", *lines)
    assert last.details["reason"] == "priority is now urgent"
    assert last.fact != "clock_breached" or last.details["worked_seconds"] == 7200


def test_a_ticket_first_seen_late_starts_at_its_creation() -> None:
    """Rule 16: a deadline that has passed by then breaches when the ticket is first seen."""
    promises = agreement(target("first_response", "1h"), target("resolution", "8h"))
    story = Story(promises)
    _, _, breach = story.at(
        "Wed 12:00",
        customer_writes(created_at="2026-03-25T08:00:00Z"),
        "started first_response, due Wed 10:00",
        "started resolution, due Wed 17:00",
        "breached first_response, due Wed 10:00",
    )
    assert breach.details["reason"] == "first seen late"


def test_a_ticket_first_seen_without_a_creation_starts_at_that_event() -> None:
    """Rule 16: nothing earlier is known of it."""
    story = Story(RESOLUTION)
    story.at("Wed 12:00", status("open"), "started resolution, due Wed 16:00")


@pytest.mark.parametrize(
    ("last", "ended"),
    [
        (solved(created_at="2026-03-25T08:00:00Z"), "solved without a reply"),
        (event("merged", created_at="2026-03-25T08:00:00Z"), "merged"),
        (agent_replies(created_at="2026-03-25T08:00:00Z"), "an agent replied"),
    ],
)
def test_a_ticket_first_seen_at_its_end_is_breached_where_its_deadline_had_passed(
    last: Any, ended: str
) -> None:
    """Rules 9, 16 and 18: what comes after the deadline ends a breach, and cancels nothing."""
    story = Story(agreement(target("first_response", "1h")))
    story.at(
        "Wed 12:00",
        last,
        "started first_response, due Wed 10:00",
        "breached first_response, due Wed 10:00",
        f"breach_ended first_response, due Wed 10:00: {ended}",
    )


def test_a_ticket_never_answered_breaches_and_solving_ends_that_breach() -> None:
    """Rule 18: the breach is not cancelled."""
    story = Story(agreement(target("first_response", "1h")))
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    story.at("Wed 12:00", solved(), "breach_ended first_response, due Wed 11:00: solved without a reply")


def test_solving_cancels_running_responses() -> None:
    """Rule 18: the reason says so; a reply in the same event answers first (rule 28)."""
    promises = agreement(target("first_response", "1h"), target("resolution", "4h"))
    started = ["started first_response, due Wed 11:00", "started resolution, due Wed 14:00"]
    story = Story(promises)
    story.at("Wed 10:00", created(), *started)
    story.at(
        "Wed 10:30",
        solved(),
        "met resolution, due Wed 14:00",
        "cancelled first_response, due Wed 11:00: solved without a reply",
    )
    story = Story(promises)
    story.at("Wed 10:00", created(), *started)
    story.at(
        "Wed 10:30",
        agent_replies(status="solved"),
        "met first_response, due Wed 11:00",
        "met resolution, due Wed 14:00",
    )


@pytest.mark.parametrize(
    ("end", "reason"),
    [(event("merged"), "merged"), (event("deleted"), "deleted"), (status("deleted"), "deleted")],
)
def test_merging_or_deleting_cancels_every_running_clock(end: Any, reason: str) -> None:
    """Rule 18: a paused one, too."""
    promises = agreement(target("first_response", "1h", pause_on=[]), target("resolution", "4h"))
    story = Story(promises)
    story.at(
        "Wed 10:00", created(), "started first_response, due Wed 11:00", "started resolution, due Wed 14:00"
    )
    story.at("Wed 10:15", status("pending"), "paused resolution")
    story.at(
        "Wed 10:30",
        end,
        f"cancelled first_response, due Wed 11:00: {reason}",
        f"cancelled resolution: {reason}",
    )
    story.at("Wed 17:00", TIME)


def test_deleting_ends_a_breach_and_stops_its_later_levels() -> None:
    """Rules 18 and 19: the first level and the all-clear still go out, to everybody who was told."""
    ladder = [level("1h", "oncall-1"), level("2h", "oncall-2")]
    story = Story(agreement(target("resolution", "2h", escalation=ladder, reminders=["50%"])))
    story.at("Wed 10:00", created(), "started resolution, due Wed 12:00")
    story.at(
        "Wed 12:30",
        event("deleted"),
        "reminder_due resolution at Wed 11:00, due Wed 12:00: 50%",
        "breached resolution at Wed 12:00, due Wed 12:00",
        "escalation_due resolution: level 1 to oncall-1",
        "breach_ended resolution, due Wed 12:00: deleted",
    )
    assert story.facts[-1].details["told"] == ["legal", "oncall-1"]
    story.at("Thu 17:00", TIME)


def test_restored_counts_as_reopening() -> None:
    """Rule 19: resolution goes on without the time that the ticket was gone."""
    story = Story(agreement(target("first_response", "1h"), target("resolution", "4h")))
    story.at(
        "Wed 10:00", created(), "started first_response, due Wed 11:00", "started resolution, due Wed 14:00"
    )
    story.at(
        "Wed 10:30",
        event("deleted"),
        "cancelled first_response, due Wed 11:00: deleted",
        "cancelled resolution, due Wed 14:00: deleted",
    )
    story.at("Wed 12:00", customer_writes())
    story.at("Wed 16:30", event("restored"), "started resolution 2, due Thu 12:00")


def test_an_acknowledgement_of_what_has_not_broken_changes_nothing() -> None:
    """Rule 22: it is kept, and there is nothing to take in hand."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 11:00", acknowledged("ada", metric="resolution"))


def test_a_clock_is_never_moved_to_a_version_that_its_start_is_not_covered_by() -> None:
    """Rule 26: the wait began under next year's agreement, and a change of priority leaves it there."""
    wait = target("next_response", {"high": "2h", "low": "4h"})
    old = agreement(wait, target("resolution", "40h"), effective={"until": "2026-03-25T23:00:00Z"})
    new = agreement(wait, agreement="new", effective={"from": "2026-03-25T23:00:00Z"})
    story = Story(old, new)
    story.at(
        "Wed 10:00",
        created(priority="low"),
        "started next_response, due Wed 14:00",
        "started resolution, due Wed+1 10:00",
    )
    story.at("Wed 11:00", agent_replies(), "met next_response, due Wed 14:00")
    (wait_,) = story.at("Thu 10:00", customer_writes(), "started next_response 2, due Thu 14:00")
    (moved,) = story.at("Thu 10:30", priority("high"), "retargeted next_response 2, due Thu 12:00")
    assert (wait_.agreement, moved.agreement, story.facts[1].agreement) == ("new", "new", "gold")


def test_calendars_are_those_of_the_frozen_document() -> None:
    """Rule 25: two agreements may call different hours by one name."""
    office = {"office": OFFICE, "always": ALWAYS}
    night = {"office": {"timezone": "UTC", "hours": {"mon-fri": ["20:00-22:00"]}}, "always": ALWAYS}
    for calendars, due in ((office, "Wed 12:00"), (night, "Wed 23:00")):
        story = Story(agreement(target("resolution", "2h"), calendars=calendars))
        story.at("Wed 10:00", created(), f"started resolution, due {due}")
