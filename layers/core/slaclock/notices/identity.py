"""What a message is known by (`notification_id`), and where it bears it, whatever its shape."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_WAYS = (
    ("notification_id",),
    ("metadata", "additionalContext", "notification_id"),
    ("payload", "custom_details", "notification_id"),
    ("details", "notification_id"),
)


def customers_id(fact_id: str) -> str:
    """What a customer's message is known by: as good as the fact's id, and nothing can be read from it.

    A fact's id says in base64 which level, clock and reminder it is of.
    """
    return sha256(fact_id.encode()).hexdigest()[:32]


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
