"""`slaclock seal run`: seal now what the next night would, or one day alone."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from slaclock.cli import deployed, stacks, texts
from slaclock.domain.errors import SlaError
from slaclock.sealing.sealer import NotSealable
from slaclock.seals import SealUnreadable

if TYPE_CHECKING:
    import argparse
    from datetime import date

NEEDED = ("TICKETS_TABLE", "LEDGER_TABLE", "SEALS_BUCKET", "SEAL_KEY", "STACK")
_ABOUT = (
    "Only the stack's function may sign and write seals, so with --stack it is the function that does it. "
    "A day that has a seal keeps it."
)


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock seal run`."""
    parser = actions.add_parser("run", help="seal every day that is over and has no seal", description=_ABOUT)
    stacks.add_stack(parser)
    parser.add_argument("--day", type=texts.day, metavar="DAY",
        help="this day alone; days before it without a seal never get one, and its seal says so")  # fmt: skip
    parser.add_argument("--past", type=texts.day, metavar="DAY",
        help="pass over the seals from DAY on, of which none holds: the one that is made says so, for good; "
        "read docs/operations.md before")  # fmt: skip
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write what was sealed; 1 where something does not agree with an earlier seal, or days are left."""
    with stacks.told_plainly():
        ran = sealed_by(args.stack, args.day, args.past)
    for seal in ran["sealed"]:
        counts = ", ".join(f"{seal[name]} {name}" for name in ("rows", "late", "heads"))
        passed = "".join(f", passes over {first} to {last}" for first, last in seal.get("rejected", ()))
        sys.stdout.write(deployed.escaped(f"{seal['day']} sealed: {counts}, {seal['root']}{passed}") + "\n")
    if not ran["sealed"]:
        sys.stdout.write("nothing is to be sealed\n")
    if ran["mismatches"]:
        sys.stderr.write(
            f"slaclock: {ran['mismatches']} things are not as they were sealed: slaclock seal check\n"
        )
    if ran["left"]:
        sys.stderr.write(f"slaclock: {ran['left']} days are left: run it again\n")
    return 1 if ran["mismatches"] or ran["left"] else 0


def sealed_by(stack: str | None, day: date | None = None, past: date | None = None) -> dict[str, Any]:
    """What the stack's function answers; without a stack, what sealing gives with the environment's parts."""
    return _invoked(stack, day, past) if stack else _here(day, past)


def _invoked(stack: str, day: date | None, past: date | None) -> dict[str, Any]:
    asked = {name: each.isoformat() for name, each in (("day", day), ("past", past)) if each}
    client, name = deployed.stack(os.environ, ()).client("lambda"), stacks.resource(stack, "Seal")
    answer = client.invoke(FunctionName=name, Payload=json.dumps(asked).encode())
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise SlaError(f"the function failed: {found.get('errorMessage')}")
    return found


def _here(day: date | None, past: date | None) -> dict[str, Any]:
    sealer = deployed.stack(os.environ, NEEDED).sealer
    try:
        ran = sealer.run_day(day, past) if day else sealer.run(past=past)
    except (NotSealable, SealUnreadable) as error:
        raise SlaError(str(error)) from None
    return {"sealed": ran.sealed, "late": ran.late, "mismatches": ran.mismatches, "left": ran.left}
