"""A ticket's life in canonical events, as a sender that nobody wrote an adapter for would tell it."""

from typing import Any

KIND = "generic"
TICKET = "case-9"
CONNECTION: dict[str, Any] = {}


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    return [
        _told("created", "08:00:00", status="new", priority="high", customer={"id": "acme"}),
        _told("assignee_changed", "08:05:00", status="open", assignee={"id": "a-1"}),
        _told("agent_replied", "08:20:00", author="agent", status="open"),
        _told("status_changed", "08:30:00", status="on_hold"),
        _told("status_changed", "08:45:00", status="pending"),
        _told("customer_replied", "10:00:00", author="customer", status="open"),
        _told("priority_changed", "10:15:00", status="open", priority="urgent"),
        _told("note_added", "10:20:00", author="agent", public=False, status="open"),
        _told("team_changed", "10:25:00", status="open", team={"id": "second", "name": "Second line"}),
        _told("agent_replied", "10:30:00", author="agent", status="open"),
        _told("solved", "11:00:00", status="solved", priority="urgent"),
        _told("reopened", "13:00:00", status="open", priority="urgent"),
        _told("customer_replied", "13:00:30", author="customer", status="open"),
        _told("tags_changed", "13:10:00", status="open", tags=["export", "vip"]),
        _told("agent_replied", "14:45:00", author="agent", status="open"),
        _told("solved", "14:50:00", status="solved"),
        _told("closed", "2026-03-30T08:00:00Z", status="closed"),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC, and on Monday, in
# summer time, they begin at 06:00. Urgent work goes on around the clock; a part on order is ours to wait for.
FACTS = [
    "2026-03-27T08:00:00Z clock_started first_response 1, due 2026-03-27T09:00:00Z",
    "2026-03-27T08:00:00Z clock_started resolution 1, due 2026-03-30T07:30:00Z",
    "2026-03-27T08:20:00Z clock_met first_response 1, due 2026-03-27T09:00:00Z, worked 1200 s",
    "2026-03-27T08:45:00Z clock_paused resolution 1",
    "2026-03-27T10:00:00Z clock_started next_response 1, due 2026-03-27T12:30:00Z",
    "2026-03-27T10:00:00Z clock_resumed resolution 1, due 2026-03-30T08:45:00Z",
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


def _told(
    kind: str, at: str, author: str | None = None, *, public: bool = True, **ticket: Any
) -> tuple[str, dict[str, Any]]:
    instant = at if "T" in at else f"2026-03-27T{at}Z"
    comment = {"comment": {"public": public, "author": {"role": author}}} if author else {}
    return instant, {
        "schema": "ticket-event/1",
        "event_id": f"shop:case-9:{instant}:{kind}",
        "source": "generic",
        "connection": "desk",
        "account": "example",
        "ticket_id": TICKET,
        "type": kind,
        "occurred_at": instant,
        "time_quality": "event",
        "received_at": instant,
        "ticket": ticket,
        "known": sorted(ticket),
        **comment,
    }
