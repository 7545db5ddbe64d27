"""What remains of a ticket's clocks, as an item keeps it: instants, seconds, and nothing for what is not."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.remaining import Remaining


def remaining_to_text(remaining: Mapping[str, Remaining]) -> str:
    """Write what remains, by lane: when the budget is due, what is left of it, and the same of the goal."""
    lanes = {
        lane: [_at(each.due_at), _seconds(each.left), _at(each.goal_due_at), _seconds(each.goal_left)]
        for lane, each in remaining.items()
    }
    return json.dumps(lanes, separators=(",", ":"))


def remaining_from_text(text: str) -> dict[str, Remaining]:
    """Read it again."""
    return {
        lane: Remaining(_instant(due), _length(left), _instant(goal_due), _length(goal_left))
        for lane, (due, left, goal_due, goal_left) in json.loads(text).items()
    }


def _at(instant: datetime | None) -> str | None:
    return format_instant(instant) if instant else None


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
