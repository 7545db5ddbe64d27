"""Statements of service credits as tables of the page."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from slaclock.reporting.markup import Html, isolated, join, name, tag
from slaclock.reporting.tables import Cell, table, two, wide
from slaclock.reporting.wording import counted, period, words

Report = Mapping[str, Any]


def credits_tables(report: Report) -> list[Html]:
    """A table for each agreement's statement, with its total, and what it gives a right to."""
    return [part for each in report["credits"] for part in _statement(each)]


def _statement(said: Report) -> list[Html]:
    state = "provisional" if said["provisional"] else "final"
    about = (
        f", version {said['agreement_version']}: {period(said['period']['name'])}, {state}. {_counted(said)}"
    )
    caption = join((name(said["agreement"]), about))
    rows: list[Sequence[Cell]] = [
        (two(_of(each), _clause(each)), each["said"], _rows(each), _money(each["credit"]))
        for each in _together(said["lines"])
    ]
    rows.append(("Total", "", "", f"{_money(said['total'])} {said['currency']}"))
    rights = [
        tag("p", f"{counted(right['breaches'], 'breach', 'breaches')} in {right['in']}: the customer has the "
            "right ", name(right["right"]), *_in_brackets(_clause(right)), ".")
        for right in said["termination"]
    ]  # fmt: skip
    label = join(("Credits of ", isolated(said["agreement"])))
    columns = ("For", "Agreed", "Breaches", f"Credit, {said['currency']}")
    return [wide(table(caption, columns, rows, numbers=2), label), *rights]


def _counted(said: Report) -> str:
    """What the statement counts, and what it does not: forgiven by the grace, waived, or of a cause apart."""
    forgiven, excluded = len(said["forgiven"]), len(said["excluded"])
    beside = [f"{forgiven:,} forgiven"] * bool(forgiven) + [f"{excluded:,} excluded"] * bool(excluded)
    not_ = f" Not counted: {', '.join(beside)}." if beside else ""
    return f"Counted: {said['met']:,} kept, {said['breached']:,} missed.{not_}"


def _clause(said: Report) -> Html | None:
    return name(said["clause"]) if said.get("clause") else None


def _in_brackets(clause: Html | None) -> tuple[str, ...]:
    return (" (", clause, ")") if clause else ()


def _together(lines: Iterable[Report]) -> list[dict[str, Any]]:
    """Lines for single breaches of one promise, added up."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for line in lines:
        key = (line["why"], line["of"], line["said"], line.get("clause", ""))
        before = found.get(key, {"credit": "0", "rows": []})
        summed = Decimal(before["credit"]) + Decimal(line["credit"])
        found[key] = {**line, "credit": str(summed), "rows": [*before["rows"], *line["rows"]]}
    return list(found.values())


def _of(line: Report) -> Cell:
    if line["why"] == "breach":
        return join(("Each breach: ", name(words(line["of"]))))
    return f"Attainment {line['of']}" if line["why"] == "band" else "Above the most that is credited"


def _rows(line: Report) -> str:
    return f"{len(line['rows']):,}" if line["rows"] else ""


def _money(amount: str) -> str:
    return f"{Decimal(amount):,}".replace("-", "−")
