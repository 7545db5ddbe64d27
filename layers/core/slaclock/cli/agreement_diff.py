"""`slaclock agreement diff`: what changes for whom from one document, or version, to another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.agreements.differences import differences
from slaclock.agreements.document import read_file
from slaclock.agreements.freeze import freeze
from slaclock.agreements.page import wrapped
from slaclock.cli import deployed, stacks
from slaclock.cli.agreement_show import document
from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    Frozen = Mapping[str, Any]


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement diff`."""
    parser = actions.add_parser("diff", help="what changes for whom between two documents or versions")
    parser.add_argument("what", nargs="+", metavar="FILE", help="OLD NEW; with --account, one agreement's id")
    parser.add_argument("--account", metavar="ID", help="compare published versions, from the tables")
    stacks.add_stack(parser)
    parser.add_argument("--from", dest="old", type=int, metavar="N", help="default: the version before --to")
    parser.add_argument("--to", dest="new", type=int, metavar="M", help="default: the newest version")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 where there are differences")
    parser.set_defaults(run=diff)


def diff(args: argparse.Namespace) -> int:
    """Print a sentence for each difference, those for one group of tickets together."""
    old, new = _published(args) if args.account else _written(args)
    found = differences(old, new)
    for each in found:
        sys.stdout.writelines(f"{line}\n" for line in wrapped(f"{each.whom}: {each.sentence}"))
    if not found:
        sys.stdout.write("no difference\n")
    return 1 if found and args.exit_code else 0


def _written(args: argparse.Namespace) -> tuple[Frozen, Frozen]:
    """Two files, as if both were published today."""
    if len(args.what) != 2 or args.old is not None or args.new is not None or args.stack:
        raise SlaError("say what to compare: OLD and NEW files, or --account ID and an agreement")
    today = deployed.now().date()
    old, new = (freeze(read_file(Path(each)), published=today) for each in args.what)
    return old, new


def _published(args: argparse.Namespace) -> tuple[Frozen, Frozen]:
    if len(args.what) != 1:
        raise SlaError("with --account, name one agreement")
    name = args.what[0]
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        versions = [
            each.version for each in wiring.store.agreements(args.account).versions if each.id == name
        ]
        if not versions:
            raise SlaError(f"account {args.account!r} has no agreement {name!r}")
        new = max(versions) if args.new is None else args.new
        old = new - 1 if args.old is None else args.old
        if not old:
            raise SlaError(f"{name!r} has one version only: there is nothing to compare it with")
        return document(wiring, args.account, name, old), document(wiring, args.account, name, new)
