"""Every five minutes: find what was left behind. And on the ledger's stream: see that nothing is altered."""

import os
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from slaclock.sweeping import Auditor
from slaclock.wiring import Wiring

WIRING = Wiring(os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """A schedule's event starts a sweep; records of the ledger's stream are looked at."""
    return _watch(event) if event.get("Records") else _sweep()


def _sweep() -> dict[str, Any]:
    swept = Auditor(WIRING.workflow, WIRING.announcer, WIRING.intake).sweep()
    caught = swept.woken + swept.announced + swept.replayed
    metrics.add_metric(name="AuditorCatches", unit=MetricUnit.Count, value=caught)
    metrics.add_metric(name="AuditorFailures", unit=MetricUnit.Count, value=swept.failed + swept.refused)
    metrics.add_metric(name="Sweeps", unit=MetricUnit.Count, value=1)
    logger.info("swept", extra=asdict(swept))
    return asdict(swept)


def _watch(event: dict[str, Any]) -> dict[str, Any]:
    """Rows are only ever added: a change of anything but `expires_at`, or a removal, raises the alarm."""
    changed = 0
    for record in DynamoDBStreamEvent(event).records:
        old, new = (record.dynamodb.old_image, record.dynamodb.new_image) if record.dynamodb else ({}, {})
        if _substance(old) != _substance(new) and record.event_name and record.event_name.name != "INSERT":
            changed += 1
            logger.error(
                "a row of the ledger was altered", extra={"keys": record.dynamodb and record.dynamodb.keys}
            )
    metrics.add_metric(name="LedgerChanged", unit=MetricUnit.Count, value=changed)
    return {"batchItemFailures": []}


def _substance(image: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (image or {}).items() if name != "expires_at"}
