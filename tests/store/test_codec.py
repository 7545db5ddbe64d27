"""A ticket's state survives being written and read, whatever is in it."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import itemgetter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.clock import Clock
from slaclock.domain.ending import Ending
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.hearing import Heard
from slaclock.domain.logged import given_from_json, given_to_json
from slaclock.domain.ticket import Ticket
from slaclock.store.codec import ticket_from_json, ticket_to_json
from slaclock.store.keys import sortable
from tests.store.samples import MONDAY, clock, event

INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  (in UTC)
NAMES = st.text(min_size=1, max_size=8)
NUMBERS = st.integers(0, 9)
MAYBE = st.none() | INSTANTS
SPANS = st.lists(st.tuples(INSTANTS, INSTANTS), max_size=3)
PAUSES = st.tuples(SPANS, st.lists(st.tuples(INSTANTS, st.none()), max_size=1)).map(
    lambda parts: (*parts[0], *parts[1])
)
CLOCK: dict[str, Any] = {
    "slot": st.just("") | NAMES,
    "agreement": NAMES,
    "version": NUMBERS,
    "target": NAMES,
    "metric": NAMES,
    "budget": NAMES,
    "calendar": NAMES,
    "started_at": INSTANTS,
    "cycle": NUMBERS,
    "revision": NUMBERS,
    "goal": st.just("") | NAMES,
    "dated": st.booleans(),
    "budget_set": NAMES,
    "pauses": PAUSES,
    "excluded": SPANS.map(tuple),
    "reminded": st.frozensets(NUMBERS),
    "remind_from": MAYBE,
    "outcome": st.sampled_from([None, "met", "breached", "cancelled"]),
    "due_at": MAYBE,
    "breached_at": MAYBE,
    "stopped_at": MAYBE,
    "reason": st.none() | NAMES,
    "customer": st.none() | NAMES,
    "levels": st.lists(NUMBERS, max_size=3).map(tuple),
    "hushed": st.frozensets(NAMES),
    "heard": st.frozensets(NAMES),
    "acknowledged_at": MAYBE,
}
VALUES = st.none() | st.booleans() | NUMBERS | NAMES | st.lists(NAMES, max_size=2)
ATTRIBUTES = st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=2), max_size=3)
STATUS = st.fixed_dictionaries({"status": VALUES})
EXCLUSIONS = st.builds(
    Exclusion,
    exclusion_id=NAMES,
    account=NAMES,
    begins=st.just(MONDAY),
    ends=INSTANTS.filter(lambda instant: instant > MONDAY),
    reason=NAMES,
    by=NAMES,
    entered_at=INSTANTS,
    scope=st.sampled_from(
        [{}, {"agreement": "gold"}, {"team": {"any": ["a"]}, "not": {"plan": {"any": ["b"]}}}]
    ),
    ticket_id=st.just("") | NAMES,
    subject=st.sampled_from(["ticket", "service"]),
)
AT = itemgetter(1)
REPLIES = st.lists(st.tuples(st.sampled_from(["agent_reply", "customer_reply"]), INSTANTS), max_size=4)
HEARD = REPLIES.map(
    lambda replies: reduce(lambda heard, each: heard.again(*each), sorted(replies, key=AT), Heard())
)
TICKET: dict[str, Any] = {
    "account": NAMES,
    "ticket_id": NAMES,
    "created_at": INSTANTS,
    "subject": st.sampled_from(["ticket", "service"]),
    "attributes": ATTRIBUTES,
    "past": st.lists(st.tuples(INSTANTS, ATTRIBUTES | STATUS), max_size=3).map(tuple),
    "opening": st.just("") | NAMES,
    "heard": HEARD,
    "waiting_since": MAYBE,
    "gone": st.none() | NAMES,
    "chosen": st.lists(st.tuples(NAMES, NUMBERS), max_size=2).map(tuple),
    "ended": st.lists(NAMES, max_size=2).map(tuple),
    "succeeded_at": MAYBE,
    "broken": st.lists(st.tuples(INSTANTS, NAMES, NAMES, NAMES), max_size=2).map(tuple),
    "exclusions": st.lists(EXCLUSIONS, max_size=2).map(tuple),
    "clocks": st.lists(st.builds(Clock, **CLOCK), max_size=3).map(tuple),
    "position": st.none() | st.tuples(INSTANTS, NAMES, NUMBERS, NAMES),
    "told_at": MAYBE,
    "behind": st.booleans(),
    "rewritten": st.booleans(),
    "quiet_before": MAYBE,
    "next_moments": st.dictionaries(NAMES, INSTANTS, max_size=3),
}


@given(st.builds(Ticket, **TICKET))
def test_a_ticket_is_read_as_it_was_written(ticket: Ticket) -> None:
    """Through JSON text, as the table keeps it; its next moments are kept beside it, as wakes."""
    read = ticket_from_json(json.loads(json.dumps(ticket_to_json(ticket))))
    assert read == replace(ticket, next_moments={})


def test_no_member_is_left_out_of_these_tests() -> None:
    """A member added to a ticket or a clock is written and read, too: add it above."""
    assert TICKET.keys() == {member.name for member in fields(Ticket)}
    assert CLOCK.keys() == {member.name for member in fields(Clock)}


def test_an_ordinary_ticket_is_small() -> None:
    """Members that have their default are left out."""
    ticket = Ticket("acme", "1", MONDAY)
    assert ticket_to_json(ticket) == {
        "account": "acme",
        "ticket_id": "1",
        "created_at": "2026-03-02T09:00:00Z",
    }


def test_clocks_and_the_past_are_small_on_their_ticket() -> None:
    """A target named after its metric, in the customer's slot, and a past of statuses."""
    ticket = Ticket("acme", "1", MONDAY, clocks=(clock(),), past=((MONDAY, {"status": "new"}),))
    written = ticket_to_json(ticket)
    assert written["past"] == [["2026-03-02T09:00:00Z", "new"]]
    assert written["clocks"][0].keys() == {
        "agreement",
        "version",
        "target",
        "budget",
        "calendar",
        "started_at",
    }
    assert ticket_from_json(written) == ticket


