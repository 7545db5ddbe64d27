"""`slaclock connection add`: a helpdesk may post from now on, and somebody is told what to do on its side."""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING

from slaclock.cli import connection_secrets, connection_sharing, connection_stack, deployed, stacks, texts
from slaclock.cli.connection_kinds import ANY_JSON, Helpdesk, helpdesks
from slaclock.cli.connection_options import add_options, applied, checked
from slaclock.domain.errors import SlaError
from slaclock.store.changes import changed_members

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from slaclock.helpdesks.connection import Connection
    from slaclock.wiring import Wiring

_BYTES = 16  # of an id: 128 bits that nobody guesses


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock connection add`."""
    parser = actions.add_parser("add", help="connect a helpdesk, and say what to do on its side")
    names = ", ".join(helpdesks())
    parser.add_argument("helpdesk", choices=[*helpdesks(), "mapping"], metavar="HELPDESK",
        help=f"{names}; or mapping, for any JSON")  # fmt: skip
    parser.add_argument("--account", required=True, type=texts.account, metavar="ID",
        help="whose agreements its tickets come under; a connection stays with its account")  # fmt: skip
    stacks.add_stack(parser)
    parser.add_argument("--url", type=texts.address, metavar="URL",
        help="of the stack's API; default: its output, or SLACLOCK_URL")  # fmt: skip
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--secret", type=connection_secrets.given, metavar="-",
        help="the one that the helpdesk chose: pasted when asked, or on stdin")  # fmt: skip
    secret.add_argument("--secret-ref", type=connection_secrets.reference, metavar="REF",
        help="one that is kept: slaclock/… in Secrets Manager, its ARN, or ssm:/slaclock/…")  # fmt: skip
    parser.add_argument("--ssm", action="store_true",
        help="keep the secret in the Parameter Store, and not in Secrets Manager")  # fmt: skip
    connection_sharing.add_option(parser)
    connection_stack.add_by(parser)
    add_options(parser)
    parser.set_defaults(run=add)


def add(args: argparse.Namespace) -> int:
    """Keep the secret, then the connection; where the second fails, the first is taken back.

    An account gets a key for people's ids with its first connection.
    """
    helpdesk = helpdesks().get(args.helpdesk) or ANY_JSON
    connection_id = _new_id()
    where = args.secret_ref or connection_secrets.new_reference(
        connection_stack.stack_name(args), connection_id, parameter=args.ssm
    )
    record = applied(
        {
            "id": connection_id,
            "kind": helpdesk.kind,
            "account": args.account,
            "secret": where,
            "mapping": helpdesk.mapping,
            "scheme": helpdesk.scheme,
        },
        args,
    )
    connection = checked(record)
    if connection.kind == "mapping" and connection.mapping is None:
        raise SlaError("mapping needs --mapping: the name of one that is shipped, or a file")
    with stacks.told_plainly():
        wiring = stacks.reached(args, connection_stack.TABLE)
        remark = connection_sharing.check(args, wiring, connection)
        secret = _kept(args, wiring, connection)
        try:
            done = connection_stack.change(args, wiring, "add", changed_members({}, record))
            wiring.store.connect(record, done)
        except Exception:
            if secret is not None:
                connection_secrets.Vault(wiring).remove(where)
            raise
        shown = None if args.secret or helpdesk.chooses else secret
        connection_secrets.make_identity_key(wiring, args.account)
        _warn(wiring, connection, remark)
        lines = _said(helpdesk, connection, connection_stack.address(args, connection_id), shown)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _new_id() -> str:
    """An id that nobody guesses, and that no command takes for an option."""
    while (found := secrets.token_urlsafe(_BYTES)).startswith("-"):
        pass
    return found


def _kept(args: argparse.Namespace, wiring: Wiring, connection: Connection) -> str | None:
    """The secret that was kept just now; None where it was kept before."""
    if args.secret_ref:
        connection_secrets.borrowed(wiring, connection)
        return None
    secret = connection_secrets.asked(connection) if args.secret else connection_secrets.made(connection)
    said = f"slaclock: signs what {connection.kind} posts for account {connection.account}"
    connection_secrets.Vault(wiring).create(connection.secret, secret, said)
    return secret


def _warn(wiring: Wiring, connection: Connection, remark: str | None) -> None:
    """Whoever mistypes an account would else learn of it by tickets without clocks."""
    if remark:
        sys.stderr.write(f"slaclock: {remark}\n")
    if not wiring.store.agreements(connection.account).versions:
        sys.stderr.write(f"slaclock: account {connection.account!r} has no agreements yet: nothing starts\n")


def _said(helpdesk: Helpdesk, connection: Connection, address: str, shown: str | None) -> Iterator[str]:
    """What was made, the secret once, and what to do on the helpdesk's side."""
    yield f"connected: {helpdesk.title}, account {deployed.escaped(connection.account)}"
    yield f"id       {connection.id}"
    yield f"address  {address}"
    if shown is not None:
        yield f"secret   {shown}"
        yield f"         (this once; it is kept in {connection.secret})"
    else:
        yield f"secret   in {connection.secret}"
    if helpdesk.chooses and shown is None:
        yield f"         ({helpdesk.title} chooses it: {helpdesk.chooses})"
    yield "Whoever has both may post in this account's name, so keep them to yourself."
    if helpdesk.steps:
        yield ""
        yield f"In {helpdesk.title}:"
        yield from helpdesk.said(connection)
    yield ""
    yield "See that it comes in: slaclock connection list"
    yield f"Try a payload:        slaclock connection test --connection {connection.id} FILE"
