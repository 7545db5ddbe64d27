"""`make dev`: the local stack as a server, until Ctrl-C."""

import math
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from types import FrameType

from local.clock import VirtualClock
from local.door import environment
from local.http import serve
from local.sending import curl
from local.stack import Stack, running
from local.template import ROOT
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import parse_instant

FIRST_YEAR, LAST_YEAR = 1970, 2199
SAMPLE = ROOT / "events" / "zendesk" / "ticket_created_urgent.json"
DOCUMENTS = ROOT / "agreements"
TICK = 0.25  # seconds of real time between two looks at what is due
WELCOME = """slaclock runs on {address}, its clock at {now:%a %d %b %Y %H:%M:%S} UTC.

Post a sample delivery. Its signature is good for five minutes, after which it is answered with 401:

{curl}

For one that is signed now, of any file in events/:

  eval "$({python} -m local.sending events/zendesk/comment_by_agent.json {address})"

Then look:

  curl -sS {address}/v1/tickets/example/4711
  curl -sS {address}/local/schedules
  curl -sS {address}/local/clock -d '{{"advance": "5h"}}'
  curl -sS {address}/local/inbox
  curl -sS '{address}/v1/breaches?account=example'

To work on it as on one that is deployed, by slaclock access, agreement, case, connection, erase, escalation,
evidence, exclusion, hold, quarantine, retention and seal, for the account `example`:

{exports}

Ctrl-C ends it.
"""
TOKENS = """
What is below /v1 wants a token, of which these are the claims that matter:

  curl -sS {address}/local/token -d '{{"sub": "ada", "scope": "records.read", "slaclock_account": "example",
    "slaclock_customer": "acme"}}'
  curl -sS {address}/v1/breaches -H "Authorization: Bearer ..."
"""


def main() -> int:
    """Serve until interrupted; the environment says `PORT`, `SPEED`, `START`, `AUTH` and `AGREEMENTS`."""
    try:
        clock = VirtualClock(_start(), _number("SPEED", "1", 0, 1_000_000))
        port, agreements = (
            int(_number("PORT", "8787", 0, 65_535)),
            Path(os.environ.get("AGREEMENTS", DOCUMENTS)),
        )
    except SlaError as error:
        print(f"slaclock: {error}", file=sys.stderr)
        return 1
    asked = Asked()
    try:
        with running(clock, agreements, tokens=_tokens()) as stack:
            _serve(stack, port, asked)
    except (SlaError, OSError) as error:
        print(f"slaclock: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    print("\nslaclock has ended.")
    return 0


class Asked:
    """Whether somebody asked us to end, by Ctrl-C or by a kill; asked twice, we end wherever we are.

    The first is not raised: where Python collects garbage it would be swallowed, and nobody would end.
    """

    def __init__(self) -> None:
        self.once = False
        # A shell starts background jobs deaf to Ctrl-C; this is to end whoever asks, and however.
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self.once:
            raise KeyboardInterrupt
        self.once = True


def _serve(stack: Stack, port: int, asked: Asked) -> None:
    server = serve(stack, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = stack.settings["PUBLIC_URL"] = f"http://127.0.0.1:{server.server_port}"
    python = os.path.relpath(sys.executable)
    now = stack.clock.now()
    given = environment(stack, address).items()
    exports = "\n".join(f"  export {each}={quote(value)}" for each, value in given)
    sample = curl(address, SAMPLE, now)
    welcome = WELCOME + TOKENS if stack.issuer else WELCOME
    print(welcome.format(address=address, now=now, python=python, curl=sample, exports=exports), flush=True)
    try:
        while not asked.once:
            stack.tick()
            time.sleep(TICK)
    finally:
        server.shutdown()
        server.server_close()


def _number(name: str, default: str, least: float, most: float) -> float:
    text = os.environ.get(name, default)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise SlaError(f"{name}={text} is no number from {least} to {most}")
    return number


def _tokens() -> bool:
    """Whether nobody is let in without a token."""
    text = os.environ.get("AUTH", "none")
    if text not in ("none", "jwt"):
        raise SlaError(f"AUTH={text} is neither none nor jwt")
    return text == "jwt"


def _start() -> datetime:
    text = os.environ.get("START")
    try:
        start = parse_instant(text) if text else datetime.now(UTC)
    except ValueError:
        start = datetime.max.replace(tzinfo=UTC)
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise SlaError(
            f"START={text} is no instant of {FIRST_YEAR} to {LAST_YEAR}, such as 2026-03-27T14:00:00Z"
        )
    return start


if __name__ == "__main__":
    raise SystemExit(main())
