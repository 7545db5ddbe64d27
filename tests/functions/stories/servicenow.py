"""A ticket's life as the business rule of ServiceNow tells it: a comment and the record in one delivery."""

from typing import Any

KIND = "mapping"
TICKET = "6f1c2e9a1b3d4c50a1e7f0b2c4d6e8f0"
_ACME = "31bea3d53790200044e0bfc8bcbe5d6c"
CONNECTION: dict[str, Any] = {
    "mapping": "servicenow",
    "scheme": "servicenow",
    "customers": {_ACME: "acme"},
    "statuses": {"3": "pending", "9": "on_hold"},
}

_NEW, _WORKING, _WAITING, _PARTS, _RESOLVED, _CLOSED = "1", "2", "3", "9", "6", "7"
_AGENT, _CALLER = {"by": "agent", "public": True}, {"by": "customer", "public": True}


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    told: list[tuple[str, str, dict[str, Any]]] = [
        ("08:00:00", _NEW, {"assigned_to_id": ""}),
        ("08:05:00", _WORKING, {}),
        ("08:20:00", _WORKING, {"comment": _AGENT}),
        ("08:30:00", _PARTS, {}),
        ("08:45:00", _WAITING, {}),
        ("10:00:00", _WORKING, {"comment": _CALLER}),
        ("10:15:00", _WORKING, {"priority": "1"}),
        ("10:20:00", _WORKING, {"priority": "1", "comment": {"by": "agent", "public": False}}),
        ("10:25:00", _WORKING, {"priority": "1", "assignment_group": {"id": "g-2", "name": "Second line"}}),
        ("10:30:00", _WORKING, {"priority": "1", "comment": _AGENT}),
        ("11:00:00", _RESOLVED, {"priority": "1"}),
        ("13:00:00", _WORKING, {"priority": "1"}),
        ("13:00:30", _WORKING, {"priority": "1", "comment": _CALLER}),
        ("14:45:00", _WORKING, {"priority": "1", "comment": _AGENT}),
        ("14:50:00", _RESOLVED, {"priority": "1"}),
        ("2026-03-30T08:00:00", _CLOSED, {"priority": "1"}),
    ]
    return [_told(count, *each) for count, each in enumerate(told)]


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


def _told(count: int, at: str, state: str, members: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    instant = at if "T" in at else f"2026-03-27T{at}"
    return f"{instant}Z", {
        "event": "update" if count else "insert",
        "sys_id": TICKET,
        "number": "INC0045017",
        "sys_mod_count": str(count),
        "sys_updated_on": instant.replace("T", " "),
        "opened_at": "2026-03-27 08:00:00",
        "state": state,
        "priority": "2",
        "category": "software",
        "assignment_group": {"id": "g-1", "name": "Service Desk"},
        "assigned_to_id": "u-1",
        "company": {"id": _ACME, "name": "Acme"},
        "comment": None,
    } | members
