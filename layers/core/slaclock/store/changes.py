"""What was changed of a connection: who, when, and which members, appended beside it and never taken away."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slaclock.domain.instants import format_instant, parse_instant

CHANGE = "CHANGE#"
_LARGEST = 64 * 1024  # characters; of a larger change only the members' names are kept


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `what` was done by whom, and each member's value before and after, None for no value.

    Of a member that maps words, only those that changed. A secret is never a value here: a connection has but
    a reference to it.
    """

    at: datetime
    by: str
    what: str
    members: Mapping[str, Any] = field(default_factory=dict)


def changed_members(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The members in which two records differ, each with what it was and what it is.

    >>> changed_members({"statuses": {"a": "open", "b": "new"}}, {"statuses": {"a": "open", "b": "open"}})
    {'statuses': {'b': ['new', 'open']}}
    """
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return {name: _difference(before.get(name), after.get(name)) for name in names}


def change_item(partition: str, change: Change) -> dict[str, Any]:
    """The item of a change in a connection's partition, after those before it; the same one twice is one."""
    said = {"at": format_instant(change.at), "by": change.by, "what": change.what}
    body = json.dumps(said | {"members": change.members})
    if len(body) > _LARGEST:
        body = json.dumps(said | {"members": dict.fromkeys(change.members, "too large to be kept")})
    digest = hashlib.sha256(body.encode()).hexdigest()[:8]
    return {
        "pk": partition,
        "sk": f"{CHANGE}{change.at:%Y-%m-%dT%H:%M:%S.%f}#{digest}",
        "body": body,
    }


def change_from_item(item: Mapping[str, Any]) -> Change:
    """Read the item of a change."""
    said = json.loads(item["body"])
    return Change(parse_instant(said["at"]), said["by"], said["what"], said["members"])


def change_to_json(change: Change) -> dict[str, Any]:
    """A change as people are shown it."""
    told = {"at": format_instant(change.at), "by": change.by, "what": change.what}
    return told | ({"members": dict(change.members)} if change.members else {})


def _difference(old: Any, new: Any) -> Any:
    """Of two maps of words what differs, of anything else both."""
    if isinstance(old or {}, dict) and isinstance(new or {}, dict) and (old or new):
        return _words(old or {}, new or {})
    return [old, new]


def _words(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    words = sorted({*old, *new})
    return {word: [old.get(word), new.get(word)] for word in words if old.get(word) != new.get(word)}
