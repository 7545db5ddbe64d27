"""`slaclock agreement publish`: documents become versions that tickets start under from now on (rule 25)."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.agreements.document import InvalidDocument
from slaclock.agreements.freeze import freeze
from slaclock.agreements.looser import looser
from slaclock.cli import deployed, stacks
from slaclock.cli.agreement_check import check_together, warnings
from slaclock.cli.agreement_renew import renew
from slaclock.domain.errors import SlaError
from slaclock.evidence.canonical import content_hash
from slaclock.publishing import Edition, editions, refusals
from slaclock.store.agreements import MOST_VERSIONS, Version

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from slaclock.agreements.document import Document
    from slaclock.agreements.problems import Problem, Warned
    from slaclock.cli.agreement_check import Checked
    from slaclock.domain.choosing import Agreements
    from slaclock.wiring import Wiring


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement publish`."""
    parser = actions.add_parser("publish", help="publish documents as the next versions of their agreements")
    stacks.add_stack(parser)
    deployed.add_account(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--refreeze",
        action="store_true",
        help="write holidays out anew, up to a later horizon, though the document has not changed",
    )
    parser.add_argument("--dry-run", action="store_true", help="check all, and publish nothing")
    deployed.add_settle(parser)
    parser.set_defaults(run=publish)


def publish(args: argparse.Namespace) -> int:
    """Check documents, by themselves and with what is published; publish all of them if nothing is wrong.

    A document that says what its newest version says stays that version. Open tickets are told at once of a
    version that is for them, too.
    """
    with stacks.told_plainly():
        wiring = stacks.reached(args)
        now = wiring.now()
        checked, problems = check_together(args.files, now.date())
        generation = wiring.store.generation(args.account)  # before all that is checked against
        published = wiring.store.agreements(args.account)
        frozen = [each.frozen if args.refreeze else _as_before(each, published, now) for each in checked]
        wanted = editions(frozen, published, now)
        problems = problems or list(_refused(wanted, checked, published, now))
        for told in (*problems, *_warned(args.account, checked, wanted, wiring, now)):
            sys.stderr.write(f"{told}\n")
        if problems:
            return 1
        if not published.versions:
            sys.stderr.write(f"slaclock: this is the first agreement of account {args.account!r}\n")
        if not args.dry_run:
            _keep(args.account, [each for each in wanted if each.new], wiring, now, generation)
        sys.stdout.writelines(f"{_said(each, args)}\n" for each in wanted)
        newest = {} if args.dry_run else _for_open(wanted)
        return renew(args.account, newest, wiring, args.settle) if newest else 0


def _for_open(wanted: Sequence[Edition]) -> dict[str, int]:
    """The versions that open tickets come under; also those that stay, for a run that was interrupted."""
    agreements = (each.agreement for each in wanted)
    return {each.id: each.version for each in agreements if each.applies_to_open and each.version > 1}


def _as_before(checked: Checked, published: Agreements, now: datetime) -> Mapping[str, Any]:
    """The document frozen as of its newest version's day, if it says what that says: a day is no change."""
    newest = next((each for each in published.newest(now) if each.id == checked.agreement.id), None)
    if newest is None or newest.published_at is None:
        return checked.frozen
    try:
        frozen = freeze(checked.document, published=newest.published_at.date())
    except InvalidDocument:
        return checked.frozen
    return frozen if content_hash(frozen) == newest.content_hash else checked.frozen


def _keep(account: str, new: Sequence[Edition], wiring: Wiring, now: datetime, generation: int) -> None:
    """Publish all or none; `WriteConflictError` where somebody published since the generation was read."""
    if len(new) > MOST_VERSIONS:
        raise SlaError(f"{len(new)} new versions are too many at once: publish {MOST_VERSIONS} at most")
    versions = [Version(each.frozen, each.agreement.version, each.agreement.content_hash) for each in new]
    if versions:
        wiring.store.publish(account, versions, now, generation)


def _said(edition: Edition, args: argparse.Namespace) -> str:
    name, version, digest = (getattr(edition.agreement, each) for each in ("id", "version", "content_hash"))
    said = f"unchanged, version {version} stays"
    if edition.new:
        said = f"version {version} {'would be published' if args.dry_run else 'published'}"
    return f"{name}: {said}, {digest}"


def _refused(
    wanted: Sequence[Edition], checked: Sequence[Checked], published: Agreements, now: datetime
) -> Iterator[Problem]:
    documents = {each.agreement.id: each for each in checked}
    for refusal in refusals(wanted, published, now):
        yield documents[refusal.agreement].problem(refusal.member, refusal.reason)


def _warned(
    account: str, checked: Sequence[Checked], wanted: Sequence[Edition], wiring: Wiring, now: datetime
) -> list[Warned]:
    """What may not be meant: of the documents, and of one of them beside what is published."""
    documents = {each.agreement.id: each.document for each in checked}
    others = list(_others(account, documents, wiring, now))
    midnight = datetime.combine(now.date(), time(), tzinfo=UTC)
    beside = [
        documents[each.agreement].warned(str(each), "targets", each.target)
        if each.agreement in documents
        else documents[each.above].warned(f"{each.agreement!r} is {each}", "targets", each.above_target)
        for each in looser([*(each.frozen for each in wanted), *others], midnight)
        if (each.agreement in documents) != (each.above in documents)
    ]
    return sorted([*warnings(checked, now.date()), *beside])


def _others(
    account: str, documents: Mapping[str, Document], wiring: Wiring, now: datetime
) -> Iterator[Mapping[str, Any]]:
    """The frozen documents of what is published and stays."""
    published = wiring.store.agreements(account)
    gone = documents.keys() | {each.agreement for each in published.endings}
    for each in published.newest(now):
        if each.id not in gone and (frozen := wiring.store.document(account, each.id, each.version)):
            yield frozen
