"""`slaclock connection set`: what a connection says is changed, and its id, address and secret stay."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.cli import connection_secrets, connection_stack, stacks
from slaclock.cli.connection_options import add_options, applied, checked
from slaclock.cli.connection_words import is_mapped
from slaclock.domain.errors import SlaError
from slaclock.store.changes import changed_members

if TYPE_CHECKING:
    import argparse

    from slaclock.helpdesks.connection import Connection
    from slaclock.wiring import Wiring

_WORDS = ("statuses", "priorities")


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock connection set`."""
    parser = actions.add_parser(
        "set",
        help="change what a connection's words mean, and the like",
        description="THEIRS=OURS is added to a map, or changed on it; THEIRS= is taken off. A text that is "
        "empty is unset. A file's members replace those of the connection.",
    )
    connection_stack.add_id(parser)
    stacks.add_stack(parser)
    parser.add_argument(
        "--no-agent", action="append", default=[], metavar="NAME", help="who is none any more"
    )
    connection_stack.add_by(parser)
    add_options(parser)
    parser.set_defaults(run=change)


def change(args: argparse.Namespace) -> int:
    """Write what has changed; tickets follow it from their next delivery on."""
    with stacks.told_plainly():
        wiring = stacks.reached(args, connection_stack.TABLE)
        before = connection_stack.record_of(wiring, args.id)
        after = applied(_without(before, args.no_agent), args)
        changed, connection = changed_members(before, after), checked(after)
        if not changed:
            sys.stdout.write("it says all that already: nothing is changed\n")
            return 0
        if not {"scheme", "header"}.isdisjoint(changed):
            _served(wiring, connection)
        wiring.store.connect(after, connection_stack.change(args, wiring, "set", changed))
        if not changed.keys().isdisjoint(_WORDS):
            known = [word for word in wiring.store.unmapped(args.id) if is_mapped(word, connection)]
            wiring.store.forget_unmapped(args.id, known)
    sys.stdout.write(
        f"changed: {', '.join(changed)}\n{connection_stack.SETTLES}; "
        "a ticket changes with the next delivery about it\n"
    )
    return 0


def _served(wiring: Wiring, connection: Connection) -> None:
    """Refuse a way to sign that the kept secret is no use for: nothing would be taken any more."""
    current, _ = connection_secrets.Vault(wiring).found(connection.secret)
    try:
        connection_secrets.serve(connection, current)
    except ValueError as error:
        raise SlaError(
            f"its secret does not serve that: {error}; give it one that does first "
            f"(slaclock connection rotate {connection.id} --secret -)"
        ) from None


def _without(record: dict[str, object], names: list[str]) -> dict[str, object]:
    """The record without some agents; one that is not there was mistyped."""
    agents = record.get("agents")
    kept = list(agents) if isinstance(agents, list) else []
    for name in names:
        if name.casefold() not in kept:
            raise SlaError(f"--no-agent {name}: it is not on the list of agents")
        kept.remove(name.casefold())
    return {**record, "agents": kept} if names else record
