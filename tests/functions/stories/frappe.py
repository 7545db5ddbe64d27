"""A ticket's life as Frappe Helpdesk tells it: the document each time, in the site's own time."""

from typing import Any

KIND = "frappe"
TICKET = "1204"
CONNECTION: dict[str, Any] = {"customers": {"Acme": "acme"}, "timezone": "Europe/Copenhagen"}

_GRACE, _ALAN = '["grace@desk.example"]', '["alan@desk.example"]'
_REPLIED = {"status": "Replied", "status_category": "Paused"}
_RESOLVED = {"status": "Resolved", "status_category": "Resolved"}


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell; in UTC an hour less."""
    taken = {"_assign": _GRACE}
    answered = {**taken, "first_responded_on": _at("09:20:00"), "last_agent_response": _at("09:20:00")}
    heard = {**answered, "last_customer_response": _at("11:10:00")}
    urgent = {**heard, "priority": "Urgent"}
    moved = {**urgent, "agent_group": "Second line", "_assign": _ALAN}
    again = {**moved, "last_agent_response": _at("11:40:00")}
    back = {**again, "last_customer_response": _at("12:30:00")}
    done = {**back, "last_agent_response": _at("12:45:00")}
    return [
        _told("09:00:00", {}, event="after_insert"),
        _told("09:10:00", taken),
        _told("09:20:00.047113", {**answered, **_REPLIED}),
        _told("11:10:00.051009", heard),
        _comment("11:15:00"),
        _told("11:20:00", urgent),
        _told("11:25:00", moved),
        _told("11:40:00.048200", again),
        _told("11:50:00", {**again, **_RESOLVED}),
        _told("12:30:00.090041", back),
        _told("12:45:00.044000", done),
        _told("16:30:00", {**done, **_RESOLVED}),
        _told("17:00:00", {**done, **_RESOLVED, "status": "Closed"}),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC, and on Monday, in
# summer time, they begin at 06:00. Urgent work goes on around the clock.
FACTS = [
    "2026-03-27T08:00:00Z clock_started first_response 1, due 2026-03-27T09:00:00Z",
    "2026-03-27T08:00:00Z clock_started resolution 1, due 2026-03-30T07:30:00Z",
    "2026-03-27T08:20:00Z clock_met first_response 1, due 2026-03-27T09:00:00Z, worked 1200 s",
    "2026-03-27T08:20:00Z clock_paused resolution 1",
    "2026-03-27T10:10:00Z clock_started next_response 1, due 2026-03-27T12:40:00Z",
    "2026-03-27T10:10:00Z clock_resumed resolution 1, due 2026-03-30T09:20:00Z",
    "2026-03-27T10:20:00Z clock_retargeted resolution 1, due 2026-03-27T13:50:00Z",
    "2026-03-27T10:20:00Z clock_retargeted next_response 1, due 2026-03-27T11:40:00Z",
    "2026-03-27T10:40:00Z clock_met next_response 1, due 2026-03-27T11:40:00Z, worked 1800 s",
    "2026-03-27T10:50:00Z clock_met resolution 1, due 2026-03-27T13:50:00Z, worked 3600 s",
    "2026-03-27T11:30:00Z clock_started next_response 2, due 2026-03-27T12:30:00Z",
    "2026-03-27T11:30:00Z clock_started resolution 2, due 2026-03-27T14:30:00Z",
    "2026-03-27T11:45:00Z clock_met next_response 2, due 2026-03-27T12:30:00Z, worked 900 s",
    "2026-03-27T14:30:00Z clock_breached resolution 2, due 2026-03-27T14:30:00Z, worked 14400 s",
    "2026-03-27T15:30:00Z breach_ended resolution 2, due 2026-03-27T14:30:00Z, worked 18000 s",
]


def _at(time: str) -> str:
    return f"2026-03-27 {time}"


def _sent(time: str) -> str:
    return f"2026-03-27T{time}+01:00"


def _told(at: str, changes: dict[str, Any], event: str = "on_update") -> tuple[str, dict[str, Any]]:
    document = {
        "doctype": "HD Ticket",
        "name": int(TICKET),
        "creation": _at("09:00:00"),
        "modified": _at(at),
        "status": "Open",
        "status_category": "Open",
        "priority": "High",
        "ticket_type": "Incident",
        "agent_group": "First line",
        "customer": "Acme",
        "_assign": None,
        "first_responded_on": None,
        "last_agent_response": None,
        "last_customer_response": _at("09:00:00.402117"),
        "is_merged": 0,
        "merged_with": None,
        **changes,
    }
    return _sent(at), {"event": event, "doc": document}


def _comment(at: str) -> tuple[str, dict[str, Any]]:
    comment = {"doctype": "HD Ticket Comment", "name": "d4e5f6a7b8", "reference_ticket": int(TICKET)}
    return _sent(at), {"event": "after_insert", "doc": {**comment, "creation": _at(at)}}
