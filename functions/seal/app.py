"""Every night: seal the days that are over, hold those of a week against their seals, roll up, credit."""

import os
from dataclasses import asdict
from datetime import date
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.gauges import count
from slaclock.rollups import Rolled
from slaclock.sealing import Ran
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("seal", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """A schedule's event seals whatever is over; one with a `day`, that day alone."""
    WIRING.begin()
    try:
        ran = _run(event.get("day"))
        count(metrics, Seals=len(ran.sealed), LateRows=ran.late, SealMismatch=ran.mismatches)
        rolled = WIRING.roller.run(ran.last) if ran.last else Rolled(0, 0)
    except Exception:
        count(metrics, SealRuns=0)
        raise
    count(metrics, UnsealedDays=ran.left + rolled.left, SealRuns=1)
    told = {"late": ran.late, "mismatches": ran.mismatches, "left": ran.left + rolled.left}
    logger.info(
        "sealed", extra={"rollups": rolled.made, "days": [seal["day"] for seal in ran.sealed], **told}
    )
    _credits()
    return {"sealed": [dict(seal) for seal in ran.sealed], **told}


def _credits() -> None:
    """Issue statements and tell warnings; an account that failed is tried again, as this whole run is."""
    told = WIRING.issuer.run()
    logger.info("credits", extra=asdict(told))
    if told.failed:
        raise RuntimeError(f"credits of {told.failed} accounts can't be told")


def _run(day: str | None) -> Ran:
    return WIRING.sealer.run_day(date.fromisoformat(day)) if day else WIRING.sealer.run()
