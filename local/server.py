"""`make dev`: the local stack as a server, until Ctrl-C."""

import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from local.clock import VirtualClock
from local.http import serve
from local.stack import Stack, running
from local.template import ROOT
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import parse_instant

TICK = 0.25  # seconds of real time between two looks at what is due
WELCOME = """slaclock runs on {address}, its clock at {now:%a %d %b %Y %H:%M:%S} UTC.

Post a sample delivery (every file in events/ is one):

  eval "$({python} -m local.sending events/zendesk/ticket_created_urgent.json {address})"

Then look:

  curl -sS {address}/v1/tickets/example/4711
  curl -sS {address}/local/schedules
  curl -sS {address}/local/clock -d '{{"advance": "5h"}}'
  curl -sS {address}/local/inbox
  curl -sS '{address}/v1/breaches?account=example'

Ctrl-C ends it.
"""


def main() -> int:
    """Serve until interrupted; `PORT`, `SPEED`, `START` and `AGREEMENTS` are read from the environment."""
    try:
        clock = VirtualClock(_start(), float(os.environ.get("SPEED", "1")))
        port, agreements = (
            int(os.environ.get("PORT", "8787")),
            Path(os.environ.get("AGREEMENTS", ROOT / "agreements")),
        )
    except ValueError as error:
        print(f"slaclock: START, SPEED or PORT can't be read: {error}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    try:
        with running(clock, agreements) as stack:
            _serve(stack, port)
    except (SlaError, OSError) as error:
        print(f"slaclock: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nslaclock has ended.")
    return 0


def _serve(stack: Stack, port: int) -> None:
    server = serve(stack, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    python = os.path.relpath(sys.executable)
    print(WELCOME.format(address=address, now=stack.clock.now(), python=python), flush=True)
    try:
        while True:
            stack.tick()
            threading.Event().wait(TICK)
    finally:
        server.shutdown()
        server.server_close()


def _start() -> datetime:
    start = os.environ.get("START")
    return parse_instant(start) if start else datetime.now(UTC)


if __name__ == "__main__":
    raise SystemExit(main())
