"""What a fact is: its keys, its ids, and what it is written as."""

import json
from typing import Any

import pytest

from slaclock.domain.acknowledgement import (
    Acknowledgement,
    acknowledgement_from_json,
    acknowledgement_to_json,
)
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.events import event_from_json, event_to_json
from slaclock.domain.facts import (
    RECORDED,
    fact_from_json,
    fact_to_json,
    public_id,
    split_id,
    split_subject,
    subject_key,
)
from slaclock.domain.hand_over import HandOver, hand_over_from_json
from slaclock.domain.inputs import Wake
from slaclock.domain.logged import given_from_json, given_to_json
from tests.spec.story import (
    TIME,
    Happening,
    Story,
    acknowledged,
    agent_replies,
    agreement,
    created,
    customer_writes,
    event,
    handed_over,
    level,
    solved,
    target,
    when,
    written,
)

LADDER = [level("0m", "oncall")]
FIRST = agreement(target("first_response", "1h", escalation=LADDER, reminders=["50%"], clause="§4"))

OF_ROWS = ("service", "kind", "clause")


def told() -> Story:
    story = Story(FIRST)
    story.at(
        "Wed 10:00",
        created(customer={"id": "7", "name": "Acme"}, team={"name": "tier1"}, priority="high"),
        "started first_response, due Wed 11:00",
    )
    story.at("Wed 10:30", TIME, "reminder_due first_response, due Wed 11:00: 50%")
    story.at(
        "Wed 11:00",
        TIME,
        "breached first_response, due Wed 11:00",
        "escalation_due first_response: level 1 to oncall",
    )
    return story


def test_a_facts_key_says_what_it_says_and_no_deadline_is_in_it() -> None:
    """Folding again gives the same keys, whatever the deadline then is."""
    story = told()
    story.at("Wed 11:10", agent_replies(), "breach_ended first_response, due Wed 11:00: an agent replied")
    assert [fact.key for fact in story.facts] == [
        "clock_started:first_response:1.0",
        "reminder_due:first_response:1.0:b0.0",
        "clock_breached:first_response:1.0",
        "escalation_due:first_response:1.0:1.0",
        "breach_ended:first_response:1.0:a953f09a1b6b6725",
    ]


def test_a_breach_explains_itself() -> None:
    """It names what was promised, by which version, what was worked, and whom it is about."""
    assert fact_to_json(told().facts[2]) == {
        "fact": "clock_breached",
        "id": "dGlja2V0I2FjbWUjMSNjbG9ja19icmVhY2hlZDpmaXJzdF9yZXNwb25zZToxLjA",
        "account": "acme",
        "ticket_id": "1",
        "agreement": "gold",
        "agreement_version": 1,
        "target": "first_response",
        "metric": "first_response",
        "cycle": 1,
        "revision": 0,
        "at": "2026-03-25T10:00:00Z",
        "due_at": "2026-03-25T10:00:00Z",
        "customer": "7",
        "team": "tier1",
        "priority": "high",
        "timezone": "Europe/Copenhagen",
        "budget": "1h",
        "target_seconds": 3600,
        "worked_seconds": 3600,
        "kind": "response",
        "clause": "§4",
        "detected_at": "2026-03-25T10:00:00Z",
        "detected_by": "timer",
        "told": ["legal"],
        "reason": "the deadline passed",
    }


@pytest.mark.parametrize(
    ("notices", "by"),
    [(Wake("timer"), "timer"), (Wake("auditor"), "auditor"), (customer_writes(), "event")],
    ids=["timer", "auditor", "event"],
)
def test_a_breach_says_who_noticed_it(notices: Happening | Wake, by: str) -> None:
    """It happened at eleven; half an hour later somebody saw it, or something else of the ticket came."""
    story = Story(agreement(target("first_response", "1h")))
    story.at("Wed 10:00", created(), "started first_response, due Wed 11:00")
    (breach,) = story.at("Wed 11:30", notices, "breached first_response at Wed 11:00, due Wed 11:00")
    assert (breach.details["detected_by"], breach.details["detected_at"]) == (by, "2026-03-25T10:30:00Z")


