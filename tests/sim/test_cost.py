"""The page about money is the script's, and the script's numbers are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts import cost
from tests.sim.lived import START, lived, stored, two_targets
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
    assert bill["DynamoDB writes"] == pytest.approx((tickets * 79 + late * 57) * 0.625e-6)
    assert bill["API Gateway"] == pytest.approx(tickets * 6e-6)
    assert bill["Scheduler"] == pytest.approx((tickets + late * 2) * 1e-6)
    assert bill["DynamoDB storage"] == pytest.approx((tickets * 18_000 + late * 10_700) / 2**30 * 0.25)


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
