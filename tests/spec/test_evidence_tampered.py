"""Evidence that somebody changed: one thing anywhere, or all of it consistently, under the trusted key."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.hand_over import HandOver
from slaclock.domain.inputs import Wake
from slaclock.evidence.canonical import canonical
from slaclock.records.evidence import evidence_of, record_of
from tests.examples import examples
from tests.spec.evidencing import (
    Desk,
    Sealing,
    checked,
    entries_of,
    rechained,
    stamped,
)
from tests.spec.story import when
from tests.spec.test_evidence_lives import EDITIONS
from tests.spec.test_lives import DOCUMENTS, event, interfered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    names: dict[str, Any] = {"agreement": "gold", "metric": "first_response"}
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
def bundle(target: str = "first_response", *, sealed: bool = True) -> dict[str, Any]:
    """The evidence of its breach of that target, all of it sealed, or none."""
    (breach,) = [each.id for each in desk().breaches if each.lane == target]
    return desk().bundle(breach, Sealing(record_of(desk().life)) if sealed else None)


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


class Change(NamedTuple):
    """Which bundle, which place of it, and which of what may stand there instead."""

    target: str
    sealed: bool
    path: Path
    number: int

    @property
    def before(self) -> dict[str, Any]:
        return bundle(self.target, sealed=self.sealed)

    def made(self) -> dict[str, Any]:
        document = copy.deepcopy(self.before)
        holder, name = at(document, self.path[:-1]), self.path[-1]
        holder[name] = others(holder[name])[self.number]
        return document


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """One thing in one place; members of a bundle are as likely as each other, however much is in them."""
    target, sealed = draw(st.sampled_from(["first_response", "resolution"])), draw(st.booleans())
    before = bundle(target, sealed=sealed)
    member = draw(st.sampled_from(sorted(before)))
    path = draw(st.sampled_from([(member, *each) for each in places(before[member])]))
    return Change(target, sealed, path, draw(st.integers(0, len(others(at(before, path))) - 1)))


# What whoever makes a file may say as he likes: no chain has it, and no fact hangs on it.
FREE: tuple[Path, ...] = (("hash",), ("made_at",), ("tzdata",), ("reads",))
MANY = settings(max_examples=examples(120), deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@MANY
@given(changes())
def test_whatever_is_changed_is_found(change: Change) -> None:
    """A value, a member, an element, two of them swapped: the check names what does not hold.

    What is another text and the same document, such as 1.0 for 1, is no change.
    """
    document = change.made()
    verdict = checked(document)
    if canonical(document) == canonical(change.before):
        assert verdict.outcome == ("holds" if change.sealed else "not sealed yet")
        return
    assert verdict.outcome == "does not hold"
    assert verdict.failed is not None
    assert verdict.failed.said


@pytest.mark.slow
@MANY
@given(changes())
def test_whatever_is_changed_is_found_where_the_file_bears_the_right_hash_too(change: Change) -> None:
    """But for what no fact hangs on: when and by what the file was made, and what never counted."""
    document = change.made()
    same = canonical(document) == canonical(change.before)
    uncounted = change.path[0] in ("exclusions", "agreements") or change.path[:1] in FREE
    assert checked(stamped(document)).outcome != "holds" or same or uncounted


@pytest.mark.parametrize("sealed", [True, False])
def test_a_row_that_is_no_fact_is_found_whatever_is_sealed(*, sealed: bool) -> None:
    """Nothing is raised where no proof leads to it, either."""
    verdict = checked(stamped({**bundle(sealed=sealed), "rows": ["nobody"]}))
    assert verdict.failed is not None
    assert (verdict.failed.check, verdict.outcome) == ("rows", "does not hold")


@pytest.mark.parametrize(
    ("member", "value", "check", "said"),
    [
        ("made_at", "2026-03-26T16:29:59Z", "schema", "link 26 was recorded after it"),
        ("engine", "0.0.9", "engine", "the breach was told by slaclock 0.1.0"),
        ("exclusions", [], "hashes", "is in the ticket's log, and not here"),
    ],
)
def test_what_the_record_says_too_may_not_be_said_otherwise(
    member: str, value: Any, check: str, said: str
) -> None:
    """No earlier than the last link, the engine of the breach, and every exclusion of the log."""
    assert bundle()["exclusions"]
    verdict = checked(stamped({**bundle(), member: value}))
    assert verdict.failed is not None
    assert (verdict.failed.check, verdict.failed.pointer) == (check, f"/{member}")
    assert said in verdict.failed.said


def test_a_file_may_be_made_at_the_instant_of_its_last_link() -> None:
    """But no sooner."""
    assert checked(stamped({**bundle(), "made_at": "2026-03-26T16:30:00Z"})).outcome == "holds"


def test_a_file_is_no_older_than_what_is_in_it_whatever_the_makers_clock_says() -> None:
    """Another function recorded the last link, by a clock that was ahead."""
    early = evidence_of(desk().store, None, bundle()["breach"], when("Thu 15:00"))
    assert early["made_at"] == "2026-03-26T16:30:00Z"
    assert checked(early).failed is None


def test_an_agreement_may_not_stand_under_the_name_of_another() -> None:
    """Its document says whose it is, whatever stands beside it."""
    document = copy.deepcopy(bundle())
    document["agreements"][0]["agreement"] = "another"
    verdict = checked(stamped(document))
    assert verdict.failed is not None
    assert (verdict.failed.check, verdict.failed.pointer) == ("hashes", "/agreements/0/agreement")


Entries = list[dict[str, Any]]


def forged(change: Callable[[Entries], None], target: str = "first_response") -> dict[str, Any]:
    """The bundle as somebody makes it who may write everything, and signs by the trusted key."""
    before = bundle(target)
    entries = copy.deepcopy(entries_of(before))
    change(entries)
    record = rechained(entries)
    return desk().bundle(before["breach"], Sealing(record), record)


def replied_in_time(entries: Entries) -> None:
    """An agent's reply of 15:30, put into the log where it would have come."""
    reply = next(each for each in entries if each.get("given", {}).get("type") == "agent_replied")
    earlier = {"event_id": "put-in", "occurred_at": "2026-03-26T14:30:00Z"}
    given_ = {**reply["given"], **earlier, "received_at": "2026-03-26T14:30:00Z"}
    place = next(n for n, each in enumerate(entries) if each.get("fact", {}).get("fact") == "reminder_due")
    at_ = {"at": "2026-03-26T14:30:00Z", "agreements_at": "2026-03-26T14:30:00Z"}
    entries.insert(place, {"given": given_, **at_})