def test_every_row_names_its_service_its_kind_and_its_clause() -> None:
    """Whatever it is a row of, so that each can be read by itself."""
    story = Story(agreement(target("first_response", "1h", clause="§4"), target("resolution", "4h")))
    story.at(
        "Wed 10:00",
        created(service={"id": "mail"}),
        "started first_response, due Wed 11:00",
        "started resolution, due Wed 14:00",
    )
    story.at("Wed 11:00", TIME, "breached first_response, due Wed 11:00")
    named = {"metric": "first_response"}
    story.at(
        "Wed 11:10",
        acknowledged("ada", **named),
        "breach_acknowledged first_response, due Wed 11:00",
    )
    story.at(
        "Wed 11:20",
        handed_over("dbas", **named),
        "escalation_handed_over first_response, due Wed 11:00: to dbas",
    )
    story.at(
        "Wed 11:30",
        written("note", "first_response:1.0", note="so late"),
        "case_note first_response, due Wed 11:00: so late",
    )
    story.at(
        "Wed 12:00",
        solved(),
        "met resolution, due Wed 14:00",
        "breach_ended first_response, due Wed 11:00: solved without a reply",
    )
    story.at(
        "Wed 12:10",
        agent_replies(at="Wed 10:30"),
        "outcome_corrected first_response, due Wed 11:00",
        "met first_response (revision 1) at Wed 10:30, due Wed 11:00",
    )
    rows = [fact for fact in story.facts if fact.fact in RECORDED]
    assert {(fact.target, *(fact.details.get(name) for name in OF_ROWS)) for fact in rows} == {
        ("first_response", "mail", "response", "§4"),
        ("resolution", "mail", "resolution", None),
    }
    assert {fact.fact for fact in rows} >= {"case_note", "outcome_corrected", "breach_acknowledged"}
    others = [fact for fact in story.facts if fact.fact not in RECORDED]
    assert all(fact.details.keys().isdisjoint(OF_ROWS) for fact in others)


def test_a_cycle_that_never_began_names_its_kind_and_its_clause() -> None:
    """Its cancellation is a row like any other: the ticket had been merged before the wait began."""
    story = Story(agreement(target("next_response", "1h", clause="§4")))
    story.at("Wed 09:00", created(), "started next_response, due Wed 10:00")
    story.at("Wed 09:30", agent_replies(), "met next_response, due Wed 10:00")
    story.at("Wed 11:00", customer_writes(), "started next_response 2, due Wed 12:00")
    (row,) = story.at(
        "Wed 11:30",
        event("merged", at="Wed 10:00"),
        "cancelled next_response 2: as is now known, it never started",
    )
    assert (row.details["kind"], row.details["clause"]) == ("response", "§4")


def test_a_fact_survives_being_written_and_read() -> None:
    """As the store keeps it: with the hash of the agreement's version beside it."""
    for fact in told().facts:
        assert fact_from_json({**fact_to_json(fact), "agreement_hash": fact.agreement_hash}) == fact


def test_a_public_id_names_its_ticket_whatever_the_ticket_is_called() -> None:
    """`#` and `%` in a part are encoded, so that no two subjects share a key."""
    for parts in (("ticket", "a#b", "c"), ("ticket", "a", "b#c"), ("ticket", "a%23b", "ø/§ 1")):
        assert split_subject(subject_key(*parts)) == parts
    assert subject_key("ticket", "a#b", "c") != subject_key("ticket", "a", "b#c")


@pytest.mark.parametrize("text", ["", "x", "ø", "dGlja2V0", "dGlja2V0I2EjYiNj", "AAAA\n"])
def test_what_is_no_id_is_refused(text: str) -> None:
    """As an error that points at the member."""
    with pytest.raises(InvalidEvent, match="no id of a fact") as wrong:
        split_id(text)
    assert wrong.value.pointer == "/fact_id"


def test_an_acknowledgement_survives_being_written_and_read() -> None:
    """Named by a fact, it takes account and ticket from it."""
    fact = told().facts[2]
    read = acknowledgement_from_json({"fact_id": fact.id, "by": "ada", "at": "2026-03-25T10:05:00Z"})
    assert read == Acknowledgement("acme", "1", "ada", when("Wed 11:05"), fact_id=fact.id)
    assert acknowledgement_from_json(acknowledgement_to_json(read)) == read


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"by": "ada", "at": "2026-03-25T10:05:00Z"}, "/account"),
        ({"account": "a", "ticket_id": "1", "by": "ada"}, "/at"),
        ({"account": "a", "ticket_id": "1", "by": "ada", "at": "now"}, "/at"),
        ({"account": "a", "ticket_id": "1", "at": "2026-03-25T10:05:00Z"}, "/by"),
        ({"account": "a", "ticket_id": "1", "by": "ada", "at": "2026-03-25T10:05:00Z"}, "/fact_id"),
        ({"fact_id": 7, "by": "ada", "at": "2026-03-25T10:05:00Z"}, "/fact_id"),
        ({"fact_id": "x", "by": "ada", "at": "2026-03-25T10:05:00Z"}, "/fact_id"),
        ({"account": 1, "ticket_id": "1", "by": "ada", "at": "2026-03-25T10:05:00Z"}, "/account"),
    ],
)
def test_a_wrong_acknowledgement_is_refused_by_its_member(document: dict[str, object], pointer: str) -> None:
    """It names a fact, or else account, ticket, agreement and metric."""
    with pytest.raises(InvalidEvent) as wrong:
        acknowledgement_from_json(document)
    assert wrong.value.pointer == pointer


