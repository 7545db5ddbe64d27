"""POST /webhooks/{connection}: a helpdesk's delivery comes in."""

import base64
import json
import os
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from slaclock.domain.errors import InvalidEvent
from slaclock.gauges import count, counting_conflicts
from slaclock.helpdesks import Delivery
from slaclock.intake import UnknownConnection, Unsigned
from slaclock.problems import Answer, fault, problem
from slaclock.wiring import Wiring

LARGEST_BODY = 256 * 1024
WIRING = Wiring.of_function("webhook", os.environ)
logger, metrics = Logger(), Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Answer:
    """Answer 202 with what became of the delivery's events, or a problem that says why not."""
    WIRING.begin()
    with counting_conflicts(metrics, WIRING.conflicts):
        answer = _receive(event)
    count(metrics, Refused=int(answer["statusCode"] != 202), NotKept=int(answer["statusCode"] == 503))
    return answer


def _receive(event: dict[str, Any]) -> Answer:
    body = _body(event)
    if len(body) > LARGEST_BODY:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a delivery has at most {LARGEST_BODY} bytes")
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    delivery = Delivery(body, headers, WIRING.now())
    try:
        receipt = WIRING.intake.receive(event["pathParameters"]["connection"], delivery)
    except UnknownConnection:
        return problem(HTTPStatus.NOT_FOUND, "nothing is connected here")
    except Unsigned:
        return problem(HTTPStatus.UNAUTHORIZED, "the signature does not hold")
    except InvalidEvent as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.detail, pointer=error.pointer)
    except Exception as error:  # noqa: BLE001  (nothing could be kept: say so, for the sender may try again)
        logger.error("a delivery could be neither applied nor kept: %s", fault(error))  # noqa: TRY400
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "try again later")
    count(metrics, **{name.capitalize(): number for name, number in asdict(receipt).items()})
    headers = {"content-type": "application/json"}
    return {"statusCode": 202, "headers": headers, "body": json.dumps(asdict(receipt))}


def _body(event: dict[str, Any]) -> bytes:
    """The raw bytes that were signed."""
    text: str = event.get("body") or ""
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
