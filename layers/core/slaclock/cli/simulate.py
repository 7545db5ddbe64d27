"""`slaclock simulate`: what another agreement would have made of a history."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from slaclock.cli.progress import Progress
from slaclock.cli.simulate_json import as_json
from slaclock.cli.simulate_report import as_text
from slaclock.cli.simulate_shelf import Documents
from slaclock.cli.simulating import simulate
from slaclock.cli.workers import cores
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import parse_instant

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

DESCRIPTION = """\
Replay a history under another agreement, and count what would have become of
it. Nothing is changed; the rules are those of `slaclock replay`.

For each target it says how many cycles were met, breached, cancelled and still
open at the end, and the attainment: met / (met + breached), cut off after two
decimals, never rounded up. An outcome that was withdrawn does not count. With
--against it says the same of other documents beside it, with the difference,
and which tickets end otherwise. The only agreement of its kind on one side is
compared with the only one on the other, whatever their ids.

The tightest target is the smallest budget that 90, 95 or 99 % of the cycles
would have kept: what the last of these took to its stop, in working time of the
target's own calendar (elapsed time where the target counts that), rounded up to
whole minutes. It is found among the cycles met, or breached and ended; one that
breached and never ended is kept by no budget. It assumes that nothing else
changes: the same tickets, and people who work neither faster nor slower for
another deadline.
"""
EPILOG = """\
Documents count as published on the day of the first event. Memory hardly grows
with the history; a temporary folder needs about half its size.

examples:
  slaclock simulate --agreement gold.yaml events.ndjson
  slaclock simulate --agreement gold-2027.yaml --against gold-2026.yaml \\
      --json events.ndjson
  zcat events.ndjson.gz | slaclock simulate --agreement gold.yaml -
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock simulate`."""
    parser = commands.add_parser(
        "simulate",
        help="replay a history under another agreement, and count",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "events",
        metavar="EVENTS.ndjson",
        help="one JSON object a line, as for replay; - reads them from stdin",
    )
    parser.add_argument(
        "--agreement",
        action="append",
        required=True,
        type=Path,
        metavar="NEW.yaml",
        help="the document to try; may be given again",
    )
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        type=Path,
        metavar="OLD.yaml",
        help="a document to compare with; may be given again",
    )
    parser.add_argument(
        "--until", metavar="INSTANT", help="the last moment that counts; default: the last event"
    )
    parser.add_argument(
        "--json", action="store_true", help="write one JSON object, with every ticket that changes"
    )
    parser.add_argument(
        "--jobs",
        type=_jobs,
        default=cores(),
        metavar="N",
        help="processes to use; default: every core (%(default)s)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the counts, the tightest targets and the changes."""
    until = _instant(args.until) if args.until else None
    documents = Documents(tuple(args.agreement), tuple(args.against))
    progress = Progress(sys.stderr)
    with TemporaryDirectory(prefix="slaclock-") as folder:
        try:
            found = simulate(args.events, Path(folder), documents, until, args.jobs, progress)
        finally:
            progress.clear()
    if args.json:
        sys.stdout.write(json.dumps(as_json(found), ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in as_text(found))
    return 0


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except (OverflowError, ValueError):
        raise SlaError(f"--until {text!r} is no instant such as 2026-03-27T15:00:00Z") from None


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1024:
        raise ArgumentTypeError(f"{text!r} is no number of processes: write 1 or more")
    return int(text)
