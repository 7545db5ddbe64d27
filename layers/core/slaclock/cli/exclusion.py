"""`slaclock exclusion`: time that counts for no clock, entered beside the agreements (rule 27)."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from slaclock.cli import deployed, stacks
from slaclock.cli.exclusion_scope import add_scope, check_scope, read_scope, subjects_in
from slaclock.domain.errors import SlaError
from slaclock.domain.exclusion import Exclusion, exclusion_from_json
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.evidence.canonical import content_hash
from slaclock.feeding import Fed, Feeder
from slaclock.store.errors import WriteConflictError

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from slaclock.domain.ticket import Ticket
    from slaclock.wiring import Wiring

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock exclusion` and what can be done with exclusions."""
    exclusion = commands.add_parser("exclusion", help="time that counts for no clock")
    actions = exclusion.add_subparsers(required=True, metavar="ACTION")
    _register_add(actions.add_parser("add", help="enter one, and tell each ticket in its scope"))
    listing = actions.add_parser("list", help="list those entered for an account")
    stacks.add_stack(listing)
    deployed.add_account(listing)
    listing.set_defaults(run=show)


def _register_add(parser: argparse.ArgumentParser) -> None:
    stacks.add_stack(parser)
    deployed.add_account(parser)
    parser.add_argument("--from", required=True, metavar="INSTANT", dest="begins", help="its first instant")
    parser.add_argument("--to", required=True, metavar="INSTANT", dest="ends", help="the first one after it")
    deployed.add_author(parser)
    add_scope(parser)
    parser.add_argument("--id", metavar="ID", help="what to call it; default: made of what it says")
    parser.add_argument("--dry-run", action="store_true", help="say what would follow, and change nothing")
    deployed.add_settle(parser)
    parser.set_defaults(run=add)


def show(args: argparse.Namespace) -> int:
    """Write one line an exclusion, the earliest first."""
    with stacks.told_plainly():
        exclusions = stacks.reached(args).store.agreements(args.account).exclusions
    for each in sorted(exclusions, key=lambda each: (each.begins, each.exclusion_id)):
        sys.stdout.write(f"{_told(each)}\n")
    if not exclusions:
        sys.stderr.write(f"account {args.account!r} has no exclusions\n")
    return 0


def add(args: argparse.Namespace) -> int:
    """Keep the exclusion, once, then tell each ticket in its scope that was there before its end.

    The same one again goes on where an interrupted run left off.
    """
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        exclusion = _wanted(args, wiring)
        if args.dry_run:
            sys.stdout.write(f"would be entered: {_told(exclusion)}\n")
        else:
            exclusion = _kept(exclusion, wiring)
        sweeps = deployed.Sweeps(0 if args.dry_run else args.settle)
        fed = sweeps.run(lambda: _sweep(exclusion, wiring, sweeps, write=not args.dry_run))
    told, withdrawn = "tickets told", "told breaches withdrawn"
    if args.dry_run:
        told, withdrawn = "tickets that would be told", "told breaches that would be withdrawn"
    return deployed.report(fed, [(told, fed.told), (withdrawn, fed.withdrawn)])


def _wanted(args: argparse.Namespace, wiring: Wiring) -> Exclusion:
    """The exclusion that the arguments say."""
    begins, ends = _instant("--from", args.begins), _instant("--to", args.ends)
    if ends <= begins:
        raise SlaError(f"--to {args.ends} does not come after --from {args.begins}")
    if args.id and not _ID.fullmatch(args.id):
        raise SlaError(f"--id {args.id!r} is no id: 64 letters, digits, '.', '_' and '-' at most")
    scope = read_scope(args)
    check_scope(scope, args.account, wiring.store)
    document = {
        "account": args.account,
        "from": format_instant(begins),
        "to": format_instant(ends),
        "reason": args.reason,
        "scope": scope,
    }
    # Whoever enters the same again, another person too, goes on with the same exclusion.
    exclusion_id = args.id or content_hash(document).removeprefix("sha256:")[:16]
    entered = {"by": deployed.author(args.by, wiring), "entered_at": format_instant(wiring.now())}
    return exclusion_from_json({"id": exclusion_id, **document, **entered})


def _instant(option: str, text: str) -> datetime:
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        example = "2026-06-01T00:00:00+02:00"
        raise SlaError(f"{option} {text!r} is no instant with an offset, such as {example}") from None


def _kept(exclusion: Exclusion, wiring: Wiring) -> Exclusion:
    """The exclusion as it is kept: of one that was entered before, with the time at which it was."""
    try:
        new = wiring.store.exclude(exclusion)
    except WriteConflictError:
        raise SlaError(
            f"another exclusion has the id {exclusion.exclusion_id!r}: see slaclock exclusion list"
        ) from None
    kept = wiring.store.agreements(exclusion.account).exclusions
    found = next(each for each in kept if each.exclusion_id == exclusion.exclusion_id)
    sys.stdout.write(f"{'entered' if new else 'entered before'}: {_told(found)}\n")
    return found


def _sweep(exclusion: Exclusion, wiring: Wiring, sweeps: deployed.Sweeps, *, write: bool) -> Fed:
    def given_for(ticket: Ticket) -> Exclusion | None:
        there = ticket.created_at < exclusion.ends and exclusion.matches(ticket.attributes, ticket.ticket_id)
        return exclusion.on(ticket.ticket_id, ticket.subject) if there else None

    subjects = subjects_in(exclusion.scope, exclusion.account, wiring.store)
    feeder = Feeder(wiring.store, wiring.agreements, wiring.now, write)
    return feeder.feed(sweeps.watched(subjects), given_for)


def _told(exclusion: Exclusion) -> str:
    """An exclusion in a line."""
    span = f"{format_instant(exclusion.begins)} to {format_instant(exclusion.ends)}"
    entered = f"by {exclusion.by} at {format_instant(exclusion.entered_at)}"
    scope = "; ".join(_limits(exclusion)) or "every clock"
    return f"{exclusion.exclusion_id}: {span}, {exclusion.reason} ({entered}; {scope})"


def _limits(exclusion: Exclusion) -> list[str]:
    return [
        f"{key} {' or '.join(test['any'])}"
        if isinstance(test, dict) and test.keys() == {"any"}
        else f"{key} {test}"
        for key, test in exclusion.scope.items()
    ]
