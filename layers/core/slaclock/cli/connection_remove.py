"""`slaclock connection remove`: a helpdesk may not post any more."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.cli import connection_secrets, connection_stack, stacks
from slaclock.cli.connection_rotate import others
from slaclock.domain.errors import SlaError
from slaclock.helpdesks.connection import Connection

if TYPE_CHECKING:
    import argparse

    from slaclock.wiring import Wiring


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock connection remove`."""
    parser = actions.add_parser("remove", help="refuse what a helpdesk posts from now on")
    connection_stack.add_id(parser)
    stacks.add_stack(parser)
    connection_stack.add_by(parser)
    parser.add_argument("--keep-secret", action="store_true", help="leave its secret where it is")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=remove)


def remove(args: argparse.Namespace) -> int:
    """Take the connection out, then the secret that was made for it; its tickets and their clocks stay."""
    with stacks.told_plainly():
        wiring = stacks.reached(args, connection_stack.TABLE)
        record = connection_stack.record_of(wiring, args.id)
        # Of one that can't be read no more is asked than what takes it out.
        connection = Connection(
            args.id,
            str(record.get("kind")),
            str(record.get("account")),
            str(record.get("secret")),
            title=str(record.get("title") or ""),
        )
        if not (args.yes or _agreed(connection)):
            sys.stdout.write("nothing is changed\n")
            return 1
        wiring.store.disconnect(record, connection_stack.change(args, wiring, "remove"))
        wiring.store.forget_unmapped(args.id)
        sys.stdout.write(f"removed: {args.id}; what it is sent is answered with 404 within a minute\n")
        secret = _secret(args, wiring, connection)
    sys.stdout.write(f"{secret}; its tickets stay, and their clocks go on\n")
    sys.stdout.write(
        "what quarantine has of it can't be replayed any more, and goes after 14 days: "
        f"slaclock quarantine list --connection {args.id}\n"
    )
    return 0


def _agreed(connection: Connection) -> bool:
    """Whether somebody says so: where nobody can be asked, it has to be said beforehand."""
    if not sys.stdin.isatty():
        raise SlaError("nobody can be asked whether you mean it: say --yes")
    title = f" ({connection.title})" if connection.title else ""
    sys.stderr.write(
        f"{connection.kind} of account {connection.account}{title}: "
        "its deliveries will be refused, and those in quarantine can't be replayed. Remove it? [y/N] "
    )
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _secret(args: argparse.Namespace, wiring: Wiring, connection: Connection) -> str:
    """What becomes of the secret: only one that `add` made for this connection is taken away."""
    if args.keep_secret or not connection.secret.endswith(f"/{connection.id}"):
        return f"its secret {connection.secret} is left where it is"
    if shared := others(wiring, connection):
        return f"its secret {connection.secret} is left, for connection {shared[0]} has it too"
    return connection_secrets.Vault(wiring).remove(connection.secret)
