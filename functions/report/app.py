"""Every morning: make the reports that agreements ask for on that day, and tell of them."""

import os
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.gauges import count
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("report", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """What could not be made fails the run, which is tried again, and again the next day."""
    WIRING.begin()
    made = WIRING.monthly.run()
    count(metrics, MonthlyReports=made.reports, ReportsFailed=made.failed, ReportsLeft=made.left)
    logger.info("reports", extra=asdict(made))
    if made.failed:
        raise RuntimeError(f"reports of {made.failed} accounts can't be made")
    return asdict(made)
