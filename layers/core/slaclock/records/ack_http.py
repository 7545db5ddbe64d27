"""Links over HTTP: requests as they were routed, and answers that nobody else keeps, shows or finds."""

import logging
from base64 import b64decode
from binascii import Error as NotBase64

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from botocore.exceptions import BotoCoreError, ClientError

from slaclock.problems import fault
from slaclock.records.ack_links import Door, Page
from slaclock.records.ack_page import HEADERS
from slaclock.records.parts import Asked, Parts
from slaclock.secrets import InvalidSecret
from slaclock.store.errors import StoreUnavailableError, WriteConflictError

# The table or the key can't be had.
_UNAVAILABLE = (StoreUnavailableError, WriteConflictError, BotoCoreError, ClientError, InvalidSecret)
_log = logging.getLogger(__name__)


def followed(parts: Parts, asked: Asked) -> Response[str]:
    """Answer whoever opens a link, by GET or HEAD, which changes nothing; or presses its button, by POST."""
    event, token = asked.event, asked.path["token"]
    accepted, method = event.headers.get("accept-language"), event.request_context.http.method
    door = Door(parts.links, parts.books, parts.workflow.take, parts.now(), accepted)
    headers = dict(HEADERS)
    try:
        page = _pressed(door, event, token) if method == "POST" else door.open(token)
    except _UNAVAILABLE as error:
        _log.warning("a link can't be followed: %s", fault(error))
        page = door.unavailable()
        headers["Retry-After"] = "60"
    headers["Content-Language"] = page.language
    html = "" if method == "HEAD" else page.html
    return Response(page.status, "text/html; charset=utf-8", html, headers=headers)


def _pressed(door: Door, event: APIGatewayProxyEventV2, token: str) -> Page:
    return door.use(token, _body(event), event.headers.get("content-type", ""))


def _body(event: APIGatewayProxyEventV2) -> bytes:
    """The body as it came; what can't be read is no form."""
    body = event.body or ""
    try:
        return b64decode(body) if event.is_base64_encoded else body.encode()
    except (NotBase64, UnicodeEncodeError):
        return b"%"
