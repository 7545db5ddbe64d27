"""A schedule fired: wake its ticket, and tell what has come due."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from slaclock.gauges import count, counting_conflicts
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("timer", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`event` is the schedule's input: `subject`, `lane` and `arming`; one that is stale does nothing."""
    WIRING.begin()
    count(metrics, Fires=1)
    with counting_conflicts(metrics, WIRING.conflicts):
        fired = WIRING.workflow.fire(event["subject"], event["lane"], event["arming"])
    count(metrics, StaleSchedules=int(fired is None))
    if fired:
        metrics.add_metric(name="FireLag", unit=MetricUnit.Seconds, value=fired.late.total_seconds())
    told = fired.told if fired else None
    logger.info("fired", extra={"lane": event["lane"], "arming": event["arming"], "told": told})
    return {"told": told}
