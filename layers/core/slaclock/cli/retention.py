"""`slaclock retention`: how long what is stored of an account is kept."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slaclock.cli import deployed, stacks
from slaclock.cli.settling import Settling
from slaclock.domain.errors import SlaError
from slaclock.domain.keeping import SHORTEST
from slaclock.register import Act
from slaclock.store.agreements import account_key
from slaclock.store.commit import Beside
from slaclock.store.keeping import retention_item

if TYPE_CHECKING:
    import argparse

    from slaclock.domain.keeping import Keeping

_LONGEST = timedelta(days=36525)
_FOR_EVER = "forever"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock retention` and what can be done with it."""
    retention = commands.add_parser("retention", help="how long what is stored of an account is kept")
    actions = retention.add_subparsers(required=True, metavar="ACTION")
    _register_set(actions.add_parser("set", help="say how long, and apply it to what is stored"))
    showing = actions.add_parser("show", help="say how long, and what stops it")
    deployed.add_account(showing)
    stacks.add_stack(showing)
    showing.set_defaults(run=show)


def _register_set(parser: argparse.ArgumentParser) -> None:
    deployed.add_account(parser)
    parser.add_argument("--logs", type=_days, metavar="DAYS",
        help=f"of tickets that are over, from their last event on: 400d, {_FOR_EVER}")  # fmt: skip
    parser.add_argument("--ledger", type=_days, metavar="DAYS",
        help=f"of ledger rows, from their recording on: 3653d, {_FOR_EVER}")  # fmt: skip
    deployed.add_author(parser)
    stacks.add_stack(parser)
    deployed.add_settle(parser)
    parser.set_defaults(run=change)


def show(args: argparse.Namespace) -> int:
    """Write how long, and each hold."""
    with stacks.told_plainly():
        _tell(stacks.reached(args).store.keeping(args.account))
    return 0


def change(args: argparse.Namespace) -> int:
    """Keep what is said of it with a row of the ledger that says who and why, then apply it."""
    if args.logs is None and args.ledger is None:
        raise SlaError("say --logs, --ledger, or both")
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        by = deployed.author(args.by, wiring)

        def decide(keeping: Keeping) -> Act:
            wanted = _wanted(args, keeping)
            item = Beside("agreements", retention_item(account_key(args.account), wanted))
            return Act("retention_set", by, args.reason, wanted.said, [item])

        wiring.register.enter(args.account, decide)
        _tell(wiring.store.keeping(args.account))
        Settling(wiring, args.account, None).run(args.settle)
    return 0


def _wanted(args: argparse.Namespace, keeping: Keeping) -> Keeping:
    said = {name: getattr(args, name) for name in SHORTEST if getattr(args, name) is not None}
    for name, kept in said.items():
        if kept and kept < SHORTEST[name]:
            raise SlaError(f"--{name} {kept.days}d is too short: at least {SHORTEST[name].days}d")
    kept_for: dict[str, Any] = {name: kept or None for name, kept in said.items()}
    wanted = keeping._replace(**kept_for)
    if wanted.ledger and (wanted.logs is None or wanted.ledger < wanted.logs):
        # A log would else be the only proof of rows that are gone.
        raise SlaError("the ledger is kept as long as the logs at least: say --logs, or a longer --ledger")
    return wanted


def _tell(keeping: Keeping) -> None:
    sys.stdout.writelines(f"{name:7}{kept}\n" for name, kept in keeping.said.items())
    for hold in keeping.holds:
        of = "the whole account" if hold.ticket_id is None else f"ticket {hold.ticket_id}"
        sys.stdout.write(deployed.escaped(f"held by {hold.name}: {of}, {hold.reason}") + "\n")


def _days(text: str) -> timedelta:
    """Days as they are written; no time at all stands for ever."""
    if text == _FOR_EVER:
        return timedelta()
    if re.fullmatch(r"[1-9][0-9]{0,4}d", text) and (kept := timedelta(days=int(text[:-1]))) <= _LONGEST:
        return kept
    raise ArgumentTypeError(f"{text[:20]!r} is neither days, such as 400d, nor {_FOR_EVER}")
