"""A schedule fired: wake its ticket, and tell what has come due."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.domain.facts import named_in
from slaclock.gauges import count, counting_decisions
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("timer", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`event` is the schedule's input: `subject`, `lane` and `arming`; one that is stale does nothing."""
    WIRING.begin()
    count(metrics, Fires=1)
    with counting_decisions(metrics, WIRING.conflicts, WIRING.told):
        fired = WIRING.workflow.fire(event["subject"], event["lane"], event["arming"])
    count(metrics, StaleSchedules=int(fired is None))
    if fired:
        count(metrics, FireLag=fired.late.total_seconds())
    told = fired.told if fired else None
    named = {**named_in(event["subject"]), "clock": event["lane"], "arming": event["arming"]}
    logger.info("fired", extra={**named, "told": told})
    return {"told": told}
