"""The `slaclock` command: one module per noun."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    from collections.abc import Sequence

NOUNS = (
    "access",
    "agreement",
    "case",
    "connection",
    "doctor",
    "erase",
    "escalation",
    "evidence",
    "exclusion",
    "hold",
    "import",
    "quarantine",
    "redrive",
    "report",
    "retention",
    "seal",
    "worktime",
    "replay",
    "simulate",
)
_MODULES = {"import": "import_events"}  # of nouns that no module can be called


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command: 0 when all is well, 1 when something is wrong with its input, 2 for wrong usage."""
    try:
        args = _parser().parse_args(argv)
        code: int = args.run(args)
        sys.stdout.flush()
    except SlaError as error:
        sys.stderr.write(f"slaclock: {error}\n")
        return 1
    except BrokenPipeError:
        # Whoever read the output has gone. Python would complain once more at exit, when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="slaclock", description="SLA clocks for helpdesks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for noun in NOUNS:
        _register(noun, commands)
    return parser


def _register(noun: str, commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add a noun, or a notice where a package that it needs is not installed."""
    try:
        import_module(f"{__name__}.{_MODULES.get(noun, noun)}").register(commands)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] == "slaclock":
            raise
        absent = commands.add_parser(noun, help=f"(needs the package {missing.name})", add_help=False)
        absent.add_argument("rest", nargs=argparse.REMAINDER)
        absent.set_defaults(run=partial(_lacks, noun, missing.name))


def _lacks(noun: str, package: str, _: argparse.Namespace) -> int:
    raise SlaError(f"{noun} needs the package {package}: pip install 'slaclock[command]'")
