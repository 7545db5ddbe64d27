"""A ticket's life as the rules of LiveAgent tell it, in the account's own time."""

from typing import Any

KIND = "mapping"
TICKET = "kq7x2m9d"
CONNECTION: dict[str, Any] = {
    "mapping": "liveagent",
    "timezone": "Europe/Bratislava",
    "customers": {"c-17": "acme"},
    "statuses": {"Z": "closed"},
}

_NEW, _OPEN, _ANSWERED, _POSTPONED, _RESOLVED, _ARCHIVED = "N", "C", "A", "W", "R", "Z"


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    second: dict[str, Any] = {"priority": "64", "department": {"id": "d-2", "name": "Second line"}}
    return [
        _told("ticket created", "09:00:00", _NEW, agent=""),
        _told("ticket transferred", "09:05:00", _OPEN),
        _told("agent message", "09:20:00", _OPEN, message="m-1"),
        _told("ticket status changed", "09:30:00", _POSTPONED),
        _told("ticket status changed", "09:45:00", _ANSWERED),
        _told("customer message", "11:00:00", _OPEN, message="m-2"),
        _told("ticket tags changed", "11:15:00", _OPEN, priority="64"),
        _told("note added", "11:20:00", _OPEN, message="m-3", priority="64"),
        _told("ticket transferred", "11:25:00", _OPEN, **second),
        _told("agent message", "11:30:00", _OPEN, message="m-4", **second),
        _told("ticket status changed", "12:00:00", _RESOLVED, **second),
        _told("ticket status changed", "14:00:00", _OPEN, **second),
        _told("customer message", "14:00:30", _OPEN, message="m-5", **second),
        _told("agent message", "15:45:00", _OPEN, message="m-6", **second),
        _told("ticket status changed", "15:50:00", _RESOLVED, **second),
        _told("ticket status changed", "2026-03-30 10:00:00", _ARCHIVED, **second),
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


def _told(event: str, at: str, status: str, **members: Any) -> tuple[str, dict[str, Any]]:
    """Bratislava is an hour ahead of UTC on that Friday, and two on the Monday after, in summer time."""
    local = at if " " in at else f"2026-03-27 {at}"
    return f"{local.replace(' ', 'T')}{'+02:00' if ' ' in at else '+01:00'}", {
        "event": event,
        "id": TICKET,
        "code": "RQX-ZTLMW-204",
        "status": status,
        "priority": "16",
        "department": {"id": "d-1", "name": "General"},
        "agent": "u-1",
        "company": "c-17",
        "tags": "export",
        "created": "2026-03-27 09:00:00",
        "changed": local,
        "message": "",
    } | members
