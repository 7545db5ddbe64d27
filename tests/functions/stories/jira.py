"""A ticket's life as Jira Cloud tells it: comments apart, and of whoever asked only what the portal knows."""

from typing import Any

from slaclock.domain.instants import parse_instant

KIND = "jira"
TICKET = "24711"
CONNECTION: dict[str, Any] = {
    "paths": {"customer": "issue.fields.customfield_10002[0].id"},
    "customers": {"41": "acme"},
}

_ASKER = {"accountId": "qm:5f0c9a7e:1", "accountType": "customer"}
_FIRST = {"accountId": "712020:1c2f9d3e", "accountType": "atlassian"}
_SECOND = {"accountId": "712020:88f0a4b1", "accountType": "atlassian"}
_OPEN, _CUSTOMER, _SUPPORT, _RESOLVED, _CLOSED = (
    {"id": id_, "name": name, "statusCategory": {"key": category}}
    for id_, name, category in (
        ("10100", "Open", "new"),
        ("10102", "Waiting for customer", "indeterminate"),
        ("10101", "Waiting for support", "indeterminate"),
        ("5", "Resolved", "done"),
        ("6", "Closed", "done"),
    )
)
_HIGH, _HIGHEST = {"id": "2", "name": "High"}, {"id": "1", "name": "Highest"}


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    asked = _commented("30501", "2026-03-27T10:10:00.120Z", _ASKER, _CUSTOMER, _HIGH)
    return [
        _told("jira:issue_created", "2026-03-27T08:00:00.300Z", _OPEN, _HIGH, None),
        _changed("assignee", None, _FIRST, "2026-03-27T08:10:00Z", _OPEN, _HIGH, _FIRST),
        _commented("30500", "2026-03-27T08:20:00.655Z", _FIRST, _OPEN, _HIGH),
        _changed("status", _OPEN, _CUSTOMER, "2026-03-27T08:20:01Z", _CUSTOMER, _HIGH, _FIRST),
        asked,
        _changed("status", _CUSTOMER, _SUPPORT, "2026-03-27T10:10:01Z", _SUPPORT, _HIGH, _FIRST),
        _changed("priority", _HIGH, _HIGHEST, "2026-03-27T10:20:00Z", _SUPPORT, _HIGHEST, _FIRST),
        _changed("assignee", _FIRST, _SECOND, "2026-03-27T10:25:00Z", _SUPPORT, _HIGHEST, _SECOND),
        _commented("30502", "2026-03-27T10:40:00.100Z", _SECOND, _SUPPORT, _HIGHEST),
        _changed("status", _SUPPORT, _RESOLVED, "2026-03-27T10:50:00Z", _RESOLVED, _HIGHEST, _SECOND),
        _changed("status", _RESOLVED, _SUPPORT, "2026-03-27T11:30:00Z", _SUPPORT, _HIGHEST, _SECOND),
        _commented("30503", "2026-03-27T11:45:00Z", _SECOND, _SUPPORT, _HIGHEST),
        _changed("status", _SUPPORT, _CLOSED, "2026-03-27T14:00:00Z", _CLOSED, _HIGHEST, _SECOND),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC, and on Monday, in
# summer time, they begin at 06:00. What was worked is told in whole seconds.
FACTS = [
    "2026-03-27T08:00:00.3Z clock_started first_response 1, due 2026-03-27T09:00:00.3Z",
    "2026-03-27T08:00:00.3Z clock_started resolution 1, due 2026-03-30T07:30:00.3Z",
    "2026-03-27T08:20:00.655Z clock_met first_response 1, due 2026-03-27T09:00:00.3Z, worked 1200 s",
    "2026-03-27T08:20:01Z clock_paused resolution 1",
    "2026-03-27T10:10:00.12Z clock_started next_response 1",
    "2026-03-27T10:10:00.12Z clock_paused next_response 1",
    "2026-03-27T10:10:01Z clock_resumed resolution 1, due 2026-03-30T09:20:00.3Z",
    "2026-03-27T10:10:01Z clock_resumed next_response 1, due 2026-03-27T12:40:01Z",
    "2026-03-27T10:20:00Z clock_retargeted resolution 1, due 2026-03-27T13:50:00.3Z",
    "2026-03-27T10:20:00Z clock_retargeted next_response 1, due 2026-03-27T11:40:01Z",
    "2026-03-27T10:40:00.1Z clock_met next_response 1, due 2026-03-27T11:40:01Z, worked 1799 s",
    "2026-03-27T10:50:00Z clock_met resolution 1, due 2026-03-27T13:50:00.3Z, worked 3599 s",
    "2026-03-27T11:30:00Z clock_started resolution 2, due 2026-03-27T14:30:00.3Z",
    "2026-03-27T14:00:00Z clock_met resolution 2, due 2026-03-27T14:30:00.3Z, worked 12599 s",
]


def _told(
    kind: str, at: str, status: dict[str, Any], priority: dict[str, Any], assignee: dict[str, Any] | None
) -> tuple[str, dict[str, Any]]:
    fields = {
        "created": "2026-03-27T09:00:00.300+0100",
        "issuetype": {"id": "10031", "name": "[System] Incident"},
        "status": status,
        "priority": priority,
        "assignee": assignee,
        "reporter": _ASKER,
        "labels": ["export"],
        "components": [],
        "customfield_10002": [{"id": "41", "name": "Acme"}],
    }
    return at, {
        "timestamp": round(parse_instant(at).timestamp() * 1000),
        "webhookEvent": kind,
        "issue": {"id": TICKET, "key": "HELP-311", "fields": fields},
    }


def _changed(
    field: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    at: str,
    status: dict[str, Any],
    priority: dict[str, Any],
    assignee: dict[str, Any],
) -> tuple[str, dict[str, Any]]:
    sent, body = _told("jira:issue_updated", at, status, priority, assignee)
    item = {
        "field": field,
        "from": before and (before.get("id") or before["accountId"]),
        "fromString": before and before.get("name"),
        "to": after.get("id") or after["accountId"],
        "toString": after.get("name"),
    }
    return sent, {**body, "changelog": {"id": str(body["timestamp"]), "items": [item]}}


def _commented(
    number: str, at: str, author: dict[str, Any], status: dict[str, Any], priority: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    sent, body = _told("comment_created", at, status, priority, _FIRST)
    fields = {name: body["issue"]["fields"][name] for name in ("issuetype", "status", "priority")}
    comment = {"id": number, "author": author, "created": at, "jsdPublic": True}
    return sent, {**body, "issue": {**body["issue"], "fields": fields}, "comment": comment}
