"""Rules 9 to 13: what starts, meets, breaches and ends the clock of each promise."""

import pytest

from tests.spec.story import (
    TIME,
    Story,
    agent_replies,
    agreement,
    created,
    customer_writes,
    event,
    priority,
    solved,
    status,
    target,
)

FIRST = agreement(target("first_response", "1h"))
NEXT = agreement(target("next_response", "1h"))
BOTH = agreement(target("first_response", "1h"), target("next_response", "2h"))
RESOLUTION = agreement(target("resolution", "4h"))


@pytest.mark.parametrize(
    ("stop", "lines"),
    [
        ("Wed 10:59:59", ["met first_response, due Wed 11:00"]),
        ("Wed 11:00", ["met first_response, due Wed 11:00"]),
        (
            "Wed 11:00:01",
            [
                "breached first_response at Wed 11:00, due Wed 11:00",
                "breach_ended first_response, due Wed 11:00: an agent replied",
            ],
        ),
    ],
)
def test_a_clock_is_met_when_its_stop_comes_at_or_before_the_deadline(stop: str, lines: list[str]) -> None:
    """Rule 9: a second late is a breach, though no timer ran between."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at(stop, agent_replies(), *lines)


def test_a_deadline_that_passes_is_a_breach_at_the_deadline_whenever_it_is_noticed() -> None:
    """Rule 9: `at` and `due_at` are the deadline, `detected_at` is ours."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 10:59:59", TIME)
    (breach,) = story.at("Wed 12:34", TIME, "breached first_response at Wed 11:00, due Wed 11:00")
    assert breach.details["detected_at"] == "2026-03-25T11:34:00Z"
    assert breach.details["detected_by"] == "timer"
    assert (breach.details["worked_seconds"], breach.details["target_seconds"]) == (3600, 3600)


def test_a_cycle_breaches_once_and_its_late_stop_ends_the_breach() -> None:
    """Rule 9: a breached clock is never met. How late it was is told in working and in wall time."""
    story = Story(FIRST)
    story.at("Fri 16:30", created(), "started first_response, due Mon+1 09:30")
    story.at("Mon+1 09:30", TIME, "breached first_response, due Mon+1 09:30")
    story.at("Tue+1 08:00", TIME)
    (ended,) = story.at(
        "Tue+1 09:30", agent_replies(), "breach_ended first_response, due Mon+1 09:30: an agent replied"
    )
    assert (ended.details["late_seconds"], ended.details["late_wall_seconds"]) == (8 * 3600, 24 * 3600)
    assert ended.details["worked_seconds"] == 9 * 3600


@pytest.mark.parametrize(
    "nothing",
    [
        event("note_added", members={"author_role": "agent", "public": False}),
        event("agent_replied", members={"author_role": "bot", "public": True}),
        event("agent_replied", members={"author_role": "system", "public": True}),
        event("agent_replied", members={"author_role": "agent", "public": False}),
        event("customer_replied", members={"author_role": "customer", "public": True}),
        event("agent_replied", members={"author_role": "customer", "actor_role": "agent", "public": True}),
        event("status_changed", members={"actor_role": "agent"}),
        event("snapshot", members={"author_role": "agent"}),
    ],
)
def test_only_a_public_reply_by_a_person_on_the_agent_side_answers(nothing: object) -> None:
    """Rule 10: no bot, no private note, not the requester; the comment's author beats the event's actor."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 10:30", nothing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reply",
    [
        event("agent_replied", members={"author_role": "agent", "public": True}),
        event("agent_replied"),
        event("agent_replied", members={"author_role": "unknown", "public": None}),
        event("agent_replied", members={"actor_role": "agent"}),
        event("agent_replied", members={"author_role": "agent", "actor_role": "customer", "public": True}),
        event("status_changed", members={"author_role": "agent", "public": True}),
        event("customer_replied", members={"author_role": "agent", "public": True}),
    ],
)
def test_a_reply_that_may_be_an_agents_counts(reply: object) -> None:
    """Rule 10: unknown role and unknown visibility count with `agent_replied`; else both have to be known."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 10:30", reply, "met first_response, due Wed 11:00")  # type: ignore[arg-type]


@pytest.mark.parametrize("when", ["Wed 10:00", "Wed 10:00:02"])
def test_the_opening_message_is_no_reply(when: str) -> None:
    """Rule 10: it comes with the creation, as one update of the helpdesk, even if some seconds later."""
    update = {"group": "55"}
    story = Story(FIRST)
    story.at(
        "Wed 10:00",
        event("created", members={**update, "sequence": 1}),
        "started first_response, due Wed 11:00",
    )
    opening = {"author_role": "agent", "public": True, **update, "sequence": 2}
    story.at(when, event("agent_replied", members=opening))
    story.at("Wed 10:10", agent_replies(), "met first_response, due Wed 11:00")


def test_two_customer_messages_make_one_wait() -> None:
    """Rule 11: the wait begins at the oldest message without an answer; one cycle a wait."""
    story = Story(BOTH)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 10:05", customer_writes())
    story.at("Wed 10:10", agent_replies(), "met first_response, due Wed 11:00")
    story.at("Wed 12:00", customer_writes(), "started next_response, due Wed 14:00")
    story.at("Wed 12:30", customer_writes())
    story.at("Wed 13:00", agent_replies(), "met next_response, due Wed 14:00")
    story.at("Wed 13:30", agent_replies())
    story.at("Wed 14:00", customer_writes(), "started next_response 2, due Wed 16:00")


