"""`slaclock quarantine show`: one delivery that could not be taken, as it came."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slaclock.cli import connection_stack, deployed, stacks
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant

if TYPE_CHECKING:
    import argparse

    from slaclock.quarantine import Kept, Quarantine

_NEEDED = (*connection_stack.TABLE, "QUARANTINE_BUCKET")
_PREFIXES = ("table/", "unmapped/")
_GONE = "{key} is not there, or not any more: see slaclock quarantine list"
_CUSTOMERS = "what follows was written by customers: show it to nobody, and keep no copy"


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock quarantine show`."""
    parser = actions.add_parser("show", help="print one of them: headers and body hold customers' text")
    parser.add_argument("key", metavar="KEY", help="as `slaclock quarantine list` has it")
    stacks.add_stack(parser)
    parser.add_argument("--body", action="store_true",
        help="the body alone, byte by byte, for slaclock connection test")  # fmt: skip
    parser.set_defaults(run=show)


def show(args: argparse.Namespace) -> int:
    """Write it so that a terminal obeys none of it; or its body as it is, for another program."""
    with stacks.told_plainly():
        kept = read(stacks.reached(args, _NEEDED).quarantine, args.key)
    if args.body:
        sys.stdout.flush()
        sys.stdout.buffer.write(kept.delivery.body)
        return 0
    verified = "held" if kept.verified else "was not checked, or did not hold"
    sys.stdout.write(
        f"connection  {deployed.escaped(kept.connection)}\n"
        f"received    {format_instant(kept.delivery.received_at)}\n"
        f"signature   {verified}\n"
        f"kept for    {deployed.escaped(kept.detail)}\n"
    )
    sys.stderr.write(f"slaclock: {_CUSTOMERS}\n")
    for name, value in sorted(kept.delivery.headers.items()):
        sys.stdout.write(f"{deployed.escaped(f'{name}: {value}')}\n")
    text = kept.delivery.body.decode(errors="backslashreplace")
    sys.stdout.writelines(f"{deployed.escaped(line)}\n" for line in ["", *text.splitlines()])
    return 0


def present(bucket: Quarantine, key: str) -> None:
    """Tell whoever mistypes a key; what is there may be unreadable."""
    try:
        found = _named(bucket, key)
    except ValueError:
        return
    if found is None:
        raise SlaError(_GONE.format(key=key))


def read(bucket: Quarantine, key: str) -> Kept:
    """A kept delivery; whoever mistypes its key is told so."""
    try:
        kept = _named(bucket, key)
    except ValueError:
        raise SlaError(f"{key} can't be read: it is no kept delivery") from None
    if kept is None:
        raise SlaError(_GONE.format(key=key))
    return kept


def _named(bucket: Quarantine, key: str) -> Kept | None:
    if not key.startswith(_PREFIXES):
        raise SlaError(f"{key[:80]!r} is no key: it begins with {' or '.join(_PREFIXES)}")
    return bucket.read(key)
