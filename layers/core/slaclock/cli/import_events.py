"""`slaclock import`: exported events or snapshots, put into a deployed stack as if delivered."""

from __future__ import annotations

import shlex
import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from slaclock.cli import connection_stack, deployed, stacks, texts
from slaclock.cli.import_lines import Lines
from slaclock.cli.import_mappings import exported, exports
from slaclock.cli.import_spool import Spool
from slaclock.cli.replay import opened
from slaclock.helpdesks import adapter
from slaclock.helpdesks.connection import connection_from_json
from slaclock.importing import MOST_FAILURES, Imported, Importer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from slaclock.wiring import Wiring

_QUIET = timedelta(hours=1)
_TELL_EVERY = 10.0  # seconds
_MOST_WORDS = 20  # that are named; the others are counted
_Item = TypeVar("_Item")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock import`."""
    parser = commands.add_parser("import", help="put exported events or snapshots into a stack")
    parser.add_argument("--connection", required=True, metavar="ID", help="whose helpdesk they are from")
    stacks.add_stack(parser)
    parser.add_argument(
        "--mapping",
        metavar="NAME|FILE",
        help="what reads the lines, where they are not what webhooks deliver: "
        f"{', '.join(exported())}, or a file of your own",
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE.ndjson",
        help="one a line: a canonical event, or what the helpdesk would deliver; - reads them from stdin",
    )
    parser.add_argument(
        "--quiet-before",
        type=texts.instant,
        metavar="INSTANT",
        help="nobody hears of what lies before it, though it is recorded; default: an hour ago",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would follow, and change nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read all lines first: where one is wrong nothing is written. Then import ticket by ticket."""
    with stacks.told_plainly(), TemporaryDirectory(prefix="slaclock-import-") as folder:
        wiring = stacks.reached(args)
        lines, spool = _reading(wiring, args.connection, args.mapping), Spool(Path(folder))
        for name in args.files:
            with opened(name) as file:
                shown = "stdin" if name == "-" else name
                for event in _watched(lines.events(file, shown), "events read"):
                    spool.put(event)
        if lines.wrong:
            return _refuse(lines)
        quiet_before = args.quiet_before or wiring.now() - _QUIET
        parts = (wiring.store, wiring.agreements, wiring.now, quiet_before)
        importer = Importer(*parts, write=not args.dry_run, identities=wiring.identities)
        done = importer.run(_watched(spool.lives(), "tickets imported"))
    code = _report(lines, done, dry_run=args.dry_run)
    _tell_words(lines, dry_run=args.dry_run)
    return _nothing(lines) or code


def _reading(wiring: Wiring, connection_id: str, mapping: str | None) -> Lines:
    connection = connection_from_json(connection_stack.record_of(wiring, connection_id))
    reads = exports(mapping, connection).read if mapping else adapter(connection.kind).read
    return Lines(connection, reads, wiring.now())


def _tell_words(lines: Lines, *, dry_run: bool) -> None:
    """Name the words that are on no map, how often each came, and the command that gives them a meaning.

    What is imported is recorded as it was understood, so a dry run is the time to be told.
    """
    named = lines.words.most_common(_MOST_WORDS)
    for (member, word), count in named:
        said = f"{member} {word!r} is on no map: it is in {count} events"
        sys.stderr.write(f"slaclock: {deployed.escaped(said)}\n")
    if more := len(lines.words) - len(named):
        sys.stderr.write(f"slaclock: and {more} more such words\n")
    if named:
        options = " ".join(f"--{member} {shlex.quote(f'{word}=…')}" for (member, word), _ in named)
        command = f"slaclock connection set {lines.connection.id} {options}"
        when = "before you import" if dry_run else "for what comes; what is imported stays as it is"
        sys.stderr.write(f"slaclock: say what they mean, {when}: {deployed.escaped(command)}\n")


def _nothing(lines: Lines) -> int:
    """1 where lines were read, and not one of them told of a ticket: they are of another shape, or kind."""
    if not lines.read or lines.ignored < lines.read:
        return 0
    sys.stderr.write(
        "slaclock: not one line tells of a ticket: are they what a connection of kind "
        f"{lines.connection.kind} delivers? What an API exports needs --mapping\n"
    )
    return 1


def _refuse(lines: Lines) -> int:
    for mistake in lines.mistakes:
        sys.stderr.write(f"slaclock: {deployed.escaped(mistake)}\n")
    if lines.wrong > len(lines.mistakes):
        sys.stderr.write(f"slaclock: and {lines.wrong - len(lines.mistakes)} more\n")
    sys.stderr.write(f"slaclock: of {lines.read} lines {lines.wrong} are wrong; nothing was imported\n")
    return 1


def _report(lines: Lines, done: Imported, *, dry_run: bool) -> int:
    """Write the counts, and name the tickets that failed; 1 if there are any."""
    counted = {
        "lines read": lines.read,
        "lines that say nothing of a ticket": lines.ignored,
        "tickets that would be imported" if dry_run else "tickets imported": done.tickets,
        "events that would be new" if dry_run else "new events": done.events,
        "events known before": done.duplicates,
        **({"tickets older than the retention, left out": done.too_old} if done.too_old else {}),
        "facts that would follow" if dry_run else "facts": done.facts.total(),
        **{f"  {fact}": count for fact, count in sorted(done.facts.items())},
        "of these told to nobody": done.quietly,
    }
    for what, count in counted.items():
        sys.stdout.write(f"{what}: {count}\n")
    for subject, error in done.failed.items():
        sys.stderr.write(f"slaclock: {deployed.named(subject)} was not imported: {deployed.escaped(error)}\n")
    if len(done.failed) == MOST_FAILURES:
        sys.stderr.write(f"slaclock: {MOST_FAILURES} tickets failed, so no more were tried\n")
    if done.failed:
        sys.stderr.write("slaclock: run the same command again: what is imported is known before then\n")
    return 1 if done.failed else 0


def _watched(items: Iterable[_Item], what: str) -> Iterator[_Item]:
    """The items as they come; how many there were is told every ten seconds."""
    told_at = time.monotonic()
    for number, item in enumerate(items):
        if time.monotonic() - told_at >= _TELL_EVERY:
            told_at = time.monotonic()
            sys.stderr.write(f"{number} {what} so far\n")
        yield item
