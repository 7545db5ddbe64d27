"""The tickets' stream: a fact waits to be announced, so its audiences are told."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from slaclock.gauges import count
from slaclock.problems import logged
from slaclock.store.reading import announcement_from_item
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("notify", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Any:
    """Answer with the records that failed; they, and those behind them, come again."""
    WIRING.begin()
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event=event, record_handler=_announce, processor=processor)
    count(metrics, NotAnnounced=len(answer["batchItemFailures"]))
    return answer


def _announce(record: DynamoDBRecord) -> None:
    inserted = record.event_name is not None and record.event_name.name == "INSERT"
    new = record.dynamodb.new_image if record.dynamodb else None
    if not (inserted and new and str(new.get("sk")).startswith("OUTBOX#")):
        return
    announcement = announcement_from_item(new)
    with logged(logger, "a fact could not be announced"):
        sent = WIRING.announcer.announce(announcement)
    count(metrics, Announced=sent)
    logger.info("announced", extra={"fact": announcement.key, "sent": sent})
