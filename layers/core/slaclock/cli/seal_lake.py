"""`slaclock seal lake`: write the rows of sealed days anew, such as those before the first night."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.cli import stacks, texts
from slaclock.domain.errors import SlaError
from slaclock.seals import SealUnreadable
from slaclock.store.reports import days_of

if TYPE_CHECKING:
    import argparse

_NEEDED = ("LEDGER_TABLE", "SEALS_BUCKET", "LAKE_BUCKET")
_MOST = 3660  # days that are written in a run
_ABOUT = (
    "The rows that the ledger still has of each day's seal are put over what the bucket Lake has of them, "
    "whose earlier versions end by themselves. Days without a seal are passed over."
)


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock seal lake`."""
    parser = actions.add_parser("lake", help="write sealed days' rows anew, for SQL", description=_ABOUT)
    stacks.add_stack(parser)
    parser.add_argument("--from", dest="first", required=True, type=texts.day, metavar="DAY",
        help="from this sealed day on")  # fmt: skip
    parser.add_argument("--to", dest="last", required=True, type=texts.day, metavar="DAY",
        help="to this one, included")  # fmt: skip
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write a line for each day, with the number of its rows; 1 where the seal of one does not hold."""
    if not 0 <= (args.last - args.first).days < _MOST:
        raise SlaError(f"--from {args.first} --to {args.last} are not 1 to {_MOST} days")
    failed = 0
    with stacks.told_plainly():
        wiring = stacks.reached(args, _NEEDED, "Seal")
        sealed = set(wiring.seals.days())
        for day in [each for each in days_of(args.first, args.last) if each in sealed]:
            try:
                files = wiring.filler.write(day)
            except SealUnreadable as error:
                failed += 1
                sys.stderr.write(f"slaclock: {error}\n")
            else:
                sys.stdout.write(f"{day} {sum(each.rows for each in files)} rows in {len(files)} files\n")
    return 1 if failed else 0
