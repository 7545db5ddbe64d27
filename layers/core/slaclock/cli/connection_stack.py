"""What the commands about connections share: one connection, who changes it, and its address."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from slaclock.cli import deployed, texts
from slaclock.domain.errors import SlaError
from slaclock.store.changes import Change

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from slaclock.wiring import Wiring

TABLE = ("AGREEMENTS_TABLE",)
SETTLES = "functions go by what they read before for up to a minute"


def add_by(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", type=texts.line, metavar="NAME",
        help="who does it, for the record; default: the AWS user, else the system's")  # fmt: skip


def change(
    args: argparse.Namespace, wiring: Wiring, what: str, members: Mapping[str, Any] | None = None
) -> Change:
    """What is done now, and by whom."""
    return Change(wiring.now(), deployed.author(args.by, wiring), what, members or {})


def add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the connection's id, as `slaclock connection list` has it")


def record_of(wiring: Wiring, connection_id: str) -> dict[str, Any]:
    """A connection as the table has it; whoever mistypes its id is told where to find it."""
    found = wiring.store.connection(connection_id)
    if found is None:
        raise SlaError(f"there is no connection {connection_id[:64]!r}: see slaclock connection list")
    return dict(found)


def stack_name(args: argparse.Namespace) -> str:
    """The stack's name, where anybody says it."""
    return args.stack or os.environ.get("STACK") or ""


def address(args: argparse.Namespace, connection_id: str) -> str:
    """Where a connection's deliveries are posted to; where nobody says which stack's, its output is named."""
    base = getattr(args, "url", None) or os.environ.get("SLACLOCK_URL") or _output(args)
    return f"{(base or 'OUTPUT-Url-OF-THE-STACK').rstrip('/')}/webhooks/{connection_id}"


def _output(args: argparse.Namespace) -> str | None:
    if not args.stack:
        return None
    found = deployed.stack(os.environ, ()).client("cloudformation").describe_stacks(StackName=args.stack)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Stacks"][0].get("Outputs", ())}
    return outputs.get("Url")
