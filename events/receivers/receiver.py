"""A small HTTPS endpoint for a topic: takes what SNS signed, confirms its subscription, and takes each once.

    python -m events.receivers.receiver --topic ARN --certificate tls.pem --key tls.key

Each notice is printed, a JSON object a line; `Receiver(…, take=…)` does something else with it. It keeps what
it saw in memory: after a restart a message may be taken again.
"""

from __future__ import annotations

import argparse
import json
import ssl
import sys
import threading
from collections import OrderedDict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from events.receivers.sns import SUBSCRIBED, UNSUBSCRIBED, NotFromSnsError, Verifier, fetch, subscribe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LONGEST_BODY = 1_048_576  # bytes: 256 KiB of a message, escaped, in its envelope
_MOST_SEEN = 10_000  # notices that are remembered
_PATIENCE = 10  # seconds that a connection may be silent
# Where a message says what tells it from all others, in each of its shapes.
_IDS = (
    ("notification_id",),  # our document
    ("metadata", "additionalContext", "notification_id"),  # chat
    ("payload", "custom_details", "notification_id"),  # PagerDuty
    ("details", "notification_id"),  # Opsgenie
)


def show(notice: Mapping[str, Any]) -> None:
    """Print a notice."""
    print(json.dumps(notice), flush=True)


class Receiver:
    """What an endpoint does with what is posted to it; `confirm` opens the address that confirms."""

    def __init__(
        self,
        verifier: Verifier,
        take: Callable[[Mapping[str, Any]], None] = show,
        confirm: Callable[[str], object] = fetch,
    ) -> None:
        self._verifier, self._take, self._confirm = verifier, take, confirm
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def post(self, body: bytes) -> HTTPStatus:
        """The answer to a delivery. SNS tries again what is answered with 5xx, and nothing else."""
        try:
            message = json.loads(body)
            self._verifier.check(message)
            kind = message.get("Type")
            if kind == SUBSCRIBED:
                self._confirm(subscribe_url(message))
            elif kind == UNSUBSCRIBED:
                print(f"unsubscribed: nothing more comes from {message['TopicArn']}", file=sys.stderr)
            elif kind == "Notification":
                self._notify(message)
        except (NotFromSnsError, ValueError, AttributeError, RecursionError) as error:
            print(f"refused: {error if isinstance(error, NotFromSnsError) else 'not JSON'}", file=sys.stderr)
            return HTTPStatus.FORBIDDEN
        except Exception as error:  # noqa: BLE001  (SNS is to send it again)
            print(f"failed: {type(error).__name__}", file=sys.stderr)
            return HTTPStatus.INTERNAL_SERVER_ERROR
        return HTTPStatus.OK

    def _notify(self, message: Mapping[str, Any]) -> None:
        """Take a notice once: what fails is not seen yet, and comes again."""
        seen = (str(message["TopicArn"]), notification_id(message))
        with self._lock:
            if seen in self._seen:
                return
            self._take(_object(message["Message"]))
            self._seen[seen] = None
            while len(self._seen) > _MOST_SEEN:
                self._seen.popitem(last=False)


def notification_id(message: Mapping[str, Any]) -> str:
    """What tells a doubled message: ours, in the text that is signed, else SNS's.

    Attributes are not signed: whoever has one message could make it another by them, or keep a later one
    away.
    """
    found = (_at(_object(message["Message"]), way) for way in _IDS)
    return next((each for each in found if isinstance(each, str) and each), str(message["MessageId"]))


def serve(receiver: Receiver, address: tuple[str, int], tls: ssl.SSLContext) -> ThreadingHTTPServer:
    """A server over TLS; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if not length.isdecimal() or int(length) > _LONGEST_BODY:
                self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return
            status = receiver.post(self.rfile.read(int(length)))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing: a URL or a header may hold what is nobody's business."""

    server = ThreadingHTTPServer(address, Handler)
    # Hands are shaken where a request is handled, so that one who does not answer keeps nobody waiting.
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--topic", action="append", required=True, help="the ARN of a topic; may be repeated")
    parser.add_argument("--certificate", required=True, help="the endpoint's own certificate chain, PEM")
    parser.add_argument("--key", required=True, help="its key, PEM")
    parser.add_argument("--port", type=int, default=443)
    args = parser.parse_args()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(args.certificate, args.key)
    serve(Receiver(Verifier(frozenset(args.topic))), ("", args.port), tls).serve_forever()


def _object(text: Any) -> dict[str, Any]:
    """A JSON object; what is none, such as a plain text, is kept under `text`."""
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {"text": text}


def _at(body: Any, way: tuple[str, ...]) -> Any:
    for name in way:
        body = body.get(name) if isinstance(body, dict) else None
    return body


if __name__ == "__main__":
    main()
