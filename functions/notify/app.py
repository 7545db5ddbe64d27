"""Somebody must hear of a fact: the tickets' stream brings each, a queue reminders that go together."""

import os
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from slaclock.announcing import Behind
from slaclock.domain.facts import named_by
from slaclock.gauges import count, counting_messages
from slaclock.problems import fault, logged
from slaclock.store.messages import announcement_from_item
from slaclock.waiting_room import may_wait
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("notify", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Any:
    """Answer with the records that failed: they come again, and of a stream those behind them, too."""
    WIRING.begin()
    queued = {each["messageId"]: each for each in event["Records"] if "messageId" in each}
    with counting_messages(metrics, WIRING.unlinked, WIRING.lags):
        answer = _gather(queued) if queued else _announce_all(event)
    count(metrics, NotAnnounced=len(answer["batchItemFailures"]))
    return answer


def _announce_all(event: dict[str, Any]) -> Any:
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    return process_partial_response(event, partial(_announce, behind=set()), processor)


def _announce(record: DynamoDBRecord, behind: Behind) -> None:
    inserted = record.event_name is not None and record.event_name.name == "INSERT"
    new = record.dynamodb.new_image if record.dynamodb else None
    if not (inserted and new and str(new.get("sk")).startswith("OUTBOX#")):
        return
    announcement = announcement_from_item(new)
    named = named_by(announcement.fact)
    with logged(logger, "a fact could not be announced", named):
        waits = may_wait(announcement.fact, WIRING.now()) and WIRING.waiting_room.takes(announcement)
        sent = 0 if waits else WIRING.announcer.announce(announcement, behind)
    count(metrics, Announced=sent)
    logger.info("announced", extra={**named, "sent": sent})


def _gather(queued: dict[str, Any]) -> dict[str, Any]:
    gathered = WIRING.gathering.tell({name: each["body"] for name, each in queued.items()})
    for error in gathered.failed.values():
        logger.error("a reminder could not be told: %s", fault(error))
    WIRING.waiting_room.bring_back(queued[name] for name in gathered.failed)
    count(metrics, Announced=gathered.reminders)
    logger.info("gathered", extra={"reminders": gathered.reminders, "messages": gathered.messages})
    return {"batchItemFailures": [{"itemIdentifier": name} for name in gathered.failed]}
