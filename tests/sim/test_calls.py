"""What a delivery and a life cost: calls to AWS and write units, held as numbers that may only fall."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from slaclock.store import tickets
from tests.sim.lived import CREATED, LADDER, OPEN, PENDING, REPLIED, SOLVED, START, Told, lived, two_targets
from tests.sim.metered import metered_desk
from tests.spec.story import document, target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.sim.metered import MeteredDesk
    from tests.sim.metering import Spent

UNKNOWN: Told = ("status_changed", {"status": "unknown", "status_raw": "WAITING FOR PARTS"})
ONE_READ_ONE_TRANSACTION = Counter({"Invoke": 1, "BatchGetItem": 1, "TransactWriteItems": 1})


@pytest.fixture
def desk() -> Iterator[MeteredDesk]:
    """A desk under two targets, where others were served just now."""
    with metered_desk(START, two_targets()) as desk:
        desk.busy()
        yield desk


def after(desk: MeteredDesk, *told: Told) -> MeteredDesk:
    """The desk when all that was told of the ticket, and others were served again."""
    for kind, said in told:
        desk.tell(kind, **said)
    desk.busy()
    return desk


# What was told before, what is told now, and what this comes to: write units, schedules made and deleted.
KINDS: dict[str, tuple[Sequence[Told], Told, int, int, int]] = {
    "created": ([], CREATED, 11, 2, 0),
    "first reply": ([CREATED], REPLIED, 15, 0, 1),
    "second reply": ([CREATED, REPLIED], REPLIED, 4, 0, 0),
    "customer's message": ([CREATED], ("customer_replied", {"status": "open"}), 4, 0, 0),
    "assigned": ([CREATED], ("assignee_changed", {"status": "open", "assignee": {"id": "a-31"}}), 4, 0, 0),
    "words of its own": ([CREATED], UNKNOWN, 4, 0, 0),
    "another team": ([CREATED], ("team_changed", {"team": {"id": "2", "name": "Second line"}}), 6, 0, 0),
    "another priority": ([CREATED, REPLIED], ("priority_changed", {"priority": "high"}), 10, 1, 1),
    "both paused": ([CREATED], PENDING, 11, 0, 2),
    "one paused": ([CREATED, REPLIED], PENDING, 9, 0, 1),
    "resumed": ([CREATED, REPLIED, PENDING], OPEN, 9, 1, 0),
    "solved": ([CREATED, REPLIED], SOLVED, 13, 0, 1),
    "reopened": ([CREATED, REPLIED, SOLVED], ("reopened", {"status": "open"}), 8, 1, 0),
    "deleted": ([CREATED], ("deleted", {"status": "deleted"}), 20, 0, 2),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_delivery_is_one_read_and_one_transaction(kind: str, desk: MeteredDesk) -> None:
    """Where agreement, connection and keys are kept already; and these many write units and schedules."""
    before, (told, said), *expected = KINDS[kind]
    spent = after(desk, *before).tell(told, **said)
    assert of(spent, "Webhook") == ONE_READ_ONE_TRANSACTION
    assert [spent.write_units, spent.called("CreateSchedule"), spent.called("DeleteSchedule")] == expected
    assert set(spent.calls) <= {f"Webhook {each}" for each in ONE_READ_ONE_TRANSACTION} | {
        "Arm Invoke", "Arm CreateSchedule", "Arm DeleteSchedule",
    }  # fmt: skip


def test_words_that_no_map_knows_are_a_unit_a_minute(desk: MeteredDesk) -> None:
    """However many deliveries bring them. They are told with the next minute's count, a new one by two."""
    for units in (0, 1 + 2, 1 + 1):
        before = desk.meter.hot["Agreements", "ACTIVITY#hook"]
        for number in range(20):
            desk.deliver(desk.event(UNKNOWN[0], f"SD-{number}", **UNKNOWN[1]), settled=1)
        assert desk.meter.hot["Agreements", "ACTIVITY#hook"] - before == units
        desk.advance(45)


def test_what_is_asked_once_a_minute_is_kept(desk: MeteredDesk) -> None:
    """The connection, its secret, the account's key and its agreements; and deliveries are counted."""
    desk.advance(61)
    once = Counter({"GetItem": 1, "GetSecretValue": 2, "Query": 1, "UpdateItem": 1})
    assert of(desk.tell(*CREATED[:1]), "Webhook") == ONE_READ_ONE_TRANSACTION + once
    desk.busy()
    assert of(desk.tell(*REPLIED[:1]), "Webhook") == ONE_READ_ONE_TRANSACTION


def test_a_delivery_that_came_before_writes_nothing(desk: MeteredDesk) -> None:
    """It is one read."""
    event = desk.event("created", status="new")
    desk.deliver(event, settled=1)
    again = desk.deliver(event)
    assert (again.calls, again.write_units) == (Counter({"Webhook Invoke": 1, "Webhook BatchGetItem": 1}), 0)


