"""A report as CSV (RFC 4180), every cell in quotes: a line for the whole, each group, and all that is told.

Under one head: `of` says what a line is of, and what it has nothing of is empty.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from slaclock.records.cells import cell_of

NAMED = ("agreement", "target", "customer", "team", "day", "weekday", "hour", "cause")
FIGURES = (
    "met", "breached", "attainment", "open_overdue", "cancelled", "excluded", "corrected", "reopened_share",
    "worked_seconds_median", "worked_seconds_p90", "wall_seconds_median", "wall_seconds_p90", "ratings",
    "ratings_mean",
)  # fmt: skip
ABOUT = ("account", "period", "zone", "sealed", "as_of")
LATE = ("ticket_id", "priority", "clause", "cycle", "due_at", "open", "late_wall_seconds")
CREDIT = ("forgiven", "why", "said", "rows", "credit", "currency")
COLUMNS = ("of", *NAMED, *FIGURES, *ABOUT, *LATE, *CREDIT, "text")
_LINES = {
    "promise": "promises",
    "behind": "behind",
    "customer": "customers",
    "team": "teams",
    "day": "days",
    "time": "times",
    "cause": "causes",
}
Report = Mapping[str, Any]


def table(report: Report) -> str:
    """The figures of a report, `of` saying what each line is of; what a line has no figure for is empty."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for line in _lines(report):
        writer.writerow({name: cell_of(value) for name, value in line.items()})
    return out.getvalue()


def _lines(report: Report) -> Iterator[dict[str, Any]]:
    whose = {name: report[name] for name in ("account", "customer", "agreement")}
    zone = report["period"]["zone"]
    about = {"period": report["period"]["name"], "sealed": _yes(report["sealed"]), "as_of": report["as_of"]}
    yield {"of": "total", **_flat(report["total"]), **whose, "zone": zone, **about}
    yield {
        "of": "before",
        **_flat(report["before"]),
        **whose,
        "zone": zone,
        "period": report["before"]["name"],
    }
    for of, member in _LINES.items():
        yield from ({"of": of, **_flat(each)} for each in report[member])
    for late in report["worst"]:
        kept = {name: late[name] for name in (*NAMED, *LATE) if name in late}
        yield {"of": "late", **kept, "open": _yes(late["open"])}
    for statement in report["credits"]:
        yield from _owed(statement)
    yield from ({"of": "stands_out", "text": each} for each in report["stands_out"])


def _owed(said: Report) -> Iterator[dict[str, Any]]:
    """A statement's total, its lines and its rights; `rows` is how many breaches each rests on."""
    period, currency = said["period"], {"currency": said["currency"]}
    about = {"agreement": said["agreement"], "period": period["name"], "zone": period["zone"]}
    counted = {name: len(said[name]) for name in ("forgiven", "excluded")}
    kept = {name: said[name] for name in ("met", "breached", "attainment")} | counted
    total = {"credit": Decimal(said["total"]), **currency, "sealed": _yes(not said["provisional"])}
    yield {"of": "statement", **about, **kept, **total}
    for line in said["lines"]:
        told = {name: line.get(name) for name in ("why", "said", "clause")} | {"text": line["of"]}
        money = {"rows": len(line["rows"]), "credit": Decimal(line["credit"]), **currency}
        yield {"of": "credit", **about, **told, **money}
    for right in said["termination"]:
        told = {"said": f"{right['breaches']} in {right['in']}", "clause": right.get("clause")}
        yield {"of": "right", **about, **told, "rows": len(right["rows"]), "text": right["right"]}


def _yes(said: object) -> str:
    """A truth as JSON writes it."""
    return "true" if said else "false"


def _flat(group: Report) -> dict[str, Any]:
    """A group as columns: its ratings only in the whole, since others have none of their own."""
    flat = {name: group[name] for name in (*NAMED, *FIGURES) if name in group}
    for name in ("worked_seconds", "wall_seconds"):
        flat |= {f"{name}_{rank}": value for rank, value in group.get(name, {}).items()}
    if ratings := group.get("ratings"):
        flat |= {"ratings": ratings["number"], "ratings_mean": ratings["mean"]}
    return flat