def replied_later(entries: Entries) -> None:
    """The agent's reply that ended the breach, made one of the next morning."""
    reply = next(each for each in entries if each.get("given", {}).get("type") == "agent_replied")
    reply["given"]["occurred_at"] = "2026-03-27T08:00:00Z"


def never_told(entries: Entries) -> None:
    """The withdrawal of the breach, left out."""
    entries[:] = [each for each in entries if each.get("fact", {}).get("fact") != "outcome_corrected"]


def late_by_an_hour(entries: Entries) -> None:
    """The deadline of the breach, moved."""
    told = (each["fact"] for each in entries if each.get("fact", {}).get("fact") == "clock_breached")
    breach = next(each for each in told if each["target"] == "first_response")
    breach["due_at"] = breach["at"] = "2026-03-26T14:00:00Z"


def worked_more(entries: Entries) -> None:
    """What was worked until the end of the breach."""
    end = next(each["fact"] for each in entries if each.get("fact", {}).get("fact") == "breach_ended")
    end["worked_seconds"] += 60


def taken_by_another(entries: Entries) -> None:
    """Who took it in hand, in the fact alone."""
    taken = next(
        each["fact"] for each in entries if each.get("fact", {}).get("fact") == "breach_acknowledged"
    )
    taken["by"] = "grace"


@pytest.mark.parametrize(
    ("change", "target", "said"),
    [
        (replied_in_time, "first_response", "follows from it, and is not there"),
        (replied_later, "first_response", "breach_ended"),
        (never_told, "resolution", "outcome_corrected"),
        (late_by_an_hour, "first_response", "at of clock_breached:first_response:1.0 comes out as"),
        (worked_more, "first_response", "worked_seconds of breach_ended"),
        (taken_by_another, "first_response", "by of breach_acknowledged"),
    ],
)
def test_a_record_that_its_log_does_not_imply_is_refused_whoever_signed_it(
    change: Callable[[Entries], None], target: str, said: str
) -> None:
    """Hashed anew, chained anew, sealed and signed by the trusted key: all holds but what follows from it."""
    verdict = checked(forged(change, target))
    assert verdict.failed is not None
    assert verdict.failed.check == "derived"
    assert said in verdict.failed.said
    assert {line.check for line in verdict.lines if line.holds is False} == {"derived"}


def test_the_same_made_anew_without_a_change_holds() -> None:
    """So it is the change that is refused above, and not the making."""
    assert checked(forged(lambda _: None)).outcome == "holds"


def test_an_agreement_that_promises_less_is_refused() -> None:
    """Its hash is in every fact, and the breach does not follow from it."""
    document = copy.deepcopy(bundle())
    budgets = document["agreements"][0]["frozen"]["targets"][0]["budgets"]
    budgets["high"] = "2h"
    verdict = checked(stamped(document))
    assert verdict.failed is not None
    assert (verdict.failed.check, verdict.failed.pointer) == ("hashes", "/agreements/0/hash")
