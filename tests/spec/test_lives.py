"""Laws that hold for every life of a ticket, in whatever order its events arrive and however often."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.case_entry import CaseEntry
from slaclock.domain.choosing import Agreements
from slaclock.domain.clock import terms_of
from slaclock.domain.correction import NEVER
from slaclock.domain.deadlines import deadline
from slaclock.domain.decide import Decision, History, decide
from slaclock.domain.ending import Ending
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import CASE, OUTCOMES, RECORDED, Fact, public_id, split_subject
from slaclock.domain.hand_over import HandOver
from slaclock.domain.inputs import Given, Wake
from slaclock.domain.replay import replay
from slaclock.evidence.cycles import cycles
from slaclock.store.rows import places_of
from tests.examples import examples
from tests.spec.counted import Row
from tests.spec.story import Story, document, level, published, target, when

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.domain.ticket import Ticket

START = when("Thu 15:00")
LADDER = [level("0m", "one", "acknowledged", times=2, every="10m wall"), level("30m", "two")]
ROTAS = {"night": [{"during": "office", "notify": "one"}, {"notify": "three"}]}
BY_THE_HOUR = [
    level("0m", "night", times=2, every="30m wall"),
    level("1h wall", "assignee", times=1, every="1h"),
]
REMINDERS = ["50%", "15m before"]
VENDOR = {
    "start": {"tags": {"any": ["vendor"]}},
    "stop": {"tags": {"not": ["vendor"]}},
    "pause": {"team": {"any": ["tier2"]}},
    "repeat": True,
}
GOAL = {"budgets": {"default": "30m"}, "reminders": ["50%", "0m before"]}
DOCUMENTS = (
    document(
        target("first_response", {"high": "1h", "low": "3h"}, reminders=REMINDERS),
        target("next_response", {"high": "30m", "low": "2h"}, escalation=LADDER),
        target(
            "resolution",
            {"high": "2h", "low": "1d"},
            escalation=BY_THE_HOUR,
            reminders=REMINDERS,
            remind=["assignee", "night"],
        ),
        applies_to={"plan": {"any": ["gold"]}},
        audiences=ROTAS,
    ),
    document(
        target("resolution", "3h", pause_on=["on_hold"], on_reopen="restart"),
        target("next_response", "1h wall"),
        target("requester_wait", "12h wall", reminders=["50%", "6h before"], remind_during="office"),
        agreement="plain",
        order=20,
    ),
    document(
        target("resolution", "90m", on_reopen="ignore"),
        target("time_in_team", "2h", team="tier2", escalation=LADDER),
        target("assignment", {"high": "20m", "default": "1h"}),
        target("with-vendor", "3h", name="back"),
        agreement="inner",
        kind="internal",
        metrics={"with-vendor": VENDOR},
    ),
    document(
        target("periodic_update", {"high": "1h", "low": "2h"}, goal=GOAL),
        target("requester_wait", "1d"),
        target("agent_work", "2h", on_reopen="restart"),
        agreement="outer",
        kind="supplier",
        applies_to={"team": {"any": ["tier2"]}},
    ),
)
PROMISES = Agreements(tuple(map(published, DOCUMENTS)))

SAID: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "agent": ("agent_replied", {"author_role": "agent", "public": True}, {}),
    "agent, pending": ("agent_replied", {"author_role": "agent"}, {"status": "pending"}),
    "agent, solved": ("agent_replied", {"author_role": "agent"}, {"status": "solved"}),
    "customer": ("customer_replied", {"author_role": "customer", "public": True}, {}),
    "note": ("note_added", {"author_role": "agent", "public": False}, {}),
    "pending": ("status_changed", {}, {"status": "pending"}),
    "hold": ("status_changed", {}, {"status": "on_hold"}),
    "open": ("status_changed", {}, {"status": "open"}),
    "high": ("priority_changed", {}, {"priority": "high"}),
    "low": ("priority_changed", {}, {"priority": "low"}),
    "normal": ("priority_changed", {}, {"priority": "normal"}),
    "gold": ("customer_changed", {}, {"plan": "gold", "customer": {"id": "acme"}}),
    "plain": ("customer_changed", {}, {"plan": "plain", "customer": {"id": "beta"}}),
    "tier1": ("team_changed", {}, {"team": {"id": "1", "name": "tier1"}}),
    "tier2": ("team_changed", {}, {"team": {"id": "2", "name": "tier2"}}),
    "no team": ("team_changed", {}, {"team": None}),
    "assigned": ("assignee_changed", {}, {"assignee": {"id": "7"}}),
    "to the vendor": ("tags_changed", {}, {"tags": ["vendor", "vip"]}),
    "from the vendor": ("tags_changed", {}, {"tags": []}),
    "solved": ("solved", {}, {"status": "solved"}),
    "reopened": ("reopened", {}, {}),
    "closed": ("closed", {}, {"status": "closed"}),
    "merged": ("merged", {}, {}),
    "deleted": ("deleted", {}, {}),
    "restored": ("restored", {}, {}),
}


class Arrival(NamedTuple):
    """What reaches us: an input, or nothing but time."""

    at: datetime
    given: Given | Wake


def event(number: int, what: str, minutes: int, late: int) -> TicketEvent:
    """Make the event of that number, `minutes` after the start, which arrives `late` minutes late."""
    kind, members, attributes = SAID[what]
    at = START + timedelta(minutes=minutes)
    seen = at + timedelta(minutes=late)
    return TicketEvent(f"{number:02}", "acme", "1", kind, at, seen, attributes=attributes, **members)


MINUTES = st.integers(0, 36).map(lambda ten: ten * 10) | st.integers(1000, 1400)
LATE = st.just(0) | st.integers(0, 200)
HAPPENINGS = st.lists(st.tuples(st.sampled_from(sorted(SAID)), MINUTES, LATE), min_size=1, max_size=9)
OPENING = {"status": "new", "priority": "high", "plan": "gold"}


INTERFERENCES = st.lists(
    st.tuples(st.sampled_from(["gold", "plain", "outer", "maintenance"]), MINUTES, MINUTES),
    max_size=2,
    unique_by=lambda each: each[0],
)


def interfered(what: str, minutes: int, span: int) -> Arrival:
    """Make the end of an agreement; or an exclusion around that time, entered then."""
    at = START + timedelta(minutes=minutes)
    if what != "maintenance":
        return Arrival(at, Ending("acme", "1", what, "terminated", "ada", at))
    begins = START + timedelta(minutes=span)
    scope = {"agreement": "gold"} if span % 20 else {}
    ends = begins + timedelta(minutes=45)
    entered = Exclusion(f"{minutes}-{span}", "acme", begins, ends, "maintenance", "ada", at, scope, "1")
    return Arrival(at, entered)


WRITTEN: dict[str, tuple[str, dict[str, str]]] = {
    "cause": ("cause", {"cause": "staffing"}),
    "note": ("note", {"note": "the customer was called"}),
    "raised": ("dispute", {"decision": "raised", "reason": "no"}),
    "upheld": ("dispute", {"decision": "upheld", "reason": "yes"}),
    "waived": ("dispute", {"decision": "waived", "reason": "goodwill"}),
}
BREACHES = ("resolution:1.0", "next_response:1.0", "next_response:2.0", "inner/resolution:1.0")
ENTRIES = st.lists(
    st.tuples(st.sampled_from(sorted(WRITTEN)), st.sampled_from(BREACHES), MINUTES), max_size=4
)


def noted(what: str, breach: str, minutes: int) -> Arrival:
    """Make an entry of the case of a breach, which there may be or not."""
    at, (entry, said) = START + timedelta(minutes=minutes), WRITTEN[what]
    named = public_id("ticket#acme#1", f"clock_breached:{breach}")
    return Arrival(at, CaseEntry("acme", "1", named, entry, "ada", at, said))


@st.composite
def lives(draw: st.DrawFn) -> list[Arrival]:
    """A life as it reaches us: events late and doubled, acknowledgements, and wakes between them."""
    opening = TicketEvent("00", "acme", "1", "created", START, START, attributes=OPENING)
    if late := draw(st.just(0) | st.integers(1, 300)):
        opening = replace(opening, received_at=START + timedelta(minutes=late))
    events = [event(n, *said) for n, said in enumerate(draw(HAPPENINGS), 1)]
    events = [opening, *events]
    arrivals = [Arrival(each.received_at, each) for each in events]
    again = draw(st.lists(st.tuples(st.sampled_from(events), st.integers(0, 300)), max_size=2))
    arrivals += [Arrival(each.received_at + timedelta(minutes=n), each) for each, n in again]
    for minutes in draw(st.lists(MINUTES, max_size=2)):
        at = START + timedelta(minutes=minutes)
        arrivals.append(
            Arrival(at, Acknowledgement("acme", "1", "ada", at, agreement="gold", metric="resolution"))
        )
    for minutes, to in draw(
        st.lists(st.tuples(MINUTES, st.sampled_from(["two", "four", "night"])), max_size=2)
    ):
        at = START + timedelta(minutes=minutes)
        arrivals.append(
            Arrival(at, HandOver("acme", "1", to, "ada", at, agreement="gold", metric="resolution"))
        )
    arrivals += [interfered(*each) for each in draw(INTERFERENCES)]
    arrivals += [noted(*each) for each in draw(ENTRIES)]
    arrivals += [
        Arrival(START + timedelta(minutes=n), Wake("timer")) for n in draw(st.lists(MINUTES, max_size=4))
    ]
    return sorted(arrivals, key=lambda arrival: arrival.at)


END = when("Sun 12:00")


def lived(arrivals: list[Arrival]) -> Story:
    """Live through it, and see each time that nothing is told before its moment."""
    story = Story(*PROMISES.versions)
    for now, each in [*arrivals, Arrival(END, Wake("timer"))]:
        if story.ticket or isinstance(each, TicketEvent):
            assert all(fact.at <= now for fact in story.give(each, now))
    while story.ticket and story.ticket.behind:
        story.give(Wake("timer"), END)
    return story


def folded(story: Story, until: datetime = END) -> tuple[Ticket, list[Fact]]:
    """Fold what the story's log holds, from the start and in order."""
    told: list[Fact] = []
    while True:
        decision = decide(None, Wake("replay"), PROMISES, until, History(story.log, told))
        assert isinstance(decision, Decision)
        told += decision.facts
        if not decision.ticket.behind:
            return decision.ticket, told


