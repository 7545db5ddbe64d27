"""Load, decide, save: the one path that every wake-up takes."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from slaclock.domain.casework import says_nothing
from slaclock.domain.deadlines import nearest_deadline
from slaclock.domain.decide import Decision, NeedsHistory, decide
from slaclock.domain.errors import TooOld
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import named_by, split_subject, subject_key
from slaclock.domain.inputs import Wake, not_ahead
from slaclock.domain.keeping import FORGOTTEN, TOO_OLD
from slaclock.domain.remaining import remaining
from slaclock.identities import named, people_in
from slaclock.patience import CONFLICTS, LONGEST_CONFLICT_PAUSE
from slaclock.store.commit import Commit
from slaclock.store.errors import WriteConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from slaclock.domain.choosing import Agreements
    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given
    from slaclock.domain.ticket import Ticket
    from slaclock.identities import Identities
    from slaclock.store.caching import CachedAgreements
    from slaclock.store.commit import Loaded, Saved
    from slaclock.store.contract import TicketStore

_T = TypeVar("_T")
_NOBODY: Mapping[str, str] = {}
_log = logging.getLogger(__name__)


class TooEarlyError(Exception):
    """A schedule fired before its moment, by our clock: fire it again."""


class Fired(NamedTuple):
    """What came of a schedule: how many facts were told, and how long after its moment."""

    told: int
    late: timedelta


@dataclass(slots=True)
class Workflow:
    """What inputs and wake-ups do to stored tickets. `now` is the time at which they are decided.

    `conflicts` counts those `met`, where others were first, and those `given up`, `told` the facts told by
    their kinds; each is logged with its ids. Without `identities` nobody's id is kept.
    """

    tickets: TicketStore
    agreements: CachedAgreements
    now: Callable[[], datetime]
    rest: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic
    conflicts: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    identities: Identities | None = None

    def take(self, given: Given, newest: datetime | None = None) -> bool:
        """Fold an input in, once; False where it was folded before. An entry that says nothing is not kept.

        `TooOld` refuses an event whose ticket's log was removed, and one about a ticket that is not there
        if it is older than the account's retention: it could be a duplicate of what is gone. Of events that
        came together the `newest` one's age counts.
        """
        happened, subject = not_ahead(given), subject_key(given.subject, given.account, given.ticket_id)
        key = self.account_key([happened]) if isinstance(happened, TicketEvent) else None
        return self.retried(lambda: self._take_once(subject, happened, key, newest))

    def wake(self, subject: str, by: str, because: str = "") -> int:
        """Tell what has come due on a ticket, and count it; `because` names the input that it is for."""
        return self.retried(lambda: self._wake_once(subject, Wake(by, because)))

    def fire(self, subject: str, lane: str, arming: int) -> Fired | None:
        """Wake a ticket for a schedule; None where it is not its clock's current one (the fence)."""
        return self.retried(lambda: self._fire_once(subject, lane, arming))

    def account_key(self, events: Sequence[TicketEvent]) -> bytes | None:
        """The key under which events of an account name people; None where they don't, or it has none."""
        if self.identities is None or not any(each.people for each in events):
            return None
        return self.identities.key(events[0].account)

    def _take_once(self, subject: str, given: Given, key: bytes | None, newest: datetime | None) -> bool:
        event = given if isinstance(given, TicketEvent) else None
        loaded = self.tickets.load(subject, given.id, people_in(key, [event] if event else ()))
        if loaded.seen:
            return False
        if event is None:
            if loaded.saved is None:
                raise LookupError(subject)
            self._save(subject, loaded.saved, given)
            return True
        if loaded.saved is None:
            self.refuse_old(loaded, event.account, newest or event.occurred_at)
        (told,), new = named(key, [event], loaded.keys)
        self._save(subject, loaded.saved, told, new)
        return True

    def refuse_old(self, loaded: Loaded, account: str, newest: datetime) -> None:
        """Refuse, with `TooOld`, what is about a ticket whose log was removed, or would have been."""
        if loaded.forgotten:
            raise TooOld(FORGOTTEN)
        if self.agreements.agreements(account).keeping.forgotten(newest, self.now()):
            raise TooOld(TOO_OLD)

    def _fire_once(self, subject: str, lane: str, arming: int) -> Fired | None:
        saved = self.tickets.load(subject).saved
        current = saved.wakes.get(lane) if saved else None
        if saved is None or current is None or current.number != arming:
            return None
        late = self.now() - current.at
        if late < timedelta():
            raise TooEarlyError(subject)
        return Fired(self._save(subject, saved, Wake("timer")), late)

    def _wake_once(self, subject: str, wake: Wake) -> int:
        saved = self.tickets.load(subject).saved
        return self._save(subject, saved, wake) if saved else 0

    def _save(
        self, subject: str, saved: Saved | None, given: Given | Wake, people: Mapping[str, str] = _NOBODY
    ) -> int:
        now, ticket = self.now(), saved.ticket if saved else None
        agreements = self.agreements.agreements(split_subject(subject)[1], versions_of(ticket))
        if isinstance(given, TicketEvent):
            given = replace(given, agreements_at=agreements.as_of)
        decision, hashes = self._decide(subject, ticket, given, agreements, now)
        if says_nothing(given, decision.facts):
            return 0
        woken_for_nothing = isinstance(given, Wake) and decision.ticket == ticket
        if not woken_for_nothing:
            logged = None if isinstance(given, Wake) else given
            pressing = nearest_deadline(decision.ticket, agreements)
            self.tickets.commit(
                Commit(
                    saved,
                    decision.ticket,
                    decision.facts,
                    logged,
                    now,
                    hashes,
                    deadline=pressing and pressing[0],
                    remaining=dict(remaining(decision.ticket, agreements)),
                    people=people,
                    keeping=agreements.keeping,
                )
            )
            self._note(decision.facts)
        return len(decision.facts)

    def _note(self, facts: Sequence[Fact]) -> None:
        self.told.update(fact.fact for fact in facts)
        for fact in facts if _log.isEnabledFor(logging.INFO) else ():
            _log.info("told", extra=named_by(fact))

    def _decide(
        self, subject: str, ticket: Ticket | None, given: Given | Wake, agreements: Agreements, now: datetime
    ) -> tuple[Decision, Mapping[str, str]]:
        decision = decide(ticket, given, agreements, now)
        if isinstance(decision, Decision):
            return decision, {}
        history, hashes = self.tickets.history(subject)
        decision = decide(ticket, given, agreements, now, history)
        assert not isinstance(decision, NeedsHistory), "it has the history"  # noqa: S101  (for the type checker)
        return decision, hashes

    def retried(self, step: Callable[[], _T]) -> _T:
        """Take a step, again where somebody else decided first, after a pause that grows and differs."""
        until, longest = self.elapsed() + CONFLICTS, 0.005
        while True:
            try:
                return step()
            except WriteConflictError:
                self.conflicts["met"] += 1
                if self.elapsed() >= until:
                    self.conflicts["given up"] += 1
                    raise
                self.rest(random.uniform(0, longest))  # noqa: S311  (no secret)
                longest = min(LONGEST_CONFLICT_PAUSE, longest * 2)


def versions_of(ticket: Ticket | None) -> set[tuple[str, int]]:
    """The agreement versions that a ticket and its clocks name."""
    if ticket is None:
        return set()
    return {*ticket.chosen, *((clock.agreement, clock.version) for clock in ticket.clocks)}
