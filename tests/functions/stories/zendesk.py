"""A ticket's life as Zendesk's event subscriptions tell it, several events to an action."""

from typing import Any

KIND = "zendesk"
TICKET = "35436"
CONNECTION: dict[str, Any] = {"customers": {"360009876543": "acme"}}

_FIRST, _SECOND, _ASKER = "8447388090494", "8447388090511", "8447388090600"
_ALICE, _BOB = "8447320465001", "8447320465002"


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    return [
        _told(1, "created", "08:00:00", "NEW", "HIGH"),
        _told(2, "agent_assignment_changed", "08:10:00", "OPEN", "HIGH", _ALICE, _changed(None, _ALICE)),
        _told(3, "status_changed", "08:10:00", "OPEN", "HIGH", _ALICE, _changed("NEW", "OPEN")),
        _told(4, "comment_added", "08:20:00", "PENDING", "HIGH", _ALICE, _comment(701, _ALICE, staff=True)),
        _told(5, "status_changed", "08:20:00", "PENDING", "HIGH", _ALICE, _changed("OPEN", "PENDING")),
        _told(6, "comment_added", "10:10:00", "OPEN", "HIGH", _ALICE, _comment(702, _ASKER, staff=False)),
        _told(7, "status_changed", "10:10:00", "OPEN", "HIGH", _ALICE, _changed("PENDING", "OPEN")),
        _told(8, "priority_changed", "10:20:00", "OPEN", "URGENT", _ALICE, _changed("HIGH", "URGENT")),
        _told(9, "group_assignment_changed", "10:25:00", "OPEN", "URGENT", _BOB, _changed(_FIRST, _SECOND)),
        _told(10, "agent_assignment_changed", "10:25:00", "OPEN", "URGENT", _BOB, _changed(_ALICE, _BOB)),
        _told(11, "comment_added", "10:40:00", "OPEN", "URGENT", _BOB, _comment(703, _BOB, staff=True)),
        _told(12, "status_changed", "10:50:00", "SOLVED", "URGENT", _BOB, _changed("OPEN", "SOLVED")),
        _told(13, "status_changed", "11:30:00", "OPEN", "URGENT", _BOB, _changed("SOLVED", "OPEN")),
        _told(14, "comment_added", "11:30:00", "OPEN", "URGENT", _BOB, _comment(704, _ASKER, staff=False)),
        _told(15, "comment_added", "11:45:00", "OPEN", "URGENT", _BOB, _comment(705, _BOB, staff=True)),
        _told(16, "status_changed", "15:30:00", "SOLVED", "URGENT", _BOB, _changed("OPEN", "SOLVED")),
        _told(17, "status_changed", "16:00:00", "CLOSED", "URGENT", _BOB, _changed("SOLVED", "CLOSED")),
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
    "2026-03-27T11:30:00Z clock_started resolution 2, due 2026-03-27T14:30:00Z",
    "2026-03-27T11:30:00Z clock_started next_response 2, due 2026-03-27T12:30:00Z",
    "2026-03-27T11:45:00Z clock_met next_response 2, due 2026-03-27T12:30:00Z, worked 900 s",
    "2026-03-27T14:30:00Z clock_breached resolution 2, due 2026-03-27T14:30:00Z, worked 14400 s",
    "2026-03-27T15:30:00Z breach_ended resolution 2, due 2026-03-27T14:30:00Z, worked 18000 s",
]


def _changed(before: str | None, after: str) -> dict[str, Any]:
    return {"previous": before, "current": after}


def _comment(number: int, author: str, *, staff: bool) -> dict[str, Any]:
    return {"comment": {"id": str(number), "is_public": True, "author": {"id": author, "is_staff": staff}}}


def _told(
    number: int,
    kind: str,
    at: str,
    status: str,
    priority: str,
    assignee: str | None = None,
    event: dict[str, Any] | None = None,
) -> tuple[str, dict[str, Any]]:
    instant = f"2026-03-27T{at}Z"
    detail = {
        "id": TICKET,
        "status": status,
        "priority": priority,
        "group_id": _SECOND if assignee == _BOB else _FIRST,
        "assignee_id": assignee,
        "requester_id": _ASKER,
        "organization_id": "360009876543",
        "tags": ["export"],
        "created_at": "2026-03-27T08:00:00Z",
        "updated_at": instant,
        "via": {"channel": "web"},
    }
    # One action's events share a group, in an order that Zendesk does not keep to when it sends them.
    meta = {"sequence": {"id": f"action-{at}", "position": number}}
    return instant, {
        "id": f"01JQB6Z0000000000000000{number:03}",
        "type": f"zen:event-type:ticket.{kind}",
        "time": instant,
        "account_id": 21436587,
        "detail": detail,
        "event": {**(event or {}), "meta": meta},
    }
