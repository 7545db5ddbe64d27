"""Evidence that somebody changed: one thing anywhere, or all of it consistently, under the trusted key too."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.hand_over import HandOver
from slaclock.domain.inputs import Wake
from slaclock.evidence.canonical import canonical
from slaclock.evidence.verify import verify
from slaclock.records.evidence import record_of
from tests.spec.evidencing import (
    LATER,
    Desk,
    Sealing,
    checked,
    entries_of,
    rechained,
    stamped,
    trusted,
)
from tests.spec.story import when
from tests.spec.test_evidence_lives import EDITIONS
from tests.spec.test_lives import DOCUMENTS, event, interfered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slaclock.evidence.bundle import Record

TIME = Wake("timer")


@cache
def desk() -> Desk:
    """A ticket with a breach that was taken in hand, handed over and ended, and one that was withdrawn."""
    desk = Desk()
    desk.publish(*DOCUMENTS, EDITIONS["reads the status"])
    opening = replace(event(0, "open", 0, 0), type="created")
    opening = replace(opening, attributes={"status": "new", "priority": "high", "plan": "gold"})
    desk.give(when("Thu 15:00"), opening)
    desk.give(when("Thu 16:01"), TIME)
    names = {"agreement": "gold", "metric": "first_response"}
    desk.give(when("Thu 16:10"), Acknowledgement("acme", "1", "ada", when("Thu 16:10"), **names))
    desk.give(when("Thu 16:15"), HandOver("acme", "1", "four", "ada", when("Thu 16:15"), **names))
    desk.now = when("Thu 16:20")
    desk.publish(EDITIONS["stricter"])
    desk.give(when("Thu 16:40"), event(1, "agent", 100, 0))
    desk.give(when("Thu 17:00"), TIME)
    desk.give(when("Thu 17:20"), event(2, "solved", 110, 30))
    desk.give(when("Thu 17:30"), interfered("maintenance", 150, 140).given)
    desk.give(when("Fri 12:00"), TIME)
    return desk


@cache
def bundle(target: str = "first_response") -> dict[str, Any]:
    """The evidence of its breach of that target, all of it sealed."""
    (breach,) = [each.id for each in desk().breaches if each.lane == target]
    return desk().bundle(breach, Sealing(record_of(desk().life)))


def test_what_was_made_holds() -> None:
    """Of a breach that stands, and of one that was withdrawn."""
    for target in ("first_response", "resolution"):
        verdict = checked(bundle(target))
        assert (verdict.outcome, verdict.failed) == ("holds", None)
    told = [row["fact"] for row in checked(bundle()).rows]
    assert told == ["clock_breached", "breach_acknowledged", "escalation_handed_over", "breach_ended"]
    assert [row["fact"] for row in checked(bundle("resolution")).rows] == [
        "clock_breached",
        "outcome_corrected",
    ]


Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place of a document, itself first."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from places(each, (*path, name))


def at(document: Any, path: Path) -> Any:
    for name in path:
        document = document[name]
    return document


def other_scalar(value: Any) -> Iterator[Any]:
    """Values that stand for another one."""
    if isinstance(value, bool):
        yield from (not value, int(value), None)
    elif isinstance(value, int):
        yield from (value + 1, value - 1, float(value), str(value), None)
    elif isinstance(value, str):
        turned = value[:-1] + ("0" if value[-1:] != "0" else "1")
        yield from (turned, value + " ", value[:-1], value.swapcase(), "", None, [value])
    else:
        yield from (0, "", False, {})


def other_list(value: list[Any]) -> Iterator[list[Any]]:
    yield [*value, *value[-1:]]
    yield [*value, None]
    for number in range(len(value)):
        yield [*value[:number], *value[number + 1 :]]
        yield [*value[number : number + 1], *value[:number], *value[number + 1 :]]
    yield value[::-1]


def other_object(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**value, "extra": 1}
    for name in value:
        yield {each: said for each, said in value.items() if each != name}
        yield {(f"{each}x" if each == name else each): said for each, said in value.items()}


def others(value: Any) -> list[Any]:
    """What may stand in a value's place."""
    if isinstance(value, dict):
        return list(other_object(value))
    return list(other_list(value) if isinstance(value, list) else other_scalar(value))


@st.composite
def tampered(draw: st.DrawFn) -> tuple[Path, dict[str, Any]]:
    """One place of a bundle, and the bundle with something else there."""
    document = copy.deepcopy(bundle(draw(st.sampled_from(["first_response", "resolution"]))))
    member = draw(st.sampled_from(sorted(document)))
    path = draw(st.sampled_from([(member, *each) for each in places(document[member])]))
    holder, name = at(document, path[:-1]), path[-1]
    holder[name] = draw(st.sampled_from(others(holder[name])))
    return path, document


MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@MANY
@given(tampered())
def test_whatever_is_changed_is_found(found: tuple[Path, dict[str, Any]]) -> None:
    """A value, a member, an element, two of them swapped: the check names what does not hold."""
    path, document = found
    verdict = checked(document)
    if canonical(document) in map(canonical, (bundle(), bundle("resolution"))):
        assert verdict.outcome == "holds"
        return
    assert verdict.outcome == "does not hold", path
    assert verdict.failed is not None
    assert verdict.failed.said
