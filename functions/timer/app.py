"""A schedule fired: wake its ticket, and tell what has come due."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from slaclock.wiring import Wiring

WIRING = Wiring(os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`event` is the schedule's input: `subject`, `lane` and `arming`; one that is stale does nothing."""
    metrics.add_metric(name="Fires", unit=MetricUnit.Count, value=1)
    told = WIRING.workflow.fire(event["subject"], event["lane"], event["arming"])
    metrics.add_metric(name="StaleSchedules", unit=MetricUnit.Count, value=int(told is None))
    logger.info("fired", extra={"lane": event["lane"], "arming": event["arming"], "told": told})
    return {"told": told}
