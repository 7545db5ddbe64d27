"""`slaclock quarantine`: deliveries that could not be taken; they wait here for 14 days at the most."""

from __future__ import annotations

import heapq
import json
import sys
from typing import TYPE_CHECKING, get_args

from slaclock.cli import (
    connection_stack,
    deployed,
    quarantine_discard,
    quarantine_replay,
    quarantine_show,
    stacks,
    texts,
)
from slaclock.domain.instants import format_instant
from slaclock.quarantine import Kept, Reason

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from slaclock.quarantine import Quarantine
    from slaclock.wiring import Wiring

_NEEDED = (*connection_stack.TABLE, "QUARANTINE_BUCKET")
_MOST = 1000


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock quarantine` and what can be done with it."""
    quarantine = commands.add_parser("quarantine", help="deliveries that could not be taken")
    actions = quarantine.add_subparsers(required=True, metavar="ACTION")
    _register_list(actions.add_parser("list", help="list them, oldest first, and why each is kept"))
    quarantine_show.register(actions)
    quarantine_replay.register(actions)
    quarantine_discard.register(actions)


def _register_list(parser: argparse.ArgumentParser) -> None:
    stacks.add_stack(parser)
    add_which(parser)
    parser.add_argument("--most", type=texts.number, default=_MOST, metavar="N",
        help=f"at most so many; default {_MOST}")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=show)


def add_which(parser: argparse.ArgumentParser) -> None:
    """Add what narrows a listing."""
    parser.add_argument("--reason", choices=get_args(Reason), help="unmapped: waits for a person; "
        "table: the next sweep takes it")  # fmt: skip
    parser.add_argument("--connection", metavar="ID", help="of this connection only")
    parser.add_argument("--since", type=texts.instant, metavar="INSTANT", help="what came from then on")


def show(args: argparse.Namespace) -> int:
    """Write a line each. Each is read for it, and none of what customers wrote is shown."""
    with stacks.told_plainly():
        wiring, count = stacks.reached(args, _NEEDED), 0
        for key, kept in found(wiring.quarantine, args):
            if count == args.most:
                sys.stderr.write("slaclock: there are more: narrow it, or say --most\n")
                break
            count += 1
            sys.stdout.write(f"{_json(key, kept) if args.json else _line(key, kept)}\n")
        if not count:
            sys.stderr.write(f"slaclock: {_nothing(wiring, args.connection)}\n")
    return 0


def _nothing(wiring: Wiring, connection_id: str | None) -> str:
    """That nothing is kept; whoever mistypes a connection is told that there is none."""
    if connection_id is None or wiring.store.connection(connection_id) is not None:
        return "nothing is kept"
    known = f"there is no connection {connection_id[:64]!r}: see slaclock connection list"
    return f"nothing is kept, and {known}"


def found(bucket: Quarantine, args: argparse.Namespace) -> Iterator[tuple[str, Kept | None]]:
    """The keys that the arguments ask for, oldest first, with what is kept; None where it can't be read."""
    reasons = [args.reason] if args.reason else list(get_args(Reason))
    listings = [bucket.waiting(reason, args.since) for reason in reasons]
    for key in heapq.merge(*listings, key=lambda key: key.partition("/")[2]):
        try:
            kept = bucket.read(key)
        except ValueError:
            kept = None
        else:
            if kept is None or args.connection not in (None, kept.connection):
                continue
        if kept or args.connection is None:
            yield key, kept


def _line(key: str, kept: Kept | None) -> str:
    if kept is None:
        return f"{key}  can't be read"
    told = f"{kept.connection}, {len(kept.delivery.body)} bytes, {_verified(kept)}: {kept.detail}"
    return f"{key}  {deployed.escaped(told)}"


def _json(key: str, kept: Kept | None) -> str:
    if kept is None:
        return json.dumps({"key": key, "readable": False})
    return json.dumps(
        {
            "key": key,
            "readable": True,
            "connection": kept.connection,
            "received_at": format_instant(kept.delivery.received_at),
            "verified": kept.verified,
            "detail": kept.detail,
            "bytes": len(kept.delivery.body),
        }
    )


def _verified(kept: Kept) -> str:
    return "verified" if kept.verified else "not verified"
