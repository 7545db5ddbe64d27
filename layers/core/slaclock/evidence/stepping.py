"""The fold as a bundle shows it: each decision, what it told, and every clock as it stood afterwards."""

from collections.abc import Sequence
from typing import Any

from slaclock.domain.budget_left import whole_seconds
from slaclock.domain.clock import Clock, state_of, terms_of
from slaclock.domain.deadlines import deadline, worked
from slaclock.domain.instants import format_instant
from slaclock.evidence.commits import Link
from slaclock.evidence.facing import key_of
from slaclock.evidence.known import Known
from slaclock.evidence.readings import readings
from slaclock.evidence.steps import Diverged, Step, steps


def folded(links: Sequence[Link], known: Known) -> tuple[list[Step], Diverged | None]:
    """Every step of a chain, and where it is not what follows, if anywhere, by what goes furthest.

    What was published or entered while an event came in may have been unknown to whoever folded it.
    """
    best: tuple[list[Step], Diverged | None] = ([], None)
    for reading in readings(links, known):
        taken, diverged = _folded(links, reading)
        if diverged is None:
            return taken, None
        if best[1] is None or diverged.seq > best[1].seq:
            best = taken, diverged
    return best


def _folded(links: Sequence[Link], known: Known) -> tuple[list[Step], Diverged | None]:
    taken: list[Step] = []
    try:
        for step in steps(links, known):
            taken.append(step)  # noqa: PERF402  (those before the one that fails are wanted)
    except Diverged as diverged:
        return taken, diverged
    return taken, None


def step_to_json(step: Step) -> dict[str, Any]:
    """Write a step: without inputs it is time that passed. Facts are named by their keys."""
    clocks = sorted(step.ticket.clocks, key=lambda clock: clock.lane)
    return {
        "at": format_instant(step.at),
        "inputs": [{"seq": link.seq, "id": link.given.id} for link in step.inputs if link.given is not None],
        "told": [{"seq": link.seq, "fact": key_of(link.fact)} for link in step.told],
        "clocks": [_clock(clock, step) for clock in clocks],
    }


def _clock(clock: Clock, step: Step) -> dict[str, Any]:
    """A clock after a step; its working time runs to the step, or to its stop. Paused, it has no deadline."""
    terms, until = terms_of(clock, step.agreements), clock.stopped_at or step.at
    due = clock.due_at or deadline(clock, terms)
    return {
        "clock": clock.lane,
        "agreement": clock.agreement,
        "agreement_version": clock.version,
        "cycle": clock.cycle,
        "revision": clock.revision,
        "state": state_of(clock, terms),
        "budget": clock.budget,
        "worked_seconds": whole_seconds(worked(clock, terms, until)),
        "due_at": format_instant(due) if due else None,
    }
