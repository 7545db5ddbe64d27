"""A conversation's life as Intercom tells it, each notification with the part that it is about."""

from typing import Any

from slaclock.domain.instants import parse_instant

KIND = "intercom"
TICKET = "7150026000411"
CONNECTION: dict[str, Any] = {"customers": {"69c0ac3e": "acme"}, "priorities": {"priority": "urgent"}}

_ASKER = {"type": "user", "id": "69c1ada0"}
_FIRST, _SECOND = {"type": "admin", "id": "530301"}, {"type": "admin", "id": "530302"}
_CREATED = "2026-03-27T08:00:00Z"


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    return [
        _told("user.created", _CREATED),
        _told("admin.assigned", "2026-03-27T08:10:00Z", _FIRST, "assignment", assignee=_FIRST),
        _told("admin.replied", "2026-03-27T08:20:00Z", _FIRST, "comment", assignee=_FIRST),
        _told("admin.snoozed", "2026-03-27T08:20:30Z", _FIRST, "snoozed", "snoozed", assignee=_FIRST),
        _told("user.replied", "2026-03-27T10:10:00Z", _ASKER, "comment", assignee=_FIRST),
        _told("priority.updated", "2026-03-27T10:20:00Z", _FIRST, urgent=True, assignee=_FIRST),
        _told("admin.assigned", "2026-03-27T10:25:00Z", _FIRST, "assignment", urgent=True, assignee=_SECOND),
        _told("admin.replied", "2026-03-27T10:40:00Z", _SECOND, "comment", urgent=True, assignee=_SECOND),
        _told("admin.closed", "2026-03-27T10:50:00Z", _SECOND, "close", "closed", urgent=True),
        _told("admin.opened", "2026-03-27T11:30:00Z", _SECOND, "open", urgent=True, assignee=_SECOND),
        _told("admin.replied", "2026-03-27T11:45:00Z", _SECOND, "comment", urgent=True, assignee=_SECOND),
        _told("rating.added", "2026-03-27T11:50:00Z", urgent=True, assignee=_SECOND),
        _told("admin.closed", "2026-03-27T14:00:00Z", _SECOND, "close", "closed", urgent=True),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC; three working
# days from it is Wednesday, in summer time, with the pause on top. Urgent work goes on around the clock.
FACTS = [
    "2026-03-27T08:00:00Z clock_started first_response 1, due 2026-03-30T07:30:00Z",
    "2026-03-27T08:00:00Z clock_started resolution 1, due 2026-04-01T07:00:00Z",
    "2026-03-27T08:20:00Z clock_met first_response 1, due 2026-03-30T07:30:00Z, worked 1200 s",
    "2026-03-27T08:20:30Z clock_paused resolution 1",
    "2026-03-27T10:10:00Z clock_started next_response 1, due 2026-03-30T09:40:00Z",
    "2026-03-27T10:10:00Z clock_resumed resolution 1, due 2026-04-01T08:49:30Z",
    "2026-03-27T10:20:00Z clock_retargeted resolution 1, due 2026-03-27T13:49:30Z",
    "2026-03-27T10:20:00Z clock_retargeted next_response 1, due 2026-03-27T11:40:00Z",
    "2026-03-27T10:40:00Z clock_met next_response 1, due 2026-03-27T11:40:00Z, worked 1800 s",
    "2026-03-27T10:50:00Z clock_met resolution 1, due 2026-03-27T13:49:30Z, worked 3630 s",
    "2026-03-27T11:30:00Z clock_started resolution 2, due 2026-03-27T14:29:30Z",
    "2026-03-27T14:00:00Z clock_met resolution 2, due 2026-03-27T14:29:30Z, worked 12630 s",
]


def _told(
    topic: str,
    at: str,
    author: dict[str, Any] | None = None,
    part_type: str = "priority_changed",
    state: str = "open",
    *,
    urgent: bool = False,
    assignee: dict[str, Any] | None = None,
) -> tuple[str, dict[str, Any]]:
    seconds = round(parse_instant(at).timestamp())
    part = {"id": str(seconds), "part_type": part_type, "created_at": seconds, "author": author}
    item = {
        "type": "conversation",
        "id": TICKET,
        "created_at": round(parse_instant(_CREATED).timestamp()),
        "updated_at": seconds,
        "source": {"type": "email"},
        "admin_assignee_id": int(assignee["id"]) if assignee else None,
        "team_assignee_id": 6601,
        "company": {"type": "company", "id": "69c0ac3e"},
        "open": state != "closed",
        "state": state,
        "priority": "priority" if urgent else "not_priority",
        "conversation_parts": {"conversation_parts": [part] if author else []},
    }
    return at, {
        "type": "notification_event",
        "topic": f"conversation.{topic}",
        "id": f"notif_{topic}_{seconds}",
        "created_at": seconds + 1,
        "delivery_attempts": 1,
        "data": {"type": "notification_event_data", "item": item},
    }
