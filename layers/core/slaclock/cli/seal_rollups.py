"""`slaclock seal rollups`: count sealed days anew, such as those before the first nightly rollup."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.cli import deployed, stacks, texts
from slaclock.domain.errors import SlaError
from slaclock.store.reports import days_of

if TYPE_CHECKING:
    import argparse

_NEEDED = ("LEDGER_TABLE", "REPORTS_TABLE", "SEALS_BUCKET")
_MOST = 3660  # days that are rolled up in a run
_ABOUT = (
    "Each day of deadlines is counted from the rows that the ledger has of it now. A day whose last version "
    "says the same keeps that one; otherwise a new version is made, and the latest counts. Rows that are no "
    "longer kept are not counted."
)


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock seal rollups`."""
    parser = actions.add_parser("rollups", help="count sealed days anew, for reports", description=_ABOUT)
    stacks.add_stack(parser)
    deployed.add_account(parser)
    parser.add_argument("--from", dest="first", required=True, type=texts.day, metavar="DAY",
        help="from this day of deadlines on")  # fmt: skip
    parser.add_argument("--to", dest="last", required=True, type=texts.day, metavar="DAY",
        help="to this day, included; only what is sealed is rolled up")  # fmt: skip
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write each day of which a new version was made, and how many had none to make."""
    if not 0 <= (args.last - args.first).days < _MOST:
        raise SlaError(f"--from {args.first} --to {args.last} are not 1 to {_MOST} days")
    with stacks.told_plainly():
        wiring = stacks.reached(args, _NEEDED, "Seal")
        sealed = max(wiring.seals.days(), default=None)
        if sealed is None or args.first > sealed:
            raise SlaError(f"{args.first} is not sealed yet: the last sealed day is {sealed or 'none'}")
        known = args.account in wiring.books.accounts()
        days, made = days_of(args.first, min(args.last, sealed)), 0
        for day in days:
            if wiring.roller.build(args.account, day, sealed, known=known):
                made += 1
                sys.stdout.write(f"{day} rolled up\n")
    sys.stdout.write(f"{len(days)} days looked at: {made} rolled up anew\n")
    return 0