def standing(facts: list[Fact]) -> dict[tuple[str, int], list[Fact]]:
    """Give the outcomes of each cycle that no correction withdrew."""
    withdrawn = {fact.details["corrects"] for fact in facts if fact.fact == "outcome_corrected"}
    cycles: dict[tuple[str, int], list[Fact]] = {}
    for fact in facts:
        if fact.fact in OUTCOMES and fact.id not in withdrawn:
            cycles.setdefault((fact.lane, fact.cycle), []).append(fact)
    return cycles


def net(facts: list[Fact]) -> dict[tuple[str, int], tuple[Any, ...]]:
    """Give what stands of each cycle; one that never began is none."""
    return {
        key: (last.fact, last.at, last.due_at, last.details["worked_seconds"], last.agreement)
        for key, (*_, last) in standing(facts).items()
        if last.details.get("reason") != NEVER
    }


def cases(facts: list[Fact]) -> dict[tuple[str, int], list[str]]:
    """Give what was written into the case of each breach that stands, by the entries' ids."""
    breaches = {key: last for key, (*_, last) in standing(facts).items() if last.fact == "clock_breached"}
    return {
        key: sorted(
            fact.cause
            for fact in facts
            if fact.fact in CASE and (fact.lane, fact.cycle, fact.revision) == (*key, breach.revision)
        )
        for key, breach in breaches.items()
    }


