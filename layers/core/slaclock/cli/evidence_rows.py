"""The rows of a breach in words, and what became of it, as `slaclock evidence verify` tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.case_entry import RAISED, UPHELD, WAIVED
from slaclock.domain.facts import fact_from_json
from slaclock.domain.instants import format_instant
from slaclock.domain.repeating import latest_of
from slaclock.evidence.standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# What is shown of a row, in this order, and under which name.
_SHOWN = {
    "due_at": "due",
    "decision": "decision",
    "root_cause": "cause",
    "note": "note",
    "remedy": "remedy",
    "owner": "owner",
    "due": "due",
    "outcome": "outcome",
    "by": "by",
    "to": "to",
    "reason": "reason",
}
_OF_A_BREACH = ("due_at",)  # which entries of its case repeat
_DISPUTES = {RAISED: "is disputed since", UPHELD: "was disputed, and upheld at", WAIVED: "was waived at"}


def about(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """What a file is about, by the rows that it shows; whether they are to be believed comes after."""
    if not rows:
        return
    told = rows[0]
    subject, ticket, account = told.get("subject", "ticket"), told.get("ticket_id"), told.get("account")
    yield f"{subject} {ticket} of account {account}: {told.get('target')} by {told.get('agreement')}"
    for row in rows:
        yield f"  {row.get('at')}  {_said(row)}"
    yield ""


def _said(row: Mapping[str, object]) -> str:
    """A row in a few words."""
    fact = str(row.get("fact"))
    left_out = _OF_A_BREACH if fact.startswith("case_") else ()
    shown = ((name, row.get(member)) for member, name in _SHOWN.items() if member not in left_out)
    more = ", ".join(f"{name} {value}" for name, value in shown if value)
    kind = fact.replace("_", " ")
    return f"{kind} ({more})" if more else kind


def named(rows: Sequence[Mapping[str, object]]) -> str:
    """What is proven: `the breach`, or one that was corrected or disputed, since it must not pass for it.

    `rows` are those of a file that can be read.
    """
    stands = standing(fact_from_json(row) for row in rows)
    found = []
    if stands and stands.corrected:
        found.append(f"was corrected: it was withdrawn at {format_instant(stands.corrected.at)}")
    dispute = latest_of(stands.entries, "case_dispute") if stands else None
    if dispute:
        found.append(f"{_DISPUTES[str(dispute.details['decision'])]} {format_instant(dispute.at)}")
    return f"a breach that {', and '.join(found)}" if found else "the breach"
