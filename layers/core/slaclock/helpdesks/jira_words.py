"""What Jira's statuses and priorities mean where a connection does not say, by their names in lower case."""

# Names that its templates and workflows bring. Every other status is in one of three categories, which don't
# tell one that waits from one that goes on.
STATUSES = {
    "reopened": "open",
    "escalated": "open",
    "waiting for support": "open",
    "waiting for customer": "pending",
    "pending": "pending",
    "on hold": "on_hold",
    "resolved": "solved",
    "done": "solved",
    "closed": "closed",
    "canceled": "closed",
    "cancelled": "closed",
}
# Names of theirs, too, that mean no more than their category does.
PLAIN = frozenset(
    {
        "open",
        "to do",
        "backlog",
        "selected for development",
        "in progress",
        "work in progress",
        "in review",
        "under review",
        "under investigation",
        "completed",
        "declined",
    }
)
# https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflow-status-categories/
CATEGORIES = {"new": "new", "indeterminate": "open", "done": "solved"}

# Jira's five, and what the same five were called before version 7.
PRIORITIES = {
    "highest": "urgent",
    "high": "high",
    "medium": "normal",
    "low": "low",
    "lowest": "low",
    "blocker": "urgent",
    "critical": "high",
    "major": "normal",
    "minor": "low",
    "trivial": "low",
}
