"""Time that does not count, entered beside an agreement: maintenance, force majeure (rule 27)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from slaclock.domain.conditions import JOINS, holds
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import format_instant
from slaclock.domain.members import instant_member, needed_member, text_member

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.conditions import Condition
    from slaclock.domain.events import Position

# What a scope may say of the clocks and tickets meant; all else in it is a condition on the ticket.
OF_CLOCKS = frozenset({"agreement", "target"})
_NAMES = OF_CLOCKS | {"ticket_id"}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The working time from `begins` to `ends`, half-open, counts for no clock in its scope.

    `scope` names an `agreement`, a `target`, a `ticket_id`, or conditions on the ticket's members; with
    nothing said it is every clock of the account. As an input it is one ticket's: then it has a `ticket_id`.
    """

    exclusion_id: str
    account: str
    begins: datetime
    ends: datetime
    reason: str
    by: str
    entered_at: datetime
    scope: Mapping[str, Any] = field(default_factory=dict)
    ticket_id: str = ""
    subject: str = "ticket"

    @property
    def id(self) -> str:
        """Its id in a ticket's log."""
        return f"exclusion:{self.exclusion_id}"

    @property
    def position(self) -> Position:
        return (self.entered_at, "", 0, self.id)

    def on(self, ticket_id: str, subject: str = "ticket") -> Exclusion:
        """The exclusion as the input of one ticket."""
        return replace(self, ticket_id=ticket_id, subject=subject)

    def concerns(self, account: str) -> bool:
        """Whether it was entered for an account; one that names none is everybody's."""
        return self.account in ("", account)

    @property
    def condition(self) -> Condition:
        """What its scope asks of the ticket's members, as agreements write conditions."""
        return _normal({key: test for key, test in self.scope.items() if key not in _NAMES})

    def matches(self, attributes: Mapping[str, Any], ticket_id: str) -> bool:
        """Whether a ticket is in its scope; which of its clocks are, `covers` says."""
        condition = self.condition
        named = bool(self.scope.get("ticket_id", ticket_id) == ticket_id)
        return named and (not condition or bool(holds(condition, attributes)))

    def covers(self, agreement: str, target: str) -> bool:
        """Whether it counts for the clock of that agreement's target."""
        scope = self.scope
        return bool(scope.get("agreement", agreement) == agreement and scope.get("target", target) == target)


def exclusion_from_json(document: Mapping[str, Any]) -> Exclusion:
    """Read an `exclusion/1` line; `InvalidEvent` points at a member that is missing or wrong.

    One that has no `id` gets one of what it says, so that the same line twice is one exclusion.
    """
    begins, ends, entered_at = (
        instant_member(needed_member(document, name), f"/{name}") for name in ("from", "to", "entered_at")
    )
    if ends <= begins:
        raise InvalidEvent("does not come after /from", "/to")
    scope = document.get("scope") or {}
    if not isinstance(scope, Mapping) or not all(map(_sound, scope, scope.values())):
        raise InvalidEvent("is no mapping of agreement, target, ticket_id or members of a ticket", "/scope")
    reason, by = needed_member(document, "reason"), needed_member(document, "by")
    account = text_member(document, "account") or ""
    said = f"{account}|{begins}|{ends}|{reason}|{sorted(scope.items(), key=str)}"
    return Exclusion(
        exclusion_id=text_member(document, "id") or hashlib.sha256(said.encode()).hexdigest()[:16],
        account=account,
        begins=begins,
        ends=ends,
        reason=reason,
        by=by,
        entered_at=entered_at,
        scope=scope,
        ticket_id=text_member(document, "ticket_id") or "",
        subject=text_member(document, "subject") or "ticket",
    )


def exclusion_to_json(given: Exclusion) -> dict[str, Any]:
    """Write an exclusion as the log, and the store beside the agreement, keep it."""
    document = {
        "schema": "exclusion/1",
        "id": given.exclusion_id,
        "account": given.account,
        "ticket_id": given.ticket_id or None,
        "subject": given.subject,
        "from": format_instant(given.begins),
        "to": format_instant(given.ends),
        "reason": given.reason,
        "by": given.by,
        "scope": dict(given.scope),
        "entered_at": format_instant(given.entered_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def _normal(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Conditions in which a value or a list may stand for "is one of"."""
    return {key: _joined(part) if key in JOINS else _test(part) for key, part in conditions.items()}


def _joined(part: Any) -> Any:
    return _normal(part) if isinstance(part, Mapping) else [_normal(each) for each in part]


def _test(said: Any) -> Any:
    return said if isinstance(said, Mapping) else {"any": _listed(said)}


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _sound(key: Any, value: Any) -> bool:
    """Whether a scope's member can be read: what it names, or a condition."""
    return isinstance(value, str) if key in _NAMES else _is_condition(key, value)


def _is_condition(key: Any, value: Any) -> bool:
    """Whether it is a test of a member, or joins further conditions; names stand at the top alone."""
    if not isinstance(key, str) or key in _NAMES:
        return False
    if key in JOINS:
        parts = [value] if key == "not" else value
        return isinstance(parts, list) and all(
            isinstance(each, Mapping) and all(map(_is_condition, each, each.values())) for each in parts
        )
    return all(map(_is_test, value, value.values())) if isinstance(value, Mapping) else _is_text(value)


def _is_test(word: Any, said: Any) -> bool:
    return (
        isinstance(said, bool)
        if word == "known"
        else word in JOINS and isinstance(said, list) and _is_text(said)
    )


def _is_text(said: Any) -> bool:
    return all(isinstance(each, str) for each in _listed(said))
