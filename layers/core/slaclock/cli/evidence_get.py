"""`slaclock evidence get`: the file that proves a breach, from the tables and the seals."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.cli import stacks
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
    stacks.add_stack(parser)
    parser.add_argument("breach", metavar="ID", help="the breach's id, as GET /v1/breaches has it")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="default: the standard output")
    parser.set_defaults(run=get)


def get(args: argparse.Namespace) -> int:
    """Write the bundle, and say how much of it is sealed; a file that is there already stays."""
    with stacks.told_plainly():
        bundle = _bundle(args)
    if args.output is None:
        sys.stdout.write(written(bundle))
        return 0
    try:
        with args.output.open("x", encoding="utf-8") as file:
            file.write(written(bundle))
    except OSError as error:
        raise SlaError(f"{args.output} cannot be written: {error.strerror}") from None
    rows = len(bundle["rows"])
    sealed = sum(each["leaf"]["kind"] != "head" for each in bundle["proofs"])
    sys.stderr.write(f"{args.output}: of {rows} rows of the breach {sealed} are sealed\n")
    return 0


def _bundle(args: argparse.Namespace) -> Document:
    wiring = stacks.reached(args, _NEEDED, "Records")
    return evidence_of(wiring.store, wiring.seals, args.breach, wiring.now())
