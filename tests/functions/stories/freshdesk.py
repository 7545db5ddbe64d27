"""A ticket's life as an app in Freshdesk forwards it: replies apart, and a change by what was and what is."""

from typing import Any

from slaclock.domain.instants import parse_instant

KIND = "freshdesk"
TICKET = "20431"
CONNECTION: dict[str, Any] = {"customers": {"48001234": "acme"}}

_ASKER, _FIRST, _SECOND = 48000911, 48000301, 48000302
_CREATED = "2026-03-27T08:00:00Z"
_OPEN, _PENDING, _RESOLVED, _CLOSED = 2, 3, 4, 5
_HIGH, _URGENT = 3, 4


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    return [
        _told("onTicketCreate", _CREATED),
        _told("onTicketUpdate", "2026-03-27T08:10:00Z", responder_id=[None, _FIRST]),
        _replied(55001, "2026-03-27T08:20:00Z", _FIRST),
        _told("onTicketUpdate", "2026-03-27T08:20:01Z", status=[_OPEN, _PENDING]),
        _replied(55002, "2026-03-27T10:10:00Z", _ASKER),
        _told("onTicketUpdate", "2026-03-27T10:10:01Z", status=[_PENDING, _OPEN]),
        _told("onTicketUpdate", "2026-03-27T10:20:00Z", priority=[_HIGH, _URGENT]),
        _told("onTicketUpdate", "2026-03-27T10:25:00Z", responder_id=[_FIRST, _SECOND]),
        _replied(55003, "2026-03-27T10:40:00Z", _SECOND),
        _told("onTicketUpdate", "2026-03-27T10:50:00Z", status=[_OPEN, _RESOLVED]),
        _told("onTicketUpdate", "2026-03-27T11:30:00Z", status=[_RESOLVED, _OPEN]),
        _replied(55004, "2026-03-27T11:45:00Z", _SECOND),
        _told("onTicketUpdate", "2026-03-27T14:00:00Z", status=[_OPEN, _CLOSED]),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC, and on Monday, in
# summer time, they begin at 06:00. Urgent work goes on around the clock. The customer's answer and the end of
# the pause are two deliveries, a second apart.
FACTS = [
    "2026-03-27T08:00:00Z clock_started first_response 1, due 2026-03-27T09:00:00Z",
    "2026-03-27T08:00:00Z clock_started resolution 1, due 2026-03-30T07:30:00Z",
    "2026-03-27T08:20:00Z clock_met first_response 1, due 2026-03-27T09:00:00Z, worked 1200 s",
    "2026-03-27T08:20:01Z clock_paused resolution 1",
    "2026-03-27T10:10:00Z clock_started next_response 1",
    "2026-03-27T10:10:00Z clock_paused next_response 1",
    "2026-03-27T10:10:01Z clock_resumed resolution 1, due 2026-03-30T09:20:00Z",
    "2026-03-27T10:10:01Z clock_resumed next_response 1, due 2026-03-27T12:40:01Z",
    "2026-03-27T10:20:00Z clock_retargeted resolution 1, due 2026-03-27T13:50:00Z",
    "2026-03-27T10:20:00Z clock_retargeted next_response 1, due 2026-03-27T11:40:01Z",
    "2026-03-27T10:40:00Z clock_met next_response 1, due 2026-03-27T11:40:01Z, worked 1799 s",
    "2026-03-27T10:50:00Z clock_met resolution 1, due 2026-03-27T13:50:00Z, worked 3600 s",
    "2026-03-27T11:30:00Z clock_started resolution 2, due 2026-03-27T14:30:00Z",
    "2026-03-27T14:00:00Z clock_met resolution 2, due 2026-03-27T14:30:00Z, worked 12600 s",
]


def _told(event: str, at: str, **changes: list[Any]) -> tuple[str, dict[str, Any]]:
    """An event with the members that are new; an app that was written for one purpose forwards no others."""
    first = {"status": _OPEN, "priority": _HIGH, "responder_id": None} if event == "onTicketCreate" else {}
    ticket = {
        "id": int(TICKET),
        "type": "Incident",
        "group_id": 48000101,
        "company_id": 48001234,
        "requester_id": _ASKER,
        "tags": ["export"],
        "source": 1,
        "created_at": _CREATED,
        "updated_at": at,
        **first,
        **({"changes": changes} if changes else {}),
    }
    return at, _event(event, at, {"ticket": ticket})


def _replied(number: int, at: str, author: int) -> tuple[str, dict[str, Any]]:
    conversation = {
        "id": number,
        "ticket_id": int(TICKET),
        "user_id": author,
        "incoming": author == _ASKER,
        "private": False,
        "source": 0,
        "created_at": at,
        "updated_at": at,
    }
    return at, _event("onConversationCreate", at, {"conversation": conversation, "actor": {"id": author}})


def _event(name: str, at: str, data: dict[str, Any]) -> dict[str, Any]:
    milliseconds = round(parse_instant(at).timestamp() * 1000)
    return {"event": name, "timestamp": milliseconds, "account_id": "90071", "region": "EUC", "data": data}
