"""Signing the sample deliveries of `events/`, as their helpdesks would.

`python -m local.sending FILE` prints the curl that posts one; the time of signing is the stack's own.
"""

import json
import re
import shlex
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from local.stack import CONNECTIONS
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.helpdesks import adapter

_SECOND = timedelta(seconds=1)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass(frozen=True, slots=True)
class Signed:
    """A delivery ready to be posted."""

    path: str
    headers: Mapping[str, str]
    body: bytes


def sign(sample: Mapping[str, Any], at: datetime) -> Signed:
    """Sign a sample of `events/` with the secret of the local connection that it names."""
    connection = CONNECTIONS[sample["connection"]]
    body = json.dumps(sample["body"]).encode()
    signature = adapter(str(connection["kind"])).SCHEME.sign(str(connection["secret"]), body, at)
    headers = {"content-type": "application/json", **sample.get("headers", {}), **signature}
    return Signed(f"/webhooks/{sample['connection']}", headers, body)


def happening(sample: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A sample as if it happened at that instant: every time in it is moved by as much."""
    body = sample["body"]
    ahead = at - parse_instant(body.get("time") or body["occurred_at"])
    return {**sample, "body": _moved(body, ahead // _SECOND * _SECOND)}


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, Mapping):
        return {name: _moved(each, by) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, by) for each in value]
    return (
        format_instant(parse_instant(value) + by)
        if isinstance(value, str) and _INSTANT.fullmatch(value)
        else value
    )


def curl(address: str, file: Path, at: datetime) -> str:
    """The command that posts a sample to a stack, as if it happened at the instant `at`."""
    signed = sign(happening(json.loads(file.read_text()), at), at)
    headers = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in signed.headers.items()]
    return " \\\n  ".join(
        [f"curl -sS {address}{signed.path}", *headers, f"--data-binary {shlex.quote(signed.body.decode())}"]
    )


def main() -> None:
    """Print the curl for a sample, for the stack at an address (default http://127.0.0.1:8787)."""
    file, address = Path((sys.argv[1:] or [""])[0]), (sys.argv[2:] or ["http://127.0.0.1:8787"])[0]
    if not file.is_file():
        sys.exit(f"slaclock: {file} is no file: name one of events/*/*.json")
    try:
        with urllib.request.urlopen(f"{address}/local/clock") as answer:  # noqa: S310  (this machine's address)
            now = parse_instant(json.load(answer)["now"])
    except OSError as error:
        sys.exit(f"slaclock: nothing answers at {address}: {error}")
    print(curl(address, file, now))


if __name__ == "__main__":
    main()
