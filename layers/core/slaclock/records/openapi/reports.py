"""Attainment, statements of service credits, and how a running period stands."""

from slaclock.evidence.attainment import MOST_GROUPS, NAMED, TIMED, WEEKDAYS
from slaclock.records.attainment_query import MOST_BY
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

_RANKS = record({"median": or_null(COUNT), "p90": or_null(COUNT)})
_FIGURES: dict[str, Schema] = {
    "met": COUNT,
    "breached": COUNT,
    "attainment": said(or_null(_SHARE), "Rounded down; null where nothing was met or breached."),
    "open_overdue": said(COUNT, "How many of the breached are still open."),
    "cancelled": COUNT,
    "excluded": said(COUNT, "Breaches that were waived."),
    "corrected": COUNT,
    "reopened_share": or_null(_SHARE),
    "worked_seconds": said(_RANKS, "Working time, by nearest rank."),
    "wall_seconds": said(_RANKS, "Elapsed time, likewise."),
    "ratings": said(
        record(
            {
                "number": COUNT,
                "mean": or_null(TEXT),
                "values": or_null({"type": "object", "additionalProperties": COUNT}),
            }
        ),
        "The mean is of their thousandths, to two places, rounded half up. How often each value was given is"
        " said while they are no more than twenty.",
    ),
}
_GROUP = {name: or_null(TEXT) for name in NAMED} | {"weekday": one_of(*WEEKDAYS), "hour": COUNT}

SCHEMAS: dict[str, Schema] = {
    "Attainment": record(
        {
            "period": record({"from": DAY, "to": DAY, "zone": TEXT}),
            "as_of": INSTANT,
            "sealed": said(FLAG, "Every day of the period is over and sealed."),
            "by": list_of(one_of(*NAMED, *TIMED), maxItems=MOST_BY),
            "groups": list_of(record({**_GROUP, **_FIGURES}, optional=tuple(_GROUP)), maxItems=MOST_GROUPS),
            "total": record(_FIGURES),
        },
        "How many promises were kept.",
        closed=True,
    ),
    "Credits": record(
        {
            "period": ref("CreditPeriod"),
            "as_of": INSTANT,
            "customer": said(
                or_null(TEXT),
                "The customer from whose rows alone it is reckoned, for who is bound to him: of statements"
                " that were issued none is shown then.",
            ),
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
                "What is owed now beyond the last one issued: its total and this are the total now.",
            ),
            "at_risk": said(or_null(ref("AtRisk")), "Of the running period."),
        },
        "An agreement's credits for a period.",
        closed=True,
    ),
    "CreditPeriod": record(
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
            "period": ref("CreditPeriod"),
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
            "each": said(or_null(record({"breaches_left": COUNT})), "Before a breach is credited by itself."),
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
