"""`slaclock evidence verify`: whether a file proves its breach, by a public key and nothing else.

It asks no network and no AWS: whoever got the file by mail checks it on a machine of their own.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.cli.deployed import escaped
from slaclock.cli.evidence_rows import about, named
from slaclock.domain.errors import SlaError
from slaclock.evidence.signatures import InvalidKey, public_key
from slaclock.evidence.verify import LARGEST, verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from slaclock.evidence.signatures import PublicKey
    from slaclock.evidence.verdict import Line, Verdict

HOLDS, DOES_NOT_HOLD, USAGE, NOT_SEALED = 0, 1, 2, 3
_CODES = {"holds": HOLDS, "does not hold": DOES_NOT_HOLD, "not sealed yet": NOT_SEALED}
_WORDS = {True: "holds", False: "DOES NOT HOLD", None: "not checked"}
_LARGEST_KEY = 1 << 16  # bytes


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock evidence verify`."""
    parser = actions.add_parser(
        "verify",
        help="check the evidence of a breach; needs no AWS and no network",
        description="Exit status: 0 all holds; 1 something does not; 3 nothing contradicts it, but not all "
        "of it is sealed yet; 2 wrong usage, or a file that can't be read.",
    )
    parser.add_argument("file", metavar="FILE", help="the evidence; - reads it from stdin")
    parser.add_argument(
        "--key",
        metavar="PUBLIC.pem",
        action="append",
        required=True,
        help="a public key that you trust, from whoever you trust; may be given again",
    )
    parser.add_argument(
        "--not-before",
        metavar="DAY",
        type=_day,
        help="refuse a file whose latest seal is of an earlier day: it may lack later rows",
    )
    parser.add_argument(
        "--root",
        metavar="DAY=ROOT",
        type=_root,
        action="append",
        default=[],
        help="the root of a day's seal that you kept, as 2026-03-28=sha256:…; may be given again",
    )
    parser.set_defaults(run=run)


def _root(text: str) -> tuple[date, str]:
    day, _, root = text.partition("=")
    if not re.fullmatch("sha256:[0-9a-f]{64}", root, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is no day and root, such as 2026-03-28=sha256:…")
    return _day(day), root


def _roots(given: Sequence[tuple[date, str]]) -> Mapping[date, str]:
    """The roots by their days; two of one day can't both be compared."""
    roots = dict(given)
    if len(roots) < len(given):
        raise SlaError("--root: a day has one root, and of one there are two")
    return roots


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, such as 2026-03-28") from None


def run(args: argparse.Namespace) -> int:
    """Write a line for each check, and what a failure means; the exit status is the verdict."""
    try:
        roots = _roots(args.root)
        keys, file = [_key(name) for name in args.key], _read(args.file, LARGEST + 1)
    except SlaError as error:
        sys.stderr.write(f"slaclock: {error}\n")
        return USAGE
    verdict = verify(file, keys, args.not_before, roots)
    for line in (*about(verdict.rows), *_lines(verdict), "", *_seals(verdict), _summary(verdict)):
        sys.stdout.write(f"{escaped(line)}\n")
    return _CODES[verdict.outcome]


def _key(name: str) -> PublicKey:
    pem = _read(name, _LARGEST_KEY)
    try:
        return public_key(pem)
    except InvalidKey as error:
        raise SlaError(f"{name}: {error}") from None
    except ModuleNotFoundError as missing:
        raise SlaError(
            f"signatures need the package {missing.name}: pip install 'slaclock[command]'"
        ) from None


def _read(name: str, most: int) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise SlaError(f"{name} cannot be read: {error.strerror}") from None


def _lines(verdict: Verdict) -> Iterator[str]:
    for line in verdict.lines:
        word = "NOT YET" if line.check == "sealed" and line.holds is None else _WORDS[line.holds]
        yield f"{word:<14}{line.check:<10}{_where(line)}{line.said}"
        if line.means:
            yield f"{'':<24}{line.means}"


def _seals(verdict: Verdict) -> Iterator[str]:
    """What to hold against the roots that somebody keeps."""
    for seal in verdict.seals:
        yield (
            f"seal of {seal.get('day')} by stack {seal.get('stack')}, sealed_at {seal.get('sealed_at')}: "
            f"{seal.get('root')}"
        )


def _where(line: Line) -> str:
    return f"{line.pointer}: " if line.pointer else ""


def _summary(verdict: Verdict) -> str:
    failed = verdict.failed
    if failed:
        return f"This does not prove the breach: {failed.check}, {_where(failed)}{failed.said}"
    what = named(verdict.rows)
    if verdict.outcome == "holds":
        return f"All of it holds: this proves {what}, {_as_of(verdict)}."
    return f"Nothing contradicts {what}, but not all of it is sealed yet."


def _as_of(verdict: Verdict) -> str:
    """Until when it says all there was: whoever made the file may have left out what came after."""
    seal = verdict.as_of or {}
    return (
        f"as of the seal of {seal.get('day')} (sealed_at {seal.get('sealed_at')}): "
        "what was recorded later is not in it"
    )
