"""What is read of a fact before it is told: whose end it would be, and whether that was told already."""

from dataclasses import replace
from typing import Any

import pytest

from slaclock.domain.clock import Clock
from slaclock.domain.facts import Fact
from slaclock.notices import Channel
from slaclock.store.commit import Commit
from slaclock.store.messages import Announcement, Delivery
from tests.functions.test_announcing import ENDED, MISSED, NOW, SUBJECT, TICKET, fact
from tests.functions.world import World

PAGER = Channel("arn:pager", format="pagerduty")
LATER = {"level": 2, "repeat": 0, "until": "stopped", "notify": "oncall-2"}
LEVEL = fact("escalation_due", "2.0", **LATER)
END = fact("breach_ended", "a", reason="solved", told=["legal", "oncall-2"])
OUT, HELD = {"message_id": "m"}, {"why": "ended"}


def revised(told: Fact, revision: int = 1) -> Fact:
    """The same of another telling of the breach."""
    return replace(told, revision=revision, key=told.key.replace(":1.0", f":1.{revision}", 1))


def world_of(clock: Clock, *told: tuple[Fact, dict[str, str] | None]) -> World:
    """A ticket of which these facts were told; what became of each message to oncall-2, if anything."""
    world = World(NOW)
    facts = [each for each, _ in told]
    world.memory.commit(Commit(None, replace(TICKET, clocks=(clock,)), facts, None, world.time))
    for each, became in told:
        if became:
            delivery: Any = Delivery(world.time, **became)
            world.memory.mark_sent(SUBJECT, each.key, "oncall-2", delivery)
    return world


@pytest.mark.parametrize(
    ("told", "end", "why"),
    [
        ([(LEVEL, HELD)], END, "nobody_was_told"),
        ([(LEVEL, OUT)], END, None),
        ([(LEVEL, None)], END, None),
        ([], END, None),
        ([(LEVEL, HELD), (fact("escalation_due", "2.1", **{**LATER, "repeat": 1}), OUT)], END, None),
        (
            [(LEVEL, HELD), (fact("breach_reopened", "b", reason="reopened", told=["oncall-2"]), OUT)],
            END,
            None,
        ),
        ([(LEVEL, HELD), (fact("clock_breached", told=["legal"]), None)], END, "nobody_was_told"),
        # Of the telling that was withdrawn they heard; of this one they did not.
        ([(LEVEL, OUT), (revised(LEVEL), HELD)], revised(END), "nobody_was_told"),
        ([(LEVEL, HELD), (revised(LEVEL), OUT)], revised(END), None),
    ],
)
def test_an_end_is_held_back_from_whom_all_was_held_back(
    told: list[tuple[Fact, dict[str, str] | None]], end: Fact, why: str | None
) -> None:
    """All that told them of this breach: what is still to be told is not held back."""
    world = world_of(replace(MISSED, revision=end.revision, **ENDED), *told, (end, None))
    matters = world.announcer.matters
    matter = matters.read(SUBJECT, end)
    assert matters.why_not(matter, "oncall-2", PAGER) == why


@pytest.mark.parametrize(
    ("clock", "became", "cleared"),
    [
        (replace(MISSED, **ENDED), OUT, True),
        (replace(MISSED, **ENDED), HELD, False),
        (replace(MISSED, **ENDED), None, False),
        (MISSED, OUT, False),  # it is open again
    ],
)
def test_a_breach_is_over_for_whom_its_end_was_told(
    clock: Clock, became: dict[str, str] | None, *, cleared: bool
) -> None:
    """Not where its end was held back, nor where it is open again."""
    world = world_of(clock, (LEVEL, None), (END, became))
    matters = world.announcer.matters
    assert matters.cleared(matters.read(SUBJECT, LEVEL), "oncall-2") is cleared
    assert not matters.cleared(matters.read(SUBJECT, LEVEL), "legal")


def test_what_was_told_before_lets_nobody_pass_who_waits_for_an_earlier_fact() -> None:
    """The end was told to whom the level could not be told: the next fact waits all the same."""
    world = world_of(replace(MISSED, **ENDED), (END, OUT))
    behind = {(SUBJECT, "oncall-2")}
    assert world.announcer.announce(Announcement(SUBJECT, END.key, END, world.time), behind) == 1
    assert [each["audience"] for each in world.memory.messages(SUBJECT)] == ["legal", "oncall-2"]
    assert behind == {(SUBJECT, "oncall-2")}
