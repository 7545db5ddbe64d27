"""Where a snapshot stands among events of one instant (rule 28).

At one instant come first the states that were set with a reply, each of which tells of that reply, then
replies told alone, of which a side's second says nothing new, then other states.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

# A reply and what it sets are one action, and stamped one after the other.
TOGETHER = timedelta(seconds=2)

_MICROSECOND = timedelta(microseconds=1)
_FURTHER_ON = ("new", "open", "pending", "on_hold", "solved", "closed", "deleted")
_PLACES = 1000  # more than `place` counts to


def place(attributes: Mapping[str, Any]) -> int:
    """The place among snapshots of one instant: the one that is further on comes last.

    That is by its status, then by how many of its members are set: where a helpdesk's times are whole
    seconds, its own rules often change what was just written.

    >>> place({"status": "open", "team": None}), place({"status": "open", "team": {"id": "7"}})
    (102, 103)
    """
    status = attributes.get("status")
    progress = _FURTHER_ON.index(status) if status in _FURTHER_ON else 0
    return 1 + 100 * progress + sum(value not in (None, "none", []) for value in attributes.values())


def place_with_reply(attributes: Mapping[str, Any], after: timedelta) -> int:
    """The place of a state that was stated so long after its reply: the later, the later, and before replies.

    `after` lies within `TOGETHER`, either way.
    """
    return place(attributes) - _PLACES * (1 + (TOGETHER - after) // _MICROSECOND)
