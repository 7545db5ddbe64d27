"""`slaclock connection show`: all that a connection says, as `set --file` and `add --file` read it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from slaclock.cli import connection_stack, stacks
from slaclock.store.changes import change_to_json

if TYPE_CHECKING:
    import argparse


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock connection show`."""
    parser = actions.add_parser(
        "show", help="print all that a connection says, and who changed what; its secret is only named"
    )
    connection_stack.add_id(parser)
    stacks.add_stack(parser)
    parser.set_defaults(run=show)


def show(args: argparse.Namespace) -> int:
    """Write the connection as JSON, and beside it what was changed of it, which `--file` passes over."""
    with stacks.told_plainly():
        wiring = stacks.reached(args, connection_stack.TABLE)
        record = connection_stack.record_of(wiring, args.id)
        changes = [change_to_json(each) for each in wiring.store.changes(args.id)]
    sys.stdout.write(json.dumps({**record, "changes": changes}, indent=2, ensure_ascii=True) + "\n")
    return 0
