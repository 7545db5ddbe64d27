"""`slaclock connection set`: what a connection says is changed, and its id, address and secret stay."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.cli import connection_stack
from slaclock.cli.connection_options import add_options, applied
from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    import argparse

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
    connection_stack.add_stack(parser)
    parser.add_argument(
        "--no-agent", action="append", default=[], metavar="NAME", help="who is none any more"
    )
    add_options(parser)
    parser.set_defaults(run=change)


def change(args: argparse.Namespace) -> int:
    """Write what has changed; tickets follow it from their next delivery on."""
    with connection_stack.told_plainly():
        wiring = connection_stack.reached(args)
        before = connection_stack.record_of(wiring, args.id)
        after = applied(_without(before, args.no_agent), args)
        changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        if not changed:
            sys.stdout.write("it says all that already: nothing is changed\n")
            return 0
        wiring.store.connect(after)
        if any(name in changed for name in _WORDS):
            wiring.store.forget_unmapped(args.id)
    sys.stdout.write(
        f"changed: {', '.join(changed)}\n{connection_stack.SETTLES}; "
        "a ticket changes with the next delivery about it\n"
    )
    return 0


def _without(record: dict[str, object], names: list[str]) -> dict[str, object]:
    """The record without some agents; one that is not there was mistyped."""
    agents = record.get("agents")
    kept = list(agents) if isinstance(agents, list) else []
    for name in names:
        if name.casefold() not in kept:
            raise SlaError(f"--no-agent {name}: it is not on the list of agents")
        kept.remove(name.casefold())
    return {**record, "agents": kept} if names else record
