"""Statements of service credits as tables of the page."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from slaclock.reporting.markup import Html, tag
from slaclock.reporting.tables import Cell, table, two, wide
from slaclock.reporting.wording import counted, period, words

Report = Mapping[str, Any]


def credits_tables(report: Report) -> list[Html]:
    """A table for each agreement's statement, with its total, and what it gives a right to."""
    return [part for each in report["credits"] for part in _statement(each)]


def _statement(said: Report) -> list[Html]:
    state = "provisional" if said["provisional"] else "final"
    caption = (
        f"{said['agreement']}, version {said['agreement_version']}: {period(said['period']['name'])}, "
        f"{state}. Counted: {said['met']:,} kept, {said['breached']:,} missed."
    )
    rows: list[Sequence[Cell]] = [
        (two(_of(each), each.get("clause")), each["said"], _rows(each), _money(each["credit"]))
        for each in _together(said["lines"])
    ]
    rows.append(("Total", "", "", f"{_money(said['total'])} {said['currency']}"))
    rights = [
        tag("p", f"{counted(right['breaches'], 'breach', 'breaches')} in {right['in']}: the customer has the "
            f"right {right['right']}{_in_brackets(right.get('clause'))}.")
        for right in said["termination"]
    ]  # fmt: skip
    columns = ("For", "Agreed", "Breaches", f"Credit, {said['currency']}")
    return [wide(table(caption, columns, rows, numbers=2), f"Credits of {said['agreement']}"), *rights]


def _in_brackets(clause: str | None) -> str:
    return f" ({clause})" if clause else ""


def _together(lines: Iterable[Report]) -> list[dict[str, Any]]:
    """Lines for single breaches of one promise, added up."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for line in lines:
        key = (line["why"], line["of"], line["said"], line.get("clause", ""))
        before = found.get(key, {"credit": "0", "rows": []})
        summed = Decimal(before["credit"]) + Decimal(line["credit"])
        found[key] = {**line, "credit": str(summed), "rows": [*before["rows"], *line["rows"]]}
    return list(found.values())


def _of(line: Report) -> str:
    told = {
        "band": f"Attainment {line['of']}",
        "breach": f"Each breach: {words(line['of'])}",
        "cap": "Above the most that is credited",
    }
    return told[line["why"]]


def _rows(line: Report) -> str:
    return f"{len(line['rows']):,}" if line["rows"] else ""


def _money(amount: str) -> str:
    return f"{Decimal(amount):,}".replace("-", "−")
