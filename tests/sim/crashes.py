"""Crash points: each call of each handler in a life, and the worker that dies before it and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.sim import faults as kinds
from tests.sim.hand_worked import AT_THE_LAST_MOMENT, NOBODY, TAKEN_IN_HAND, HandWorked
from tests.sim.lives import START, event
from tests.sim.run import Profile, Run
from tests.sim.seeds import held
from tests.sim.wire import Outage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from tests.sim.shrinking import Verdict

_SEED = 3  # in which a late arm comes before the auditor
Plan = dict[str, str]


def places(worked: HandWorked, plan: Plan, *, wired: bool) -> dict[str, tuple[str, ...]]:
    """Every place of a life where something may go wrong, with what."""
    run = Run(_SEED, worked.life, Profile(plan=plan, wired=wired))
    run.faults.places = {}
    run.live()
    return run.faults.places


def crash_points(worked: HandWorked, plan: Plan, *, wired: bool) -> Iterator[tuple[str, str]]:
    """Each call of a life, and the worker's death before it and after it."""
    for place, possible in places(worked, plan, wired=wired).items():
        for kind in (kinds.DIES_BEFORE, kinds.DIES_AFTER):
            if kind in possible and place not in plan:
                yield place, kind


def crashed(worked: HandWorked, plan: Plan, place: str, kind: str, *, wired: bool) -> Verdict:
    """A life in which a worker dies there; what it was at comes again as AWS, or the helpdesk, brings it."""
    return held(worked, _SEED, Profile(plan={**plan, place: kind}, wired=wired))


def lost(worked: HandWorked, *, wired: bool) -> Plan:
    """All schedules and all batches of announcements lost, so that the auditor has everything to do."""
    plan: dict[str, str] = {}
    for _ in range(40):  # what the auditor does brings new ones
        found = places(worked, plan, wired=wired)
        more = {place: kinds.LOST for place, possible in found.items() if kinds.LOST in possible} | plan
        if more == plan:
            return plan
        plan = more
    raise AssertionError("new schedules for ever")


def armed_late(worked: HandWorked, *, wired: bool) -> Plan:
    """The last change's batch late: arm finds a moment that has come, and decides about it itself."""
    found = places(worked, {}, wired=wired)
    return {place: kinds.LATE for place in found if place.startswith("Arm ") and place.endswith(" v3")}


def brought_back(worked: HandWorked, *, wired: bool) -> Plan:
    """Whatever a reminder of the queue needs is refused, so that notify has it come again soon."""
    found = places(worked, {}, wired=wired)
    return {
        place: kinds.FAILED
        for place, possible in found.items()
        if " queue " in place and kinds.FAILED in possible
    }


def unstored(worked: HandWorked, span: timedelta) -> HandWorked:
    """The same life, but the table can't be had when it begins, so that deliveries are kept."""
    outage = Outage("dynamodb", START, START + span)
    return replace(worked, life=replace(worked.life, outages=(outage,)))


def urgent(worked: HandWorked, minutes: float) -> HandWorked:
    """The same life, made urgent so many minutes after its start."""
    first, assigned, _, solved = worked.life.arrivals
    arrivals = [first, assigned, event(2, "high", minutes), solved]
    return replace(worked, life=replace(worked.life, arrivals=arrivals))


SMOOTH, LOSING, ARMED_LATE = TAKEN_IN_HAND, NOBODY, urgent(AT_THE_LAST_MOMENT, 59.5)
