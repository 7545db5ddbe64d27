"""A report as CSV (RFC 4180), every cell in quotes: a line for the whole, and one for each group."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from slaclock.records.cells import cell_of

NAMED = ("agreement", "target", "customer", "team", "day", "weekday", "hour", "cause")
FIGURES = (
    "met", "breached", "attainment", "open_overdue", "cancelled", "excluded", "corrected", "reopened_share",
    "worked_seconds_median", "worked_seconds_p90", "wall_seconds_median", "wall_seconds_p90", "ratings",
    "ratings_mean",
)  # fmt: skip
COLUMNS = ("of", *NAMED, *FIGURES)
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
    yield {"of": "total", **_flat(report["total"])}
    for of, member in _LINES.items():
        yield from ({"of": of, **_flat(each)} for each in report[member])


def _flat(group: Report) -> dict[str, Any]:
    """A group as columns: its ratings only in the whole, since others have none of their own."""
    flat = {name: group[name] for name in (*NAMED, *FIGURES) if name in group}
    for name in ("worked_seconds", "wall_seconds"):
        flat |= {f"{name}_{rank}": value for rank, value in group.get(name, {}).items()}
    if ratings := group.get("ratings"):
        flat |= {"ratings": ratings["number"], "ratings_mean": ratings["mean"]}
    return flat
