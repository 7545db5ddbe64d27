"""What happened to a ticket, input by input, as far as people need it to follow its clocks."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slaclock.domain.choosing import Agreements
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import input_mark
from slaclock.domain.inputs import Given
from slaclock.domain.learning import learn, open_ticket, shown
from slaclock.domain.masking import OTHER, masked
from slaclock.domain.ticket import Ticket

# Said otherwise, or of no use to a reader.
_UNTOLD = frozenset({"key", "url", "created_at", "status_raw", "priority_raw", "custom"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is so, for people; and the input that made it so, where one did."""

    text: str
    event: str | None = None
    type: str | None = None
    changes: tuple[str, ...] = ()
    exclusion: str | None = None
    by: str | None = None
    entered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    at: datetime
    mark: str
    members: frozenset[str]
    cause: Cause


class Causes:
    """The inputs of a ticket's log, each with what it changed."""

    def __init__(self, log: Iterable[Given], agreements: Agreements) -> None:
        events = (
            each for each in sorted(log, key=lambda each: each.position) if isinstance(each, TicketEvent)
        )
        self._told = list(_told(events, agreements))

    def at(self, instant: datetime, members: frozenset[str] = frozenset()) -> Cause | None:
        """What happened at an instant: of several events the one that changed one of these members."""
        told = [each for each in self._told if each.at == instant]
        return next((each.cause for each in told if each.members & members), told[0].cause if told else None)

    def gave(self, field: str, until: datetime) -> Cause | None:
        """The last event until then that changed a field, else the first one, which came with it."""
        told = [each.cause for each in self._told if each.at <= until]
        named = [each for each in told if any(change.startswith(f"{field} ") for change in each.changes)]
        return next(iter(named[-1:] or told[:1]), None)

    def marked(self, mark: str) -> Cause | None:
        """The event that left its mark, or the beginning of it, on a clock."""
        return next((each.cause for each in self._told if each.mark.startswith(mark)), None)


def _told(events: Iterable[TicketEvent], agreements: Agreements) -> Iterator[_Told]:
    ticket: Ticket | None = None
    for event in events:
        before = ticket or open_ticket(event)
        after, members = learn(before, event, frozenset())
        changes = tuple(_changes(before, after, members, agreements)) if ticket else ()
        text = ", ".join(changes) or event.type.replace("_", " ")
        cause = Cause(text, event.event_id, event.type, changes)
        yield _Told(event.occurred_at, input_mark(event.event_id), members, cause)
        ticket = after


def _changes(
    before: Ticket, after: Ticket, members: AbstractSet[str], agreements: Agreements
) -> Iterator[str]:
    now = masked(after.attributes, agreements.versions)
    for name in sorted(members - _UNTOLD):
        yield _change(name, now.get(name))
    if "custom" in members:
        fields, old = now.get("custom") or {}, before.attributes.get("custom") or {}
        new = after.attributes.get("custom") or {}
        yield from (
            _change(f"custom.{name}", fields[name]) for name in sorted(new) if new[name] != old.get(name)
        )


def _change(name: str, value: Any) -> str:
    if value is None:
        return f"{name} is no longer known"
    words = shown(value)
    return f"{name} changed" if words == OTHER else f"{name} is now {words}"
