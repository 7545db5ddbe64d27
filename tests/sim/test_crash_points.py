"""Every AWS call of every handler, killed before it and after it, then replayed."""

from __future__ import annotations

import ast
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from local.template import ROOT
from tests.sim.crashes import (
    ARMED_LATE,
    LOSING,
    SMOOTH,
    Plan,
    armed_late,
    brought_back,
    crash_points,
    crashed,
    lost,
    unstored,
)
from tests.sim.tables import OPERATIONS
from tests.sim.test_simulation import CALLS

if TYPE_CHECKING:
    from tests.sim.hand_worked import HandWorked

KEPT = unstored(SMOOTH, timedelta(seconds=30))
LIVES: dict[str, tuple[HandWorked, bool]] = {
    "all goes well": (SMOOTH, True),
    "deliveries are kept, for the table can't be had": (KEPT, True),
    "every schedule and announcement is lost": (LOSING, False),
    "schedules are made when their moments have come": (ARMED_LATE, False),
    "reminders can't be told at first": (SMOOTH, False),
}
# What the functions are made of, and by which names they reach AWS.
MODULES = (
    "announcing",
    "arming",
    "gathering",
    "in_turn",
    "intake",
    "links",
    "matters",
    "quarantine",
    "schedules",
    "secrets",
    "silence",
    "sweeping",
    "together",
    "voice",
    "waiting_room",
    "workflow",
    "store/caching",
)
REACHED_BY = {"client", "tickets", "outbox", "activity", "connections", "store", "_store"}


@pytest.mark.slow
@pytest.mark.parametrize("name", LIVES)
def test_a_worker_that_dies_at_any_call_loses_nothing_and_tells_nothing_twice(name: str) -> None:
    """What it was at comes again, and comes to what was worked out by hand."""
    worked, wired = LIVES[name]
    plan = plan_of(name)
    points = list(crash_points(worked, plan, wired=wired))
    assert len(points) > 100
    amiss = {}
    for place, kind in points:
        if wrong := crashed(worked, plan, place, kind, wired=wired).wrong:
            amiss[place, kind] = wrong
    assert amiss == {}
    print(f"{name}: {len(points)} crash points")


@pytest.mark.slow
def test_each_call_that_the_code_makes_is_a_crash_point() -> None:
    """Enumerated from the code: a call that no life reaches would never be killed."""
    places = [
        place
        for name, (worked, _) in LIVES.items()
        for place, _ in crash_points(worked, plan_of(name), wired=False)
    ]
    # A secret is read by one call or the other, at the same place; lives have theirs in Secrets Manager.
    assert {place.rpartition(":")[2] for place in places} == called() - {"GetParameter"}
    reached = {(place.partition(" ")[0].capitalize(), place.rpartition(":")[2]) for place in places}
    calls = {(function, each) for function, operations in CALLS.items() for each in operations.split()}
    assert calls - reached == set()


def plan_of(name: str) -> Plan:
    worked, wired = LIVES[name]
    if name.startswith("reminders"):
        return brought_back(worked, wired=wired)
    if worked is ARMED_LATE:
        return armed_late(worked, wired=wired)
    return lost(worked, wired=wired) if worked is LOSING else {}


def called() -> set[str]:
    """The operations of AWS that the functions' modules call."""
    operations = set()
    for module in MODULES:
        for node in ast.walk(ast.parse((ROOT / f"layers/core/slaclock/{module}.py").read_text())):
            if isinstance(node, ast.Attribute) and _name(node.value) in REACHED_BY:
                operations.add(OPERATIONS.get(node.attr) or _operation(node.attr))
    return operations


def _name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node  # a client that is made when it is asked for
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _operation(method: str) -> str:
    """A client's method as AWS names the operation: `list_objects_v2` is `ListObjectsV2`."""
    return "".join(word.capitalize() for word in method.split("_"))
