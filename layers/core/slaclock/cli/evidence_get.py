"""`slaclock evidence get`: the file that proves a breach, from the tables and the seals."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.cli import deployed
from slaclock.domain.errors import SlaError
from slaclock.evidence.file import written
from slaclock.records.evidence import evidence_of

if TYPE_CHECKING:
    import argparse

    from slaclock.evidence.bundle import Document

_NEEDED = ("TICKETS_TABLE", "AGREEMENTS_TABLE", "SEALS_BUCKET")


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock evidence get`."""
    parser = actions.add_parser("get", help="get the evidence of a breach")
    parser.add_argument("breach", metavar="ID", help="the breach's id, as GET /v1/breaches has it")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="default: the standard output")
    parser.set_defaults(run=get)


def get(args: argparse.Namespace) -> int:
    """Write the bundle; to a file that is there already, nothing is written."""
    with deployed.told_plainly():
        bundle = _bundle(args.breach)
    text = written(bundle)
    if args.output is None:
        sys.stdout.write(text)
        return 0
    try:
        with args.output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise SlaError(f"{args.output} cannot be written: {error.strerror}") from None
    unsealed = len(bundle["rows"]) - sum(each["leaf"]["kind"] != "head" for each in bundle["proofs"])
    waiting = f"; {unsealed} of its rows are in no seal yet" if unsealed else ""
    sys.stderr.write(f"{args.output}: {len(bundle['rows'])} rows{waiting}\n")
    return 0


def _bundle(breach: str) -> Document:
    wiring = deployed.stack(needed=_NEEDED)
    failing = import_module("botocore.exceptions")
    unreadable = import_module("slaclock.seals").SealUnreadable
    try:
        return evidence_of(wiring.store, wiring.seals, breach, wiring.now())
    except (failing.BotoCoreError, failing.ClientError, unreadable) as error:
        raise SlaError(f"the seals could not be read: {error}") from None
