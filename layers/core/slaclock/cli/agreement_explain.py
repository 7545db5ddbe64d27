"""`slaclock agreement explain`: why the clocks of a ticket stand where they do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.cli import stacks, texts
from slaclock.cli.explanations import written
from slaclock.cli.ticket_life import from_file, from_tables
from slaclock.domain.explaining import explain
from slaclock.records.ticket_view import standing

if TYPE_CHECKING:
    import argparse


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement explain`."""
    parser = actions.add_parser("explain", help="why a ticket's clocks stand where they do")
    parser.add_argument("events", nargs="?", metavar="EVENTS.ndjson", help="with --agreement; - is stdin")
    parser.add_argument("--ticket", required=True, metavar="ID")
    stacks.add_stack(parser)
    parser.add_argument("--subject", default="ticket", metavar="KIND", help="default: ticket")
    parser.add_argument(
        "--account",
        type=texts.account,
        metavar="ID",
        help="whose ticket; without --agreement, in the tables",
    )
    parser.add_argument(
        "--agreement",
        action="append",
        type=Path,
        metavar="FILE",
        help="fold EVENTS under it; may be repeated",
    )
    parser.add_argument("--at", metavar="INSTANT", help="as of then; default: the last event, or now")
    parser.add_argument("--json", action="store_true", help="as GET /v1/tickets/... gives it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say which agreement applies and why, and every span of every clock."""
    found = from_file(args) if args.agreement else from_tables(args)
    explained = explain(found.ticket, found.log, found.agreements, found.at)
    if args.json:
        ticket = found.ticket
        parts = standing(ticket, explained, found.facts, found.agreements, found.at)
        named = {"account": ticket.account, "subject": ticket.subject, "ticket_id": ticket.ticket_id}
        sys.stdout.write(json.dumps({**named, **parts}, indent=2, ensure_ascii=False) + "\n")
        return 0
    sys.stdout.writelines(
        f"{line}\n" for line in written(found.ticket, explained, found.agreements, found.at)
    )
    return 0
