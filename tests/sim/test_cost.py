"""The page about money is the script's, and the script's numbers are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts import cost
from tests.sim.lived import CREATED, START, lived, stored, two_targets
from tests.sim.metered import metered_desk

if TYPE_CHECKING:
    from tests.sim.metering import Spent

REMINDED = ["75%"]
# Of what the queue of reminders is asked, the function only puts in: Lambda takes out and deletes.
QUEUED = 3


def work(spent: Spent, kept: int = 0) -> cost.Work:
    """What was spent, as the script has it; bytes to the hundred."""
    return cost.Work(
        deliveries=spent.calls["Webhook Invoke"],
        invocations=spent.called("Invoke"),
        writes=spent.write_units,
        reads=spent.reads.total() / 2,
        fires=spent.calls["Timer Invoke"],
        published=spent.called("Publish"),
        queued=QUEUED * spent.called("SendMessage"),
        stored=kept,
        secrets=spent.called("GetSecretValue"),
    )


def noticed(spent: Spent) -> cost.Work:
    """Of what was spent, that by which deadlines are noticed."""
    return cost.Work(
        deliveries=0,
        invocations=spent.calls["Arm Invoke"] + spent.calls["Timer Invoke"],
        writes=spent.writes["Tickets.due"],
        reads=spent.read_by["Timer"] / 2,
        fires=spent.calls["Timer Invoke"],
        published=0,
        queued=0,
        stored=0,
    )


def test_an_ordinary_life_is_what_the_script_says() -> None:
    """Six deliveries and a reminder, to the unit; bytes within a twentieth."""
    kept = stored(REMINDED)
    assert work(lived(REMINDED), cost.ORDINARY.stored) == cost.ORDINARY
    assert kept == pytest.approx(cost.ORDINARY.stored, rel=0.05)


def test_a_breach_adds_what_the_script_says() -> None:
    """The same life, solved a day later: what it spent beyond the other one."""
    more = work(lived(REMINDED, late=True) - lived(REMINDED), cost.BREACHED.stored)
    assert more == cost.BREACHED
    kept = stored(REMINDED, late=True) - stored(REMINDED)
    assert kept == pytest.approx(cost.BREACHED.stored, rel=0.05)


def test_deadlines_are_noticed_by_what_the_script_says() -> None:
    """Of an ordinary life, and what is more of one with a breach; a poller needs none of it but the reads."""
    assert noticed(lived(REMINDED)) == cost.NOTICED
    assert noticed(lived(REMINDED, late=True) - lived(REMINDED)) == cost.NOTICED_LATE


def test_what_is_asked_anew_each_minute_is_what_the_script_says() -> None:
    """The same delivery, when nobody was served for two minutes."""
    with metered_desk(START, two_targets()) as desk:
        desk.busy()
        busy = desk.tell(CREATED[0], "SD-1", **CREATED[1])
        desk.advance(121)
        assert work(desk.tell(CREATED[0], "SD-2", **CREATED[1]) - busy) == cost.AFRESH


@pytest.mark.parametrize(
    ("deliveries", "times"),
    [
        (0, 0),
        (432, 432 * 100 / 101),  # one in a hundred minutes: nearly each delivery asks
        (43_200, 21_600),  # one a minute: a minute kept, and a minute until the next one comes
        (600_000_000, 43_200 * 600 / 25.92 / (1 + 600 / 25.92 * 43_200 / 600e6)),  # 23 containers
    ],
)
def test_a_container_asks_anew_once_a_minute_at_most(deliveries: int, times: float) -> None:
    """With the first delivery after its minute; 100 ms each, so a container serves 25,920,000 a month."""
    assert cost.asked_anew(deliveries) == pytest.approx(times)


def test_a_sweep_that_finds_nothing_is_what_the_script_says() -> None:
    """It tells the heartbeat of it, and writes nothing."""
    with metered_desk(START, two_targets()) as desk:
        assert work(desk.audit()) == cost.SWEEP


def test_the_page_has_the_tables_as_the_script_makes_them() -> None:
    """`python -m scripts.cost --write` puts them there."""
    page = cost.PAGE.read_text(encoding="utf-8")
    assert page == cost.written(page)


def test_a_bill_is_the_sum_of_its_parts() -> None:
    """Worked out by hand for a thousand tickets, at the prices of the page."""
    bill = cost.month(1000)
    tickets, late = 1000, 50
    afresh = 43_200 / (1 + 43_200 / 6000)
    assert bill["DynamoDB writes"] == pytest.approx((tickets * 79 + late * 57 + afresh) * 0.625e-6)
    assert bill["secrets read"] == pytest.approx((late * 2 + afresh * 2) * 0.05 / 10_000)
    assert bill["API Gateway"] == pytest.approx(tickets * 6e-6)
    assert bill["Scheduler"] == pytest.approx((tickets + late * 2) * 1e-6)
    assert bill["DynamoDB storage"] == pytest.approx((tickets * 20_500 + late * 12_400) / 2**30 * 0.25)


def test_a_stack_without_tickets_costs_what_stands_there() -> None:
    """Worked out by hand: what is watched, kept and polled, and the sweeps."""
    bill = cost.month(0)
    assert bill["alarms, metrics, dashboard"] == pytest.approx(110 * 0.10 + 52 * 0.30 + 3)
    assert bill["key and secrets"] == pytest.approx(1 + 3 * 0.40)
    cached = 30 * 86_400 * 0.0000015046 + 4320 * 0.0001397998
    assert bill["SnapStart"] == pytest.approx((512 + 1769) / 1024 * cached)
    assert bill["SNS and SQS"] == pytest.approx(648_000 * 0.40e-6 + 8640 * 0.50e-6)
    assert bill["Lambda"] == pytest.approx(8640 * (0.20e-6 + 1.0 * 0.5 * 0.0000133334))
    assert bill["DynamoDB reads"] == pytest.approx(8640 * 14 * 0.125e-6)
    assert bill["DynamoDB writes"] == bill["API Gateway"] == bill["Scheduler"] == bill["secrets read"] == 0


def test_noticing_deadlines_is_schedules_and_the_auditor() -> None:
    """Worked out by hand for a thousand tickets, of which fifty breach."""
    bill = cost.noticing(1000)
    assert bill["Scheduler"] == pytest.approx((1000 + 50 * 2) * 1e-6)
    assert bill["DynamoDB writes"] == pytest.approx((1000 * 10 + 50 * 2) * 0.625e-6)
    assert bill["DynamoDB reads"] == pytest.approx((1000 * 2 + 50 * 4 + 8640 * 14) * 0.125e-6)
    invocation = 0.20e-6 + 0.1 * 0.5 * 0.0000133334
    auditor = 8640 * (0.20e-6 + 1.0 * 0.5 * 0.0000133334)
    assert bill["Lambda"] == pytest.approx((1000 * 8 + 50 * 3) * invocation + auditor)


def test_a_poller_spares_what_notices_deadlines_but_reads_the_tickets_that_are_due() -> None:
    """The two bills differ by `noticing` and the sweeps."""
    ours, theirs, noticing = cost.month(1000), cost.polled(1000), cost.noticing(1000)
    assert theirs["Scheduler"] == pytest.approx(0)
    assert ours["Lambda"] - theirs["Lambda"] == pytest.approx(noticing["Lambda"])
    assert ours["DynamoDB reads"] - theirs["DynamoDB reads"] == pytest.approx(8640 * 14 * 0.125e-6)


@pytest.mark.parametrize(
    ("tickets", "dollars"),
    [
        # 1,000 open: 850,000 bytes are 207.5 units, stale 103.8; 0.1 s at half a GB, and the invocation
        (10_000, 43_200 * (103.76 * 0.125e-6 + 0.05 * 0.0000133334 + 0.2e-6)),
        # 100,000 open: 10,376 units; 5 s
        (1_000_000, 43_200 * (10_375.98 * 0.125e-6 + 2.5 * 0.0000133334 + 0.2e-6)),
    ],
)
def test_a_poller_reads_every_open_ticket_each_minute(tickets: int, dollars: float) -> None:
    """A tenth of a month's tickets, for they stay three days."""
    assert cost.sweeps(tickets) == pytest.approx(dollars, rel=1e-3)
