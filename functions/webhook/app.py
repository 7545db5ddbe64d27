"""POST /webhooks/{connection}: a helpdesk's delivery comes in; OPTIONS and GET: it asks first.

A rule of EventBridge hands a partner's events in.
"""

import json
import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock import handshake
from slaclock.gauges import count, counting_decisions
from slaclock.helpdesks import arrival
from slaclock.intake import Receipt
from slaclock.problems import Answer, logged
from slaclock.refusals import refused
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("webhook", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Answer:
    """Answer 202 with what became of the delivery's events, or a problem that says why not."""
    WIRING.begin()
    with counting_decisions(metrics, WIRING.conflicts, WIRING.told):
        answer = _from_partner(event) if arrival.is_partners(event) else _answer(event)
    count(metrics, Refused=int(answer["statusCode"] >= 300), NotKept=int(answer["statusCode"] == 503))
    return answer


def _answer(event: dict[str, Any]) -> Answer:
    try:
        delivery, connection = arrival.delivery(event, WIRING.now()), event["pathParameters"]["connection"]
        if delivery.method == "POST":
            return _told(WIRING.intake.receive(connection, delivery))
        return handshake.answered(WIRING.intake, connection, delivery, arrival.asked(event, "crc_token"))
    except Exception as error:  # noqa: BLE001  (there is an answer to each)
        return refused(error, logger)


def _from_partner(event: dict[str, Any]) -> Answer:
    """Take a partner's event in, or raise, so that Lambda tries again."""
    with logged(logger, "a partner's event could be neither applied nor kept"):
        delivery = arrival.partners(event, WIRING.now())
        return _told(WIRING.intake.receive(event["pathParameters"]["connection"], delivery, trusted=True))


def _told(receipt: Receipt) -> Answer:
    count(metrics, **{name.capitalize(): number for name, number in receipt._asdict().items()})
    headers = {"content-type": "application/json"}
    return {"statusCode": 202, "headers": headers, "body": json.dumps(receipt._asdict())}
