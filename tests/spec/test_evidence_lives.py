"""Evidence of any life that was lived can be checked: every decision comes out as it was recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.inputs import Wake
from slaclock.records.evidence import record_of
from tests.examples import examples
from tests.spec.evidencing import Desk, Sealing, checked
from tests.spec.story import document, target
from tests.spec.test_lives import DOCUMENTS, END, LADDER, MINUTES, START, Arrival, lives

# What is published while a ticket lives: another version, for open tickets or not, and of other agreements.
STRICTER = document(
    target("first_response", "30m", escalation=LADDER),
    target("resolution", {"high": "1h", "low": "4h"}),
    applies_to={"plan": {"any": ["gold"]}},
)
EDITIONS: dict[str, dict[str, Any]] = {
    "stricter": STRICTER,
    "stricter, also for open tickets": {**STRICTER, "applies_to_open": True},
    "reads the status": document(
        target("resolution", "1h"), agreement="other", order=1, applies_to={"status": {"any": ["nowhere"]}}
    ),
    "reads the team": document(
        target("resolution", "1h"), agreement="another", order=1, applies_to={"team": {"any": ["nobody"]}}
    ),
}
PUBLICATIONS = st.lists(st.tuples(MINUTES, st.sampled_from(sorted(EDITIONS))), max_size=2)


def lived(arrivals: list[Arrival], publications: list[tuple[int, str]]) -> Desk:
    """Live through it at a desk, with what is published meanwhile."""
    desk, waiting = Desk(), sorted((START + timedelta(minutes=n), what) for n, what in publications)
    desk.publish(*DOCUMENTS)
    for now, each in [*arrivals, Arrival(END, Wake("timer"))]:
        while waiting and waiting[0][0] <= now:
            desk.now, what = waiting.pop(0)
            desk.publish(EDITIONS[what])
        desk.give(now, each)
    while (saved := desk.store.load("ticket#acme#1").saved) and saved.ticket.behind:
        desk.give(END, Wake("timer"))
    return desk


@pytest.mark.slow
@settings(max_examples=examples(75), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives(), PUBLICATIONS)
def test_the_evidence_of_every_breach_of_every_life_holds(
    arrivals: list[Arrival], publications: list[tuple[int, str]]
) -> None:
    """Late and doubled events, late timers, corrections, exclusions, hand-overs, new versions."""
    desk = lived(arrivals, publications)
    seals = Sealing(record_of(desk.life))
    for breach in desk.breaches[:1] + desk.breaches[1:][-1:]:
        verdict = checked(desk.bundle(breach.id, seals))
        assert verdict.outcome == "holds", verdict.failed
