"""`slaclock quarantine discard`: what nobody will replay is taken out before its 14 days are over."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.cli import connection_stack, quarantine_show, stacks
from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    import argparse

_NEEDED = (*connection_stack.TABLE, "QUARANTINE_BUCKET")


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock quarantine discard`."""
    parser = actions.add_parser(
        "discard",
        help="take some out, and never in",
        description="What a delivery said is lost with it: look at it first (slaclock quarantine show). Only "
        "those that wait for a person: what is under table/ the next sweep takes in.",
    )
    parser.add_argument("keys", nargs="+", metavar="KEY", help="as `slaclock quarantine list` has them")
    stacks.add_stack(parser)
    parser.set_defaults(run=discard)


def discard(args: argparse.Namespace) -> int:
    """Release each; all are looked for first, so that a key that is mistyped loses none of the others."""
    keys = list(dict.fromkeys(args.keys))
    for key in keys:
        if key.startswith("table/"):
            raise SlaError(f"{key} is for the next sweep, which takes it in: it is not discarded")
    with stacks.told_plainly():
        bucket = stacks.reached(args, _NEEDED).quarantine
        for key in keys:
            quarantine_show.present(bucket, key)
        for key in keys:
            bucket.release(key)
            sys.stdout.write(f"discarded: {key}\n")
    return 0
