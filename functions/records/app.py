"""Tickets, breaches and acknowledgements over HTTP, for people and their programs."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from slaclock.domain.facts import subject_key
from slaclock.records.acknowledging import acknowledge
from slaclock.records.breach_formats import FORMATS, negotiate
from slaclock.records.breach_query import parse_query
from slaclock.records.breaches import find_breaches
from slaclock.records.http import acknowledger, json_answer, problem_of, query, refusal, refuse_others, routed
from slaclock.records.ticket_view import view
from slaclock.wiring import Wiring

WIRING = Wiring.of_function("records", os.environ)
APP = APIGatewayHttpResolver()
APP.exception_handler(Exception)(problem_of)
TICKET, BREACHES = "/v1/tickets/<account>/<ticket_id>", "/v1/breaches"
ACKNOWLEDGE = "/v1/escalations/<fact_id>/acknowledge"


@APP.get(TICKET)
def ticket(account: str, ticket_id: str) -> Response[str]:
    subject = subject_key("ticket", unquote(account), unquote(ticket_id))
    found = view(WIRING.store, subject, WIRING.now())
    return json_answer(found) if found else refusal(404, "there is no such ticket")


@APP.get(BREACHES)
def breaches() -> Response[str]:
    asked = query(APP.current_event)
    form = negotiate(APP.current_event.headers.get("accept"))
    if form is None:
        return refusal(406, f"breaches come as {', '.join(each.kind for each in FORMATS)}")
    page = find_breaches(WIRING.store, parse_query(asked, WIRING.now()))
    following = urlencode({**asked, "cursor": page.next_cursor})
    more = {"Link": f'<{BREACHES}?{following}>; rel="next"'} if page.next_cursor else {}
    return Response(200, form.media_type, form.write(page), headers={"Vary": "Accept", **more})


@APP.post(ACKNOWLEDGE)
def take_in_hand(fact_id: str) -> Response[str]:
    by = acknowledger(APP.current_event)
    return json_answer(acknowledge(WIRING.store, WIRING.workflow.take, unquote(fact_id), by, WIRING.now()))


refuse_others(APP, {TICKET: "GET", BREACHES: "GET", ACKNOWLEDGE: "POST"})


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    WIRING.begin()
    return APP.resolve(routed(event), context)
