"""A ticket's life in CloudEvents: one by one, in a batch, and in binary mode."""

from typing import Any

KIND = "cloudevents"
TICKET = "SD-2044"
CONNECTION: dict[str, Any] = {}

_ONE = {"content-type": "application/cloudevents+json"}
_MANY = {"content-type": "application/cloudevents-batch+json"}
Told = tuple[str, Any, dict[str, str]]


def deliveries() -> list[Told]:
    """When each was sent, its body and its headers, in the order of what they tell."""
    urgent: dict[str, Any] = {"status": "open", "priority": "urgent"}
    return [
        _structured("created", "08:00:00", status="new", priority="high", customer={"id": "acme"}),
        _structured("assignee_changed", "08:05:00", status="open", assignee={"id": "a-1"}),
        _structured("agent_replied", "08:20:00", "agent"),
        _binary("status_changed", "08:30:00", status="on_hold"),
        _binary("status_changed", "08:45:00", status="pending"),
        _batch(
            _event("customer_replied", "10:00:00", "customer"),
            _event("status_changed", "10:00:00", status="open"),
        ),
        _structured("priority_changed", "10:15:00", **urgent),
        _structured("note_added", "10:20:00", "agent", public=False),
        _structured("team_changed", "10:25:00", team={"id": "second", "name": "Second line"}),
        _structured("agent_replied", "10:30:00", "agent"),
        _structured("solved", "11:00:00", status="solved"),
        _structured("reopened", "13:00:00", status="open"),
        _structured("customer_replied", "13:00:30", "customer"),
        _batch(_event("agent_replied", "14:45:00", "agent"), _event("solved", "14:50:00", status="solved")),
        _structured("closed", "2026-03-30T08:00:00", status="closed"),
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


def _event(
    kind: str, at: str, author: str | None = None, *, public: bool = True, **ticket: Any
) -> dict[str, Any]:
    instant = f"{at if 'T' in at else f'2026-03-27T{at}'}Z"
    comment = {"comment": {"public": public, "author": {"role": author}}} if author else {}
    return {
        "specversion": "1.0",
        "id": f"{instant}:{kind}",
        "source": "/desk/eu",
        "type": "com.example.desk.ticket",
        "time": instant,
        "subject": TICKET,
        "data": {"schema": "ticket-event/1", "type": kind, "ticket": ticket, **comment},
    }


def _structured(kind: str, at: str, author: str | None = None, *, public: bool = True, **ticket: Any) -> Told:
    event = _event(kind, at, author, public=public, **ticket)
    return event["time"], event, _ONE


def _batch(*events: dict[str, Any]) -> Told:
    """Sent when the last of them happened."""
    return events[-1]["time"], list(events), _MANY


def _binary(kind: str, at: str, **ticket: Any) -> Told:
    event = _event(kind, at, **ticket)
    data = event.pop("data")
    headers = {f"ce-{name}": value for name, value in event.items()}
    return event["time"], data, headers | {"content-type": "application/json"}
