"""Somebody must hear of a fact: the tickets' stream brings each, a queue reminders that go together."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.announcing import Behind
from slaclock.gauges import count, counting_messages
from slaclock.problems import fault
from slaclock.store.messages import announcement_from_item
from slaclock.streaming import each, image
from slaclock.waiting_room import may_wait, named_in_message
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("notify", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Any:
    """Answer with the records that failed: they come again, and of a stream those behind them, too."""
    WIRING.begin()
    queued = {record["messageId"]: record for record in event["Records"] if "messageId" in record}
    with counting_messages(metrics, WIRING.unlinked, WIRING.lags):
        answer = _gather(queued) if queued else _announce_all(event)
    count(metrics, NotAnnounced=len(answer["batchItemFailures"]))
    return answer


def _announce_all(event: dict[str, Any]) -> Any:
    return each(event, partial(_announce, behind=set()), "a fact could not be announced")


def _announce(record: Mapping[str, Any], behind: Behind) -> None:
    new = image(record, "NewImage")
    if not (record.get("eventName") == "INSERT" and str(new.get("sk")).startswith("OUTBOX#")):
        return
    announcement = announcement_from_item(new)
    if may_wait(announcement.fact, WIRING.now()) and WIRING.waiting_room.takes(announcement):
        return
    try:
        WIRING.announcer.announce(announcement, behind)
    finally:  # some may have been told before one who could not be
        count(metrics, Announced=WIRING.announcer.became["sent"])


def _gather(queued: dict[str, Any]) -> dict[str, Any]:
    gathered = WIRING.gathering.tell({name: record["body"] for name, record in queued.items()})
    for name, error in gathered.failed.items():
        named = named_in_message(queued[name]["body"])
        logger.error("a reminder could not be told: %s", fault(error), extra=named)
    WIRING.waiting_room.bring_back(queued[name] for name in gathered.failed)
    count(metrics, Announced=gathered.reminders)
    counts = {"reminders": gathered.reminders, "held": gathered.held, "messages": gathered.messages}
    logger.info("gathered", extra=counts)
    return {"batchItemFailures": [{"itemIdentifier": name} for name in gathered.failed]}