def test_a_delivery_that_nobody_signed_asks_nothing(desk: MeteredDesk) -> None:
    """Whoever does not know the secret costs an invocation, once the connection is known."""
    assert desk.deliver(desk.event("created"), status=401, secret="whsec_bm90IGhpcw==").calls == Counter()


def test_a_delivery_that_comes_late_reads_its_tickets_log(desk: MeteredDesk) -> None:
    """One query more, of the ticket's own items."""
    late = desk.event("customer_replied", status="new")
    late_spent = after(desk, CREATED, REPLIED).deliver(late)
    assert of(late_spent, "Webhook") == ONE_READ_ONE_TRANSACTION + Counter(Query=1)


def test_somebody_who_is_named_for_the_first_time_costs_two_units(desk: MeteredDesk) -> None:
    """The key under which the person is known, put in the same transaction."""
    after(desk, CREATED)
    event = desk.event("agent_replied", status="open")
    someone = {"id": "a-32", "role": "agent"}
    spent = desk.deliver({**event, "actor": someone, "comment": {**event["comment"], "author": someone}})
    assert (spent.write_units, spent.writes["Tickets"]) == (15 + 2, 6 + 2)


def test_a_pause_deletes_a_schedule_for_each_running_clock_and_makes_none(desk: MeteredDesk) -> None:
    """Nothing is due while it lasts."""
    spent = after(desk, CREATED).tell(PENDING[0], **PENDING[1])
    assert of(spent, "Arm") == Counter(Invoke=1, DeleteSchedule=2)


@pytest.mark.parametrize(
    ("reminders", "units"), [([], 67), (["25%"], 77), (["25%", "50%"], 89), (["25%", "40%", "50%"], 101)]
)
def test_a_life_of_six_deliveries_is_67_write_units(reminders: list[str], units: int) -> None:
    """And eight calls for schedules. A reminder is 12 units more, two calls for schedules and a message.

    Of the 12, 8 are the reminder's own (fact, outbox, its index, what was sent), and 4 the wake's, which
    saves the ticket, and at another place among those that are due. (The first
    has that of the change of priority.)
    """
    spent, count = lived(reminders), len(reminders)
    assert spent.write_units == units
    assert spent.called("Schedule") == 8 + 2 * count
    assert spent.called("Publish") == count


@pytest.mark.parametrize(("letters", "units"), [(7, 67), (23, 67), (24, 69), (36, 69), (64, 87)])
def test_a_life_is_67_write_units_while_its_items_are_a_kb_each(letters: int, units: int) -> None:
    """A ticket's id of 24 letters, named in its events' ids too, makes one input longer; 36 is a uuid."""
    assert lived([], about="x" * letters).write_units == units


def test_a_reminder_that_comes_with_something_else_is_eight_write_units() -> None:
    """The wake saves the ticket in any case."""
    with metered_desk(START, two_targets(reminders=["25%"])) as desk:
        desk.busy()
        desk.tell("created", status="new")
        both = desk.advance(2 * 3600)
    with metered_desk(START, two_targets()) as desk:
        desk.busy()
        desk.tell("created", status="new")
        assert both.write_units == desk.advance(2 * 3600).write_units + 8


def test_a_breach_is_written_told_and_ended() -> None:
    """With a ladder of two levels: when it is due, half an hour later, and when the ticket is solved late.

    The ledger has a row of the breach and one of its end, each in the table and in five indexes.
    """
    with metered_desk(START, document(target("resolution", "4h", escalation=LADDER))) as desk:
        desk.busy()
        desk.tell("created", status="new")
        desk.advance(4 * 3600 - 300)
        breached, level_two = desk.advance(600), desk.advance(1800)
        desk.busy()
        ended = desk.tell("solved", status="solved")
    assert [each.write_units for each in (breached, level_two, ended)] == [28, 12, 28]
    assert [each.called("Publish") for each in (breached, level_two, ended)] == [2, 1, 3]
    assert [each.called("Schedule") for each in (breached, level_two, ended)] == [2, 1, 0]


def test_a_sweep_that_finds_nothing_writes_nothing(desk: MeteredDesk) -> None:
    """It asks eight shards, thrice, and the connections and what was heard of them."""
    desk.tell("created", status="new")
    spent = desk.audit()
    assert (spent.write_units, of(spent, "Audit")) == (
        0, Counter(Invoke=1, ListObjectsV2=1, Query=8 * 3 + 2, Publish=1),
    )  # fmt: skip


def test_a_ticket_that_was_not_packed_would_cost_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The meter notices."""
    monkeypatch.setattr(tickets, "packed", lambda document: document)
    assert lived([]).write_units > 70


def of(spent: Spent, function: str) -> Counter[str]:
    """A function's calls, by operation."""
    named = {name.partition(" ")[::2]: count for name, count in spent.calls.items()}
    return Counter({operation: count for (by, operation), count in named.items() if by == function})
