"""The words that an agreement document's grammar is written in.

A check takes a node, gives the value as plain JSON, and adds what is wrong to the problems; what it gives
is then of no use, since a document with problems is never read further.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from slaclock.agreements.nodes import Items, Members, Node, Scalar
from slaclock.agreements.problems import Place, Problems, suggest
from slaclock.domain.durations import parse_duration
from slaclock.domain.errors import InvalidAgreement
from slaclock.domain.instants import format_instant, parse_instant

Check = Callable[[Node, Problems], Any]
Hints = Mapping[str, str]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def scalar(expected: str, read: Callable[[str], Any]) -> Check:
    """Make the check of one value: `read` raises ValueError if it is not `expected`, or says more itself."""

    def check(node: Node, problems: Problems) -> Any:
        try:
            if isinstance(node, Scalar) and node.text:
                return read(node.text)
        except InvalidAgreement as error:
            return problems.add(node.place, str(error))
        except (ValueError, OverflowError):
            pass
        return problems.add(node.place, not_so(node, expected))

    return check


def not_so(node: Node, expected: str) -> str:
    """Say that this is not what was expected."""
    if isinstance(node, Scalar):
        return f"{node.text!r} is not {expected}" if node.text else f"nothing is given: write {expected}"
    return f"a {'list' if isinstance(node, Items) else 'mapping'} is not {expected}"


def matching(pattern: str | re.Pattern[str], expected: str) -> Check:
    """Check text by a regular expression."""
    whole = re.compile(pattern)
    return scalar(expected, lambda text: text if whole.fullmatch(text) else _fail())


def text(at_most: int = 200) -> Check:
    """Check a line of text; spaces around it do not count."""

    def read(written: str) -> str:
        line = written.strip()
        return line if line.isprintable() and 0 < len(line) <= at_most else _fail()

    return scalar(f"one line of at most {at_most} characters", read)


def whole(low: int, high: int) -> Check:
    """Check a whole number from low to high."""

    def read(written: str) -> int:
        number = int(written) if re.fullmatch(r"[0-9]{1,9}", written) else -1
        return number if low <= number <= high else _fail()

    return scalar(f"a whole number from {low} to {high}", read)


def one_of(what: str, names: Iterable[str]) -> Check:
    """Check a name out of a few; a close one is suggested."""
    known = tuple(names)

    def read(written: str) -> str:
        if written not in known:
            raise InvalidAgreement(f"unknown {what} {written!r}: {suggest(written, known)}")
        return written

    return scalar(f"one of {', '.join(known)}", read)


def items(check: Check, *, at_most: int, at_least: int = 0) -> Check:
    """Check a list and each item of it."""

    def check_all(node: Node, problems: Problems) -> Any:
        if not isinstance(node, Items):
            hint = f": write [{node.text}]" if isinstance(node, Scalar) and node.text else ""
            return problems.add(node.place, not_so(node, f"a list{hint}"))
        if not at_least <= len(node.items) <= at_most:
            problems.add(node.place, f"{len(node.items)} entries: from {at_least} to {at_most} may be given")
        return [check(item, problems) for item in node.items]

    return check_all


def members(known: Mapping[str, Check], required: Hints | None = None) -> Check:
    """Check a mapping of known members; `required` names those that must be there, with what to write."""

    def check(node: Node, problems: Problems) -> Any:
        if not isinstance(node, Members):
            return problems.add(node.place, not_so(node, f"a mapping of {', '.join(known)}"))
        for name, hint in (required or {}).items():
            if name not in node.members:
                problems.add(within(node.place, name), f"missing: write {hint}")
        return {
            name: known[name](value, problems)
            for name, (place, value) in node.members.items()
            if name in known or problems.add(place, f"unknown member {name!r}: {suggest(name, known)}")
        }

    return check


def mapping(key: Check, value: Check, *, at_most: int, at_least: int = 0) -> Check:
    """Check a mapping whose names are the writer's own."""

    def check(node: Node, problems: Problems) -> Any:
        if not isinstance(node, Members):
            return problems.add(node.place, not_so(node, "a mapping"))
        if not at_least <= len(node.members) <= at_most:
            problems.add(
                node.place, f"{len(node.members)} entries: from {at_least} to {at_most} may be given"
            )
        for name, (place, _) in node.members.items():
            key(Scalar(place, name), problems)
        return {name: value(each, problems) for name, (_, each) in node.members.items()}

    return check


def not_yet(node: Node, problems: Problems) -> None:
    """Refuse what a later version of slaclock will read."""
    problems.add(node.place, "not supported yet")


def within(place: Place, name: str) -> Place:
    """Give the place of a member that is missing: where its mapping stands."""
    return Place(place.line, place.column, f"{place.path}.{name}" if place.path else name)


def _fail() -> Any:
    raise ValueError


def _read_day(written: str) -> str:
    day = date.fromisoformat(written) if _DAY.fullmatch(written) else _fail()
    return written if 1970 <= day.year <= 2200 else _fail()


def _read_budget(written: str) -> str:
    return parse_duration(written).text


IDENTIFIER = matching(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
    "an id: letters, digits and . _ - (not first), at most 64 characters",
)
TRUTH = scalar("true or false", lambda written: _TRUTHS[written] if written in _TRUTHS else _fail())
DAY = scalar("a date such as 2026-12-31", _read_day)
INSTANT = scalar(
    "an instant with its offset, such as 2026-06-01T00:00:00+02:00",
    lambda written: format_instant(parse_instant(written)),
)
BUDGET = scalar("a duration such as 8h", _read_budget)
SHARE = matching(r"(?:100|[0-9]{1,2}(?:\.[0-9]{1,3})?)%", "a percentage such as 99.5%")
