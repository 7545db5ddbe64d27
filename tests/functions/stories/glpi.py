"""A ticket's life as GLPI tells it: the ticket after each change, and followups apart."""

from typing import Any

KIND = "mapping"
TICKET = "5120"
CONNECTION: dict[str, Any] = {
    "mapping": "glpi",
    "scheme": "glpi",
    "customers": {"3": "acme"},
    "statuses": {"3": "on_hold"},
}

_NEW, _WORKING, _PLANNED, _PENDING, _SOLVED, _CLOSED = range(1, 7)
_HIGH, _VERY_HIGH = 4, 5
_FIRST, _SECOND = ("First line", 7), ("Second line", 8)


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    return [
        _ticket("08:00:00", _NEW, event="new", assigned=None),
        _ticket("08:05:00", _WORKING),
        _followup("08:20:00", 9001, "andy"),
        _ticket("08:20:00", _WORKING),
        _ticket("08:30:00", _PLANNED),
        _ticket("08:45:00", _PENDING),
        _followup("10:00:00", 9002, "cora"),
        _ticket("10:00:00", _WORKING),
        _ticket("10:15:00", _WORKING, _VERY_HIGH),
        _followup("10:20:00", 9003, "andy", private=True),
        _ticket("10:25:00", _WORKING, _VERY_HIGH, _SECOND),
        _followup("10:30:00", 9004, "andy"),
        _ticket("11:00:00", _SOLVED, _VERY_HIGH, _SECOND),
        _ticket("13:00:00", _WORKING, _VERY_HIGH, _SECOND),
        _followup("13:00:30", 9005, "cora"),
        _followup("14:45:00", 9006, "andy"),
        _ticket("14:50:00", _SOLVED, _VERY_HIGH, _SECOND),
        _ticket("2026-03-30T08:00:00", _CLOSED, _VERY_HIGH, _SECOND),
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


def _instant(at: str) -> str:
    return f"{at if 'T' in at else f'2026-03-27T{at}'}+00:00"


def _team(assigned: tuple[str, int] | None) -> list[dict[str, str]]:
    asker = {"role": "requester", "name": "cora", "href": "/front/user.form.php?id=41"}
    if assigned is None:
        return [asker]
    name, number = assigned
    group = {"role": "assigned", "name": name, "href": f"/front/group.form.php?id={number}"}
    return [asker, group, {"role": "assigned", "name": "andy", "href": "/front/user.form.php?id=12"}]


def _ticket(
    at: str,
    status: int,
    priority: int = _HIGH,
    assigned: tuple[str, int] | None = _FIRST,
    event: str = "update",
) -> tuple[str, dict[str, Any]]:
    item = {
        "id": int(TICKET),
        "is_deleted": False,
        "priority": priority,
        "date": _instant("08:00:00"),
        "date_creation": _instant("08:00:00"),
        "date_mod": _instant(at),
        "type": 1,
        "status": {"id": status, "name": "…"},
        "entity": {"id": 3, "name": "Acme"},
        "team": _team(assigned),
    }
    return _instant(at), {"item": item, "event": event}


def _followup(at: str, number: int, author: str, *, private: bool = False) -> tuple[str, dict[str, Any]]:
    item = {
        "id": number,
        "itemtype": "Ticket",
        "items_id": int(TICKET),
        "is_private": private,
        "user": {"id": 12 if author == "andy" else 41, "name": author},
        "date_creation": _instant(at),
        "date_mod": _instant(at),
    }
    parent = {"id": int(TICKET), "date": _instant("08:00:00"), "team": _team(_FIRST)}
    return _instant(at), {"item": item, "event": "new", "parent_item": parent}
