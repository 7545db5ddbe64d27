"""A first event for each function, from the local stack's story, with all that AWS answers meanwhile."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from threading import Thread
from typing import Any

import botocore.endpoint

from local.clock import VirtualClock
from local.cloud import REGION
from local.front import Request
from local.functions import load_functions, variables_of
from local.stack import ACCOUNT, Stack, running
from local.story import STEPS, TICKET
from tests.local.test_same_story import played

Answer = tuple[int, Mapping[str, str], bytes]  # status, headers, body
BREACH = STEPS[7].at + timedelta(hours=2, minutes=50)  # Saturday 13:50: it is told, and escalated
AT = {"Timer": BREACH, "Notify": BREACH}  # the first event from then on; of others, the first one at all


@dataclass(frozen=True, slots=True)
class FirstEvent:
    """What a function is handed, when, and what AWS answers each of its calls, in their order."""

    event: Mapping[str, Any]
    at: datetime
    environ: Mapping[str, str]
    answers: Sequence[Answer]


def first_events() -> dict[str, FirstEvent]:
    """One for each function, by its name in the template."""
    found: dict[str, FirstEvent] = {}
    with redirect_stdout(StringIO()), running(VirtualClock(STEPS[0].at, speed=0)) as stack:
        for name, handler in list(stack.functions.items()):
            stack.functions[name] = _watched(stack, name, handler, found)
        played(stack)
        stack.request(Request("GET", f"/v1/tickets/{ACCOUNT}/{TICKET}"))
    return found


def _watched(
    stack: Stack, name: str, handler: Callable[[Mapping[str, Any]], Any], found: dict[str, FirstEvent]
) -> Callable[[Mapping[str, Any]], Any]:
    """The handler; the event that is looked for goes to one that was never called before."""

    def handled(event: Mapping[str, Any]) -> Any:
        at = stack.clock.now()
        if name in found or at < AT.get(name, STEPS[0].at):
            return handler(event)
        environ = {**variables_of(name, stack.cloud), **stack.settings}
        cold = load_functions(stack.cloud, stack.clock.now, stack.settings, stack.guards)[name]
        answers: list[Answer] = []
        with _written_down(answers):
            answer = cold(event)
        found[name] = FirstEvent(event, at, environ, answers)
        return answer

    return handled


@contextmanager
def _written_down(answers: list[Answer]) -> Iterator[None]:
    """Add what AWS answers within the block, as it stands on the line."""
    made: dict[int, tuple[Any, Answer]] = {}
    parsed = botocore.endpoint.convert_to_response_dict  # sees each answer before it is parsed, some twice

    def kept(response: Any, operation: Any) -> Any:
        if id(response) not in made:
            body = response.raw.read() if operation.has_streaming_output else response.content
            made[id(response)] = response, (response.status_code, dict(response.headers), body)
            response.raw.seek(0)
        return parsed(response, operation)

    botocore.endpoint.convert_to_response_dict = kept  # type: ignore[assignment]
    try:
        yield
    finally:
        answers.extend(answer for _, answer in made.values())
        botocore.endpoint.convert_to_response_dict = parsed


@dataclass(slots=True)
class Line:
    """Where AWS seems to be: `left` has the answers that nobody asked for yet."""

    address: str
    left: list[Answer] = field(default_factory=list)

    def environ(self) -> dict[str, str]:
        """The environment in which every call goes there."""
        return {
            "PATH": os.defpath,
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_LAMBDA_FUNCTION_NAME": "measured",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "POWERTOOLS_METRICS_NAMESPACE": "slaclock",
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }


@contextmanager
def line() -> Iterator[Line]:
    """A server of this process that gives the answers that it is told to, one a request, in their order."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        server.daemon_threads = True
        made = _Answering.line = Line(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


class _Answering(BaseHTTPRequestHandler):
    """Reads a request, whatever it asks, and gives the next answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    line: Line

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        status, headers, body = self.line.left.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "content-encoding", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815  (so the server calls them)

    def log_message(self, *_: Any) -> None:
        """Say nothing: what is printed is the benchmark's."""


def as_json(first: FirstEvent) -> str:
    """The event and its time, for the process that is handed it."""
    return json.dumps({"event": first.event, "at": first.at.isoformat()}, default=str)
