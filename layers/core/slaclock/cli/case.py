"""`slaclock case`: a breach is worked like an incident, each entry a row with who and when."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from slaclock.access.boundary import Boundary
from slaclock.cli import deployed, stacks, texts
from slaclock.cli.case_page import page
from slaclock.domain.case_entry import DECISIONS, ENTRIES, read_entry
from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.records.breach_view import breach_view
from slaclock.records.cases import Casework

if TYPE_CHECKING:
    import argparse

_ID = "the breach's id, as `GET /v1/breaches` and messages have it"
_DONE = {
    "cause": "what it is put down to",
    "note": "what ought to be known of it",
    "remedy": "what is done about it, by whom and until when",
    "review": "what came of it",
    "dispute": "it is disputed, or the dispute is decided: upheld, the breach stands; waived, it is let pass",
}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock case` and what can be written into one."""
    actions = commands.add_parser("case", help="a breach, worked like an incident").add_subparsers(
        required=True, metavar="ACTION"
    )
    parsers = {entry: _entry(actions, entry) for entry in ENTRIES}
    parsers["cause"].add_argument("cause", metavar="CAUSE", help="one of the agreement's causes")
    parsers["cause"].add_argument("--note", metavar="TEXT")
    for entry in ("note", "review"):
        parsers[entry].add_argument("note", metavar="TEXT", help="a line of at most 500 characters")
    parsers["review"].add_argument("--outcome", metavar="WORDS", help="in at most 64 characters")
    remedy = parsers["remedy"]
    remedy.add_argument("remedy", metavar="TEXT", help="a line of at most 500 characters")
    remedy.add_argument("--owner", required=True, metavar="NAME", help="who sees to it")
    remedy.add_argument("--due", required=True, metavar="DATE", help="until when, such as 2026-10-31")
    parsers["dispute"].add_argument("decision", choices=DECISIONS)
    parsers["dispute"].add_argument("--reason", required=True, metavar="TEXT")
    showing = actions.add_parser("show", help="the breach, its case, and its rows")
    stacks.add_stack(showing)
    showing.add_argument("breach", metavar="BREACH_ID", help=_ID)
    showing.add_argument("--json", action="store_true", help="as `GET /v1/breaches/{id}` answers")
    showing.set_defaults(run=show)


def _entry(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], entry: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(entry, help=_DONE[entry])
    stacks.add_stack(parser)
    parser.add_argument("breach", metavar="BREACH_ID", help=_ID)
    parser.add_argument(
        "--by", type=texts.line, metavar="NAME", help="who says so; default: the AWS user, else the system's"
    )
    parser.set_defaults(run=write, entry=entry)
    return parser


def write(args: argparse.Namespace) -> int:
    """Append an entry to the case, and say which row that is."""
    try:
        said = read_entry(args.entry, vars(args))
        with stacks.told_plainly("others write to the ticket just now"):
            wiring = stacks.reached(args)
            work = Casework(wiring.store, wiring.agreements, wiring.workflow.take, Boundary())
            by = deployed.author(args.by, wiring)
            row = work.write(args.breach, args.entry, said, by, wiring.now())
    except InvalidEvent as wrong:
        raise SlaError(f"{wrong.pointer.removeprefix('/')}: {wrong.detail}") from None
    who = deployed.escaped(row["by"])
    sys.stdout.write(f"recorded: {args.entry} by {who} at {row['at']}, {row['id']}\n")
    return 0


def show(args: argparse.Namespace) -> int:
    """Write a breach with its case, for people or as JSON."""
    with stacks.told_plainly():
        breach = breach_view(stacks.reached(args, ("TICKETS_TABLE",)).store, args.breach, Boundary())
    if args.json:
        sys.stdout.write(json.dumps(breach, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{deployed.escaped(line)}\n" for line in page(breach))
    return 0
