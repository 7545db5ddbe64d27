"""What the rest of the project may ask of a store. Two keep it: DynamoDB, and one in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from slaclock.domain.choosing import AgreementEnd, Agreements
    from slaclock.domain.decide import History
    from slaclock.domain.exclusion import Exclusion
    from slaclock.domain.keeping import Keeping
    from slaclock.domain.ticket import Ticket
    from slaclock.store.activity import Heard, Word
    from slaclock.store.agreements import Version
    from slaclock.store.changes import Change
    from slaclock.store.commit import Beside, Commit, Loaded, Saved
    from slaclock.store.life import StoredLife, Told
    from slaclock.store.messages import Announcement, Delivery, Link
    from slaclock.store.rows import LedgerRow, RowEnd


@dataclass(frozen=True, slots=True)
class Place:
    """Where an open ticket stands in its team's queue: by deadline, paused ones last."""

    order: str
    subject: str


class TicketStore(Protocol):
    """Tickets with their logs; a commit also writes the ledger's rows and the announcements."""

    def load(self, subject: str, input_id: str | None = None, people: Sequence[str] = ()) -> Loaded:
        """Read a ticket, whether the input of this id is in its log, and keys of people, in one call."""

    def history(self, subject: str) -> tuple[History, Mapping[str, str]]:
        """Read a ticket's whole log, and the hash of each input by its id."""

    def told(self, subject: str) -> list[Told]:
        """List the facts told about a subject, in the order of telling."""

    def life(self, subject: str) -> StoredLife:
        """Read a ticket's whole log and its facts, each with its place in the chain; empty for no ticket."""

    def commit(self, commit: Commit) -> Saved:
        """Write a decision; `WriteConflictError` where the ticket changed meanwhile or the input is known.

        So it is where somebody whom it names for the first time was named elsewhere meanwhile.
        """

    def overdue(self, before: datetime, since: datetime | None = None) -> Iterator[str]:
        """Yield the keys of the subjects whose earliest wake is before an instant, the longest overdue first.

        With `since`, only those whose wake is not before that. What is not asked for is hardly read.
        """

    def subjects(self, account: str) -> Iterator[str]:
        """Yield the key of every ticket of an account that was saved before this was asked.

        It reads the whole table, page by page, whoever's the tickets are: for admin commands, never for a
        request.
        """


class Keeper(Protocol):
    """How long tickets are kept, the ends of their logs, and what is done to an account as a whole."""

    def keeping(self, account: str) -> Keeping:
        """Read an account's retention and holds as they are now."""

    def enter(self, commit: Commit, beside: Sequence[Beside]) -> Saved:
        """Write an act's row and what it does, at once or not at all; `WriteConflictError` as in `commit`."""

    def ended(self, before: datetime) -> Iterator[str]:
        """Yield the keys of tickets whose log was to be kept until before an instant, the oldest first."""

    def forget(
        self, subject: str, saved: Saved, at: datetime, until: datetime | None, acts: int | None = None
    ) -> None:
        """Put in a ticket's place that it was forgotten: a number that stays until `until`, or for ever.

        `acts` is the version of its account's register, None where there is none yet: by it whoever forgets
        has seen every hold. `WriteConflictError` where either changed meanwhile. It stays among the
        `ended` until `cleared`.
        """

    def clear(self, subject: str, most: int) -> bool:
        """Remove so much of a forgotten ticket's log; whether nothing is left of it."""

    def cleared(self, subject: str) -> None:
        """Take a forgotten ticket out of those that are `ended`: nothing is left of its log."""

    def people(self, account: str) -> Iterator[str]:
        """Yield what the key of each person of an account is found by; it reads the whole table."""

    def strike(self, people: Sequence[str]) -> None:
        """Remove keys of people; what is gone already is no error."""

    def row_ends(self, account: str, ticket_id: str | None = None) -> Iterator[RowEnd]:
        """Yield when each ledger row of an account's tickets goes; it reads the whole ledger without one."""

    def set_row_end(self, row: RowEnd, ends_at: datetime | None) -> None:
        """Say when a row goes, or with None that it stays. Nothing else of a row ever changes."""


class Queues(Protocol):
    """Open tickets, team by team."""

    def queue(self, account: str, team: str, limit: int, after: Place | None = None) -> list[Place]:
        """List the first open tickets of a team's queue, or those after a place; no more than that is read.

        `team` is the team's id, else its name; "-" has the tickets without one. It may lag a little behind.
        """

    def tickets(self, subjects: Sequence[str]) -> dict[str, Ticket]:
        """Read tickets by their keys, a hundred at most; those that are not there are left out."""


class LinkStore(Protocol):
    """Links that acknowledge. Their tokens are kept as hashes: who reads the table can use none."""

    def put_link(self, token: str, link: Link) -> None:
        """Keep a link; it goes by itself some time after it expired."""

    def link(self, token: str) -> Link | None:
        """Read a link; None where nobody made it, or where it is long gone."""


