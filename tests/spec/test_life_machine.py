"""A ticket's life as a state machine: whatever happens next, however late it is heard of, the laws hold."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from slaclock.domain.clock import terms_of
from slaclock.domain.deadlines import worked
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import OUTCOMES
from slaclock.domain.inputs import Wake
from tests.examples import examples
from tests.spec.story import Story
from tests.spec.test_lives import (
    BREACHES,
    PROMISES,
    START,
    WRITTEN,
    cases,
    event,
    folded,
    interfered,
    net,
    noted,
    standing,
    state,
)

REPLIES = st.sampled_from(["agent", "agent, pending", "agent, solved", "customer", "note"])
MOVES = st.sampled_from(["tier1", "tier2", "no team", "assigned", "to the vendor", "from the vendor"])
STATUSES = st.sampled_from(["pending", "hold", "open", "solved", "closed", "reopened"])
TERMS = st.sampled_from(["high", "low", "normal", "gold", "plain"])
FATES = st.sampled_from(["merged", "deleted", "restored"])
LATE = st.just(0) | st.integers(1, 240)
MINUTES = st.integers(0, 240)


class TicketLife(RuleBasedStateMachine):
    """One ticket; `minutes` is the time since its start. Events are heard of up to four hours late."""

    def __init__(self) -> None:
        super().__init__()
        self.story, self.minutes, self.count = Story(*PROMISES.versions), 0, 0
        self.last: TicketEvent | None = None

    @initialize(priority=st.sampled_from(["high", "low"]), plan=st.sampled_from(["gold", "plain"]))
    def create(self, priority: str, plan: str) -> None:
        attributes = {"status": "new", "priority": priority, "plan": plan}
        self._hear(TicketEvent("00", "acme", "1", "created", START, START, attributes=attributes))

    @rule(what=REPLIES, late=LATE)
    def reply(self, what: str, late: int) -> None:
        self._happens(what, late)

    @rule(what=MOVES, late=LATE)
    def reassign(self, what: str, late: int) -> None:
        self._happens(what, late)

    @rule(what=STATUSES, late=LATE)
    def change_status(self, what: str, late: int) -> None:
        self._happens(what, late)

    @rule(what=TERMS, late=LATE)
    def change_terms(self, what: str, late: int) -> None:
        self._happens(what, late)

    @rule(what=FATES, late=LATE)
    def merge_delete_restore(self, what: str, late: int) -> None:
        self._happens(what, late)

    @rule(begins=MINUTES)
    def exclude(self, begins: int) -> None:
        self.story.give(interfered("maintenance", self.minutes, begins).given, self._now)

    @rule(what=st.sampled_from(sorted(WRITTEN)), breach=st.sampled_from(BREACHES))
    def write_into_the_case(self, what: str, breach: str) -> None:
        self.story.give(noted(what, breach, self.minutes).given, self._now)

    @rule()
    def hear_it_again(self) -> None:
        if self.last:
            self.story.give(self.last, self._now)

    @rule(minutes=MINUTES)
    def wait(self, minutes: int) -> None:
        self.minutes += minutes
        self.story.give(Wake("timer"), self._now)

    @invariant()
    def every_running_clock_has_a_next_moment(self) -> None:
        for clock in self.story.ticket.clocks if self.story.ticket else ():
            assert not clock.running or clock.paused or clock.lane in self.story.ticket.next_moments  # type: ignore[union-attr]

    @invariant()
    def no_cycle_ends_in_two_ways(self) -> None:
        assert all(len(outcomes) == 1 for outcomes in standing(self.story.facts).values())

    @invariant()
    def worked_time_never_exceeds_wall_time(self) -> None:
        for clock in self.story.ticket.clocks if self.story.ticket else ():
            until = clock.stopped_at or self._now
            done = worked(clock, terms_of(clock, PROMISES), until)
            assert timedelta() <= done <= max(until - clock.started_at, timedelta())

    def teardown(self) -> None:
        """In the end it is as if all had been heard in order; what was told otherwise is withdrawn."""
        while self.story.ticket and self.story.ticket.behind:
            self.story.give(Wake("timer"), self._now)
        self.story.give(Wake("timer"), self._now)
        ticket, facts = folded(self.story, self._now)
        assert net(self.story.facts) == net(facts)
        assert cases(self.story.facts) == cases(facts)
        assert self.story.ticket
        assert state(self.story.ticket) == state(ticket)
        told = {fact.id: fact for fact in self.story.facts}
        for fact in self.story.facts:
            if fact.fact == "outcome_corrected":
                assert told[fact.details["corrects"]].fact in OUTCOMES | {"breach_ended", "breach_reopened"}
                assert fact.details["because"]

    @property
    def _now(self) -> datetime:
        return START + timedelta(minutes=self.minutes)

    def _happens(self, what: str, late: int) -> None:
        self.count += 1
        happened = max(0, self.minutes - late)
        self.last = event(self.count, what, happened, self.minutes - happened)
        self._hear(self.last)

    def _hear(self, given: TicketEvent) -> None:
        self.story.give(given, self._now)


pytestmark = pytest.mark.slow
TestTicketLife = TicketLife.TestCase
TestTicketLife.settings = settings(
    max_examples=examples(200),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
