"""A breach and its case as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.page import entry
from slaclock.domain.taxonomy import cause_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WIDTH = 14


def page(breach: Mapping[str, Any]) -> Iterator[str]:
    """Write a breach as `breach_view` gives it, line by line; instants are UTC."""
    yield f"Breach {breach['id']}: {breach['status']}"
    for label, words in _about(breach):
        yield from entry(label, words, 2, _WIDTH)
    left_out = f" (the {breach['left_out']} oldest rows are left out)" if breach["left_out"] else ""
    yield f"Case{left_out}"
    written = sorted(_written(breach["case"]), key=lambda line: line[0])
    for at, words in written:
        yield from entry(at, words, 2, 22)
    if not written:
        yield "  Nothing is written yet."
    if breach["exclusions"]:
        yield "Exclusions entered since"
    for each in breach["exclusions"]:
        yield from entry(each["id"], _exclusion(each), 2, _WIDTH)
    yield "Outcomes of this cycle"
    for each in breach["outcomes"]:
        withdrawn = ", withdrawn" if each["withdrawn"] else ""
        yield from entry(each["at"], f"{each['fact'].removeprefix('clock_')}{withdrawn}: {each['id']}", 2, 22)


def _about(breach: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    whose = [f"{name} {breach[name]}" for name in ("customer", "team", "priority", "service") if breach[name]]
    yield "Ticket", ", ".join([f"{breach['ticket_id']} of {breach['account']}", *whose])
    clause = f", {breach['clause']}" if breach["clause"] else ""
    version = f"{breach['agreement']} version {breach['agreement_version']}"
    what = f"{breach['target']} ({breach['kind']}{clause})"
    yield "Promise", f"{what} of {version}: {breach['budget']}, cycle {breach['cycle']}"
    yield "Due", f"{breach['due_at']}, noticed at {breach['detected_at']} by {breach['detected_by']}"
    if breach["acknowledged_at"]:
        yield "Acknowledged", f"{breach['acknowledged_at']} by {breach['acknowledged_by']}"
    if breach["ended_at"]:
        yield "Ended", f"{breach['ended_at']}, {breach['late_seconds']} s of working time late"
    if breach["corrected_at"]:
        yield "Withdrawn", f"{breach['corrected_at']}, because of {breach['corrected_because']}"


def _written(case: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in case["causes"]:
        note = f" ({each['note']})" if each["note"] else ""
        yield each["at"], f"cause: {cause_words(each['cause'])}{note}, by {each['by']}"
    for each in case["notes"]:
        yield each["at"], f"note: {each['note']}, by {each['by']}"
    for each in case["remedies"]:
        yield each["at"], f"remedy: {each['remedy']}, {each['owner']} until {each['due']}, by {each['by']}"
    for each in case["reviews"]:
        outcome = f" ({each['outcome']})" if each["outcome"] else ""
        yield each["at"], f"review: {each['note']}{outcome}, by {each['by']}"
    for each in case["disputes"]:
        yield each["at"], f"dispute {each['decision']}: {each['reason']}, by {each['by']}"


def _exclusion(each: Mapping[str, Any]) -> str:
    followed = [f"{one['corrects']} was withdrawn at {one['at']}" for one in each["corrections"]]
    changed = "; ".join(followed) or "it withdrew nothing here"
    span = f"{each['from']} to {each['to']}, {each['reason']}"
    return f"{span} (by {each['by']} at {each['entered_at']}): {changed}"
