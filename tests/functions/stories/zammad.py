"""A ticket's life as Zammad tells it: the whole ticket, saved some milliseconds after an article."""

from typing import Any

KIND = "zammad"
TICKET = "4711"
CONNECTION: dict[str, Any] = {
    "customers": {"9": "acme"},
    "priorities": {"4 emergency": "urgent"},
    "statuses": {"solved": "solved"},
}

_FIRST, _SECOND = {"id": 2, "name": "First line"}, {"id": 3, "name": "Second line"}
_NOBODY, _GRACE, _ALAN = ({"id": number} for number in (1, 17, 18))
_HIGH, _EMERGENCY = {"id": 3, "name": "3 high"}, {"id": 4, "name": "4 emergency"}


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    taken = {"owner": _GRACE, "state": "open"}
    answered = {**taken, "first_response_at": _at("08:20:00"), "last_contact_agent_at": _at("08:20:00")}
    heard = {**answered, "last_contact_customer_at": _at("10:10:00")}
    urgent = {**heard, "priority": _EMERGENCY}
    moved = {**urgent, "group": _SECOND, "owner": _ALAN}
    again = {**moved, "last_contact_agent_at": _at("10:40:00")}
    back = {**again, "last_contact_customer_at": _at("11:30:00")}
    done = {**back, "last_contact_agent_at": _at("11:45:00")}
    return [
        _told("08:00:00.050", {}, _article(1, "08:00:00.020", "Customer")),
        _told("08:10:00", taken),
        _told("08:20:00.047", {**answered, "state": "pending reminder"}, _article(2, "08:20:00", "Agent")),
        _told("10:10:00.051", heard, _article(3, "10:10:00", "Customer")),
        _told("10:15:00.012", heard, _article(4, "10:15:00", "Agent", type="note", internal=True)),
        _told("10:20:00", urgent),
        _told("10:25:00", moved),
        _told("10:40:00.048", again, _article(5, "10:40:00", "Agent")),
        _told("10:50:00", {**again, "state": "solved"}),
        _told("11:30:00.090", back, _article(6, "11:30:00", "Customer")),
        _told("11:45:00.044", done, _article(7, "11:45:00", "Agent")),
        _told("15:30:00", {**done, "state": "solved"}),
        _told("16:00:00", {**done, "state": "closed"}),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC, and on Monday, in
# summer time, they begin at 06:00. Urgent work goes on around the clock.
FACTS = [
    "2026-03-27T08:00:00.05Z clock_started first_response 1, due 2026-03-27T09:00:00Z",
    "2026-03-27T08:00:00.05Z clock_started resolution 1, due 2026-03-30T07:30:00Z",
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
    return f"2026-03-27T{time}Z"


def _article(number: int, at: str, sender: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "sender": sender,
        "type": "email",
        "internal": False,
        "created_at": _at(at),
        **changes,
    }


def _told(
    at: str, changes: dict[str, Any], article: dict[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    ticket = {
        "id": int(TICKET),
        "number": "274711",
        "created_at": _at("08:00:00.000"),
        "updated_at": _at(at),
        "last_contact_customer_at": _at("08:00:00.020"),
        "state": "new",
        "priority": _HIGH,
        "group": _FIRST,
        "owner": _NOBODY,
        "organization": {"id": 9, "name": "Acme"},
        **changes,
    }
    return _at(at), {"ticket": ticket, "article": article or {}}
