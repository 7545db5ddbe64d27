"""Two at once, over a store with real optimistic concurrency: the outcome is that of one after the other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from slaclock.domain.facts import public_id
from tests.e2e.desk import HOUR, MONDAY, SECOND, Desk, open_desk, subject_of
from tests.e2e.lives import Life, life_of
from tests.e2e.racing import Race

Steps = Callable[[Desk], list[Callable[[], Any]]]
BREACH = [("clock_breached", "resolution", "13:00:00"), ("escalation_due", "resolution", "13:00:00")]
STARTED = ("clock_started", "resolution", "09:00:00")


def opened(desk: Desk, after: timedelta = 4 * HOUR) -> dict[str, Any]:
    """Open the ticket at nine, and let it become so late, with no schedule fired; its schedule's input."""
    desk.call("Webhook", desk.delivery("created"))
    desk.stack.settle()
    (nudge,) = desk.nudges()
    desk.advance(after, firing=False)
    return nudge


def in_turn(prepare: Steps) -> tuple[list[Any], Life]:
    """The answers and the life where each step waits for the one before, on a desk of its own."""
    with open_desk() as desk:
        answers = [step() for step in prepare(desk)]
        return answers, life_of(desk)


def timers(desk: Desk) -> list[Callable[[], Any]]:
    """Scheduler delivers at least once: the same schedule fires twice."""
    nudge = opened(desk)
    return [lambda: desk.call("Timer", nudge)] * 2


def test_two_timers_on_one_schedule_tell_one_breach(desk: Desk, race: Race) -> None:
    """The one that comes second finds that the schedule it was fired for is no longer the current one."""
    answers, life = race.run(*timers(desk)), life_of(desk)
    assert answers == [{"told": 2}, {"told": None}]
    assert race.conflicts == 1
    assert life.told() == [STARTED, *BREACH]
    assert [row["sk"] for row in life.rows] == ["clock_breached:resolution:1.0"]
    assert (int(life.ticket["version"]), int(life.ticket["seq"])) == (2, 4)
    assert (answers, life) == in_turn(timers)


def timer_and_solved(desk: Desk, at: timedelta, *, timer_first: bool) -> list[Callable[[], Any]]:
    """A schedule fires while word comes that the ticket was solved at that time."""
    nudge = opened(desk, 4 * HOUR + SECOND)
    solved = desk.delivery("solved", MONDAY + at, status="solved")
    steps = [lambda: desk.call("Timer", nudge), lambda: desk.call("Webhook", solved)]
    return steps if timer_first else steps[::-1]


@pytest.mark.parametrize("timer_first", [True, False])
@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        (4 * HOUR - SECOND, ("clock_met", "2030-03-04T12:59:59Z", "2030-03-04T13:00:00Z", 14399)),
        (4 * HOUR, ("clock_met", "2030-03-04T13:00:00Z", "2030-03-04T13:00:00Z", 14400)),
        (4 * HOUR + SECOND, ("clock_breached", "2030-03-04T13:00:00Z", "2030-03-04T13:00:00Z", 14400)),
    ],
)
def test_a_timer_and_a_webhook_agree_whichever_is_first(
    desk: Desk, race: Race, at: timedelta, outcome: tuple[Any, ...], *, timer_first: bool
) -> None:
    """What counts is when the ticket was solved; a breach told too soon is corrected, never doubled."""
    answers = race.run(*timer_and_solved(desk, at, timer_first=timer_first))
    life = life_of(desk)
    assert race.conflicts == 1
    assert life.outcomes() == {("resolution", 1): outcome}
    assert sorted(life.log) == ["1:created:2030-03-04T09:00:00Z", f"1:solved:{_text(at)}"]
    assert (answers, life) == in_turn(lambda other: timer_and_solved(other, at, timer_first=timer_first))


def _text(at: timedelta) -> str:
    return f"{MONDAY + at:%Y-%m-%dT%H:%M:%SZ}"


def auditor_and_timer(desk: Desk, *, timer_first: bool) -> list[Callable[[], Any]]:
    """A schedule fires three minutes late, while the auditor finds its clock overdue."""
    nudge = opened(desk, 4 * HOUR + timedelta(minutes=3))
    steps = [lambda: desk.call("Timer", nudge), lambda: desk.call("Audit", {"source": "aws.events"})]
    return steps if timer_first else steps[::-1]


@pytest.mark.parametrize("timer_first", [True, False])
def test_the_auditor_and_a_timer_tell_one_breach(desk: Desk, race: Race, *, timer_first: bool) -> None:
    """At its deadline, whoever notices it; the sweep is clean, for being second is no failure."""
    answers, life = race.run(*auditor_and_timer(desk, timer_first=timer_first)), life_of(desk)
    timer, swept = answers if timer_first else answers[::-1]
    assert race.conflicts == 1
    assert (timer["told"], swept["woken"], swept["failed"]) == ((2, 0, 0) if timer_first else (None, 1, 0))
    assert life.told() == [STARTED, *BREACH]
    assert life.facts[1]["detected_by"] == ("timer" if timer_first else "auditor")
    assert int(life.ticket["version"]) == 2
    assert (answers, life) == in_turn(lambda other: auditor_and_timer(other, timer_first=timer_first))


def test_two_sweeps_at_once_tell_one_breach(desk: Desk, race: Race) -> None:
    """A sweep that is still at it when the next one begins does no harm."""
    opened(desk, 4 * HOUR + timedelta(minutes=3))
    sweeps = race.run(*[lambda: desk.call("Audit", {"source": "aws.events"})] * 2)
    assert race.conflicts == 1
    assert [(swept["woken"], swept["failed"]) for swept in sweeps] == [(1, 0), (0, 0)]
    assert life_of(desk).told() == [STARTED, *BREACH]


def test_of_two_who_acknowledge_at_once_one_has_it(desk: Desk, race: Race) -> None:
    """Both are told the same name: nobody goes on believing it is theirs. The log has that both tried."""
    desk.call("Timer", opened(desk))
    level = public_id(subject_of("1"), "escalation_due:resolution:1.0:1.0")
    desk.advance(timedelta(minutes=5), firing=False)
    kim, ola = (desk.acknowledgement(level, by) for by in ("kim", "ola"))
    answers = race.run(lambda: desk.call("Records", kim), lambda: desk.call("Records", ola))
    life = life_of(desk)
    assert race.conflicts == 1
    assert [(each["by"], each["at"]) for each in answers] == [("kim", "2030-03-04T13:05:00Z")] * 2
    assert life.told()[3:] == [("breach_acknowledged", "resolution", "13:05:00")]
    assert life.facts[-1]["by"] == "kim"
    assert [each.partition(":2030")[0] for each in sorted(life.log)] == [
        "1:created",
        "acknowledgement:resolution:1:kim",
        "acknowledgement:resolution:1:ola",
    ]
    assert [row["sk"].partition(":")[0] for row in life.rows] == ["breach_acknowledged", "clock_breached"]