def test_an_event_survives_being_written_and_read() -> None:
    """Canonical, without titles and without anybody's id."""
    story = told()
    for given in story.log:
        assert event_from_json(event_to_json(given)) == given  # type: ignore[arg-type]


LANES = (
    "clock_breached:resolution:1.0",
    "clock_breached:ola/resolution:1.0",
    "clock_breached:resolution:2.0",
)


def named(key: str) -> tuple[Acknowledgement, HandOver]:
    """What somebody does about a fact, at one instant."""
    fact_id, at = public_id("ticket#acme#1", key), when("Wed 16:10")
    return (
        Acknowledgement("acme", "1", "ada", at, fact_id=fact_id),
        HandOver("acme", "1", "dbas", "ada", at, fact_id=fact_id),
    )


def test_what_people_do_at_once_about_two_clocks_or_cycles_is_two_things() -> None:
    """By one name, as where nobody typed one. Two facts of one breach are one thing."""
    for kind in (0, 1):
        assert len({named(key)[kind].id for key in LANES}) == 3
        assert named(LANES[0])[kind].id == named("escalation_due:resolution:1.1:2.0")[kind].id
    assert named(LANES[1])[0].id == "acknowledgement:ola/resolution:1:ada:2026-03-25T15:10:00Z"
    assert named(LANES[2])[1].id == "handover:resolution:2:dbas:ada:2026-03-25T15:10:00Z"


@pytest.mark.parametrize("key", LANES)
def test_what_people_did_keeps_its_id_in_the_log(key: str) -> None:
    """The facts that it caused are called after it: it is written with it, and read as it was written."""
    for given in named(key):
        document = given_to_json(given)
        assert given_from_json(json.loads(json.dumps(document))).id == given.id
        assert given_to_json(given_from_json(document)) == document


def test_a_hand_over_that_was_taken_is_read_whatever_may_be_typed_now() -> None:
    """What can be printed changes with Unicode, from one Python to another; a log does not."""
    stored = {**given_to_json(named(LANES[0])[1]), "note": "\U0010fffd", "to": "a\u2028b"}
    assert given_to_json(given_from_json(stored)) == stored
    with pytest.raises(InvalidEvent, match="/to: is no line of 1 to 64 characters"):
        hand_over_from_json(stored)
    with pytest.raises(InvalidEvent, match="/note: is no line of 1 to 500 characters"):
        hand_over_from_json({**stored, "to": "legal"})


def test_what_people_did_is_called_after_what_it_says() -> None:
    """No line gives itself an id: it could be taken for a helpdesk's event."""
    for given in named(LANES[0]):
        assert "id" not in given_to_json(given)
        assert given_from_json({**given_to_json(given), "id": "7"}) == given


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ({"team": {"id": "", "name": ""}}, "t-1"),
        ({"team": {"id": "", "name": None}}, "t-1"),
        ({"team": {}}, "t-1"),
        ({"team": {"id": "", "name": "t-2"}}, "t-2"),
        ({"team": None}, None),
        ({"priority": ""}, "t-1"),
    ],
)
def test_an_empty_name_says_nothing(said: dict[str, Any], stays: str | None) -> None:
    """Rule 29: it is unknown, and changes nothing; of id and name one is enough. Null is what is known."""
    story = Story(agreement(target("resolution", {"high": "4h"})))
    opening = created(priority="high", team={"id": "t-1"})
    story.at("Wed 10:00", opening, "started resolution, due Wed 14:00")
    story.happens("Wed 10:30", event("team_changed", **said))
    (met,) = story.at("Wed 11:00", solved(), "met resolution, due Wed 14:00")
    assert (met.details["team"], met.details["priority"]) == (stays, "high")
