"""For which tickets two tables say what: each distinct outcome once, with the values that lead to it."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Any

from slaclock.agreements.tables import DEFAULT, KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from slaclock.agreements.side import Frozen, Side

Case = dict[str, str]
Allowed = dict[str, tuple[str, ...]]
"""The values that each member may have; any value of a member that is not in it."""

MOST_CASES = 300  # tickets that are tried for one outcome: agreements may rule some of them out


def named_values(tables: Iterable[tuple[Mapping[str, str], str]]) -> Allowed:
    """Give the values that tables name by member, each with the default, which is every other one."""
    named: dict[str, dict[str, None]] = {}
    for texts, by in tables:
        if texts.keys() - {DEFAULT}:
            named.setdefault(by, {}).update(dict.fromkeys(KNOWN.get(by, (*texts, DEFAULT))))
    return {by: tuple(sorted(values, key=lambda each: each == DEFAULT)) for by, values in named.items()}


def tables_of(target: Frozen) -> list[tuple[Mapping[str, str], str]]:
    """Give the tables of budgets and of calendars of a target, each with the member that it is by."""
    return [(target[table], target[f"{table}_by"]) for table in ("budgets", "calendars")]


def outcomes(
    tables: Sequence[tuple[Mapping[str, str], str]], named: Allowed
) -> Iterator[tuple[tuple[str | None, ...], Allowed]]:
    """Give each combination of what tables say, with the values for which they say it."""
    for each in product(*(_said(texts, by, named) for texts, by in tables)):
        allowed: Allowed | None = {}
        for _, values in each:
            allowed = together(allowed, values) if allowed is not None else None
        if allowed is not None:
            yield tuple(text for text, _ in each), allowed


def _said(texts: Mapping[str, str], by: str, named: Allowed) -> list[tuple[str | None, Allowed]]:
    said: dict[str | None, list[str]] = {}
    for value in named.get(by, ()):
        said.setdefault(texts.get(value, texts.get(DEFAULT)), []).append(value)
    if not said:
        return [(texts.get(DEFAULT), {})]
    return [(text, {by: tuple(values)}) for text, values in said.items()]


def together(one: Allowed, other: Allowed) -> Allowed | None:
    """Give the values that both allow; None where there are none of a member."""
    both = {**one, **other}
    for member in one.keys() & other.keys():
        both[member] = tuple(value for value in one[member] if value in other[member])
    return both if all(both.values()) else None


def first_case(allowed: Allowed, sides: Iterable[Side]) -> Case | None:
    """Give the first ticket of these values to which none of the agreements is known not to apply."""
    agreements = [each.agreement for each in sides]
    for values in islice(product(*allowed.values()), MOST_CASES):
        case = dict(zip(allowed, values, strict=True))
        attributes = _attributes(case)
        if not any(each.judge(attributes) is False for each in agreements):
            return case
    return None


def case_words(case: Case) -> str:
    """Say which tickets those are: ` for priority low`; nothing where it is all of them."""
    words = (f"any other {each}" if value == DEFAULT else f"{each} {value}" for each, value in case.items())
    return f" for {', '.join(words)}" if case else ""


def _attributes(case: Case) -> dict[str, Any]:
    """Give a ticket of which only this is known."""
    attributes: dict[str, Any] = {}
    for member, value in case.items():
        if value != DEFAULT and member.startswith("custom."):
            attributes.setdefault("custom", {})[member.removeprefix("custom.")] = value
        elif value != DEFAULT:
            attributes[member] = [value] if member == "tags" else value
    return attributes