def state(ticket: Ticket) -> list[tuple[Any, ...]]:
    """Give each clock as it stands, but for whom it has told so far."""
    return [
        (
            clock.lane,
            clock.cycle,
            clock.outcome,
            clock.started_at,
            clock.pauses,
            clock.stopped_at,
            deadline(clock, terms_of(clock, PROMISES)) if clock.running else clock.due_at,
            clock.acknowledged_at,
        )
        for clock in sorted(ticket.clocks, key=lambda clock: clock.lane)
    ]


LAW = settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@LAW
@given(lives())
def test_every_order_of_arrival_comes_to_the_same_outcomes(arrivals: list[Arrival]) -> None:
    """Rules 17 and 28: what is told on the way may differ, what stands in the end may not."""
    story = lived(arrivals)
    ticket, facts = folded(story)
    assert net(story.facts) == net(facts)
    assert cases(story.facts) == cases(facts)
    assert story.ticket is not None
    assert state(story.ticket) == state(ticket)


@pytest.mark.slow
@LAW
@given(lives())
def test_no_cycle_ends_in_two_ways_or_breaches_twice(arrivals: list[Arrival]) -> None:
    """Rule 9, net of corrections; and no fact is told twice (which the story sees to)."""
    assert all(len(outcomes) == 1 for outcomes in standing(lived(arrivals).facts).values())


@pytest.mark.slow
@LAW
@given(lives())
def test_folding_step_by_step_equals_folding_from_the_start(arrivals: list[Arrival]) -> None:
    """Where nothing is learned late, the same facts at the same times; exclusions are always learned late."""
    story = lived([each for each in arrivals if not isinstance(each.given, Exclusion)])
    _, facts = folded(story)
    step_by_step = list(replay(story.log, PROMISES, END))
    assert [(fact.key, fact.at, fact.due_at) for fact in step_by_step] == [
        (fact.key, fact.at, fact.due_at) for fact in sorted(facts, key=lambda fact: fact.at)
    ]


