"""What is posted about a breach, and what is answered: entries of its case, acknowledgements, hand-overs."""

from slaclock.domain.case_entry import DECISIONS, LONGEST_NAME
from slaclock.domain.hand_over import LONGEST_NOTE
from slaclock.domain.taxonomy import LONGEST_CAUSE
from slaclock.records.declared import NAME, Schema, ref
from slaclock.records.http import LONGEST_CALLER
from slaclock.records.openapi.shapes import DAY, FLAG, INSTANT, POSITIVE, TEXT, one_of, or_null, record, said

_LINE, _AUTHOR = ref("Line"), ref("Author")
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}

SCHEMAS: dict[str, Schema] = {
    "Entry": record(
        {
            "id": TEXT,
            "by": TEXT,
            "at": INSTANT,
            "recorded_at": INSTANT,
            "cause": TEXT,
            "note": or_null(TEXT),
            "remedy": TEXT,
            "owner": TEXT,
            "due": DAY,
            "outcome": or_null(TEXT),
            "decision": one_of(*DECISIONS),
            "reason": TEXT,
        },
        "An entry of a case, with the members of its kind.",
        optional=("cause", "note", "remedy", "owner", "due", "outcome", "decision", "reason"),
        closed=True,
    ),
    "CaseRow": {
        "description": "The row of an entry. Of a cause, `root_cause` is its name.",
        "allOf": [
            ref("Row"),
            record({"breach": TEXT, "by": TEXT, "root_cause": TEXT}, optional=("root_cause",)),
        ],
    },
    "Cause": record(
        {
            "cause": {
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST_CAUSE,
                "description": "One of the agreement's.",
                "examples": ["third party"],
            },
            "note": or_null(_LINE),
            "by": _AUTHOR,
        },
        optional=("note", "by"),
        closed=True,
    ),
    "Note": record({"note": _LINE, "by": _AUTHOR}, optional=("by",), closed=True),
    "Remedy": record(
        {
            "remedy": _LINE,
            "owner": _NAME,
            "due": {
                **DAY,
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                "description": "From 1970 to 2200.",
            },
            "by": _AUTHOR,
        },
        optional=("by",),
        closed=True,
    ),
    "Review": record(
        {"note": _LINE, "outcome": or_null(_NAME), "by": _AUTHOR}, optional=("outcome", "by"), closed=True
    ),
    "Dispute": record(
        {"decision": one_of(*DECISIONS), "reason": _LINE, "by": _AUTHOR}, optional=("by",), closed=True
    ),
    "Acknowledging": record(
        {
            "by": said(
                {**NAME, "default": "local"},
                f"A name of 1 to {LONGEST_CALLER} characters in one line, spaces around it not counted.",
            )
        },
        optional=("by",),
    ),
    "Acknowledged": record(
        {
            **dict.fromkeys(("id", "breach", "account", "ticket_id", "by"), TEXT),
            "at": INSTANT,
            "claimed": said(FLAG, "Whether `by` is what somebody typed on the page behind a link."),
            "level": said(or_null(POSITIVE), "At which level of the ladder, if any was told."),
        },
        closed=True,
    ),
    "HandingOver": record(
        {
            "to": said(NAME, "An audience that has a topic, or a rota of the agreement."),
            "by": {**NAME, "default": "local"},
            "note": said(or_null(TEXT), f"A line of 1 to {LONGEST_NOTE} characters."),
        },
        optional=("by", "note"),
    ),
    "HandedOver": record(
        {
            "id": said(TEXT, "Of the fact that tells it."),
            **dict.fromkeys(("breach", "account", "ticket_id", "to", "by"), TEXT),
            "at": INSTANT,
            "note": or_null(TEXT),
        },
        closed=True,
    ),
}
