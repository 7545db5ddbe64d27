"""A conversation's life as Chatwoot tells it, with its opening message and a change that no list names.

Its last word is `resolved`, which the account has mean what we call closed.
"""

from typing import Any

from slaclock.domain.instants import parse_instant

KIND = "chatwoot"
TICKET = "318"
_COMPANY = "meta.sender.additional_attributes.company_name"
CONNECTION: dict[str, Any] = {
    "paths": {"customer": f"{_COMPANY} || conversation.{_COMPANY}"},
    "customers": {"Acme Ltd": "acme"},
    "statuses": {"resolved": "closed"},
}

_FIRST, _SECOND = 31, 32
_CREATED = "2026-03-27T08:00:00Z"


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    return [
        _told("conversation_created", _CREATED),
        _wrote(8100, "2026-03-27T08:00:00.180Z", None),
        _changed("assignee_id", None, _FIRST, "2026-03-27T08:10:00Z", assignee=_FIRST),
        _wrote(8101, "2026-03-27T08:20:00.250Z", _FIRST, assignee=_FIRST),
        _told(
            "conversation_status_changed", "2026-03-27T08:20:30.5Z", None, status="snoozed", assignee=_FIRST
        ),
        _wrote(8102, "2026-03-27T10:10:00.125Z", None, status="snoozed", assignee=_FIRST),
        _status("snoozed", "open", "2026-03-27T10:10:01Z", assignee=_FIRST),
        _changed("priority", "high", "urgent", "2026-03-27T10:20:00Z", "urgent", assignee=_FIRST),
        _changed("assignee_id", _FIRST, _SECOND, "2026-03-27T10:25:00Z", "urgent", assignee=_SECOND),
        _wrote(8103, "2026-03-27T10:40:00.75Z", _SECOND, "urgent", assignee=_SECOND),
        _status("open", "resolved", "2026-03-27T10:50:00Z", "urgent", assignee=_SECOND),
        _status("resolved", "open", "2026-03-27T11:30:00Z", "urgent", assignee=_SECOND),
        _wrote(8104, "2026-03-27T11:45:00.5Z", _SECOND, "urgent", assignee=_SECOND),
        _status("open", "resolved", "2026-03-27T14:00:00Z", "urgent", assignee=_SECOND),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC, and on Monday, in
# summer time, they begin at 06:00. Urgent work goes on around the clock. A message comes first, and what it
# does to its conversation after it.
FACTS = [
    "2026-03-27T08:00:00Z clock_started first_response 1, due 2026-03-27T09:00:00Z",
    "2026-03-27T08:00:00Z clock_started resolution 1, due 2026-03-30T07:30:00Z",
    "2026-03-27T08:20:00.25Z clock_met first_response 1, due 2026-03-27T09:00:00Z, worked 1200 s",
    "2026-03-27T08:20:30.5Z clock_paused resolution 1",
    "2026-03-27T10:10:00.125Z clock_started next_response 1",
    "2026-03-27T10:10:00.125Z clock_paused next_response 1",
    "2026-03-27T10:10:01Z clock_resumed resolution 1, due 2026-03-30T09:19:30.5Z",
    "2026-03-27T10:10:01Z clock_resumed next_response 1, due 2026-03-27T12:40:01Z",
    "2026-03-27T10:20:00Z clock_retargeted resolution 1, due 2026-03-27T13:49:30.5Z",
    "2026-03-27T10:20:00Z clock_retargeted next_response 1, due 2026-03-27T11:40:01Z",
    "2026-03-27T10:40:00.75Z clock_met next_response 1, due 2026-03-27T11:40:01Z, worked 1799 s",
    "2026-03-27T10:50:00Z clock_met resolution 1, due 2026-03-27T13:49:30.5Z, worked 3629 s",
    "2026-03-27T11:30:00Z clock_started resolution 2, due 2026-03-27T14:29:30.5Z",
    "2026-03-27T14:00:00Z clock_met resolution 2, due 2026-03-27T14:29:30.5Z, worked 12629 s",
]


def _conversation(
    at: str, priority: str = "high", *, status: str = "open", assignee: int | None = None
) -> dict[str, Any]:
    contact = {"id": 911, "type": "contact", "additional_attributes": {"company_name": "Acme Ltd"}}
    agent = {"id": assignee, "type": "user"} if assignee else None
    return {
        "id": int(TICKET),
        "channel": "Channel::Email",
        "status": status,
        "priority": priority,
        "labels": ["export"],
        "meta": {"sender": contact, "assignee": agent, "team": {"id": 7, "name": "first line"}},
        "created_at": int(parse_instant(_CREATED).timestamp()),
        "updated_at": parse_instant(at).timestamp(),
    }


def _told(
    event: str, at: str, changes: list[dict[str, Any]] | None = None, priority: str = "high", **members: Any
) -> tuple[str, dict[str, Any]]:
    return at, {**_conversation(at, priority, **members), "event": event, "changed_attributes": changes}


def _changed(
    name: str, before: Any, now: Any, at: str, priority: str = "high", **members: Any
) -> tuple[str, dict[str, Any]]:
    changes = [{name: {"previous_value": before, "current_value": now}}]
    return _told("conversation_updated", at, changes, priority, **members)


def _status(
    before: str, now: str, at: str, priority: str = "high", **members: Any
) -> tuple[str, dict[str, Any]]:
    changes = [{"status": {"previous_value": before, "current_value": now}}]
    return _told("conversation_status_changed", at, changes, priority, status=now, **members)


def _wrote(
    number: int, at: str, agent: int | None, priority: str = "high", **members: Any
) -> tuple[str, dict[str, Any]]:
    """A message of an agent's, or of the customer's; it changes its conversation a moment later."""
    return at, {
        "event": "message_created",
        "id": number,
        "message_type": "outgoing" if agent else "incoming",
        "private": False,
        "created_at": at,
        "sender": {"id": agent, "type": "user"} if agent else {"id": 911},
        "conversation": _conversation(at, priority, **members),
    }
