"""`slaclock agreement check`: documents, each alone and all together, before anybody relies on them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slaclock.agreements.aims import late_goals
from slaclock.agreements.concerns import concerns
from slaclock.agreements.document import Document, InvalidDocument, Problem, read_all
from slaclock.agreements.freeze import freeze
from slaclock.agreements.looser import looser
from slaclock.domain.frozen import agreement_from
from slaclock.domain.ties import find_tie
from slaclock.evidence.canonical import content_hash

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from slaclock.agreements.problems import Warned
    from slaclock.domain.agreement import Agreement


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that is right by itself, and the agreement that it makes."""

    document: Document
    frozen: dict[str, Any]
    agreement: Agreement

    def problem(self, member: str, reason: str) -> Problem:
        """Make a problem of that member, or of the id's line where it is not written."""
        place = self.document.place(member if member in self.document.own else "agreement")
        return Problem(self.document.name, place.line, place.column, member, reason)

    def summary(self) -> str:
        agreement = self.agreement
        targets, calendars = ", ".join(agreement.targets), ", ".join(agreement.calendar_specs)
        return f"{agreement.id} ({agreement.kind}): {targets} on {calendars}"


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock agreement check`."""
    parser = actions.add_parser("check", help="check documents, each alone and all together")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.set_defaults(run=check)


def check(args: argparse.Namespace) -> int:
    """Check documents as if they were published together today; 1 if anything is wrong, told on stderr."""
    published = datetime.now(UTC).date()
    checked, problems = check_together(args.files, published)
    _tell(checked, problems, warnings(checked, published))
    return 1 if problems else 0


def check_together(files: Sequence[Path], published: date) -> tuple[list[Checked], list[Problem]]:
    """Give the documents that are right by themselves, and every problem, those of all together included."""
    once, problems = _once(files)
    documents, found = read_all(once, published)
    problems += found
    checked: list[Checked] = []
    for document in documents:
        try:
            checked.append(_check(document, published))
        except InvalidDocument as error:
            problems += error.problems
    return checked, [*problems, *_same_ids(checked), *_ties(checked)]


def _once(files: Sequence[Path]) -> tuple[list[Path], list[Problem]]:
    """Give each file once, and a problem for each that is given again."""
    first: dict[Path, Path] = {}
    again: list[Problem] = []
    for each in files:
        other = first.setdefault(each.resolve(), each)
        if other is not each:
            said = "" if str(other) == str(each) else f", first as {other}"
            again.append(Problem(str(each), 1, 1, "", f"the same file is given twice{said}"))
    return list(first.values()), again


def _check(document: Document, published: date) -> Checked:
    frozen = freeze(document, published=published)
    return Checked(document, frozen, agreement_from(frozen, version=1, content_hash=content_hash(frozen)))


def warnings(checked: Sequence[Checked], published: date) -> list[Warned]:
    """Give what may not be meant, of each document and of all together."""
    documents = [each.document for each in checked]
    found = [warned for each in documents for warned in concerns(each, published, documents)]
    by_id = {each.agreement.id: each.document for each in checked}
    midnight = datetime.combine(published, time(), tzinfo=UTC)
    found += [
        by_id[each.agreement].warned(str(each), "targets", each.target)
        for each in looser([each.frozen for each in checked], midnight)
    ]
    found += [
        each.document.warned(str(goal), "targets", goal.target, "goal")
        for each in checked
        for goal in late_goals(each.frozen, midnight)
    ]
    return sorted(found)


def _tell(checked: list[Checked], problems: list[Problem], warned: list[Warned]) -> None:
    wrong = {problem.file for problem in problems}
    for each in checked:
        if each.document.name not in wrong:
            sys.stdout.write(f"{each.document.name}: ok {each.summary()}\n")
    for told in (*problems, *warned):
        sys.stderr.write(f"{told}\n")


def _same_ids(checked: list[Checked]) -> Iterator[Problem]:
    first: dict[str, Checked] = {}
    for each in checked:
        other = first.setdefault(each.agreement.id, each)
        if other is not each:
            yield each.problem("agreement", f"{each.agreement.id!r} is the id in {other.document.name}, too")


def _ties(checked: list[Checked]) -> Iterator[Problem]:
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
