"""Every night: seal the days that are over, and hold those of the last week against their seals."""

import os
from datetime import date
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.gauges import count
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("seal", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """A schedule's event seals whatever is over; one with a `day`, that day alone."""
    WIRING.begin()
    day = event.get("day")
    ran = WIRING.sealer.run_day(date.fromisoformat(day)) if day else WIRING.sealer.run()
    count(metrics, Seals=len(ran.sealed), LateRows=ran.late, SealMismatch=ran.mismatches)
    count(metrics, UnsealedDays=ran.left, SealRuns=1)
    told = {"late": ran.late, "mismatches": ran.mismatches, "left": ran.left}
    logger.info("sealed", extra={"days": [seal["day"] for seal in ran.sealed], **told})
    return {"sealed": [dict(seal) for seal in ran.sealed], **told}
