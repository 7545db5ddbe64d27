"""`slaclock connection rotate`: a new secret, beside the old one for a while, so that nothing is refused."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.cli import connection_secrets, connection_stack, deployed, stacks
from slaclock.cli.connection_kinds import helpdesks
from slaclock.cli.connection_options import checked
from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    import argparse

    from slaclock.helpdesks.connection import Connection
    from slaclock.wiring import Wiring


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock connection rotate`."""
    parser = actions.add_parser(
        "rotate",
        help="give a connection a new secret, in two steps",
        description="First a new secret counts beside the old one. Put it into the helpdesk, see that "
        "deliveries come in, then --finish: the old one is refused. --at-once does both, for a secret that "
        "somebody else has seen, and for the first one that a helpdesk chose itself.",
    )
    connection_stack.add_id(parser)
    stacks.add_stack(parser)
    connection_stack.add_by(parser)
    parser.add_argument("--secret", type=connection_secrets.given, metavar="-",
        help="the new one, which the helpdesk chose: pasted when asked, or on stdin")  # fmt: skip
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument("--finish", action="store_true", help="refuse the old secret from now on")
    ends.add_argument("--at-once", action="store_true", help="refuse the old secret with the first step")
    parser.set_defaults(run=rotate)


def rotate(args: argparse.Namespace) -> int:
    """Change what is kept; the new secret is shown this once, unless it was pasted."""
    if args.finish and args.secret:
        raise SlaError("--finish takes no new secret: it ends what the step before it began")
    with stacks.told_plainly():
        wiring = stacks.reached(args, connection_stack.TABLE)
        connection = checked(connection_stack.record_of(wiring, args.id))
        args.by = deployed.author(args.by, wiring)  # while nothing is changed yet
        vault = connection_secrets.Vault(wiring)
        current, previous = vault.found(connection.secret)
        if args.finish:
            if previous is None:
                raise SlaError("there is no old secret: nothing is to be finished")
            vault.put(connection.secret, current)
            sys.stdout.write(f"the old secret is refused; {connection_stack.SETTLES}\n")
            _record(args, wiring, "the old secret is refused")
            return 0
        if previous is not None and not args.at_once:
            raise SlaError("two secrets count already: finish that first (--finish), or change it --at-once")
        _chosen_by_us(args, connection)
        secret = connection_secrets.asked(connection) if args.secret else connection_secrets.made(connection)
        if secret == current:
            raise SlaError("that is the secret that it has")
        vault.put(connection.secret, secret, None if args.at_once else current)
        _tell(args, wiring, connection, secret)
        _record(args, wiring, "a new secret alone" if args.at_once else "a new secret beside the old one")
    return 0


def _chosen_by_us(args: argparse.Namespace, connection: Connection) -> None:
    """Refuse to make a secret that can't be given to the helpdesk, since it makes its own."""
    helpdesk = helpdesks().get(connection.kind)
    if helpdesk and helpdesk.chooses and not args.secret and not connection.scheme:
        raise SlaError(f"{helpdesk.title} chooses its secret ({helpdesk.chooses}): give it with --secret -")


def _record(args: argparse.Namespace, wiring: Wiring, what: str) -> None:
    wiring.store.append_change(args.id, connection_stack.change(args, wiring, f"rotate: {what}"))


def _tell(args: argparse.Namespace, wiring: Wiring, connection: Connection, secret: str) -> None:
    for name in others(wiring, connection):
        sys.stderr.write(f"slaclock: connection {name} has the same secret, and changes with it\n")
    if not args.secret:
        sys.stdout.write(f"secret   {secret}\n         (this once; it is kept in {connection.secret})\n")
    if args.at_once:
        sys.stdout.write(f"it alone counts; {connection_stack.SETTLES}\n")
        return
    sys.stdout.write(
        "It counts beside the old one. Put it into the helpdesk, see that deliveries come in, then:\n"
        f"slaclock connection rotate {connection.id} --finish\n"
    )


def others(wiring: Wiring, connection: Connection) -> list[str]:
    """The ids of other connections that have the same secret."""
    ids = [each for _, each in wiring.store.connections() if each != connection.id]
    return [each for each in ids if (wiring.store.connection(each) or {}).get("secret") == connection.secret]
