"""`slaclock hold`: what is stored of a ticket, or of a whole account, stays until the hold is lifted."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from slaclock.cli import deployed, stacks, texts
from slaclock.cli.settling import Settling
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import subject_key
from slaclock.domain.instants import format_instant
from slaclock.domain.keeping import Hold, Keeping
from slaclock.register import Act
from slaclock.store.agreements import account_key
from slaclock.store.commit import Beside
from slaclock.store.keeping import hold_item

if TYPE_CHECKING:
    import argparse

    from slaclock.domain.facts import Fact
    from slaclock.wiring import Wiring

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SAID = {"hold_set": "set", "hold_lifted": "lifted"}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock hold` and what can be done with holds."""
    hold = commands.add_parser("hold", help="legal holds: what they cover is neither removed nor erased")
    actions = hold.add_subparsers(required=True, metavar="ACTION")
    _add(actions, "set", "keep what is stored of a ticket, or of the account", put).add_argument(
        "--ticket", type=texts.line, metavar="ID", help="only this ticket; default: the whole account"
    )
    _add(actions, "lift", "end a hold: retention counts again", lift)
    listing = actions.add_parser("list", help="list those that hold")
    deployed.add_account(listing)
    stacks.add_stack(listing)
    listing.add_argument("--history", action="store_true", help="all that were ever set and lifted")
    listing.set_defaults(run=show)


def _add(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], action: str, said: str, run: object
) -> argparse.ArgumentParser:
    parser = actions.add_parser(action, help=said)
    parser.add_argument("name", type=_name, metavar="NAME", help="what the account calls it: case-2026-17")
    deployed.add_account(parser)
    deployed.add_author(parser)
    stacks.add_stack(parser)
    deployed.add_settle(parser)
    parser.set_defaults(run=run)
    return parser


def put(args: argparse.Namespace) -> int:
    """Set a hold with its row in the ledger; then nothing that it covers has an end any more.

    The same again goes on where an interrupted run left off.
    """
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        there = _find(wiring.store.keeping(args.account), args.name)
        if there is None:
            _enter_hold(args, wiring)
        elif there.ticket_id != args.ticket:
            raise SlaError(f"a hold {args.name!r} is set already, on {_covered(there)}: choose another name")
        _warn(args, wiring)
        sys.stdout.write(f"{'is' if there is None else 'was'} held: {_line(args, wiring)}\n")
        Settling(wiring, args.account, args.ticket).run(args.settle)
    return 0


def lift(args: argparse.Namespace) -> int:
    """End a hold with a row of its own; what it kept ends as the account's retention says from now on."""
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        by = deployed.author(args.by, wiring)
        lifted: list[Hold] = []

        def decide(keeping: Keeping) -> Act:
            hold = _find(keeping, args.name)
            if hold is None:
                raise SlaError(f"account {args.account!r} has no hold {args.name!r}: see slaclock hold list")
            lifted[:] = [hold]
            item = Beside("agreements", hold_item(account_key(args.account), hold), gone=True)
            return Act("hold_lifted", by, args.reason, _details(hold), [item])

        wiring.register.enter(args.account, decide)
        sys.stdout.write(deployed.escaped(f"lifted: {args.name}, {_covered(lifted[0])}") + "\n")
        Settling(wiring, args.account, lifted[0].ticket_id).run(args.settle)
    return 0


def show(args: argparse.Namespace) -> int:
    """Write one line a hold, or with `--history` a line for each time that one was set or lifted."""
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        lines = [_told(each) for each in wiring.store.keeping(args.account).holds]
        if args.history:
            lines = [_entered(fact) for fact in wiring.register.acts(args.account) if fact.fact in _SAID]
    sys.stdout.writelines(f"{deployed.escaped(line)}\n" for line in lines)
    if not lines:
        sys.stderr.write(f"account {args.account!r} has no holds\n")
    return 0


def _enter_hold(args: argparse.Namespace, wiring: Wiring) -> None:
    by = deployed.author(args.by, wiring)

    def decide(keeping: Keeping) -> Act:
        if _find(keeping, args.name):
            raise SlaError(f"somebody else set a hold {args.name!r} just now: see slaclock hold list")
        hold = Hold(args.name, args.reason, by, wiring.now(), args.ticket)
        item = Beside("agreements", hold_item(account_key(args.account), hold))
        return Act("hold_set", by, args.reason, _details(hold), [item])

    wiring.register.enter(args.account, decide)


def _warn(args: argparse.Namespace, wiring: Wiring) -> None:
    """Say where there is nothing to keep: an id that was mistyped would keep nothing."""
    if not args.ticket:
        return
    subject = subject_key("ticket", args.account, args.ticket)
    loaded = wiring.store.load(subject)
    if loaded.forgotten:
        life = wiring.store.life(subject)
        left = f"{len(life.log) + len(life.told)} of its {loaded.forgotten.seq} links are left, and stay"
        sys.stderr.write(f"slaclock: ticket {args.ticket!r} was forgotten before: {left}\n")
    elif not loaded.saved:
        sys.stderr.write(f"slaclock: account {args.account!r} has no ticket {args.ticket!r} just now\n")


def _find(keeping: Keeping, name: str) -> Hold | None:
    return next((each for each in keeping.holds if each.name == name), None)


def _details(hold: Hold) -> dict[str, str]:
    """What a row says of a hold beside who and why; the register's own `ticket_id` is another."""
    return {"hold": hold.name, **({"of_ticket": hold.ticket_id} if hold.ticket_id is not None else {})}


def _covered(hold: Hold) -> str:
    return "the whole account" if hold.ticket_id is None else f"ticket {hold.ticket_id}"


def _line(args: argparse.Namespace, wiring: Wiring) -> str:
    hold = _find(wiring.store.keeping(args.account), args.name)
    return deployed.escaped(_told(hold)) if hold else args.name


def _told(hold: Hold) -> str:
    return f"{hold.name}: {_covered(hold)}, {hold.reason} (by {hold.by} at {format_instant(hold.at)})"


def _entered(fact: Fact) -> str:
    of = f"ticket {fact.details['of_ticket']}" if "of_ticket" in fact.details else "the whole account"
    said = f"{fact.details['hold']}, {of}, {fact.details['reason']} (by {fact.details['by']})"
    return f"{format_instant(fact.at)} {_SAID[fact.fact]}: {said}"


def _name(text: str) -> str:
    if _NAME.fullmatch(text):
        return text
    raise ArgumentTypeError(f"{text[:64]!r} is no name: 64 letters, digits, '.', '_' and '-' at most")
