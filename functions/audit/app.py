"""Every five minutes: find what was left behind. And on the ledger's stream: see that nothing is altered."""

import os
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.gauges import count, counting_decisions, counting_messages
from slaclock.problems import fault
from slaclock.sweeping import Auditor, Swept
from slaclock.watching import watch
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("audit", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """A schedule's event starts a sweep; records of the ledger's stream are looked at."""
    WIRING.begin()
    return _watch(event) if event.get("Records") else _sweep()


def _sweep() -> dict[str, Any]:
    deciding = counting_decisions(metrics, WIRING.conflicts, WIRING.told)
    with deciding, counting_messages(metrics, WIRING.unlinked, WIRING.lags):
        swept = Auditor(WIRING.workflow, WIRING.announcer, WIRING.intake, WIRING.forgetter).sweep()
    count(metrics, CaughtTickets=swept.woken, CaughtFacts=swept.announced, CaughtDeliveries=swept.replayed)
    count(metrics, SetAside=swept.refused, LeftOver=swept.left, SilentConnections=WIRING.silence.count())
    count(metrics, ForgottenTickets=swept.forgotten)
    count(metrics, HeartbeatFailed=swept.clean and not _said(swept), AuditorFailures=swept.failed, Sweeps=1)
    logger.info("swept", extra=asdict(swept))
    return asdict(swept)


def _said(swept: Swept) -> bool:
    """Say that all is well, where somebody asked to hear it; False where it could not be said."""
    try:
        if WIRING.heartbeat:
            WIRING.heartbeat.beat(WIRING.now(), asdict(swept))
    except Exception as error:  # noqa: BLE001  (whatever it is, the sweep stands)
        logger.error("the sweep was clean, and its heartbeat could not be published: %s", fault(error))  # noqa: TRY400  (a traceback would quote the message)
        return False
    return True


def _watch(event: dict[str, Any]) -> dict[str, Any]:
    """Rows are only ever added: a change of anything but `expires_at`, or a removal, raises the alarm."""
    answer, changed = watch(event, WIRING.agreements)
    count(metrics, LedgerChanged=changed)
    return answer