class Outbox(Protocol):
    """Facts that wait to be announced, and what was sent of them."""

    def waiting(self, before: datetime, since: datetime | None = None) -> Iterator[tuple[str, str]]:
        """Yield subject and key of the announcements that wait since before an instant, the oldest first.

        Those that began to wait together come in the order in which their facts were told.

        With `since`, only those that wait since then or later. What is not asked for is hardly read.
        """

    def announcement(self, subject: str, key: str) -> Announcement | None:
        """Read an announcement; None where it was closed meanwhile."""

    def sent(self, subject: str, key: str, audience: str) -> Delivery | None:
        """What became of a fact's first message to this audience; None where its turn has not come."""

    def mark_sent(self, subject: str, key: str, audience: str, delivery: Delivery) -> None:
        """Record what became of a fact's message to this audience.

        The first record stays as it is. A message that was published after it is recorded beside it.
        """

    def close(self, subject: str, key: str) -> None:
        """Take an announcement out: everybody who must hear of it has."""

    def messages(self, subject: str) -> list[dict[str, Any]]:
        """List what was sent about a subject, or held back."""


class Ledger(Protocol):
    """The append-only record. Rows come in the order of `due_at`, a breach's rows together."""

    def rows(
        self, partitions: Iterable[tuple[str, str]], start: str, end: str, at_once: int | None = None
    ) -> Iterator[LedgerRow]:
        """Yield the rows of index partitions, each `(index, key)`, from `start` on and before `end`.

        `index` is `account_month`, `customer_month`, `party_month` or `breach_month`.
        Nothing is read before it is asked for: then `at_once` of each partition, or as many as fit a page.
        """


class DayBook(Protocol):
    """What was recorded, day by day; a day is one of UTC."""

    def recorded(self, day: date) -> Iterator[Mapping[str, Any]]:
        """Yield the documents of the rows recorded on a day (`slaclock.evidence.seal.row_document`).

        In the order of recording. Nothing is read before it is asked for; a page is held at a time.
        """

    def touched(self, day: date) -> Iterator[tuple[str, int, str]]:
        """Yield the key of each ticket last saved on a day, with `seq` and head as of now; in any order."""


class AgreementStore(Protocol):
    """Published agreement versions, what was decided beside them, and connections."""

    def agreements(self, account: str) -> Agreements:
        """Every published version of an account's agreements, their ends, and exclusions entered later."""

    def document(self, account: str, agreement: str, version: int) -> Mapping[str, Any] | None:
        """The frozen document of a published version, as it was published; None where there is none."""

    def connection(self, connection_id: str) -> Mapping[str, Any] | None:
        """A connection's record; None where there is none of that id."""

    def generation(self, account: str) -> int:
        """How many times something was published or ended; whoever publishes reads it before all else."""

    def publish(self, account: str, versions: Sequence[Version], at: datetime, generation: int) -> None:
        """Add versions, all of them or none: at most `MOST_VERSIONS`, else `StoreRefusedError`.

        `WriteConflictError` where one is published already, for versions never change, or where the account
        is no longer at this generation: what was checked against its agreements may not hold any more.
        """

    def exclude(self, exclusion: Exclusion) -> bool:
        """Keep an exclusion of its account, once; it never changes.

        False where it was entered before, whenever that was; `WriteConflictError` where another has its id.
        """

    def end(self, account: str, ending: AgreementEnd) -> bool:
        """Keep the end of an agreement, once; False where it was ended before: the first end stands.

        `WriteConflictError` where somebody else publishes or ends at the same moment.
        """

    def connect(self, connection: Mapping[str, Any], change: Change | None = None) -> None:
        """Add or replace a connection, and its entry among all; it stays with its account.

        With it, at once or not at all, what was changed.
        """

    def disconnect(self, connection: Mapping[str, Any], change: Change | None = None) -> None:
        """Take a connection out, and its entry; what is gone already is no error. Its changes stay."""

    def append_change(self, connection_id: str, change: Change) -> None:
        """Keep what was done about a connection that its record does not say."""

    def changes(self, connection_id: str) -> list[Change]:
        """List what was changed of a connection, the first one first."""

    def connections(self) -> Iterator[tuple[str, str]]:
        """Yield account and id of every connection, in this order."""


class ActivityStore(Protocol):
    """What is known of a connection's deliveries beside their tickets: counts, for 91 days."""

    def note(self, connection_id: str, at: datetime, count: int = 1) -> None:
        """Count deliveries in the hour of an instant: one write."""

    def heard(self, connection_id: str, since: datetime) -> Heard:
        """Read how many came in each hour, at least, from the day of an instant on; a little late."""

    def unmapped(self, connection_id: str) -> Mapping[Word, int]:
        """Read how often each word came that no map knew, the most frequent first; fifty words at most."""

    def note_words(self, connection_id: str, at: datetime, words: Mapping[Word, int]) -> None:
        """Count words that no map knew, each as often as it came; ten at once, of further ones nothing.

        It is one write; a read and another where one of them is new. `WriteConflictError` where somebody else
        counts or forgets it at the same moment: nothing is counted then.
        """

    def forget_unmapped(self, connection_id: str, words: Collection[Word] | None = None) -> None:
        """Count those words anew; without words, all of them."""
