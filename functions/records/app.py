"""Tickets, queues, breaches and acknowledgements over HTTP, for people and their programs."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from slaclock.records import ack_http, evidence_http
from slaclock.records.answers import queue_answer, ticket_answer
from slaclock.records.breach_routes import add_breaches
from slaclock.records.escalations import handed_answer, taken_answer
from slaclock.records.http import headed, problem_of, refuse_others, routed
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("records", os.environ)
APP = APIGatewayHttpResolver()
APP.exception_handler(Exception)(problem_of)
TICKET, QUEUE = "/v1/tickets/<account>/<ticket_id>", "/v1/queue"
ACKNOWLEDGE, HAND_OVER = (f"/v1/escalations/<fact_id>/{what}" for what in ("acknowledge", "hand-over"))


@APP.get(TICKET)
def ticket(account: str, ticket_id: str) -> Response[str]:
    return ticket_answer(WIRING.store, unquote(account), unquote(ticket_id), WIRING.now())


@APP.get(QUEUE)
def queue() -> Response[str]:
    return queue_answer(WIRING.store, WIRING.agreements, WIRING.cursors, APP.current_event, WIRING.now())


@APP.post(ACKNOWLEDGE)
def take_in_hand(fact_id: str) -> Response[str]:
    return taken_answer(WIRING, APP.current_event, unquote(fact_id))


@APP.post(HAND_OVER)
def pass_on(fact_id: str) -> Response[str]:
    return handed_answer(WIRING, APP.current_event, unquote(fact_id), WIRING.settings.audiences)


@APP.route("/ack/<token>", method=["GET", "HEAD", "POST"])
def link(token: str) -> Response[str]:
    return ack_http.followed(WIRING, APP.current_event, unquote(token))


add_breaches(APP, lambda: WIRING)
refuse_others(APP, {TICKET: "GET", QUEUE: "GET", "/ack/<token>": "GET, HEAD, POST"})
refuse_others(APP, dict.fromkeys((ACKNOWLEDGE, HAND_OVER), "POST"))
evidence_http.add_evidence(APP, lambda: WIRING)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    WIRING.begin()
    return headed(event, APP.resolve(routed(event), context))
