"""What is asked of the record by GET, answered over HTTP."""

from datetime import datetime
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from slaclock.domain.facts import subject_key
from slaclock.records.breach_formats import FORMATS, InvalidAccept, negotiate
from slaclock.records.breach_query import parse_query
from slaclock.records.breaches import find_breaches
from slaclock.records.cursor import Cursors
from slaclock.records.http import json_answer, query, refusal
from slaclock.records.queue import Known, next_up
from slaclock.records.queue_query import parse_queue_query
from slaclock.records.ticket_view import Store, view
from slaclock.store.contract import Ledger, Queues


def ticket_answer(store: Store, account: str, ticket_id: str, now: datetime) -> Response[str]:
    """A ticket, or that there is none."""
    found = view(store, subject_key("ticket", account, ticket_id), now)
    return json_answer(found) if found else refusal(404, "there is no such ticket")


def breaches_answer(
    ledger: Ledger, cursors: Cursors, event: APIGatewayProxyEventV2, now: datetime, path: str
) -> Response[str]:
    """A page of breaches as the client would rather have it, with the way to the next one."""
    asked = query(event)
    try:
        form = negotiate(event.headers.get("accept"))
    except InvalidAccept as error:
        return refusal(406, str(error))
    if form is None:
        return refusal(406, f"breaches come as {', '.join(each.kind for each in FORMATS)}")
    page = find_breaches(ledger, parse_query(asked, now, cursors))
    following = urlencode({**asked, "cursor": page.next_cursor})
    more = {"Link": f'<{path}?{following}>; rel="next"'} if page.next_cursor else {}
    return Response(200, form.media_type, form.write(page), headers={"Vary": "Accept", **more})


def queue_answer(
    store: Queues, known: Known, cursors: Cursors, event: APIGatewayProxyEventV2, now: datetime
) -> Response[str]:
    """A page of a team's queue."""
    return json_answer(next_up(store, known, parse_queue_query(query(event), cursors), now))
