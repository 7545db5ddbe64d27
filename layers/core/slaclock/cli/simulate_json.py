"""What `slaclock simulate` prints for machines: one JSON object, seconds to the second, with every change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.instants import format_instant
from slaclock.simulation.counting import OUTCOMES, SHARES, Tally, together

if TYPE_CHECKING:
    from slaclock.cli.simulating import Simulation
    from slaclock.simulation.comparing import Change, Pair
    from slaclock.simulation.counting import Promise, Stops
    from slaclock.simulation.cycles import Cycle


def as_json(found: Simulation) -> dict[str, Any]:
    """Everything that is known; `old`, `difference` and `changes` where two sides are compared."""
    report = {
        "until": format_instant(found.until),
        "tickets": found.counted.tickets,
        "targets": [_target_json(found, pair) for pair in found.pairs()],
    }
    return report | (
        {"changes": [_change_json(each) for each in found.counted.changes]} if found.compared else {}
    )


def _target_json(found: Simulation, pair: Pair) -> dict[str, Any]:
    new, old = (found.tally(side, promise) for side, promise in enumerate(pair))
    promise = next(each for each in pair if each)
    report = {
        "target": promise.target,
        "metric": promise.metric,
        "new": _tally_json(pair[0], new),
        "tightest": _tightest_json(new),
    }
    if not found.compared:
        return report
    return report | {"old": _tally_json(pair[1], old), "difference": _difference(new, old)}


def _difference(new: Tally, old: Tally) -> dict[str, Any]:
    counts = {each: getattr(new, each) - getattr(old, each) for each in OUTCOMES}
    return counts | {"attainment": _less(new.attainment, old.attainment)}


def _tally_json(promise: Promise | None, tally: Tally) -> dict[str, Any] | None:
    if promise is None:
        return None
    counts = {each: getattr(tally, each) for each in OUTCOMES}
    return {"agreement": promise.agreement, **counts, "attainment": _rounded(tally.attainment)}


def _tightest_json(tally: Tally) -> dict[str, Any]:
    by_budget = {budget: _stops_json(tally.stops[budget]) for budget in sorted(tally.stops)}
    return {**_stops_json(together(tally.stops.values())), "by_budget": by_budget}


def _stops_json(stops: Stops) -> dict[str, Any]:
    seconds = {f"{share}%": stops.tightest(share) for share in SHARES}
    return {"cycles": stops.cycles, "stopped": len(stops.worked), "seconds": seconds}


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "account": change.account,
        "ticket_id": change.ticket_id,
        "target": change.target,
        "cycle": change.cycle,
        "old": _cycle_json(change.old),
        "new": _cycle_json(change.new),
    }


def _cycle_json(cycle: Cycle | None) -> dict[str, Any] | None:
    if cycle is None:
        return None
    due_at = format_instant(cycle.due_at) if cycle.due_at else None
    return {"agreement": cycle.agreement, "budget": cycle.budget, "outcome": cycle.outcome, "due_at": due_at}


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else _rounded(one - other)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)
