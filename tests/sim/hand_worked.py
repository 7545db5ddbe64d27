"""Lives worked out by hand, so that the fold is not its own judge: what must stand, whatever goes wrong.

Gold, high priority, in office hours of Copenhagen (09:00 to 17:00): first response 1 h, next response 30 min,
resolution 2 h; inner: assignment 20 min, in tier 2 for 2 h. Each life begins on Thursday at 15:00.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.sim.judging import audience_of, facts_in, net
from tests.sim.lives import START, Life, acknowledged, created, event
from tests.sim.run import SUBJECT
from tests.sim.wire import Outage
from tests.spec.story import shown, when

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slaclock.domain.facts import Fact
    from tests.sim.lives import Arrival
    from tests.sim.run import Ran

_NEXT_DAY = 18 * 60  # minutes from Thursday 15:00 to Friday 09:00


@dataclass(frozen=True)
class HandWorked:
    """A life, what stands of its cycles in the end, and whom what is told where nothing goes wrong."""

    name: str
    life: Life
    outcomes: tuple[str, ...]
    messages: tuple[str, ...]


def outcomes(facts: Sequence[Fact]) -> tuple[str, ...]:
    """What stands of each cycle: `resolution 1: breached at Thu 17:00, due Thu 17:00, 7200 s worked`."""
    return tuple(
        f"{lane} {cycle}: {fact.removeprefix('clock_')} at {shown(at)}"
        f"{f', due {shown(due)}' if due else ''}, {worked} s worked"
        for (lane, cycle), (fact, at, due, worked, _) in sorted(net(facts).items())
    )


def messages(ran: Ran) -> tuple[str, ...]:
    """What each message told of that was published: its fact, when that was, to the minute, and to whom."""
    facts = {told.fact.id: told.fact for told in ran.region.tables.told(SUBJECT)}
    sent = [(facts[named], each.topic) for each in ran.region.notices for named in facts_in(each)]
    lines = [
        (
            fact.at,
            f"{shown(_minute(fact.at))} {fact.fact} {fact.lane} to {audience_of(topic)}",
        )
        for fact, topic in sent
    ]
    return tuple(line for _, line in sorted(lines))


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _life(*arrivals: Arrival, outages: tuple[Outage, ...] = (), until: str = "Fri 14:00") -> Life:
    ordered = sorted(arrivals, key=lambda arrival: arrival.at)
    return Life(ordered, outages, until=when(until))


def _outage(service: str, begins: float, ends: float) -> Outage:
    return Outage(service, START + timedelta(minutes=begins), START + timedelta(minutes=ends))


IN_TIME = HandWorked(
    "all in time",
    _life(created(), event(1, "assigned", 10), event(2, "agent", 20), event(3, "solved", 50)),
    (
        "first_response 1: met at Thu 15:20, due Thu 16:00, 1200 s worked",
        "inner/assignment 1: met at Thu 15:10, due Thu 15:20, 600 s worked",
        "resolution 1: met at Thu 15:50, due Thu 17:00, 3000 s worked",
    ),
    (),
)
NOBODY = HandWorked(
    "nobody does anything",
    _life(created()),
    (
        "first_response 1: breached at Thu 16:00, due Thu 16:00, 3600 s worked",
        "inner/assignment 1: breached at Thu 15:20, due Thu 15:20, 1200 s worked",
        "resolution 1: breached at Thu 17:00, due Thu 17:00, 7200 s worked",
    ),
    (
        "Thu 15:20 clock_breached inner/assignment to legal",
        "Thu 15:20 clock_breached inner/assignment to team",
        "Thu 15:30 reminder_due first_response to team",
        "Thu 15:45 reminder_due first_response to team",
        "Thu 16:00 clock_breached first_response to legal",
        "Thu 16:00 clock_breached first_response to team",
        "Thu 16:00 reminder_due resolution to team",
        "Thu 16:45 reminder_due resolution to team",
        "Thu 17:00 clock_breached resolution to legal",
        "Thu 17:00 escalation_due resolution to oncall-1",
        "Thu 17:10 escalation_due resolution to oncall-1",
        "Thu 17:20 escalation_due resolution to oncall-1",
        "Fri 09:30 escalation_due resolution to oncall-2",
    ),
)
TAKEN_IN_HAND = HandWorked(
    "taken in hand after the first message, solved the next morning",
    _life(
        created(),
        event(1, "assigned", 5),
        event(2, "agent", 6),
        acknowledged(125),
        event(3, "solved", _NEXT_DAY),
    ),
    (
        "first_response 1: met at Thu 15:06, due Thu 16:00, 360 s worked",
        "inner/assignment 1: met at Thu 15:05, due Thu 15:20, 300 s worked",
        "resolution 1: breached at Thu 17:00, due Thu 17:00, 7200 s worked",
    ),
    (
        "Thu 16:00 reminder_due resolution to team",
        "Thu 16:45 reminder_due resolution to team",
        "Thu 17:00 clock_breached resolution to legal",
        "Thu 17:00 escalation_due resolution to oncall-1",
        "Fri 09:00 breach_ended resolution to legal",
        "Fri 09:00 breach_ended resolution to oncall-1",
    ),
)
PAUSED = HandWorked(
    "waiting for the customer overnight",
    _life(
        created(),
        event(1, "assigned", 5),
        event(2, "agent, pending", 28),
        event(3, "open", _NEXT_DAY + 58),
        event(4, "solved", _NEXT_DAY + 120),
    ),
    (
        "first_response 1: met at Thu 15:28, due Thu 16:00, 1680 s worked",
        "inner/assignment 1: met at Thu 15:05, due Thu 15:20, 300 s worked",
        "resolution 1: met at Fri 11:00, due Fri 11:30, 5400 s worked",
    ),
    ("Fri 10:30 reminder_due resolution to team",),
)
HEARD_LATE = HandWorked(
    "an answer in time that reached us after the breach was told",
    _life(created(), event(1, "assigned", 5), event(2, "agent", 50, late=30), event(3, "solved", 90)),
    (
        "first_response 1: met at Thu 15:50, due Thu 16:00, 3000 s worked",
        "inner/assignment 1: met at Thu 15:05, due Thu 15:20, 300 s worked",
        "resolution 1: met at Thu 16:30, due Thu 17:00, 5400 s worked",
    ),
    (
        "Thu 15:30 reminder_due first_response to team",
        "Thu 15:45 reminder_due first_response to team",
        "Thu 16:00 clock_breached first_response to legal",
        "Thu 16:00 clock_breached first_response to team",
        "Thu 16:00 reminder_due resolution to team",
        "Thu 16:20 outcome_corrected first_response to legal",
        "Thu 16:20 outcome_corrected first_response to team",
    ),
)
MORE_URGENT = HandWorked(
    "a change of priority puts the deadline into the past",
    _life(created(priority="low"), event(1, "assigned", 5), event(2, "high", 91), event(3, "solved", 100)),
    (
        "first_response 1: breached at Thu 16:31, due Thu 16:00, 3600 s worked",
        "inner/assignment 1: met at Thu 15:05, due Thu 16:00, 300 s worked",
        "resolution 1: met at Thu 16:40, due Thu 17:00, 6000 s worked",
    ),
    # The reminder of 16:30 waits a minute for others, and has nothing to say by then.
    (
        "Thu 16:31 clock_breached first_response to legal",
        "Thu 16:31 clock_breached first_response to team",
        "Thu 16:31 reminder_due resolution to team",
        "Thu 16:40 breach_ended first_response to legal",
        "Thu 16:40 breach_ended first_response to team",
    ),
)
AGAIN = HandWorked(
    "solved, and opened again",
    _life(created(), event(1, "assigned", 5), event(2, "agent, solved", 28), event(3, "reopened", 58)),
    (
        "first_response 1: met at Thu 15:28, due Thu 16:00, 1680 s worked",
        "inner/assignment 1: met at Thu 15:05, due Thu 15:20, 300 s worked",
        "resolution 1: met at Thu 15:28, due Thu 17:00, 1680 s worked",
        "resolution 2: breached at Fri 09:30, due Fri 09:30, 7200 s worked",
    ),
    (
        "Thu 16:30 reminder_due resolution to team",
        "Fri 09:15 reminder_due resolution to team",
        "Fri 09:30 clock_breached resolution to legal",
        "Fri 09:30 escalation_due resolution to oncall-1",
        "Fri 09:40 escalation_due resolution to oncall-1",
        "Fri 09:50 escalation_due resolution to oncall-1",
        "Fri 10:00 escalation_due resolution to oncall-2",
    ),
)
UNREACHABLE = HandWorked(
    "the table can't be had for three hours around the deadlines",
    _life(created(), event(1, "assigned", 5), event(2, "agent", 6), outages=(_outage("dynamodb", 30, 210),)),
    (
        "first_response 1: met at Thu 15:06, due Thu 16:00, 360 s worked",
        "inner/assignment 1: met at Thu 15:05, due Thu 15:20, 300 s worked",
        "resolution 1: breached at Thu 17:00, due Thu 17:00, 7200 s worked",
    ),
    # Told when it can be; of the level's messages the latest that is due, and no reminder of what is past.
    (
        "Thu 17:00 clock_breached resolution to legal",
        "Thu 17:00 escalation_due resolution to oncall-1",
        "Thu 17:20 escalation_due resolution to oncall-1",
        "Fri 09:30 escalation_due resolution to oncall-2",
    ),
)
AT_THE_LAST_MOMENT = HandWorked(
    "made urgent seconds before what becomes the deadline",
    _life(created(priority="low"), event(1, "assigned", 5), event(2, "high", 59.87), event(3, "solved", 100)),
    (
        "first_response 1: breached at Thu 16:00, due Thu 16:00, 3600 s worked",
        "inner/assignment 1: met at Thu 15:05, due Thu 16:00, 300 s worked",
        "resolution 1: met at Thu 16:40, due Thu 17:00, 6000 s worked",
    ),
    (
        "Thu 15:59 reminder_due first_response to team",
        "Thu 16:00 clock_breached first_response to legal",
        "Thu 16:00 clock_breached first_response to team",
        "Thu 16:00 reminder_due resolution to team",
        "Thu 16:40 breach_ended first_response to legal",
        "Thu 16:40 breach_ended first_response to team",
    ),
)
HAND_WORKED = (
    IN_TIME,
    NOBODY,
    TAKEN_IN_HAND,
    PAUSED,
    HEARD_LATE,
    MORE_URGENT,
    AT_THE_LAST_MOMENT,
    AGAIN,
    UNREACHABLE,
)
