"""Many at once, in processes of their own: as free to run as Lambda's execution environments are."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest

from slaclock.store.bodies import unpacked
from slaclock.store.commit import Commit, Saved
from slaclock.store.dynamo import DynamoStore
from tests.e2e.desk import GOLD, HOUR, MONDAY, SECOND, Desk, open_desk
from tests.e2e.lives import Life, life_of
from tests.e2e.workers import workers

BUSY = GOLD.replace("  resolution: 4h\n", "  first_response: 1h\n  next_response: 2h\n  resolution: 4h\n")
MINUTES = timedelta(minutes=3)
PROCESSES = 5
MOST_OPENED = 400  # tickets, until two deliveries have met


@pytest.fixture
def busy() -> Iterator[Desk]:
    """A desk whose tickets have three clocks, at one second past eleven."""
    with open_desk(gold=BUSY) as desk:
        desk.advance(2 * HOUR + SECOND, firing=False)
        yield desk


def conversation(desk: Desk) -> list[dict[str, Any]]:
    """Forty events: opened at nine, 38 replies in turn from 09:03 to 10:54, solved at 10:58."""
    kinds = ["agent_replied", "customer_replied"] * 19
    replies = [desk.delivery(kind, MONDAY + number * MINUTES) for number, kind in enumerate(kinds, start=1)]
    solved = desk.delivery("solved", MONDAY + timedelta(minutes=118), status="solved")
    return [desk.delivery("created"), *replies, solved]


def receipts(answers: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """What became of all the deliveries."""
    assert {answer["statusCode"] for answer in answers} == {202}
    return sum((Counter(json.loads(answer["body"])) for answer in answers), Counter())


def quarantined(desk: Desk) -> int:
    """How many deliveries wait for the auditor."""
    listed = boto3.client("s3").list_objects_v2(Bucket=desk.stack.cloud.names["Quarantine"], Prefix="table/")
    return int(listed["KeyCount"])


def clocks(life: Life) -> list[dict[str, Any]]:
    """The clocks of a ticket; how often an outcome was corrected depends on what came first."""
    found = json.loads(unpacked(life.ticket["state"]))["clocks"]
    return [{name: value for name, value in each.items() if name != "revision"} for each in found]


def test_fifty_webhooks_on_one_ticket_at_once_are_one_conversation(
    busy: Desk, record_property: Callable[[str, object], None]
) -> None:
    """Forty events in any order, ten of them delivered twice: each is folded once, none is lost.

    Whoever is beaten for longer than a helpdesk waits goes to quarantine, and the next sweep puts it through.
    """
    deliveries = conversation(busy)
    fifty = [*deliveries, *random.Random(1).sample(deliveries, 10)]  # noqa: S311  (no secret)
    random.Random(2).shuffle(fifty)  # noqa: S311
    with workers(busy, "Webhook", PROCESSES, hurried=True) as processes:
        became = receipts(processes.call(*[fifty[place::PROCESSES] for place in range(PROCESSES)]))
    record_property("conflicts met", f"{processes.conflicts}, {dict(became)}")
    assert became["accepted"] + became["duplicates"] + became["quarantined"] == 50
    assert processes.conflicts > 0
    kept = quarantined(busy)
    assert kept <= became["quarantined"] <= 2 * kept  # the same delivery at the same time is kept once
    swept = busy.call("Audit", {"source": "aws.events"})
    assert (swept["replayed"], swept["failed"], swept["refused"]) == (kept, 0, 0)

    assert (len(life_of(busy).log), int(life_of(busy).ticket["version"])) == (40, 40)
    busy.advance(MINUTES, firing=False)
    busy.call(
        "Audit", {"source": "aws.events"}
    )  # an order with much to correct tells the rest at the next wake
    life = life_of(busy)
    outcomes = life.outcomes()
    assert Counter((lane, outcome[0]) for (lane, _), outcome in outcomes.items()) == {
        ("first_response", "clock_met"): 1,
        ("resolution", "clock_met"): 1,
        ("next_response", "clock_met"): 18,
        ("next_response", "clock_cancelled"): 1,
    }
    assert outcomes["first_response", 1][1] == "2030-03-04T09:03:00Z"
    assert outcomes["resolution", 1][1] == "2030-03-04T10:58:00Z"
    alone = in_turn()
    assert (outcomes, clocks(life), life.log.keys()) == (alone.outcomes(), clocks(alone), alone.log.keys())


def in_turn() -> Life:
    """The conversation as it went, each event delivered when the one before was folded."""
    with open_desk(gold=BUSY) as desk:
        desk.advance(2 * HOUR + SECOND, firing=False)
        for delivery in conversation(desk):
            assert desk.call("Webhook", delivery)["accepted"] == 1
        return life_of(desk)


def test_one_delivery_twice_at_once_is_one_event(
    desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    """A helpdesk that retries too soon opens each ticket once; in rounds, until two really meet."""
    opened: list[str] = []
    became, conflicts = Counter[str](), 0
    while not conflicts and len(opened) < MOST_OPENED:
        tickets = [str(len(opened) + number) for number in range(20)]
        created = [desk.delivery("created", about=ticket) for ticket in tickets]
        with workers(desk, "Webhook", 2) as processes:
            became += receipts(processes.call(created, created))
        opened, conflicts = opened + tickets, processes.conflicts
    record_property("conflicts met", f"{conflicts}, {len(opened)} tickets")
    assert conflicts > 0
    assert became == {"accepted": len(opened), "duplicates": len(opened)}
    for ticket in opened:
        life = life_of(desk, ticket)
        assert life.told() == [("clock_started", "resolution", "09:00:00")]
        assert (list(life.log), int(life.ticket["version"])) == (
            [f"{ticket}:created:2030-03-04T09:00:00Z"],
            1,
        )


def test_two_processes_that_fire_the_same_twenty_schedules_tell_each_breach_once(
    desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    """Each process has all twenty: for every ticket one of them tells, and the other is stale."""
    tickets = [str(number) for number in range(20)]
    for ticket in tickets:
        desk.call("Webhook", desk.delivery("created", about=ticket))
    desk.stack.settle()
    nudges = desk.nudges()
    desk.advance(4 * HOUR, firing=False)
    with workers(desk, "Timer", 2) as processes:
        answers = processes.call(nudges, nudges)
    record_property("conflicts met", processes.conflicts)
    assert processes.conflicts > 0
    told = [{one["told"], other["told"]} for one, other in zip(answers[:20], answers[20:], strict=True)]
    assert told == [{2, None}] * 20
    for ticket in tickets:
        life = life_of(desk, ticket)
        assert [fact for fact, _, _ in life.told()] == ["clock_started", "clock_breached", "escalation_due"]
        assert (len(life.rows), int(life.ticket["version"])) == (1, 2)


def test_who_is_beaten_again_and_again_is_kept_and_applied_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else is first at every try: the helpdesk has its answer, and the auditor the delivery."""
    desk.call("Webhook", desk.delivery("created"))
    desk.advance(HOUR, firing=False)
    unlucky = desk.delivery("solved", MONDAY + HOUR, status="solved")
    asked = count()
    desk.hurry(lambda: next(asked) / 50)  # each look at the clock takes a fiftieth of a second
    commit, beaten = DynamoStore.commit, list[int]()

    def beaten_commit(store: DynamoStore, change: Commit) -> Saved:
        if change.given is not None and change.given.id.startswith("1:solved"):
            beaten.append(len(beaten))
            rival = desk.delivery("agent_replied", MONDAY + len(beaten) * SECOND)
            assert desk.call("Webhook", rival)["accepted"] == 1
        return commit(store, change)

    monkeypatch.setattr(DynamoStore, "commit", beaten_commit)
    assert desk.call("Webhook", unlucky) == {"accepted": 0, "duplicates": 0, "ignored": 0, "quarantined": 1}
    assert len(beaten) > 5
    assert life_of(desk).log.keys() >= {"1:agent_replied:2030-03-04T09:00:01Z"}
    assert "1:solved:2030-03-04T10:00:00Z" not in life_of(desk).log
    monkeypatch.setattr(DynamoStore, "commit", commit)
    assert desk.call("Audit", {"source": "aws.events"})["replayed"] == 1
    assert desk.call("Audit", {"source": "aws.events"})["replayed"] == 0
    life = life_of(desk)
    assert life.told()[-1] == ("clock_met", "resolution", "10:00:00")
    assert len(life.log) == int(life.ticket["version"]) == 2 + len(beaten)
    assert desk.call("Webhook", unlucky)["duplicates"] == 1
