"""Taking a delivery in: find its connection, verify it, translate it, fold it in; lose none."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from slaclock.domain.errors import InvalidEvent, SlaError, TooOld
from slaclock.helpdesks import Unmappable, adapter
from slaclock.helpdesks.arrival import LARGEST_BODY
from slaclock.helpdesks.connection import connection_from_json
from slaclock.helpdesks.headers import hold_a_signature
from slaclock.helpdesks.signatures import PUBLIC, verified
from slaclock.problems import fault
from slaclock.quarantine import Kept
from slaclock.store.errors import StoreUnavailableError, WriteConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from slaclock.domain.events import TicketEvent
    from slaclock.helpdesks import Adapter, Delivery, Mapped
    from slaclock.helpdesks.connection import Connection
    from slaclock.quarantine import Quarantine
    from slaclock.store.activity import Word
    from slaclock.store.caching import CachedAgreements
    from slaclock.tallying import Tally
    from slaclock.workflow import Workflow

_log = logging.getLogger(__name__)
# The table, or what stands before it, can't be had just now; the delivery can.
UNAVAILABLE = (StoreUnavailableError, WriteConflictError, BotoCoreError, ClientError)


class UnknownConnection(SlaError):
    """Nothing is connected under this id."""


class Unsigned(SlaError):
    """No secret of the connection signed these bytes lately. Says no more, on purpose."""


class Unverified(SlaError):
    """Who sent it could not be found out, nor can it be later: whoever did has to send it again."""


class Receipt(NamedTuple):
    """What became of a delivery's events."""

    accepted: int = 0
    duplicates: int = 0
    ignored: int = 0
    quarantined: int = 0


@dataclass(slots=True)
class Intake:
    """The way of a delivery from its bytes to its tickets.

    `secrets` resolves a connection's reference; one that is `public` counts for nothing.
    """

    agreements: CachedAgreements
    secrets: Callable[[str], Sequence[str]]
    workflow: Workflow
    quarantine: Quarantine
    activity: Tally
    public: Collection[str] = PUBLIC

    def receive(self, connection_id: str, delivery: Delivery, *, trusted: bool = False) -> Receipt:
        """Take a delivery in; where the table can't be had it is kept, and applied once it can.

        `UnknownConnection` and `Unsigned` refuse it, `InvalidEvent` where a sender of canonical events made a
        mistake, or sends what is older than the account's retention. A delivery that bears no signature, but
        a secret (which is not kept), can be verified on its arrival only: where the connection or its secret
        can't be had then, it is `Unverified`. It is kept all the same, in case it is never sent again; the
        next sweep finds it unsigned, and sets it aside for a person. A helpdesk's delivery that can't be
        mapped, that is too old, that is of more than 1 MiB (whoever sent it), or that meets a fault of ours,
        is kept for a person to look at: most helpdesks never send again. What AWS itself says who sent it,
        and nobody else can have, comes in as `trusted`.
        """
        delivered = Kept(connection_id, delivery, verified=trusted)
        try:
            connection, helpdesk = self.connected(connection_id) if trusted else self._verified(delivered)
            delivered = delivered._replace(verified=True)
            mapped = _mapped(helpdesk, delivery, connection)
            receipt = self._fold_in(mapped, connection)
        except (UnknownConnection, Unsigned, InvalidEvent):
            raise
        except UNAVAILABLE as error:
            self.quarantine.keep("table", delivered, type(error).__name__)
        except Exception as error:  # noqa: BLE001  (the delivery must not be lost)
            self.set_aside(delivered, error)
            if delivered.verified:
                self._note(delivered)
        else:
            self._note(delivered, unmapped(mapped.events))
            return receipt
        if not (delivered.verified or hold_a_signature(delivery.headers)):
            raise Unverified("nobody could say who sent it")
        return Receipt(quarantined=1)

    def apply(self, kept: Kept) -> Receipt:
        """Take a delivery in, or raise what kept it from being taken; verified once is verified."""
        connection, helpdesk = self.connected(kept.connection) if kept.verified else self._verified(kept)
        mapped = _mapped(helpdesk, kept.delivery, connection)
        receipt = self._fold_in(mapped, connection)
        self._note_words(kept.connection, unmapped(mapped.events))
        return receipt

    def set_aside(self, kept: Kept, error: Exception) -> None:
        """Keep a delivery for a person to look at."""
        if not isinstance(error, SlaError):
            _log.error("a delivery met a fault: %s", fault(error))
        told = isinstance(error, Unmappable | TooOld)
        self.quarantine.keep("unmapped", kept, str(error) if told else type(error).__name__)

    def _verified(self, kept: Kept) -> tuple[Connection, Adapter]:
        connection, helpdesk = self.connected(kept.connection)
        secrets = self.secrets(connection.secret)
        if not verified(helpdesk, connection, kept.delivery, secrets, self.public):
            raise Unsigned("no signature of this connection")
        return connection, helpdesk

    def connected(self, connection_id: str) -> tuple[Connection, Adapter]:
        """A connection by its id, and what speaks for its helpdesk; `UnknownConnection` if there is none."""
        known = re.fullmatch(r"[A-Za-z0-9_-]{1,128}", connection_id)
        record: Mapping[str, Any] | None = self.agreements.connection(connection_id) if known else None
        if record is None:
            raise UnknownConnection("no such connection")
        connection = connection_from_json(record)
        return connection, adapter(connection.kind)

    def _note(self, kept: Kept, words: Sequence[Word] = ()) -> None:
        """Count a delivery of the connection, as well as can be: it was taken, whatever comes of this."""
        try:
            self.activity.note(kept.connection, kept.delivery.received_at, words)
        except Exception as error:  # noqa: BLE001  (no delivery fails for it)
            _log.warning("a delivery could not be counted: %s", fault(error))

    def _note_words(self, connection_id: str, words: Sequence[Word]) -> None:
        """Count words of a delivery of before, likewise; its hour is past, and says nothing of silence."""
        if not words:
            return
        try:
            self.activity.note_words(connection_id, self.workflow.now(), words)
        except Exception as error:  # noqa: BLE001  (no delivery fails for it)
            _log.warning("words could not be counted: %s", fault(error))

    def _fold_in(self, mapped: Mapped, connection: Connection) -> Receipt:
        """Fold the events in; one that is too old stops no other, and then refuses the delivery."""
        newest = _newest(mapped.events)
        folded, refused = [], None
        for event in mapped.events:
            try:
                folded.append(self.workflow.take(event, newest[_ticket(event)]))
                _log.info("folded in" if folded[-1] else "known", extra=_named(event))
            except TooOld as error:
                refused = error
        if refused is not None:
            raise InvalidEvent(str(refused), "/occurred_at") if _canonical(connection) else refused
        return Receipt(folded.count(True), folded.count(False), mapped.ignored)


