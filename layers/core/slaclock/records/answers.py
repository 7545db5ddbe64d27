"""What is asked of the record by GET, answered over HTTP."""

from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response

from slaclock.domain.facts import subject_key
from slaclock.records.breach_formats import FORMATS, negotiate
from slaclock.records.breach_query import parse_query
from slaclock.records.breaches import find_breaches
from slaclock.records.http import json_answer, query, refusal
from slaclock.records.parts import Asked, Parts
from slaclock.records.queue import next_up
from slaclock.records.queue_query import parse_queue_query
from slaclock.records.ticket_view import view

BREACHES = "/v1/breaches"


def ticket_answer(parts: Parts, asked: Asked) -> Response[str]:
    """A ticket; `NotTheirs` where there is none."""
    subject = subject_key("ticket", asked.path["account"], asked.path["ticket_id"])
    return json_answer(view(parts.books, subject, parts.now(), asked.boundary))


def breaches_answer(parts: Parts, asked: Asked) -> Response[str]:
    """A page of breaches as the client would rather have it, with the way to the next one."""
    wanted, form = query(asked), negotiate(asked.event.headers.get("accept"))
    if form is None:
        return refusal(406, f"breaches come as {', '.join(each.kind for each in FORMATS)}")
    cursors = parts.cursors.within(asked.boundary)
    page = find_breaches(parts.books, parse_query(wanted, parts.now(), cursors))
    following = urlencode({**wanted, "cursor": page.next_cursor})
    more = {"Link": f'<{BREACHES}?{following}>; rel="next"'} if page.next_cursor else {}
    return Response(200, form.media_type, form.write(page), headers={"Vary": "Accept", **more})


def queue_answer(parts: Parts, asked: Asked) -> Response[str]:
    """A page of a team's queue, in which there are all customers' tickets."""
    cursors = parts.cursors.within(asked.boundary)
    wanted = parse_queue_query(query(asked, ("account",)), cursors)
    return json_answer(next_up(parts.books, parts.agreements, wanted, parts.now()))
