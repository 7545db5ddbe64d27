"""A ticket's life as GitHub tells it, its pauses and its priority by labels that the connection maps."""

from typing import Any

KIND = "github"
TICKET = "2910017"
CONNECTION: dict[str, Any] = {
    "statuses": {"waiting for customer": "pending"},
    "priorities": {"P1": "urgent", "P2": "high"},
    "paths": {"customer": "repository.full_name"},
    "customers": {"example-org/support": "acme"},
}

_ASKER, _FIRST, _SECOND = (
    {"login": login, "id": id_, "type": "User"}
    for login, id_ in (("some-customer", 70020202), ("first-agent", 70010101), ("second-agent", 70010102))
)
_CREATED = "2026-03-27T08:00:00Z"
_WAITING = "waiting for customer"


def deliveries() -> list[tuple[str, dict[str, Any]]]:
    """When each was sent, and its body, in the order of what they tell."""
    return [
        _told("opened", _CREATED, ["P2"]),
        _told("assigned", "2026-03-27T08:10:00Z", ["P2"], _FIRST),
        _commented(3301, "2026-03-27T08:20:00Z", _FIRST, "MEMBER", ["P2"], _FIRST),
        _told("labeled", "2026-03-27T08:20:30Z", ["P2", _WAITING], _FIRST, label=_WAITING),
        _commented(3302, "2026-03-27T10:10:00Z", _ASKER, "NONE", ["P2", _WAITING], _FIRST),
        _told("unlabeled", "2026-03-27T10:10:30Z", ["P2"], _FIRST, label=_WAITING),
        _told("unlabeled", "2026-03-27T10:20:00Z", ["P1"], _FIRST, label="P2"),
        _told("unassigned", "2026-03-27T10:25:00Z", ["P1"]),
        _told("assigned", "2026-03-27T10:25:30Z", ["P1"], _SECOND),
        _commented(3303, "2026-03-27T10:40:00Z", _SECOND, "MEMBER", ["P1"], _SECOND),
        _told("closed", "2026-03-27T10:50:00Z", ["P1"], _SECOND, reason="completed"),
        _told("reopened", "2026-03-27T11:30:00Z", ["P1"], _SECOND),
        _commented(3304, "2026-03-27T11:45:00Z", _SECOND, "MEMBER", ["P1"], _SECOND),
        _told("closed", "2026-03-27T14:00:00Z", ["P1"], _SECOND, reason="not_planned"),
    ]


# Worked out by hand: office hours on that Friday are 07:00 to 11:00 and 11:30 to 15:00 UTC, and on Monday, in
# summer time, they begin at 06:00. The question of 10:10 came while the ticket still waited for the customer.
FACTS = [
    "2026-03-27T08:00:00Z clock_started first_response 1, due 2026-03-27T09:00:00Z",
    "2026-03-27T08:00:00Z clock_started resolution 1, due 2026-03-30T07:30:00Z",
    "2026-03-27T08:20:00Z clock_met first_response 1, due 2026-03-27T09:00:00Z, worked 1200 s",
    "2026-03-27T08:20:30Z clock_paused resolution 1",
    "2026-03-27T10:10:00Z clock_started next_response 1",
    "2026-03-27T10:10:00Z clock_paused next_response 1",
    "2026-03-27T10:10:30Z clock_resumed resolution 1, due 2026-03-30T09:20:00Z",
    "2026-03-27T10:10:30Z clock_resumed next_response 1, due 2026-03-27T12:40:30Z",
    "2026-03-27T10:20:00Z clock_retargeted resolution 1, due 2026-03-27T13:50:00Z",
    "2026-03-27T10:20:00Z clock_retargeted next_response 1, due 2026-03-27T11:40:30Z",
    "2026-03-27T10:40:00Z clock_met next_response 1, due 2026-03-27T11:40:30Z, worked 1770 s",
    "2026-03-27T10:50:00Z clock_met resolution 1, due 2026-03-27T13:50:00Z, worked 3600 s",
    "2026-03-27T11:30:00Z clock_started resolution 2, due 2026-03-27T14:30:00Z",
    "2026-03-27T14:00:00Z clock_met resolution 2, due 2026-03-27T14:30:00Z, worked 12600 s",
]


def _told(
    action: str,
    at: str,
    labels: list[str],
    assignee: dict[str, Any] | None = None,
    *,
    label: str | None = None,
    reason: str | None = None,
) -> tuple[str, dict[str, Any]]:
    issue = {
        "id": int(TICKET),
        "number": 17,
        "user": _ASKER,
        "labels": [{"name": name} for name in labels],
        "state": "closed" if reason else "open",
        "state_reason": reason,
        "assignee": assignee,
        "created_at": _CREATED,
        "updated_at": at,
        "closed_at": at if reason else None,
        "html_url": "https://github.com/example-org/support/issues/17",
    }
    body = {"action": action, "issue": issue, "repository": {"full_name": "example-org/support"}}
    return at, body | ({"label": {"name": label}} if label else {})


def _commented(
    number: int,
    at: str,
    author: dict[str, Any],
    association: str,
    labels: list[str],
    assignee: dict[str, Any],
) -> tuple[str, dict[str, Any]]:
    sent, body = _told("created", at, labels, assignee)
    comment = {"id": number, "user": author, "author_association": association, "created_at": at}
    return sent, {**body, "comment": comment}
