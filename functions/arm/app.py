"""The tickets' stream: a wake time moved, so schedules are made and deleted."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from slaclock.arming import follow
from slaclock.domain.facts import named_in
from slaclock.gauges import count, counting_decisions
from slaclock.problems import logged
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("arm", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Any:
    """Answer with the records that failed; they, and those behind them, come again."""
    WIRING.begin()
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    with counting_decisions(metrics, WIRING.conflicts, WIRING.told):
        answer = process_partial_response(event=event, record_handler=_arm, processor=processor)
    count(metrics, NotArmed=len(answer["batchItemFailures"]))
    return answer


def _arm(record: DynamoDBRecord) -> None:
    change = record.dynamodb
    new = change.new_image if change else None
    if new and new.get("sk") == "TICKET" and new.get("moved"):
        named = named_in(new["pk"])
        with logged(logger, "a ticket's schedules could not be made", named):
            moved = follow(change.old_image if change else None, new, WIRING.schedules, WIRING.workflow)
        logger.info("armed", extra={**named, "clocks": moved})