def test_the_wait_that_first_response_measures_is_not_measured_twice() -> None:
    """Rule 11: nor once more when the customer writes again before the first reply, late as it may be."""
    story = Story(BOTH)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    story.at("Wed 12:00", customer_writes())
    story.at("Wed 13:00", agent_replies(), "breach_ended first_response, due Wed 11:00: an agent replied")


def test_creation_begins_the_first_wait_where_no_first_response_is_promised() -> None:
    """Rule 11: the customer waits from the creation on."""
    story = Story(NEXT)
    story.at("Wed 10:00", created(), "started next_response, due Wed 11:00")
    story.at("Wed 10:20", customer_writes())
    story.at("Wed 10:30", agent_replies(), "met next_response, due Wed 11:00")


def test_a_message_on_a_solved_ticket_begins_a_wait() -> None:
    """Rule 11, and rule 18: closing it cancels that wait."""
    story = Story(BOTH)
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    story.at("Wed 10:30", solved(), "cancelled first_response, due Wed 11:00: solved without a reply")
    story.at("Wed 12:00", customer_writes(), "started next_response, due Wed 14:00")
    story.at("Wed 13:00", status("closed"), "cancelled next_response, due Wed 14:00: solved without a reply")


@pytest.mark.parametrize("end", [solved(), status("solved"), status("closed"), event("closed")])
def test_resolution_stops_when_the_ticket_is_solved_or_closed(end: object) -> None:
    """Rule 12: whether the type or the status says so; closing after solving changes nothing."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    (met,) = story.at("Wed 13:00", end, "met resolution, due Wed 14:00")  # type: ignore[arg-type]
    assert met.details["worked_seconds"] == 3 * 3600
    story.at("Wed 15:00", status("closed"))


@pytest.mark.parametrize(
    ("on_reopen", "lines"),
    [
        ("resume", ["started resolution 2, due Thu 13:00"]),  # 3 of 4 hours were worked
        ("restart", ["started resolution 2, due Thu 16:00"]),
        ("ignore", []),
    ],
)
def test_reopening_resumes_restarts_or_changes_nothing(on_reopen: str, lines: list[str]) -> None:
    """Rule 12: `resume` carries over the time worked, without the gap; the met cycle stays met."""
    story = Story(agreement(target("resolution", "4h", on_reopen=on_reopen)))
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 13:00", solved(), "met resolution, due Wed 14:00")
    story.at("Thu 12:00", status("open"), *lines)


def test_a_resumed_cycle_counts_the_work_of_the_one_before() -> None:
    """Rule 12: 3 hours before solving and half an hour after reopening; the gap is not worked."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 13:00", solved(), "met resolution, due Wed 14:00")
    story.at("Thu 12:00", event("reopened"), "started resolution 2, due Thu 13:00")
    (met,) = story.at("Thu 12:30", solved(), "met resolution 2, due Thu 13:00")
    assert met.details["worked_seconds"] == 3.5 * 3600


@pytest.mark.parametrize("end", ["solved", "pending"])
def test_a_ticket_reopened_into_a_pause_starts_paused(end: str) -> None:
    """Rules 12 and 14: the gap and the pause after it are both left out."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    if end == "pending":
        story.at("Wed 12:00", status("pending"), "paused resolution")
    story.at("Wed 12:30", solved(), f"met resolution{', due Wed 14:00' if end == 'solved' else ''}")
    story.at("Thu 09:00", status("pending"), "started resolution 2", "paused resolution 2")
    due = "Thu 11:30" if end == "solved" else "Thu 12:00"
    story.at("Thu 10:00", status("open"), f"resumed resolution 2, due {due}")


def test_after_a_breach_resume_opens_the_breach_again() -> None:
    """Rule 12: no new cycle; the breach ends again at the next solve, and the gap is not late work."""
    story = Story(RESOLUTION)
    story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
    story.at("Wed 14:00", TIME, "breached resolution, due Wed 14:00")
    story.at("Wed 15:00", solved(), "breach_ended resolution, due Wed 14:00: the ticket was solved")
    story.at("Thu 10:00", status("open"), "breach_reopened resolution, due Wed 14:00")
    (ended,) = story.at(
        "Thu 10:30", solved(), "breach_ended resolution, due Wed 14:00: the ticket was solved"
    )
    assert ended.details["late_seconds"] == 1.5 * 3600
    assert ended.details["worked_seconds"] == 5.5 * 3600


def test_after_a_breach_restart_begins_a_new_cycle_and_ignore_none() -> None:
    """Rule 12: only `resume` opens the breach again."""
    for on_reopen, lines in (("restart", ["started resolution 2, due Thu 14:00"]), ("ignore", [])):
        story = Story(agreement(target("resolution", "4h", on_reopen=on_reopen)))
        story.at("Wed 10:00", created(), "started resolution, due Wed 14:00")
        story.at("Wed 14:00", TIME, "breached resolution, due Wed 14:00")
        story.at("Wed 15:00", solved(), "breach_ended resolution, due Wed 14:00: the ticket was solved")
        story.at("Thu 10:00", status("open"), *lines)


def test_a_cycle_begun_at_reopening_is_held_to_what_is_promised_by_then() -> None:
    """Rules 12 and 15: a priority changed while solved counts from the reopening on, without a retarget."""
    story = Story(agreement(target("resolution", {"urgent": "4h", "low": "8h"})))
    story.at("Wed 10:00", created(priority="urgent"), "started resolution, due Wed 14:00")
    story.at("Wed 13:00", solved(), "met resolution, due Wed 14:00")
    story.at("Wed 14:00", priority("low"))
    story.at("Thu 09:00", status("open"), "started resolution 2, due Thu 14:00")