def _ticket(event: TicketEvent) -> tuple[str, str]:
    return event.subject, event.ticket_id


def _named(event: TicketEvent) -> dict[str, str]:
    return {"account": event.account, "ticket": event.ticket_id, "event": event.type}


def _newest(events: Iterable[TicketEvent]) -> dict[tuple[str, str], datetime]:
    """When the newest event of each ticket was: with it come the replies that a snapshot tells of."""
    newest: dict[tuple[str, str], datetime] = {}
    for event in events:
        newest[_ticket(event)] = max(event.occurred_at, newest.get(_ticket(event), event.occurred_at))
    return newest


def _canonical(connection: Connection) -> bool:
    """Whether a sender writes events in our own form, and so can be told what is wrong with one."""
    return connection.kind == "generic" or (connection.kind == "cloudevents" and connection.mapping is None)


def _mapped(helpdesk: Adapter, delivery: Delivery, connection: Connection) -> Mapped:
    """Translate a delivery; `Unmappable` where that can't be done, or might take longer than there is."""
    if len(delivery.body) > LARGEST_BODY:
        raise Unmappable("the body is larger than 1 MiB")
    return helpdesk.read(delivery, connection)


def unmapped(events: Iterable[TicketEvent]) -> list[Word]:
    """The helpdesk's own words, of statuses and priorities, that no map leads on from; each once.

    An adapter keeps such a word beside its meaning, also where it could guess that (by Jira's category of a
    status, say). Who sends canonical events means what it says, and has no map here.
    """
    found = [
        (name, str(each.attributes[f"{name}_raw"]))
        for each in events
        for name in ("status", "priority")
        if each.attributes.get(f"{name}_raw")
        and (each.attributes.get(name) == "unknown" or each.source != "generic")
    ]
    return list(dict.fromkeys(found))
