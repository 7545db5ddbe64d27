"""`slaclock escalation test`: a marked drill through a whole ladder, to see who hears of a breach."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.agreements.problems import suggest
from slaclock.agreements.telling import begun_words
from slaclock.cli import deployed, stacks, texts
from slaclock.domain.errors import SlaError
from slaclock.drilling import Drill, Rung, drill

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import TypeVar

    from slaclock.wiring import Wiring

    _Named = TypeVar("_Named")

_NEEDED = ("AGREEMENTS_TABLE", "AUDIENCES")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock escalation`."""
    actions = commands.add_parser("escalation", help="ladders of agreements").add_subparsers(
        required=True, metavar="ACTION"
    )
    parser = actions.add_parser("test", help="send a marked drill through every level of a ladder at once")
    stacks.add_stack(parser)
    deployed.add_account(parser)
    parser.add_argument("--agreement", required=True, type=texts.line, metavar="ID")
    parser.add_argument("--target", required=True, type=texts.line, metavar="NAME", help="whose ladder")
    parser.add_argument("--priority", type=texts.line, metavar="NAME", help="of the imaginary ticket")
    parser.add_argument("--customer", type=texts.line, metavar="ID", help="of the imaginary ticket")
    parser.add_argument(
        "--customers-too", action="store_true", help="tell customers, too, who else are left out"
    )
    parser.add_argument("--dry-run", action="store_true", help="say who would be told, and tell nobody")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell each level, and say what went where; 1 where one of them could not be told."""
    with stacks.told_plainly():
        wiring = stacks.reached(args, _NEEDED)
        tried = _tried(args, wiring)
    rungs = list(drill(tried, wiring.announcer, dry_run=args.dry_run, customers_too=args.customers_too))
    levels = [rung for rung in rungs if rung.level and not rung.withheld and not rung.error]
    sent = "would be told" if args.dry_run else "told"
    agreement = f"{tried.agreement.id} version {tried.agreement.version}"
    sys.stdout.write(f"{tried.target.name} of {agreement}: {len(levels)} levels {sent}, nothing recorded\n")
    for rung in rungs:
        sys.stdout.write(f"{_when(rung)}: {_said(rung)}\n")
        if rung.error:
            name, reason = _name(rung), deployed.escaped(rung.error)
            sys.stderr.write(f"slaclock: {name} was not told: {reason}\n")
    return 1 if any(rung.error for rung in rungs) else 0


def _name(rung: Rung) -> str:
    return f"level {rung.number}" if rung.level else "the end"


def _when(rung: Rung) -> str:
    return f"{_name(rung)}, {begun_words(rung.level.after.text)}" if rung.level else _name(rung)


def _said(rung: Rung) -> str:
    rota = f" ({rung.level.notify} now)" if rung.level and rung.audience != rung.level.notify else ""
    message = f", message {rung.message_id}" if rung.message_id else ""
    withheld = ", left out: a customer would read it (--customers-too)" if rung.withheld else ""
    return f"{rung.audience}{rota} by {rung.topic}{message}{withheld}"


def _tried(args: argparse.Namespace, wiring: Wiring) -> Drill:
    now = wiring.now()
    newest = {each.id: each for each in wiring.store.agreements(args.account).newest(now)}
    agreement = _named("agreement", args.agreement, newest, f"account {args.account!r}")
    target = _named("target", args.target, agreement.targets, f"{agreement.id!r}")
    return Drill(args.account, agreement, target, now, args.priority, args.customer)


def _named(what: str, wanted: str, known: Mapping[str, _Named], whose: str) -> _Named:
    if wanted not in known:
        there = suggest(wanted, sorted(known)) if known else "it has none"
        raise SlaError(f"{whose} has no {what} {wanted!r}: {there}")
    return known[wanted]
