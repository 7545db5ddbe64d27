"""Signing the sample deliveries of `events/`, as their helpdesks would.

`python -m local.sending FILE` prints the curl that posts one; the time of signing is the stack's own.
"""

import json
import shlex
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from local.stack import CONNECTIONS
from slaclock.domain.instants import parse_instant
from slaclock.helpdesks import adapter


@dataclass(frozen=True, slots=True)
class Signed:
    """A delivery ready to be posted."""

    path: str
    headers: Mapping[str, str]
    body: bytes


def sign(sample: Mapping[str, Any], at: datetime) -> Signed:
    """Sign a sample of `events/` with the secret of the local connection that it names."""
    connection = CONNECTIONS[sample["connection"]]
    body = json.dumps(sample["body"], indent=2).encode()
    headers = adapter(str(connection["kind"])).SCHEME.sign(str(connection["secret"]), body, at)
    return Signed(f"/webhooks/{sample['connection']}", {"content-type": "application/json", **headers}, body)


def curl(address: str, file: Path, at: datetime) -> str:
    """The command that posts a sample to a stack, signed for the instant `at`."""
    signed = sign(json.loads(file.read_text()), at)
    headers = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in signed.headers.items()]
    return " \\\n  ".join(
        [f"curl -sS {address}{signed.path}", *headers, f"--data-binary {shlex.quote(signed.body.decode())}"]
    )


def main() -> None:
    """Print the curl for a sample, for the stack at an address (default http://127.0.0.1:8787)."""
    file, address = Path(sys.argv[1]), (sys.argv[2:] or ["http://127.0.0.1:8787"])[0]
    with urllib.request.urlopen(f"{address}/local/clock") as answer:  # noqa: S310  (an address of this machine)
        now = parse_instant(json.load(answer)["now"])
    print(curl(address, file, now))


if __name__ == "__main__":
    main()
