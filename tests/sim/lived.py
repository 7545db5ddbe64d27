"""A ticket's life of six deliveries under two targets, and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.facts import subject_key
from tests.sim.metered import ACCOUNT, metered_desk
from tests.sim.metering import Spent
from tests.spec.story import document, level, target, when

if TYPE_CHECKING:
    from collections.abc import Iterator

START = when("Thu 09:00")
LADDER = [level("0m", "oncall-1", "acknowledged"), level("30m", "oncall-2")]
Told = tuple[str, dict[str, Any]]
CREATED: Told = ("created", {"status": "new"})
REPLIED: Told = ("agent_replied", {"status": "open"})
PENDING: Told = ("status_changed", {"status": "pending"})
OPEN: Told = ("status_changed", {"status": "open"})
SOLVED: Told = ("solved", {"status": "solved"})


def two_targets(**members: Any) -> dict[str, Any]:
    """An agreement with a first response and a resolution."""
    budget = {"urgent": "4h", "high": "7h"}
    return document(target("first_response", "1h"), target("resolution", budget, **members))


LIFE: tuple[tuple[Told, int], ...] = (  # with the minutes that pass after each
    (CREATED, 5),
    (REPLIED, 5),
    (("priority_changed", {"status": "open", "priority": "high"}), 290),
    (("status_changed", {"status": "pending", "priority": "high"}), 30),
    (("status_changed", {"status": "open", "priority": "high"}), 30),
    (("solved", {"status": "solved", "priority": "high"}), 0),
)
_LATE = 24 * 60  # minutes that the last delivery of a late life comes later: the deadline has passed


def life(*, late: bool) -> Iterator[tuple[Told, int]]:
    """What is told, and the minutes that pass after it; a `late` one is solved a day after its deadline."""
    for number, (told, minutes) in enumerate(LIFE):
        yield told, minutes + (_LATE if late and number == len(LIFE) - 2 else 0)


def lived(reminders: list[str], *, late: bool = False, about: str = "SD-1042") -> Spent:
    """Six deliveries of one ticket, at a desk that is busy with others.

    A `late` one is solved a day after its deadline was there to be kept; two levels of a ladder were told.
    """
    return _lived(reminders, late=late, about=about)[0]


def stored(reminders: list[str], *, late: bool = False) -> int:
    """The bytes that such a life leaves in tables and indexes."""
    return _lived(reminders, late=late)[1]


def _lived(reminders: list[str], *, late: bool, about: str = "SD-1042") -> tuple[Spent, int]:
    with metered_desk(START, two_targets(reminders=reminders, escalation=LADDER)) as desk:
        spent = Spent()
        for (kind, said), minutes in life(late=late):
            desk.busy()
            spent += desk.tell(kind, about, **said)
            spent += desk.advance(60 * minutes)
        return spent, desk.meter.stored(subject_key("ticket", ACCOUNT, about))
