"""What is posted about an escalation by whoever AWS lets in: it is taken in hand, or passed on."""

from collections.abc import Collection

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from slaclock.records.acknowledging import acknowledge
from slaclock.records.handing_over import hand_over
from slaclock.records.http import Parts, caller, json_answer, receiver


def taken_answer(parts: Parts, event: APIGatewayProxyEventV2, fact_id: str) -> Response[str]:
    """Who has the breach in hand, since when."""
    by = caller(event)
    return json_answer(acknowledge(parts.store, parts.workflow.take, fact_id, by, parts.now()))


def handed_answer(
    parts: Parts, event: APIGatewayProxyEventV2, fact_id: str, audiences: Collection[str]
) -> Response[str]:
    """To whom the escalation was passed; one that no topic is for is refused, or nobody would hear of it."""
    to, by = receiver(event, audiences), caller(event)
    return json_answer(hand_over(parts.store, parts.workflow.take, fact_id, to, by, parts.now()))
