"""Somebody must hear of a fact: the tickets' stream brings each, a queue reminders that go together."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.announcing import Behind
from slaclock.domain.facts import named_by
from slaclock.gauges import count, counting_messages
from slaclock.problems import fault, logged
from slaclock.store.messages import announcement_from_item
from slaclock.streaming import each, image
from slaclock.waiting_room import may_wait
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
    return each(event, partial(_announce, behind=set()))


def _announce(record: Mapping[str, Any], behind: Behind) -> None:
    new = image(record, "NewImage")
    if not (record.get("eventName") == "INSERT" and str(new.get("sk")).startswith("OUTBOX#")):
        return
    announcement = announcement_from_item(new)
    named = named_by(announcement.fact)
    with logged(logger, "a fact could not be announced", named):
        waits = may_wait(announcement.fact, WIRING.now()) and WIRING.waiting_room.takes(announcement)
        sent = 0 if waits else WIRING.announcer.announce(announcement, behind)
    count(metrics, Announced=sent)
    logger.info("announced", extra={**named, "sent": sent})


def _gather(queued: dict[str, Any]) -> dict[str, Any]:
    gathered = WIRING.gathering.tell({name: record["body"] for name, record in queued.items()})
    for error in gathered.failed.values():
        logger.error("a reminder could not be told: %s", fault(error))
    WIRING.waiting_room.bring_back(queued[name] for name in gathered.failed)
    count(metrics, Announced=gathered.reminders)
    logger.info("gathered", extra={"reminders": gathered.reminders, "messages": gathered.messages})
    return {"batchItemFailures": [{"itemIdentifier": name} for name in gathered.failed]}
