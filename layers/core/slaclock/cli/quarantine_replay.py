"""`slaclock quarantine replay`: what was kept is taken in after all, once its cause is mended."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from slaclock.cli import connection_stack, deployed, quarantine_show, stacks, texts
from slaclock.domain.errors import SlaError
from slaclock.intake import UNAVAILABLE, Unsigned
from slaclock.secrets import InvalidSecret

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from slaclock.quarantine import Kept
    from slaclock.wiring import Wiring

_NEEDED = (*deployed.TABLES, "QUARANTINE_BUCKET")
_OF_SECRETS = ("GetSecretValue", "GetParameter")
_UNSIGNED = "its signature does not hold; if you know who sent it, say --trust with its key"


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock quarantine replay`."""
    parser = actions.add_parser(
        "replay",
        help="take them in after all",
        description="Each goes through the ordinary path, as of when it came, and is released once it is "
        "applied; what still can't be taken stays, and why is said. An event that is known already changes "
        "nothing, so it is safe to run twice, and beside the auditor.",
    )
    parser.add_argument("keys", nargs="*", metavar="KEY", help="as `slaclock quarantine list` has them")
    stacks.add_stack(parser)
    parser.add_argument("--all", action="store_true", help="all that is kept")
    parser.add_argument("--reason", choices=("table", "unmapped"), help="with --all or --connection: these")
    parser.add_argument("--connection", metavar="ID", help="all of this connection")
    parser.add_argument("--since", type=texts.instant, metavar="INSTANT",
        help="with --all or --connection: what came from then on")  # fmt: skip
    parser.add_argument("--trust", action="store_true",
        help="though nobody can verify it: you know who sent it (only with a KEY)")  # fmt: skip
    connection_stack.add_by(parser)
    parser.set_defaults(run=replay)


def replay(args: argparse.Namespace) -> int:
    """Apply each, and release it; 1 where one stays."""
    if bool(args.keys) == bool(args.all or args.connection):
        raise SlaError("which? Say KEYs, or --all, or --connection ID")
    if args.trust and not args.keys:
        raise SlaError("--trust is for deliveries that you have looked at: say their KEYs")
    counts: Counter[str] = Counter()
    with stacks.told_plainly():
        wiring = stacks.reached(args, _NEEDED)
        if args.trust:
            args.by = deployed.author(args.by, wiring)  # while nothing is taken in yet
        for key, kept in _wanted(wiring, args):
            became = _taken(wiring, key, kept)
            counts += became
            if args.trust and kept and became["replayed"]:
                done = connection_stack.change(args, wiring, f"replay: {key} was trusted unsigned")
                wiring.store.append_change(kept.connection, done)
    for name in ("replayed", "accepted", "duplicates", "ignored", "stay"):
        sys.stdout.write(f"{name}: {counts[name]}\n")
    return 1 if counts["stay"] else 0


def _wanted(wiring: Wiring, args: argparse.Namespace) -> Iterator[tuple[str, Kept | None]]:
    from slaclock.cli.quarantine import found  # noqa: PLC0415  (it registers this module)

    if not args.keys:
        yield from found(wiring.quarantine, args)
        return
    for key in dict.fromkeys(args.keys):
        kept = quarantine_show.read(wiring.quarantine, key)
        yield key, kept._replace(verified=True) if args.trust else kept


def _taken(wiring: Wiring, key: str, kept: Kept | None) -> Counter[str]:
    """What became of one; why it stays is said, and quotes nothing of it."""
    if kept is None:
        return _stays(key, "it can't be read")
    try:
        receipt = wiring.intake.apply(kept)
    except Exception as error:  # noqa: BLE001  (the others go on)
        return _stays(key, _why(wiring, kept, error))
    wiring.quarantine.release(key)
    return Counter(replayed=1, **receipt._asdict())


def _why(wiring: Wiring, kept: Kept, error: Exception) -> str:
    """Why a delivery stays; of a secret that can't be had, which one it is."""
    if isinstance(error, InvalidSecret):
        return f"{_secret(wiring, kept)}: {error}"
    if isinstance(error, ClientError) and error.operation_name in _OF_SECRETS:
        return f"{_secret(wiring, kept)} can't be had: {error.response['Error']['Code']}"
    if isinstance(error, UNAVAILABLE):
        return f"the table, or what stands before it, can't be had: {type(error).__name__}"
    if isinstance(error, SlaError):
        return _UNSIGNED if isinstance(error, Unsigned) else str(error)
    return f"it meets a fault of ours: {type(error).__name__}"


def _secret(wiring: Wiring, kept: Kept) -> str:
    """What a delivery's connection has for a secret: where it is kept."""
    connection, _ = wiring.intake.connected(kept.connection)  # read just now, so it costs nothing
    return f"its connection's secret {connection.secret}"


def _stays(key: str, reason: str) -> Counter[str]:
    sys.stderr.write(f"slaclock: {key} stays: {deployed.escaped(reason)}\n")
    return Counter(stay=1)
