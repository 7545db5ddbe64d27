"""The past, put into tickets' logs: all of a ticket's events first, then one fold over its whole log.

One after the other they would tell what never happened: a ticket opened three weeks ago is late until the
next line says that it was answered.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from slaclock.domain.deadlines import nearest_deadline
from slaclock.domain.decide import MOST_FACTS
from slaclock.domain.errors import TooOld
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import ANNOUNCED, subject_key
from slaclock.domain.hushing import behind_until
from slaclock.domain.inputs import not_ahead
from slaclock.domain.learning import open_ticket
from slaclock.identities import Identities, named, people_in
from slaclock.rehearsing import Rehearsal
from slaclock.store.caching import CachedAgreements
from slaclock.store.commit import Commit
from slaclock.store.contract import TicketStore
from slaclock.workflow import Workflow, versions_of

MOST_FAILURES = 100  # tickets; then nothing more is tried
_BY = "late event"
# A transaction takes 100 items and 4 MB, and a character has up to four bytes.
_MOST_INPUTS, _MOST_ITEMS, _MOST_CHARACTERS = 90, 95, 900_000  # items: inputs, and keys of people


@dataclass(slots=True)
class Imported:
    """What an import did: events new and known, the facts told by their kinds, and whom it failed with.

    `quietly` counts those of the facts that are otherwise announced, and were told to nobody, `too_old` the
    tickets of which nothing is imported: all of it is older than the account's retention.
    """

    tickets: int = 0
    events: int = 0
    duplicates: int = 0
    facts: Counter[str] = field(default_factory=Counter)
    quietly: int = 0
    too_old: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def note(self, commit: Commit) -> None:
        """Count what is committed."""
        self.events += len(commit.more)
        self.facts.update(fact.fact for fact in commit.facts)
        announced = (fact for fact in commit.facts if fact.fact in ANNOUNCED)
        self.quietly += sum(fact.details.get("told") == [] for fact in announced)


@dataclass(slots=True)
class Importer:
    """Imports tickets, one at a time. With `write` false it says what would follow, and changes nothing.

    What lies before `quiet_before` is recorded and told to nobody; see `slaclock.domain.hushing`.
    """

    tickets: TicketStore
    agreements: CachedAgreements
    now: Callable[[], datetime]
    quiet_before: datetime
    write: bool = True
    identities: Identities | None = None

    def run(self, lives: Iterable[Sequence[TicketEvent]]) -> Imported:
        """Import the events of each ticket. One that fails stops no other, but a hundred end it."""
        done = Imported()
        for events in lives:
            first = events[0]
            subject = subject_key(first.subject, first.account, first.ticket_id)
            try:
                self._import(subject, events, done)
                done.tickets += 1
            except TooOld:
                done.too_old += 1
            except Exception as error:  # noqa: BLE001  (named at the end; it must not stop the others)
                done.failed[subject] = f"{type(error).__name__}: {error}"
                if len(done.failed) == MOST_FAILURES:
                    break
        return done

    def _import(self, subject: str, events: Sequence[TicketEvent], done: Imported) -> None:
        """Put what is new into the ticket's log, then have it folded until nothing is left to tell.

        Broken off between the two, the ticket stays `behind`: the same import goes on, and whatever else
        wakes the ticket before that folds the same log, as quietly.
        """
        rehearsed = Rehearsal(self.tickets, done.note, self.write)
        workflow = Workflow(rehearsed, self.agreements, self.now, identities=self.identities)
        given, known, left, behind = _once(events), done.events, True, False
        while left:
            left, behind = workflow.retried(lambda: self._log(workflow, subject, given))
        done.duplicates += len(events) - (done.events - known)
        while behind and workflow.wake(subject, _BY, given[-1].id) == MOST_FACTS:
            pass

    def _log(self, workflow: Workflow, subject: str, given: Sequence[TicketEvent]) -> tuple[bool, bool]:
        """Put as many new events as fit into a transaction; answer whether any are left, or to be folded."""
        loaded, logged = workflow.tickets.load(subject), workflow.tickets.history(subject)[1]
        saved, new = loaded.saved, [event for event in given if event.id not in logged]
        ticket = saved.ticket if saved else None
        if ticket is None:
            workflow.refuse_old(loaded, given[0].account, given[-1].occurred_at)
        if not new:
            return False, ticket is not None and ticket.behind
        if ticket is not None and ticket.behind and ticket.quiet_before is None:
            workflow.wake(subject, _BY)  # what it owes from before is told as ever
            return True, True
        known = self.agreements.agreements(new[0].account, versions_of(ticket))
        dated = [replace(event, agreements_at=known.as_of) for event in _fitting(new)]
        fitting, people = _named(workflow, subject, dated)
        waiting = behind_until(ticket or open_ticket(new[0]), self.quiet_before)
        pressing = nearest_deadline(waiting, known)
        due = pressing and pressing[0]
        said: dict[str, Any] = {"more": fitting, "deadline": due, "people": people, "keeping": known.keeping}
        workflow.tickets.commit(Commit(saved, waiting, (), None, self.now(), **said))
        return len(fitting) < len(new), True


def _once(events: Sequence[TicketEvent]) -> list[TicketEvent]:
    """The events in their order, each once: of two with the same id the first to arrive counts (rule 28)."""
    first: dict[str, TicketEvent] = {}
    for event in sorted(events, key=attrgetter("received_at")):
        first.setdefault(event.id, event)
    return sorted(map(_happened, first.values()), key=attrgetter("position"))


def _happened(event: TicketEvent) -> TicketEvent:
    """The event, set back where it claims to come from the future."""
    happened = not_ahead(event)
    assert isinstance(happened, TicketEvent), "as it was given"  # noqa: S101  (for the type checker)
    return happened


def _named(
    workflow: Workflow, subject: str, events: Sequence[TicketEvent]
) -> tuple[list[TicketEvent], dict[str, str]]:
    """The events with pseudonyms, and the keys of those who are new."""
    key = workflow.account_key(events)
    keys = workflow.tickets.load(subject, None, people_in(key, events)).keys
    return named(key, events, keys)


def _fitting(events: Sequence[TicketEvent]) -> Sequence[TicketEvent]:
    """The first events, one at least, that go into one transaction together."""
    room, items = _MOST_CHARACTERS, _MOST_ITEMS
    people: set[tuple[str, str]] = set()
    for number, event in enumerate(events[:_MOST_INPUTS]):
        room -= len(repr(event))
        known = event.people.known() if event.people else ()
        people.update((event.source, identity) for _, identity in known)
        if number and (room < 0 or number + 1 + len(people) > items):
            return events[:number]
    return events[:_MOST_INPUTS]
