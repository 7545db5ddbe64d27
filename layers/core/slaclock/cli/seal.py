"""`slaclock seal`: the daily seals of the ledger, made, checked, and the key that they are signed with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.checking.checker import Checker
from slaclock.cli import deployed, seal_lake, seal_rollups, seal_run, stacks, texts
from slaclock.domain.errors import SlaError
from slaclock.evidence.seal import fingerprint
from slaclock.evidence.signatures import InvalidKey, PublicKey, public_key
from slaclock.signing import Signer

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from slaclock.wiring import Wiring

_KEY = ("SEAL_KEY",)
_CHECKED = ("TICKETS_TABLE", "LEDGER_TABLE", "AGREEMENTS_TABLE", "SEALS_BUCKET")
_MOST = 3660  # days that are checked in a run


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock seal` and what can be done with seals."""
    seal = commands.add_parser("seal", help="the daily seals of what was recorded")
    actions = seal.add_subparsers(required=True, metavar="ACTION")
    seal_run.register(actions)
    seal_rollups.register(actions)
    seal_lake.register(actions)
    _register_check(actions.add_parser("check", help="hold what is there against what was sealed"))
    key = actions.add_parser("key", help="the public key that seals are signed with, as PEM")
    stacks.add_stack(key)
    key.set_defaults(run=show_key)


def _register_check(parser: argparse.ArgumentParser) -> None:
    stacks.add_stack(parser)
    parser.add_argument("--from", dest="first", required=True, type=texts.day, metavar="DAY",
        help="from this day on")  # fmt: skip
    parser.add_argument("--to", dest="last", required=True, type=texts.day, metavar="DAY",
        help="to this day, included")  # fmt: skip
    parser.add_argument("--key", action="append", type=Path, default=[], metavar="FILE",
        help="a public key in PEM that you trust, one for each that signed; default: the one that signs "
        "now, as KMS says")  # fmt: skip
    parser.add_argument("--heads", action="store_true",
        help="look at each ticket's chain too, up to where it was sealed: reads all their logs")  # fmt: skip
    parser.set_defaults(run=check)


def check(args: argparse.Namespace) -> int:
    """Write a line for each thing to know; 1 where something is not as it was sealed."""
    if not 0 <= (args.last - args.first).days < _MOST:
        raise SlaError(f"--from {args.first} --to {args.last} are not 1 to {_MOST} days")
    with stacks.told_plainly():
        wiring = stacks.reached(args, (*_CHECKED, *(() if args.key else _KEY)), "Seal")
        keys, faults = _keys(args, wiring), 0
        parts = (wiring.books, wiring.seals, keys, args.heads, wiring.now())
        for found in Checker(*parts).check(args.first, args.last):
            faults += found.fault
            said = deployed.escaped(f"{found.day} {'FAULT ' if found.fault else ''}{found.what}")
            sys.stdout.write(f"{said}\n")
    sys.stdout.write(f"{_days(args.first, args.last)} checked: {faults or 'no'} faults\n")
    return 1 if faults else 0


def show_key(args: argparse.Namespace) -> int:
    """Write the key to stdout, to be kept where nobody of the stack can change it."""
    with stacks.told_plainly():
        key = _signer(stacks.reached(args, _KEY, "Seal")).key
    sys.stdout.write(key.pem)
    sys.stderr.write(f"{fingerprint(key.der)} {key.id}\n")
    return 0


def _keys(args: argparse.Namespace, wiring: Wiring) -> list[PublicKey]:
    """The keys that are trusted; `SlaError` where one is none, or nothing here can read it."""
    try:
        return [_trusted(path) for path in args.key] or [public_key(_signer(wiring).key.pem.encode())]
    except ModuleNotFoundError as missing:
        raise SlaError(
            f"seal check needs the package {missing.name}: pip install 'slaclock[command]'"
        ) from None


def _trusted(path: Path) -> PublicKey:
    try:
        return public_key(path.read_bytes())
    except (OSError, InvalidKey) as error:
        raise SlaError(f"--key {path}: {error}") from None


def _signer(wiring: Wiring) -> Signer:
    return Signer(wiring.client("kms"), wiring.settings.need("SEAL_KEY"))


def _days(first: date, last: date) -> str:
    days = (last - first).days + 1
    return "1 day" if days == 1 else f"{days} days"
