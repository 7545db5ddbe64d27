"""Where a message bears its `notification_id`, whatever its shape."""

from collections.abc import Mapping
from typing import Any

_WAYS = (
    ("notification_id",),
    ("metadata", "additionalContext", "notification_id"),
    ("payload", "custom_details", "notification_id"),
    ("details", "notification_id"),
)


def name_in(body: Mapping[str, Any]) -> str | None:
    """The `notification_id` in what programs get of a message; None where there is none."""
    found = (_at(body, way) for way in _WAYS)
    return next((each for each in found if isinstance(each, str)), None)


def _at(body: Any, way: tuple[str, ...]) -> Any:
    for name in way:
        if not isinstance(body, Mapping):
            return None
        body = body.get(name)
    return body
