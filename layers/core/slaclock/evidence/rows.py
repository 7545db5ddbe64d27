"""Which of a ticket's facts are a breach's rows: what the ledger keeps of it, its case included."""

from collections.abc import Mapping, Sequence
from typing import Any

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import RECORDED, split_id

BREACH = "clock_breached"


def rows_of(facts: Sequence[Mapping[str, Any]], breach: str) -> list[str]:
    """The ids of a breach's rows, in the order of telling; empty where no fact tells it.

    They are the recorded facts of its clock, cycle and revision: those that tell it, end it, open it again,
    take it in hand, hand it over and withdraw it, and those of its case.
    """
    found = next((each for each in facts if each["fact"]["id"] == breach), None)
    if found is None or found["fact"]["fact"] != BREACH:
        return []
    cycle = _cycle(found["fact"])
    return [
        each["fact"]["id"]
        for each in facts
        if each["fact"]["fact"] in RECORDED and _cycle(each["fact"]) == cycle
    ]


def is_breach(fact_id: str) -> bool:
    """Whether an id is one of a breach."""
    try:
        return split_id(fact_id)[1].startswith(f"{BREACH}:")
    except InvalidEvent:
        return False


def _cycle(fact: Mapping[str, Any]) -> str:
    """Clock, cycle and revision, as a fact's key has them: `resolution:1.0`."""
    return ":".join(split_id(fact["id"])[1].split(":")[1:3])
