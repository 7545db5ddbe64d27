"""Breaches, one breach with its rows, and its evidence."""

from slaclock.records.breach_query import MOST
from slaclock.records.breach_view import MOST_SHOWN
from slaclock.records.declared import Schema, ref
from slaclock.records.openapi.shapes import (
    ANY_RECORD,
    COUNT,
    DAY,
    FLAG,
    INSTANT,
    POSITIVE,
    TEXT,
    WHOLE,
    list_of,
    one_of,
    or_null,
    record,
    said,
)

_BREACH: dict[str, Schema] = {
    "id": TEXT,
    "status": ref("Status"),
    "account": TEXT,
    "subject": TEXT,
    "ticket_id": TEXT,
    **dict.fromkeys(("customer", "team", "priority", "service"), or_null(TEXT)),
    "agreement": TEXT,
    "agreement_version": POSITIVE,
    "kind": ref("Kind"),
    "clause": or_null(TEXT),
    "target": TEXT,
    "metric": TEXT,
    "cycle": POSITIVE,
    "revision": COUNT,
    "budget": or_null(TEXT),
    "due_at": or_null(INSTANT),
    "at": INSTANT,
    "reason": or_null(TEXT),
    "detected_at": or_null(INSTANT),
    "detected_by": or_null(TEXT),
    "broke_first": said(or_null(ANY_RECORD), "Another promise of this ticket that broke before it."),
    **dict.fromkeys(
        ("target_seconds", "worked_seconds", "late_seconds", "late_wall_seconds"), or_null(WHOLE)
    ),
    "acknowledged_at": or_null(INSTANT),
    "acknowledged_by": or_null(TEXT),
    "acknowledged_level": or_null(WHOLE),
    "acknowledged_claimed": or_null(FLAG),
    "ended_at": or_null(INSTANT),
    "corrected_at": or_null(INSTANT),
    "corrected_because": or_null(TEXT),
    "cause": said(or_null(TEXT), "The latest cause that somebody gave."),
    "remedy": or_null(TEXT),
    "remedy_owner": or_null(TEXT),
    "remedy_due": or_null(DAY),
    "reviewed_at": or_null(INSTANT),
    "review_outcome": or_null(TEXT),
    "dispute": said(one_of("raised", "upheld", "waived", None), "The latest one."),
    "dispute_at": or_null(INSTANT),
    "dispute_by": or_null(TEXT),
    "entries": said(COUNT, "How many its case has."),
    "timezone": or_null(TEXT),
    "recorded_at": INSTANT,
    "agreement_hash": or_null(TEXT),
    "hash": TEXT,
}
_ENTRIES = list_of(ref("Entry"))
_EXCLUSION = record(
    {
        "id": TEXT,
        "from": INSTANT,
        "to": INSTANT,
        "reason": TEXT,
        "by": TEXT,
        "entered_at": INSTANT,
        "recorded_at": INSTANT,
        "corrections": list_of(record({"id": TEXT, "corrects": TEXT, "at": INSTANT}, closed=True)),
    },
    closed=True,
)
_OUTCOME = record(
    {
        "id": TEXT,
        "fact": one_of("clock_met", "clock_breached", "clock_cancelled"),
        "revision": COUNT,
        "at": INSTANT,
        "due_at": or_null(INSTANT),
        "withdrawn": FLAG,
    },
    closed=True,
)

SCHEMAS: dict[str, Schema] = {
    "Breaches": record(
        {
            "breaches": list_of(ref("Breach"), maxItems=MOST),
            "next": said(or_null(TEXT), "The cursor of the next page."),
        },
        closed=True,
    ),
    "Breach": record(
        _BREACH,
        "What has not happened is null. Once there is an end, `worked_seconds` runs to it.",
        closed=True,
    ),
    "BreachAndCase": record(
        {
            "id": TEXT,
            "status": ref("Status"),
            "case": said(
                record(
                    dict.fromkeys(("causes", "notes", "remedies", "reviews", "disputes"), _ENTRIES),
                    closed=True,
                ),
                "What was written into it, in the order of time.",
            ),
            "exclusions": said(
                list_of(_EXCLUSION),
                "Those entered since the breach was first told that count for it, each with the corrections"
                " that followed.",
            ),
            "outcomes": said(
                list_of(_OUTCOME),
                "What the cycle was told to have come to, in the order of telling; what is not withdrawn"
                " stands.",
            ),
            "rows": said(
                list_of(ref("Row"), maxItems=MOST_SHOWN + 1),
                f"The row that told this breach and the latest {MOST_SHOWN} of its others, in the order of"
                " recording.",
            ),
            "left_out": said(COUNT, "How many older rows are neither among `rows` nor in `case`."),
        },
        "All members of a breach, and these.",
    ),
    "Row": record(
        {
            "fact": TEXT,
            "id": TEXT,
            "account": TEXT,
            "ticket_id": TEXT,
            "agreement": TEXT,
            "agreement_version": POSITIVE,
            "agreement_hash": or_null(TEXT),
            "target": TEXT,
            "metric": TEXT,
            "kind": ref("Kind"),
            "clause": TEXT,
            "cycle": POSITIVE,
            "revision": COUNT,
            "at": INSTANT,
            "due_at": or_null(INSTANT),
            "engine": TEXT,
            "seq": POSITIVE,
            "recorded_at": INSTANT,
            "cause": said(TEXT, "The input that caused it."),
            "cause_hash": or_null(TEXT),
            "hash": TEXT,
        },
        "A row of the ledger, with its place in its ticket's chain, and the engine that recorded it.",
        optional=("clause", "cause"),
    ),
    "Evidence": record(
        {
            "schema": {"const": "evidence/1"},
            "breach": TEXT,
            "made_at": INSTANT,
            "engine": TEXT,
            "tzdata": TEXT,
            "account": TEXT,
            "ticket": TEXT,
            "agreements": list_of(ANY_RECORD, minItems=1),
            "endings": list_of(ANY_RECORD),
            "reads": ANY_RECORD,
            "exclusions": list_of(ANY_RECORD),
            "log": list_of(ANY_RECORD, minItems=1),
            "facts": list_of(ANY_RECORD, minItems=1),
            "rows": list_of(TEXT, minItems=1),
            "fold": list_of(ANY_RECORD),
            "proofs": list_of(ANY_RECORD),
            "seals": ANY_RECORD,
            "hash": TEXT,
        },
        "All there is to a breach; docs/schemas/evidence-1.schema.json says more of each member.",
        closed=True,
    ),
}
