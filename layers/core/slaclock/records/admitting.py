"""Who is let in, and to what: asked once for every route, before its handler is.

Queries are bounded by their parameters (`slaclock.records.http.query`). The fact that a path names is looked
up here, by its key, before anything is told or written of it: of whom a fact is told never changes. The
customer of a ticket does, so what shows all of one judges what it read (`slaclock.records.whole`). The answer
is the same whether it is somebody else's or nobody's.
"""

from collections.abc import Mapping
from dataclasses import replace

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from botocore.exceptions import BotoCoreError, ClientError

from slaclock.access.boundary import Boundary, NotTheirs
from slaclock.access.principals import principal_of
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import split_id, split_subject, subject_key
from slaclock.records.declared import Route
from slaclock.records.noting import note_answer, note_refusal, note_unknown
from slaclock.records.parameters import checked
from slaclock.records.parts import Asked, Parts
from slaclock.store.contract import TicketStore


def admitted(
    parts: Parts, route: Route, event: APIGatewayProxyEventV2, path: Mapping[str, str]
) -> Response[str]:
    """A route's answer to whoever may have it; `NoPrincipal` and its like say why it is none."""
    assert route.handler is not None, route.key  # noqa: S101  (for the type checker)
    asked = Asked(event, path)
    if route.scope is None:
        return route.handler(parts, asked)
    try:
        asked = _known(parts, route, asked)
        asked.principal.admit(route.scope)
        _check(parts.books, asked.boundary, path)
        if not any(each.where == "query" for each in route.parameters):
            checked(event.query_string_parameters, (), ())
        answer = route.handler(parts, asked)
    except Exception as error:
        note_refusal(parts, route, asked, error)
        raise
    note_answer(parts, route, asked, answer)
    return answer


def _known(parts: Parts, route: Route, asked: Asked) -> Asked:
    """The request with who asks it."""
    context = asked.event.raw_event["requestContext"]
    try:
        principal = principal_of(parts.settings.authorization, context, parts.tags.of)
    except (BotoCoreError, ClientError):
        note_unknown(parts, route, asked)
        raise
    return replace(asked, principal=principal)


def _check(tickets: TicketStore, boundary: Boundary, path: Mapping[str, str]) -> None:
    """`NotTheirs` where a path names what lies beyond a boundary, or nothing."""
    if boundary.open or not {"id", "account"} & path.keys():
        return
    if not _within(tickets, boundary, *_named(path)):
        raise NotTheirs("there is nothing of this name")


def _named(path: Mapping[str, str]) -> tuple[str, str]:
    """The subject that a path names, and the key of a fact, "" for the ticket itself."""
    if "id" not in path:
        return subject_key("ticket", path["account"], path["ticket_id"]), ""
    try:
        return split_id(path["id"])
    except InvalidEvent:
        raise NotTheirs("there is nothing of this name") from None


def _within(tickets: TicketStore, boundary: Boundary, subject: str, key: str) -> bool:
    """Whether a fact lies within, or, as far as its account goes, a ticket.

    What is told of a breach is told of the customer to whom it was promised.
    """
    if not boundary.has_account(split_subject(subject)[1]):
        return False
    if boundary.customer is None or not key:
        return True
    told = (each.fact for each in tickets.told(subject))
    return any(each.key == key and boundary.has_customer(each.details.get("customer")) for each in told)
