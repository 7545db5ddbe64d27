"""Statements of service credits, and how a running period stands."""

from slaclock.records.declared import Schema, ref
from slaclock.records.openapi.shapes import (
    COUNT,
    DAY,
    FLAG,
    INSTANT,
    POSITIVE,
    TEXT,
    list_of,
    one_of,
    or_null,
    record,
    said,
)

_MONEY: Schema = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
_SHARE: Schema = {"type": "string", "pattern": "^[01]\\.[0-9]{4}$"}
_CREDIT = said(TEXT, "A share of the fee, `5%`, or an amount.")
_ROWS = list_of(TEXT)
_RIGHT: dict[str, Schema] = {
    "right": TEXT,
    "clause": TEXT,
    "breaches": POSITIVE,
    "in": TEXT,
}
_ISSUED: dict[str, Schema] = {
    "number": POSITIVE,
    "at": INSTANT,
    "total": _MONEY,
    "hash": TEXT,
}

SCHEMAS: dict[str, Schema] = {
    "Credits": record(
        {
            "period": ref("Period"),
            "as_of": INSTANT,
            "provisional": said(FLAG, "Not every day of the period is sealed yet."),
            "statement": ref("Statement"),
            "issued": said(
                or_null(record({**_ISSUED, "statement": ref("Statement")})),
                "The last statement that was issued, as it was then.",
            ),
            "earlier": said(list_of(record(_ISSUED)), "Those issued before it."),
            "difference": said(
                or_null(
                    record(
                        {
                            "total": _MONEY,
                            "added": list_of(ref("CreditLine")),
                            "removed": list_of(ref("CreditLine")),
                        }
                    )
                ),
                "What is owed now otherwise than in the last one issued: that total and this are the total now.",
            ),
            "at_risk": said(or_null(ref("AtRisk")), "Of the running period."),
        },
        "An agreement's credits for a period.",
        closed=True,
    ),
    "Period": record(
        {
            "name": TEXT,
            "from": DAY,
            "to": said(DAY, "The first day after it."),
            "zone": said(TEXT, "In which its days begin."),
        },
        "Days in a zone.",
        closed=True,
    ),
    "Statement": record(
        {
            "account": TEXT,
            "agreement": TEXT,
            "agreement_version": said(POSITIVE, "The one in force when the period began."),
            "agreement_hash": TEXT,
            "period": ref("Period"),
            "currency": TEXT,
            "fee": or_null(_MONEY),
            "met": COUNT,
            "breached": said(COUNT, "Those that count."),
            "attainment": said(
                or_null(_SHARE), "met ÷ (met + breached), rounded down; null where nothing counts."
            ),
            "counted": said(
                TEXT,
                "SHA-256 over the ids of all that is in the attainment, sorted, with a line feed between.",
            ),
            "forgiven": said(_ROWS, "Breaches within the grace."),
            "excluded": said(
                list_of(record({"id": TEXT, "because": TEXT})), "Breaches that earn nothing, and why."
            ),
            "lines": list_of(ref("CreditLine")),
            "cap": or_null(_MONEY),
            "total": said(_MONEY, "The sum of the lines."),
            "termination": said(
                list_of(record({**_RIGHT, "at": INSTANT, "rows": _ROWS}, optional=("clause",))),
                "Rights that a breach of the period gave.",
            ),
            "hash": said(TEXT, "SHA-256 over all other members in canonical JSON (RFC 8785)."),
        },
        "What is owed for a period, each figure with the rows it rests on.",
        closed=True,
    ),
    "CreditLine": record(
        {
            "why": one_of("band", "breach", "cap"),
            "of": TEXT,
            "said": _CREDIT,
            "clause": TEXT,
            "credit": _MONEY,
            "rows": said(_ROWS, "The ids of breaches, as the list of breaches has them."),
        },
        "One figure. The cap takes off what is above it.",
        optional=("clause",),
        closed=True,
    ),
    "AtRisk": record(
        {
            "gone": said(_SHARE, "The share of the period that has gone by."),
            "met": COUNT,
            "breached": COUNT,
            "forgiven": COUNT,
            "attainment": or_null(_SHARE),
            "breaches_left": said(
                or_null(COUNT), "Before the first band is lost; without bands, before a breach is credited."
            ),
            "bands": list_of(
                record({"below": TEXT, "credit": _CREDIT, "breaches_left": COUNT, "lost": FLAG})
            ),
            "each": said(
                or_null(record({"breaches_left": COUNT})), "Before a breach is credited by itself."
            ),
            "termination": list_of(record({**_RIGHT, "breaches_left": COUNT}, optional=("clause",))),
            "warnings": list_of(
                record(
                    {"below": TEXT, "breaches_left": COUNT, "notify": TEXT, "passed": FLAG},
                    optional=("below", "breaches_left"),
                )
            ),
        },
        "How many more breaches the period bears, as many tickets being kept as so far.",
        closed=True,
    ),
}
