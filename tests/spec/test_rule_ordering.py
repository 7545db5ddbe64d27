"""Rules 28 to 30: identity, order, what is unknown, and how instants are written."""

from typing import Any

import pytest

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.decide import NeedsHistory, decide
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import fact_to_json
from slaclock.domain.inputs import Given, Wake
from tests.spec.story import (
    TIME,
    Story,
    acknowledged,
    agent_replies,
    agreement,
    created,
    customer_writes,
    event,
    priority,
    solved,
    status,
    target,
    when,
)

FIRST = agreement(target("first_response", "1h"))
RESOLUTION = agreement(target("resolution", {"high": "4h", "default": "8h"}))
STARTED = "started first_response, due Wed 11:00"


def test_events_come_before_moments_at_the_same_instant() -> None:
    """Rule 28: also when the moment was noticed first."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 11:00", agent_replies(), "met first_response, due Wed 11:00")
    story = Story(FIRST)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    story.at(
        "Wed 11:00:05",
        agent_replies(at="Wed 11:00"),
        "outcome_corrected first_response, due Wed 11:00",
        "met first_response (revision 1) at Wed 11:00, due Wed 11:00",
    )


def test_the_same_event_twice_is_one_event_also_when_its_time_differs() -> None:
    """Rule 28: the one that the log has counts."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(key="a"), STARTED)
    story.at("Wed 10:20", agent_replies(key="b"), "met first_response, due Wed 11:00")
    story.at("Wed 10:30", agent_replies(key="b", at="Wed 10:20"))
    story.at("Wed 10:40", agent_replies(key="b", at="Wed 10:10"))
    story.at("Wed 10:50", created(key="a", at="Wed 09:00"))
    assert [given.position[0] for given in story.log] == [when("Wed 10:00"), when("Wed 10:20")]


def test_an_input_that_is_not_the_latest_is_folded_with_the_log() -> None:
    """Rule 28: it may be the latest itself, or fall between a moment and what a person did after it."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    story.at(
        "Wed 11:30",
        acknowledged("ada", metric="first_response"),
        "breach_acknowledged first_response, due Wed 11:00",
    )
    between = TicketEvent("9", "acme", "1", "agent_replied", when("Wed 11:15"), when("Wed 11:40"))
    for late in (story.log[-1], between):
        assert decide(story.ticket, late, story.agreements, when("Wed 11:40")) == NeedsHistory()


@pytest.mark.parametrize(
    "given", [Wake("timer"), Acknowledgement("acme", "1", "ada", when("Wed 10:00"), metric="resolution")]
)
def test_only_an_event_begins_a_ticket(given: Given | Wake) -> None:
    """Whoever asks for a ticket that nobody told of made a mistake."""
    with pytest.raises(LookupError, match=r"^only an event begins a ticket$"):
        decide(None, given, Story(FIRST).agreements, when("Wed 10:00"))


@pytest.mark.parametrize(("first", "then"), [(1, 2), (2, 1)])
def test_at_the_same_instant_the_sources_sequence_decides(first: int, then: int) -> None:
    """Rule 28: solved and then reopened, in whichever order they arrive."""
    story = Story(RESOLUTION)
    story.at("Wed 09:00", created(), "started resolution, due Wed 17:00")
    happenings = {
        1: event("solved", at="Wed 10:00", members={"group": "7", "sequence": 1}, status="solved"),
        2: event("reopened", at="Wed 10:00", members={"group": "7", "sequence": 2}, status="open"),
    }
    for number in (first, then):
        given = story._given(happenings[number], when("Wed 10:05"))  # noqa: SLF001
        story.give(given, when("Wed 10:05"))
    assert story.ticket is not None
    (clock,) = story.ticket.clocks
    assert (story.ticket.status, clock.cycle, clock.outcome) == ("open", 2, None)


def test_at_the_same_instant_and_sequence_the_event_id_decides() -> None:
    """Rule 28: so that every order of arrival gives the same."""
    for arrival in (("a", "b"), ("b", "a")):
        story = Story(RESOLUTION)
        story.at("Wed 09:00", created(key="0"), "started resolution, due Wed 17:00")
        for name in arrival:
            said = {
                "a": status("pending", key="a", at="Wed 10:00"),
                "b": status("open", key="b", at="Wed 10:00"),
            }
            story.give(story._given(said[name], when("Wed 10:05")), when("Wed 10:05"))  # noqa: SLF001
        assert story.ticket is not None
        assert story.ticket.status == "open"


def test_within_one_event_merging_comes_before_its_reply() -> None:
    """Rule 28: merge or delete first."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), STARTED)
    merged = event("merged", members={"author_role": "agent", "public": True})
    story.at("Wed 10:30", merged, "cancelled first_response, due Wed 11:00: merged")


def test_within_one_event_replies_come_first_then_solving_and_last_the_pause() -> None:
    """Rule 28: the reply is held to the budget before the change of priority that comes with it."""
    story = Story(
        agreement(target("first_response", {"low": "4h", "high": "1h"}), target("resolution", "8h"))
    )
    story.at(
        "Wed 09:00",
        created(priority="low"),
        "started first_response, due Wed 13:00",
        "started resolution, due Wed 17:00",
    )
    story.at(
        "Wed 12:00",
        agent_replies(priority="high", status="pending"),
        "met first_response, due Wed 13:00",
        "paused resolution",
    )


@pytest.mark.parametrize(
    "nothing",
    [
        event("snapshot"),
        status("unknown"),
        priority("unknown"),
        event("snapshot", status="unknown", priority="unknown"),
        event("snapshot", status=None),
    ],
)
def test_what_is_unknown_changes_nothing(nothing: Any) -> None:
    """Rule 29: an unknown member is neither cleared nor a change."""
    story = Story(agreement(target("resolution", {"high": "4h", "default": "8h"})))
    story.at("Wed 09:00", created(priority="high"), "started resolution, due Wed 13:00")
    story.at("Wed 09:30", status("pending"), "paused resolution")
    story.at("Wed 09:45", nothing)
    assert story.ticket is not None
    assert (story.ticket.status, story.ticket.priority) == ("pending", "high")


def test_the_status_that_an_event_carries_beats_its_type() -> None:
    """Rule 29: solved by its type, open by what it carries."""
    story = Story(RESOLUTION)
    story.at("Wed 09:00", created(), "started resolution, due Wed 17:00")
    story.at("Wed 10:00", event("solved", status="open"))
    story.at("Wed 11:00", event("reopened", status="solved"), "met resolution, due Wed 17:00")
    story.at("Wed 12:00", event("solved", status="pending"), "started resolution 2", "paused resolution 2")


def test_every_stored_instant_is_utc_with_z() -> None:
    """Rule 30: and the zone in which people are shown it goes with it."""
    story = Story(FIRST)
    (started,) = story.at("Fri 16:30", created(), "started first_response, due Mon+1 09:30")
    document = fact_to_json(started)
    assert (document["at"], document["due_at"]) == ("2026-03-27T15:30:00Z", "2026-03-30T07:30:00Z")
    assert document["timezone"] == "Europe/Copenhagen"


def test_an_acknowledgement_and_an_event_at_one_instant_are_both_folded() -> None:
    """Rule 28: whichever arrives first."""
    story = Story(FIRST)
    story.at("Wed 10:00", created(), STARTED)
    story.at("Wed 10:30", customer_writes())
    story.at("Wed 10:30", solved(), "cancelled first_response, due Wed 11:00: solved without a reply")