def test_an_exclusion_is_small_on_its_ticket() -> None:
    """What the ticket says of itself is not said again."""
    entered = Exclusion("m-1", "acme", MONDAY, MONDAY + timedelta(hours=2), "maintenance", "ada", MONDAY)
    assert ticket_to_json(Ticket("acme", "1", MONDAY, exclusions=(entered.on("1"),)))["exclusions"] == [
        {
            "id": "m-1",
            "from": "2026-03-02T09:00:00Z",
            "to": "2026-03-02T11:00:00Z",
            "reason": "maintenance",
            "by": "ada",
            "entered_at": "2026-03-02T09:00:00Z",
        }
    ]


def test_inputs_are_read_as_they_were_written() -> None:
    """An event, an acknowledgement, an exclusion and an ending, told apart by their schema."""
    taken = Acknowledgement("acme", "1", "ada", MONDAY, agreement="gold", metric="resolution")
    entered = Exclusion("m-1", "acme", MONDAY, MONDAY + timedelta(hours=2), "maintenance", "ada", MONDAY)
    ended = Ending("acme", "1", "gold", "the contract was dissolved", "ada", MONDAY, subject="service")
    for each in (event(), taken, entered.on("1"), ended):
        assert given_from_json(json.loads(json.dumps(given_to_json(each)))) == each


@given(INSTANTS, INSTANTS)
def test_instants_sort_as_text(one: datetime, other: datetime) -> None:
    """In the first millennium and in the last, with and without a fraction of a second."""
    assert (sortable(one) < sortable(other)) == (one < other)


def test_a_sortable_instant_is_in_utc() -> None:
    """Whatever the zone it was given in."""
    assert sortable(MONDAY.astimezone()) == sortable(MONDAY) == "2026-03-02T09:00:00.000000Z"
    assert sortable(MONDAY + timedelta(microseconds=1)) == "2026-03-02T09:00:00.000001Z"