def aware(facts: list[Fact]) -> Iterator[tuple[Fact, set[str], set[str]]]:
    """Give each end of a breach with those who were told of it so far, and those who still believe in it."""
    told: dict[tuple[str, int], set[str]] = {}
    left: dict[tuple[str, int], set[str]] = {}
    for fact in facts:
        cycle = fact.lane, fact.cycle
        heard, believe = told.setdefault(cycle, set()), left.setdefault(cycle, set())
        whom = set(fact.details.get("told", ()))
        if fact.fact == "escalation_due":
            whom = {fact.details["notify"]}
        if fact.fact in ("clock_breached", "escalation_due", "escalation_handed_over"):
            heard |= whom
            believe |= whom
        elif fact.fact == "breach_reopened":
            believe |= whom
        elif fact.fact == "outcome_corrected":
            believe -= whom
        elif fact.fact == "breach_ended":
            yield fact, heard, believe
            believe -= whom


@pytest.mark.slow
@LAW
@given(lives())
def test_an_all_clear_goes_to_those_who_were_told_and_to_nobody_else(arrivals: list[Arrival]) -> None:
    """Rule 22: by whichever rota, assignee or hand-over, and whatever is learned late."""
    story = lived(arrivals)
    for end, heard, believe in aware(story.facts):
        assert set(end.details["told"]) <= heard
        if end.details["told"]:
            assert believe <= set(end.details["told"])


@pytest.mark.slow
@LAW
@given(lives())
def test_a_reminder_with_hours_is_told_within_them(arrivals: list[Arrival]) -> None:
    """Rule 20: and no two of a clock at one instant, where they waited for it."""
    office = PROMISES.versions[1].calendars["office"]
    told = [
        each
        for each in lived(arrivals).facts
        if (each.fact, each.target) == ("reminder_due", "requester_wait")
    ]
    for fact in told:
        assert office.is_open(fact.at) or fact.agreement != "plain"
        assert fact.due_at is None or fact.at < fact.due_at


@pytest.mark.slow
@LAW
@given(lives())
def test_worked_time_never_exceeds_wall_time(arrivals: list[Arrival]) -> None:
    """Nor is it ever negative; late time likewise."""
    for fact in lived(arrivals).facts:
        wall = (fact.at - START).total_seconds()
        assert 0 <= fact.details.get("worked_seconds", 0) <= wall
        assert 0 <= fact.details.get("late_seconds", 0) <= fact.details.get("late_wall_seconds", 0)


@pytest.mark.slow
@LAW
@given(lives())
def test_replay_by_arrival_comes_to_the_same_outcomes(arrivals: list[Arrival]) -> None:
    """Woken at every moment, with late events and corrections."""
    inputs = [arrival.given for arrival in arrivals if not isinstance(arrival.given, Wake)]
    by_arrival, in_order = (list(replay(inputs, PROMISES, END, arrival=late)) for late in (True, False))
    keys = [fact.key for fact in by_arrival]
    assert len(keys) == len(set(keys))
    if all(isinstance(each, TicketEvent) for each in inputs):
        assert net(by_arrival) == net(in_order)


def placed(story: Story) -> list[tuple[str, str | None, Row]]:
    """Give each row with the instant and the customer under which the ledger's indexes have it."""
    found = []
    for seq, fact in enumerate(each for each in story.facts if each.fact in RECORDED):
        places = places_of("ticket#acme#1", fact, seq, END)
        customer = split_subject(places["customer_month"])[1] if "customer_month" in places else None
        found.append((places["due_order"].split("#")[1], customer, Row(fact, seq)))
    return found


@pytest.mark.slow
@LAW
@given(lives())
def test_days_and_customers_add_up_to_the_whole(arrivals: list[Arrival]) -> None:
    """However short the days: all that rows say of one telling lies at one instant of one customer.

    So that no cycle is counted on two days, for two customers, or for none.
    """
    rows = placed(lived(arrivals))
    whole = sorted(cycles(row for _, _, row in rows), key=attrgetter("id"))
    shares: dict[tuple[str, str | None], list[Row]] = {}
    for on, of, row in rows:
        shares.setdefault((on, of), []).append(row)
    assert sorted(chain.from_iterable(map(cycles, shares.values())), key=attrgetter("id")) == whole
    for customer in (None, "acme", "beta"):
        own = sorted(cycles(row for _, of, row in rows if of == customer), key=attrgetter("id"))
        assert own == [each for each in whole if each.customer == customer]
