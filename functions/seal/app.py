"""Every night: seal what is over, hold a week against its seals, roll up, credit, and fill the lake."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.gauges import count
from slaclock.rollups import Rolled
from slaclock.sealing.sealer import Ran
from slaclock.seals import SealUnreadable
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("seal", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """A schedule's event seals whatever is over; one with a `day`, that day alone.

    With `past` the seals from that day on, which don't hold, are passed over; see `Sealer.run`.
    """
    WIRING.begin()
    try:
        ran = _run(event)
        count(metrics, Seals=len(ran.sealed), LateRows=ran.late, SealMismatch=ran.mismatches)
        rolled = WIRING.roller.run(ran.last) if ran.last else Rolled()
    except SealUnreadable:
        count(metrics, SealRuns=0, SealMismatch=1)
        raise
    except Exception:
        count(metrics, SealRuns=0)
        raise
    count(metrics, UnsealedDays=ran.left + rolled.left, SealRuns=1)
    told = {"late": ran.late, "mismatches": ran.mismatches, "left": ran.left + rolled.left}
    logger.info(
        "sealed", extra={"rollups": rolled.made, "days": [seal["day"] for seal in ran.sealed], **told}
    )
    _credits(ran.last, len(rolled.failed))
    return {"sealed": [dict(seal) for seal in ran.sealed], **told}


def _credits(last: date | None, behind: int) -> None:
    """Issue statements, tell warnings, fill the lake; whoever failed is tried again, as this run is."""
    told, filled = WIRING.issuer.run(), WIRING.filler.run(last) if last else None
    logger.info("credits", extra={**asdict(told), "lake": filled and asdict(filled)})
    if behind:
        raise RuntimeError(f"{behind} accounts can't be rolled up")
    if told.failed:
        raise RuntimeError(f"credits of {told.failed} accounts can't be told")


def _run(event: Mapping[str, Any]) -> Ran:
    day, past = (date.fromisoformat(event[name]) if event.get(name) else None for name in ("day", "past"))
    return WIRING.sealer.run_day(day, past) if day else WIRING.sealer.run(past=past)
