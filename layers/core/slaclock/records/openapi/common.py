"""Schemas that many answers share."""

from slaclock.domain.case_entry import LONGEST_TEXT
from slaclock.domain.taxonomy import KINDS
from slaclock.evidence.standing import STATUSES
from slaclock.records.declared import Schema
from slaclock.records.openapi.shapes import COUNT, TEXT, one_of, or_null, record, said
from slaclock.records.parameters import LONGEST

SCHEMAS: dict[str, Schema] = {
    "Instant": {
        "type": "string",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$",
        "examples": ["2026-03-27T14:05:00Z"],
    },
    "Moment": {
        "description": "A date, or an instant with its offset from UTC (`+` is written `%2B`).",
        "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
    },
    "Filter": {"type": "string", "minLength": 1, "maxLength": LONGEST},
    "Kind": one_of(*KINDS),
    "Status": one_of(*STATUSES),
    "Line": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_TEXT,
        "description": "One line of what can be printed.",
    },
    "Author": {"type": "string", "minLength": 1, "default": "local"},
    "Count": {"type": "integer", "minimum": 0},
    "Problem": record(
        {
            "type": {"const": "about:blank"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "pointer": said(TEXT, "The member at fault (RFC 6901)."),
            "parameter": said(TEXT, "The query parameter at fault."),
        },
        "An error (RFC 9457).",
        optional=("pointer", "parameter"),
    ),
    "Gateways": record({"message": or_null(TEXT)}, "What API Gateway says itself."),
    "Receipt": record(
        dict.fromkeys(("accepted", "duplicates", "ignored", "quarantined"), COUNT),
        "What became of a delivery's events.",
        closed=True,
    ),
}
