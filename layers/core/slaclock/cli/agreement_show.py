"""`slaclock agreement show`: an agreement as tables that a lawyer can read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.agreements.document import read_together
from slaclock.agreements.freeze import freeze
from slaclock.agreements.showing import shown
from slaclock.cli import deployed, stacks
from slaclock.domain.errors import SlaError
from slaclock.domain.instants import format_instant

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from datetime import date
    from typing import Any

    from slaclock.domain.agreement import Agreement
    from slaclock.domain.choosing import Agreements
    from slaclock.domain.exclusion import Exclusion
    from slaclock.wiring import Wiring


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement show`."""
    parser = actions.add_parser("show", help="print agreements as people read them")
    parser.add_argument(
        "what", nargs="*", metavar="FILE", help="documents; with --account, ids of agreements (default: all)"
    )
    parser.add_argument("--account", metavar="ID", help="show what is published for it, from the tables")
    stacks.add_stack(parser)
    parser.add_argument("--version", type=int, metavar="N", help="with --account; default: the newest")
    parser.set_defaults(run=show)


def show(args: argparse.Namespace) -> int:
    """Print each agreement, files as if they were published today."""
    today = deployed.now().date()
    for number, lines in enumerate(_published(args, today) if args.account else _written(args, today)):
        sys.stdout.writelines(f"{line}\n" for line in (*([""] if number else []), *lines))
    return 0


def _written(args: argparse.Namespace, today: date) -> Iterator[Iterator[str]]:
    if not args.what or args.version is not None or args.stack:
        raise SlaError("say what to show: FILE..., or --account ID, perhaps with an agreement and --version")
    for document in read_together(map(Path, args.what)):
        yield shown(freeze(document, published=today), today)


def _published(args: argparse.Namespace, today: date) -> Iterator[Iterator[str]]:
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        for each in _wanted(args, wiring):
            frozen = document(wiring, args.account, each.id, each.version)
            yield _version(each, frozen, wiring.store.agreements(args.account), today)


def document(wiring: Wiring, account: str, agreement: str, version: int) -> Mapping[str, Any]:
    """Give a published version's frozen document; one that there is not is refused by name."""
    frozen: Mapping[str, Any] | None = wiring.store.document(account, agreement, version)
    if frozen is None:
        raise SlaError(f"account {account!r} has no version {version} of {agreement!r}")
    return frozen


def _wanted(args: argparse.Namespace, wiring: Wiring) -> list[Agreement]:
    agreements = wiring.store.agreements(args.account)
    newest = {each.id: each for each in agreements.newest(wiring.now())}
    for name in args.what:
        if name not in newest:
            there = f"there are {', '.join(sorted(newest))}" if newest else "it has none"
            raise SlaError(f"account {args.account!r} has no agreement {name!r}: {there}")
    wanted = args.what or list(newest)
    if not wanted:
        raise SlaError(f"account {args.account!r} has no agreement")
    if args.version is None:
        return [newest[name] for name in wanted]
    versions = {(each.id, each.version): each for each in agreements.versions}
    for name in wanted:
        if (name, args.version) not in versions:
            raise SlaError(f"account {args.account!r} has no version {args.version} of {name!r}")
    return [versions[name, args.version] for name in wanted]


def _version(
    agreement: Agreement, frozen: Mapping[str, Any], agreements: Agreements, today: date
) -> Iterator[str]:
    at = f", published at {format_instant(agreement.published_at)}" if agreement.published_at else ""
    ending = next((each for each in agreements.endings if each.agreement == agreement.id), None)
    entered = (each for each in agreements.exclusions if _concerns(each, agreement))
    title, about, *rest = shown(frozen, today, ending, entered)
    yield from (title, about, f"version {agreement.version}{at}, hash {agreement.content_hash}", *rest)


def _concerns(exclusion: Exclusion, agreement: Agreement) -> bool:
    """Whether an exclusion entered later may count for an agreement's clocks."""
    return bool(exclusion.scope.get("agreement", agreement.id) == agreement.id)
