"""A ticket with its clocks, and a team's queue."""

from slaclock.records.declared import Schema, ref
from slaclock.records.openapi.shapes import (
    ANY_RECORD,
    COUNT,
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
from slaclock.records.queue_query import MOST

_REFERENCE = record({"id": or_null(TEXT), "name": or_null(TEXT)}, optional=("id", "name"))
_SHOWN: dict[str, Schema] = {
    **dict.fromkeys(("key", "url", "ticket_type", "plan", "channel", "region"), TEXT),
    **dict.fromkeys(("team", "customer"), _REFERENCE),
    "service": {"anyOf": [TEXT, _REFERENCE]},
    "tags": list_of(TEXT),
}
_OF_A_QUEUE = {name: _SHOWN[name] for name in ("key", "url", "ticket_type", "team", "customer")}

SCHEMAS: dict[str, Schema] = {
    "Ticket": record(
        {
            "account": TEXT,
            "subject": TEXT,
            "ticket_id": TEXT,
            "status": or_null(TEXT),
            "priority": or_null(TEXT),
            **_SHOWN,
            "created_at": INSTANT,
            "agreement": said(
                or_null(TEXT), "The agreement that applies; with null, `reason` says why none does."
            ),
            "agreement_version": POSITIVE,
            "reason": TEXT,
            "agreements": list_of(ref("Considered")),
            "clocks": list_of(ref("Clock")),
            "facts": list_of(ref("Fact")),
            "messages": list_of(ref("Message")),
        },
        "What its helpdesk never said of it is left out.",
        optional=(*_SHOWN, "agreement_version", "reason"),
    ),
    "Considered": record(
        {
            "agreement": TEXT,
            "version": POSITIVE,
            "kind": one_of("customer", "internal", "supplier"),
            "applies": FLAG,
            "reasons": list_of(TEXT),
            "without_clock": list_of(record({"target": TEXT, "reason": TEXT})),
        },
        "An agreement, and why it applies or does not.",
        optional=("without_clock",),
    ),
    "Clock": record(
        {
            "agreement": TEXT,
            "agreement_version": POSITIVE,
            "target": TEXT,
            "metric": TEXT,
            "cycle": POSITIVE,
            "revision": COUNT,
            "state": one_of("running", "paused", "met", "breached", "ended", "cancelled"),
            "budget": TEXT,
            "started_at": INSTANT,
            "due_at": or_null(INSTANT),
            "next_moment": or_null(INSTANT),
            "stopped_at": or_null(INSTANT),
            "acknowledged_at": or_null(INSTANT),
            "worked_seconds": or_null(WHOLE),
            "explanation": said(ANY_RECORD, "Every span of the clock, and why it counted or did not."),
        },
        "The latest cycle of a clock. While it is paused there is no deadline.",
    ),
    "Fact": record(
        {
            "fact": TEXT,
            "id": TEXT,
            "account": TEXT,
            "ticket_id": TEXT,
            "subject": said(TEXT, "What it is about, where that is no ticket."),
            "agreement": TEXT,
            "agreement_version": WHOLE,
            "target": TEXT,
            "metric": TEXT,
            "cycle": WHOLE,
            "revision": COUNT,
            "at": INSTANT,
            "due_at": or_null(INSTANT),
            "cause": said(TEXT, "The input that caused it."),
            "seq": COUNT,
            "hash": TEXT,
        },
        "What happened, as `slaclock replay` prints it, with its place in the ticket's chain.",
        optional=("subject", "revision", "due_at", "cause"),
    ),
    "Message": record(
        {
            "fact_id": TEXT,
            "fact": TEXT,
            "level": or_null(WHOLE),
            "repeat": or_null(WHOLE),
            "audience": TEXT,
            "at": INSTANT,
            "message_id": or_null(TEXT),
            "suppressed": FLAG,
            "why": said(
                one_of(
                    "met",
                    "cancelled",
                    "missed",
                    "ended",
                    "withdrawn",
                    "acknowledged",
                    "overtaken",
                    "nobody_was_told",
                    "internal",
                    None,
                ),
                "Why it was not told: the clock of a reminder was met, cancelled or had missed its deadline;"
                " the breach of a later level had ended, was withdrawn or acknowledged; something newer, or"
                " the deadline, had overtaken it; its audience was told nothing that it could be the end of;"
                " or it is not for a customer.",
            ),
            "acknowledged_at": or_null(INSTANT),
            "acknowledged_by": or_null(TEXT),
            "acknowledged_claimed": or_null(FLAG),
        },
        "What was published about a fact, to whom and when; `suppressed` where it had nothing to say any"
        " more when its turn came, and `why`. A message that was told again has a row for each time. Of a"
        " breach, also who took it in hand.",
        closed=True,
    ),
    "Queue": record(
        {
            "account": TEXT,
            "team": TEXT,
            "tickets": list_of(ref("Waiting"), maxItems=MOST),
            "next": said(or_null(TEXT), "The cursor of the next page."),
        },
        closed=True,
    ),
    "Waiting": record(
        {
            "account": TEXT,
            "subject": TEXT,
            "ticket_id": TEXT,
            "status": TEXT,
            "priority": or_null(TEXT),
            **_OF_A_QUEUE,
            "due_at": said(or_null(INSTANT), "Null while it is paused."),
            "state": one_of("running", "paused", "breached"),
            "left_seconds": said(COUNT, "While it is paused, what there is if it goes on now."),
            "late_seconds": said(COUNT, "Nothing where the deadline is ahead."),
            "agreement": TEXT,
            "agreement_version": POSITIVE,
            "target": TEXT,
            "metric": TEXT,
            "calendar": said(TEXT, "The name of the calendar by which time is left."),
            "acknowledged_at": or_null(INSTANT),
        },
        "An open ticket, with the one of its clocks that presses most.",
        optional=_OF_A_QUEUE,
    ),
}
