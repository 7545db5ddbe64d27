"""A ticket's life as the plugin for osTicket tells it: with each signal, the ticket as it stands."""

from typing import Any

KIND = "mapping"
TICKET = "812"
CONNECTION: dict[str, Any] = {
    "mapping": "osticket",
    "scheme": "github",
    "customers": {"5": "acme"},
    "statuses": {"Waiting for customer": "pending", "Part on order": "on_hold"},
}

_RESPONSE, _MESSAGE, _NOTE = "R", "M", "N"


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    urgent: dict[str, Any] = {"priority": "Emergency"}
    second = urgent | {"department": {"id": 6, "name": "Second line"}}
    return [
        _entry("08:00:00", 3001, _MESSAGE, opening=True, staff=""),
        _told("ticket.created", "08:00:00", staff=""),
        _told("model.updated", "08:05:00"),
        _entry("08:20:00", 3002, _RESPONSE),
        _told("model.updated", "08:30:00", status="Part on order"),
        _told("model.updated", "08:45:00", status="Waiting for customer"),
        _entry("10:00:00", 3003, _MESSAGE),
        _told("model.updated", "10:15:00", **urgent),
        _entry("10:20:00", 3004, _NOTE, **urgent),
        _told("model.updated", "10:25:00", **second),
        _entry("10:30:00", 3005, _RESPONSE, **second),
        _told("model.updated", "11:00:00", status="Resolved", **second),
        _told("model.updated", "13:00:00", **second),
        _entry("13:00:30", 3006, _MESSAGE, **second),
        _entry("14:45:00", 3007, _RESPONSE, **second),
        _told("model.updated", "14:50:00", status="Resolved", **second),
        _told("model.updated", "2026-03-30T08:00:00", status="Closed", **second),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC, and on Monday, in
# summer time, they begin at 06:00. Urgent work goes on around the clock; a part on order is ours to wait for.
# The customer's message comes first, on a ticket that is still pending, and its state in the same second.
FACTS = [
    "2026-03-27T08:00:00Z clock_started first_response 1, due 2026-03-27T09:00:00Z",
    "2026-03-27T08:00:00Z clock_started resolution 1, due 2026-03-30T07:30:00Z",
    "2026-03-27T08:20:00Z clock_met first_response 1, due 2026-03-27T09:00:00Z, worked 1200 s",
    "2026-03-27T08:45:00Z clock_paused resolution 1",
    "2026-03-27T10:00:00Z clock_started next_response 1",
    "2026-03-27T10:00:00Z clock_paused next_response 1",
    "2026-03-27T10:00:00Z clock_resumed resolution 1, due 2026-03-30T08:45:00Z",
    "2026-03-27T10:00:00Z clock_resumed next_response 1, due 2026-03-27T12:30:00Z",
    "2026-03-27T10:15:00Z clock_retargeted resolution 1, due 2026-03-27T13:15:00Z",
    "2026-03-27T10:15:00Z clock_retargeted next_response 1, due 2026-03-27T11:00:00Z",
    "2026-03-27T10:30:00Z clock_met next_response 1, due 2026-03-27T11:00:00Z, worked 1800 s",
    "2026-03-27T11:00:00Z clock_met resolution 1, due 2026-03-27T13:15:00Z, worked 6300 s",
    "2026-03-27T13:00:00Z clock_started resolution 2, due 2026-03-27T15:15:00Z",
    "2026-03-27T13:00:30Z clock_started next_response 2, due 2026-03-27T14:00:30Z",
    "2026-03-27T14:00:30Z clock_breached next_response 2, due 2026-03-27T14:00:30Z, worked 3600 s",
    "2026-03-27T14:45:00Z breach_ended next_response 2, due 2026-03-27T14:00:30Z, worked 6270 s",
    "2026-03-27T14:50:00Z clock_met resolution 2, due 2026-03-27T15:15:00Z, worked 12900 s",
]


def _told(signal: str, at: str, **ticket: Any) -> tuple[str, dict[str, Any]]:
    instant = f"{at if 'T' in at else f'2026-03-27T{at}'}Z"
    members = {
        "id": int(TICKET),
        "number": "731904",
        "status": "Open",
        "priority": "High",
        "department": {"id": 2, "name": "Support"},
        "staff": "4",
        "organization": {"id": 5, "name": "Acme"},
        "created": "2026-03-27T08:00:00Z",
    }
    return instant, {"event": signal, "at": instant, "ticket": members | ticket}


def _entry(
    at: str, number: int, kind: str, *, opening: bool = False, **ticket: Any
) -> tuple[str, dict[str, Any]]:
    instant, body = _told("threadentry.created", at, **ticket)
    return instant, body | {"entry": {"id": number, "type": kind, "opening": opening, "created": instant}}
