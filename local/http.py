"""The local stack's HTTP server: the API's routes, and `/local/*` to look at the stack and move its time."""

import json
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from local.door import aws
from local.front import Request, Response
from local.stack import Stack, inbox
from slaclock.domain.durations import parse_duration
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant

if TYPE_CHECKING:
    from local.gateway import Issuer

LARGEST_BODY = 10 * 1024 * 1024  # API Gateway's own limit


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the stack."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the end of an answer waits 40 ms until its beginning is received

    def __init__(self, stack: Stack, *arguments: Any) -> None:
        self.stack = stack
        super().__init__(*arguments)

    def __getattr__(self, name: str) -> Any:
        """Answer every method alike (`do_GET`, `do_QUERY`, …): one that no route has is API Gateway's 404."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (the base class's name)
        """Say nothing: what a request did is to be seen in the stack."""

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if length > LARGEST_BODY:
            self._send(_json(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"message": "Request Too Long"}))
            self.close_connection = True
            return
        request = Request(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        answer = local(self.stack, request) or aws(self.stack, request)
        self._send(answer or self.stack.request(request))

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.command == "HEAD":  # its length would be that of GET's body, which nobody made
            self.end_headers()
            return
        self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)


def serve(stack: Stack, port: int) -> ThreadingHTTPServer:
    """A server on 127.0.0.1, not yet running; port 0 takes a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, stack))
    server.daemon_threads = True
    return server


def local(stack: Stack, request: Request) -> Response | None:
    """Answer a request under `/local/`; None for any other."""
    asked = (request.method, request.target)
    with stack.lock:
        if asked == ("GET", "/local/inbox"):
            return _json(HTTPStatus.OK, {"messages": inbox(stack)})
        if asked == ("GET", "/local/schedules"):
            live = [
                {"name": each.name, "at": format_instant(each.at), **each.input}
                for each in stack.schedules.all()
            ]
            return _json(HTTPStatus.OK, {"schedules": live})
        if asked == ("POST", "/local/clock"):
            return _advance(stack, request.body)
        if asked == ("POST", "/local/token") and stack.issuer:
            return _token(stack.issuer, request.body)
        if asked == ("GET", "/local/clock"):
            return _json(HTTPStatus.OK, {"now": format_instant(stack.clock.now())})
    return None


def _advance(stack: Stack, body: bytes) -> Response:
    try:
        duration = parse_duration(str(json.loads(body)["advance"]))
    except (ValueError, KeyError, TypeError, SlaError):
        problem = {
            "title": "Bad Request",
            "status": 400,
            "detail": 'send {"advance": "2h"}',
            "pointer": "/advance",
        }
        return _json(HTTPStatus.BAD_REQUEST, problem)
    stack.advance(stack.clock.now() + duration.length + timedelta(days=duration.days))
    return _json(HTTPStatus.OK, {"now": format_instant(stack.clock.now())})


def _token(issuer: "Issuer", body: bytes) -> Response:
    try:
        claims = json.loads(body or b"{}")
        return _json(HTTPStatus.OK, {"token": issuer.token(**claims)})
    except (ValueError, TypeError):
        return _json(HTTPStatus.BAD_REQUEST, {"title": "Bad Request", "status": 400, "detail": "send claims"})


def _json(status: HTTPStatus, document: dict[str, Any]) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(document).encode())
