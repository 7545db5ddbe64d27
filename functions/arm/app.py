"""The tickets' stream: a wake time moved, so schedules are made and deleted."""

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.arming import follow
from slaclock.domain.facts import named_in
from slaclock.gauges import count, counting_decisions
from slaclock.streaming import each, image
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("arm", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Any:
    """Answer with the records that failed; they, and those behind them, come again."""
    WIRING.begin()
    with counting_decisions(metrics, WIRING.conflicts, WIRING.told):
        answer = each(event, _arm, "a ticket's schedules could not be made")
    count(metrics, NotArmed=len(answer["batchItemFailures"]))
    return answer


def _arm(record: Mapping[str, Any]) -> None:
    new = image(record, "NewImage")
    if new.get("sk") == "TICKET" and new.get("moved"):
        named = named_in(new["pk"])  # a ticket's, or nothing is made of it
        moved = follow(image(record, "OldImage"), new, WIRING.schedules, WIRING.now, _wake)
        logger.info("armed", extra={**named, "clocks": moved})


def _wake(subject: str, cause: str) -> None:
    WIRING.workflow.wake(subject, cause)  # few writes come to this: the others do without it
