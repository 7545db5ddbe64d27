"""`slaclock agreement`: documents, checked before anybody relies on them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from slaclock.agreements.document import Document, InvalidDocument, Problem, read_file
from slaclock.agreements.freeze import freeze
from slaclock.domain.agreement import Agreement, agreement_from, find_tie
from slaclock.evidence.canonical import content_hash

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date


@dataclass(frozen=True, slots=True)
class _Checked:
    """A document that is right by itself, and the agreement that it makes."""

    document: Document
    agreement: Agreement

    def problem(self, member: str, reason: str) -> Problem:
        """Make a problem of that member, or of the id's line where it is not written."""
        written = member if member in self.document.values else "agreement"
        place = self.document.place(written)
        return Problem(self.document.name, place.line, place.column, member, reason)

    def summary(self) -> str:
        agreement = self.agreement
        targets, calendars = ", ".join(agreement.targets), ", ".join(agreement.calendar_specs)
        return f"{agreement.id} ({agreement.kind}): {targets} on {calendars}"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement` and what can be done with agreements."""
    agreement = commands.add_parser("agreement", help="agreement documents")
    actions = agreement.add_subparsers(required=True, metavar="ACTION")
    check_ = actions.add_parser("check", help="check documents, each alone and all together")
    check_.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check_.set_defaults(run=check)


def check(args: argparse.Namespace) -> int:
    """Check documents as if they were published together today; 1 if anything is wrong, told on stderr."""
    published = datetime.now(UTC).date()
    checked: list[_Checked] = []
    problems: list[Problem] = []
    for path in args.files:
        try:
            checked.append(_check(path, published))
        except InvalidDocument as error:
            problems += error.problems
    problems += [*_same_ids(checked), *_ties(checked)]
    _tell(checked, problems)
    return 1 if problems else 0


def _check(path: Path, published: date) -> _Checked:
    document = read_file(path)
    frozen = freeze(document, published=published)
    return _Checked(document, agreement_from(frozen, version=1, content_hash=content_hash(frozen)))


def _tell(checked: list[_Checked], problems: list[Problem]) -> None:
    wrong = {problem.file for problem in problems}
    for each in checked:
        if each.document.name not in wrong:
            sys.stdout.write(f"{each.document.name}: ok {each.summary()}\n")
    for problem in problems:
        sys.stderr.write(f"{problem}\n")


def _same_ids(checked: list[_Checked]) -> Iterator[Problem]:
    first: dict[str, _Checked] = {}
    for each in checked:
        other = first.setdefault(each.agreement.id, each)
        if other is not each:
            yield each.problem("agreement", f"{each.agreement.id!r} is the id in {other.document.name}, too")


def _ties(checked: list[_Checked]) -> Iterator[Problem]:
    """Give the customer agreements between which a ticket could not choose (rule 24)."""
    left = list(checked)
    while tie := find_tie(each.agreement for each in left):
        one, other = (next(each for each in left if each.agreement is side) for side in tie)
        yield other.problem(
            "order",
            f"a ticket could fit {other.agreement.id!r} as well as {one.agreement.id!r} in "
            f"{one.document.name}: give one of them a lower order",
        )
        left.remove(other)
