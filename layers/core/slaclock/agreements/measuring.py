"""What a metric's declaration says of a clock, in words: what starts, holds and stops it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slaclock.agreements.wording import Frozen, condition_words, listed
from slaclock.domain.metrics import BUILT_IN
from slaclock.domain.taxonomy import USUAL_KIND

BY_DEFAULT = " (the default)"
REOPENING = {
    "resume": "goes on, with the time already worked and without the gap",
    "restart": "begins anew, from nothing",
    "ignore": "stays as it ended",
}
_STOPS = {
    "created": "when the ticket is created",
    "agent_reply": "with a public reply by an agent",
    "customer_reply": "with a message by the customer",
}
_STARTS = {
    "created": "when the ticket is created",
    "agent_reply": "with a public reply by an agent",
    "customer_reply": "with a message by the customer",
    "customer_waits": "with the customer's oldest message that has no answer",
}


def declaration_of(frozen: Frozen, target: Frozen) -> Frozen:
    """Give the declaration of a target's metric: the agreement's own, or that of one which all know."""
    declared: Frozen = frozen.get("metrics", {}).get(target["metric"]) or BUILT_IN[target["metric"]]
    return declared


def measured(declared: Frozen, target: Frozen) -> list[tuple[str, str]]:
    """Say what starts, holds and stops a promise's clock, and what follows: what, and the words."""
    cancel, held = declared.get("cancel"), declared.get("pause", "pausing")
    pause = state_words(held, target)
    if held == "pausing" and set(target["pause_on"]) == {"pending", "on_hold"}:
        pause += BY_DEFAULT
    said = [
        ("starts", start_words(declared, target)),
        ("runs while", state_words(declared["while"], target) if "while" in declared else ""),
        ("pauses while", pause or "(nothing pauses it)"),
        ("stops", stop_words(declared["stop"], target)),
        ("is cancelled", f"when {state_words(cancel['when'], target)}: {cancel['reason']}" if cancel else ""),
        ("again", again_words(declared.get("repeat", False), target)),
        ("counts as", declared.get("kind", USUAL_KIND)),
    ]
    return [(what, words) for what, words in said if words]


def start_words(declared: Frozen, target: Frozen) -> str:
    """Say what begins a cycle of a metric."""
    start, unless = declared["start"], declared.get("unless")
    if isinstance(start, Mapping) and "at" in start:
        return f"at the date or time in {start['at']}"
    words = _STARTS.get(start) if isinstance(start, str) else None
    yields = f"; not for the wait that {unless} measures" if unless else ""
    return (words or f"when {state_words(start, target)}") + yields


def stop_words(stop: Any, target: Frozen) -> str:
    """Say what ends a cycle of a metric."""
    words = _STOPS.get(stop) if isinstance(stop, str) else None
    return words or f"when {state_words(stop, target)}"


def again_words(repeat: Any, target: Frozen) -> str:
    """Say whether and when a cycle follows the one before."""
    if isinstance(repeat, Mapping):
        return f"whenever {condition_words(repeat)}"
    if repeat == "reopened":
        return (
            f"reopened, it {REOPENING[target['on_reopen']]}{BY_DEFAULT * (target['on_reopen'] == 'resume')}"
        )
    return "whenever its start happens or holds again" if repeat else "never: once for a ticket"


def state_words(state: Any, target: Frozen) -> str:
    """Say what a state of a ticket is: a condition, or a word, which may ask for something of the target."""
    if isinstance(state, Mapping):
        return condition_words(state)
    return {
        "in_team": f"the ticket is in the team {target.get('team', '?')}",
        "pausing": f"the status is {listed(target['pause_on'])}" if target["pause_on"] else "",
        "solved": "the ticket is solved or closed",
        "never": "",
        "customer_waits": "a message by the customer has no answer",
    }[str(state)]
