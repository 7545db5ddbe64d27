"""What `records` reads of a request over HTTP, and errors as problem+json (RFC 9457)."""

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from botocore.exceptions import BotoCoreError, ClientError

from slaclock.access.boundary import NotTheirs, OutOfBounds
from slaclock.access.principals import NoPrincipal, NotAdmitted
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.hand_over import LONGEST_NOTE
from slaclock.domain.lines import line_of
from slaclock.helpdesks.payload import load
from slaclock.problems import fault, problem
from slaclock.records.acknowledging import NothingToAcknowledge, UnknownFact
from slaclock.records.breach_formats import InvalidAccept
from slaclock.records.cases import EntryRefused
from slaclock.records.credits import NoCredits
from slaclock.records.parameters import InvalidQuery
from slaclock.records.parts import Asked
from slaclock.secrets import InvalidSecret
from slaclock.store.errors import StoreUnavailableError, WriteConflictError

_LARGEST_BODY = 16 * 1024
_STATUSES: Mapping[type[Exception], int] = {
    InvalidQuery: 400,
    NoPrincipal: 401,
    NotAdmitted: 403,
    OutOfBounds: 403,
    NotTheirs: 404,
    UnknownFact: 404,
    NoCredits: 404,
    InvalidAccept: 406,
    NothingToAcknowledge: 409,
    EntryRefused: 409,
}
LONGEST_CALLER = 128  # characters
_log = logging.getLogger(__name__)


def query(asked: Asked, within: Sequence[str] = ("account", "customer")) -> dict[str, str]:
    """The query's parameters, within the boundary of whoever asks; `InvalidQuery` where one is given twice.

    API Gateway joins such values by a comma, and nothing would be found under what comes of it. `within` are
    those of `account` and `customer` that the query knows: `OutOfBounds` as of `Boundary.filled`.
    """
    seen: set[str] = set()
    for name, _ in parse_qsl(asked.event.raw_query_string, keep_blank_values=True):
        if name in seen:
            raise InvalidQuery(name, "it is given twice")
        seen.add(name)
    return asked.boundary.filled(asked.event.query_string_parameters, within)


def caller(asked: Asked) -> str:
    """Who asks: the principal that was let in; where nobody has to say so (locally), `by` in the body.

    `InvalidEvent` where the body is no JSON object, or `by` no name: it goes into messages, on one line.
    """
    given = posted(asked.event).get("by", "local")
    by = line_of(given.strip(), LONGEST_CALLER) if isinstance(given, str) else None
    if by is None:
        raise InvalidEvent(f"it is no name of 1 to {LONGEST_CALLER} characters", "/by")
    return asked.principal.name or by


def receiver(event: APIGatewayProxyEventV2, known: Collection[str], otherwise: str) -> str:
    """To whom an escalation is handed: `to` in the body, a `known` audience, or `otherwise` is why not."""
    to = posted(event).get("to")
    if not isinstance(to, str) or to not in known:
        raise InvalidEvent(otherwise, "/to")
    return to


def noted(event: APIGatewayProxyEventV2) -> str | None:
    """The `note` in the body, if there is one: a line of 1 to 500 characters."""
    given = posted(event).get("note")
    if given is None:
        return None
    if not isinstance(given, str) or (note := line_of(given, LONGEST_NOTE)) is None:
        raise InvalidEvent(f"it is no line of 1 to {LONGEST_NOTE} characters", "/note")
    return note


def posted(event: APIGatewayProxyEventV2) -> dict[str, Any]:
    """The body, which is a JSON object, or nothing; `InvalidEvent` where it is neither."""
    document = _document(event)
    if not isinstance(document, dict):
        raise InvalidEvent("the body is no JSON object")
    return document


def _document(event: APIGatewayProxyEventV2) -> Any:
    try:
        body = (event.decoded_body or "{}").encode()
    except ValueError:
        raise InvalidEvent("the body is not text in UTF-8") from None
    if len(body) > _LARGEST_BODY:
        raise InvalidEvent(f"the body has more than {_LARGEST_BODY} bytes")
    return load(body)


LARGEST = 5 * 1024 * 1024  # bytes; a function may answer six million, and headers are of that


def json_answer(document: Any, status: int = 200) -> Response[str]:
    """A JSON document."""
    return Response(status, "application/json", json_text(document))


def json_text(document: Any) -> str:
    """A JSON document as text, without spaces."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def refusal(
    status: int, detail: str, headers: Mapping[str, Any] | None = None, **members: Any
) -> Response[str]:
    """An error as the event handler takes it."""
    answer = problem(HTTPStatus(status), detail, **members)
    return Response(status, answer["headers"]["content-type"], answer["body"], headers=dict(headers or {}))


def headed(event: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as it goes out: to HEAD without the body that GET would have (RFC 9110, 9.3.2)."""
    return {**answer, "body": ""} if event["requestContext"]["http"]["method"] == "HEAD" else answer


def status_of(error: Exception) -> int | None:
    """The status of an error that has one of its own."""
    return next((_STATUSES[each] for each in type(error).__mro__ if each in _STATUSES), None)


def problem_of(error: Exception) -> Response[str]:
    """What an error is over HTTP; one that nobody foresaw is logged and says nothing of itself."""
    if status := status_of(error):
        parameter = {name: value for name, value in vars(error).items() if name == "parameter"}
        return refusal(status, getattr(error, "detail", str(error)), **parameter)
    match error:
        case InvalidEvent():
            return refusal(422, error.detail, pointer=error.pointer)
        case NotFoundError():
            return refusal(404, "there is nothing at this path")
        case (
            StoreUnavailableError() | WriteConflictError() | BotoCoreError() | ClientError() | InvalidSecret()
        ):
            _log.warning("the table or a key can't be had: %s", fault(error))
            return refusal(503, "the record can't be had just now: ask again", headers={"Retry-After": "1"})
    _log.error("a request met a fault: %s", fault(error))
    return refusal(500, "a fault of ours; it was logged")
