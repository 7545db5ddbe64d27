"""The evidence of a breach, from what is stored: its ticket's chain, its agreements, and the days' seals."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import recorded, split_id, split_subject
from slaclock.domain.instants import format_instant
from slaclock.domain.logged import given_to_json
from slaclock.evidence.bundle import Document, Record, Sealed, make_bundle
from slaclock.evidence.rows import is_breach, rows_of
from slaclock.records.acknowledging import UnknownFact
from slaclock.records.proving import Proving, Seals
from slaclock.store.contract import AgreementStore, TicketStore
from slaclock.store.life import StoredLife


class RecordDamaged(SlaError):
    """Something that was published is not there any more, though nothing of ours removes it."""


class TooManyLinks(SlaError):
    """The ticket's chain has more links than whoever asked can wait for."""


class Store(TicketStore, AgreementStore, Protocol):
    """Where a ticket, its chain and its agreements are kept."""


def evidence_of(
    store: Store,
    seals: Seals | None,
    breach: str,
    now: datetime,
    most_links: int | None = None,
    check: Callable[[StoredLife], None] = lambda _: None,
) -> Document:
    """The bundle of a breach; `UnknownFact` where none was told under this id.

    `TooManyLinks` where its ticket's chain has more than `most_links`: nothing is folded then. `check` sees
    the very links that the bundle will hold, and raises where they are not for whoever asks.
    """
    try:
        subject, _ = split_id(breach)
    except InvalidEvent as error:
        raise UnknownFact(error.detail) from None
    life = store.life(subject) if is_breach(breach) else StoredLife((), ())
    record = record_of(life)
    if not rows_of(record.facts, breach):
        raise UnknownFact("no breach was told under this id")
    check(life)
    if most_links is not None and len(record.log) + len(record.facts) > most_links:
        raise TooManyLinks(f"the record of the ticket has more than {most_links} links")
    account = split_subject(subject)[1]

    def frozen(agreement: str, version: int) -> Mapping[str, Any]:
        document = store.document(account, agreement, version)
        if document is None:
            raise RecordDamaged(f"{agreement} version {version} of {account} is not there any more")
        return document

    sealed = Proving(seals).of(subject, record, breach) if seals else Sealed()
    return make_bundle(breach, record, store.agreements(account), frozen, now, sealed)


def record_of(life: StoredLife) -> Record:
    """A ticket's chain as documents."""
    log: list[Document] = []
    for each in life.log:
        as_of = each.given.agreements_at if isinstance(each.given, TicketEvent) else None
        known = {"agreements_at": format_instant(as_of)} if as_of else {}
        given = given_to_json(each.given)
        log.append({"seq": each.seq, "at": format_instant(each.recorded_at), "given": given, **known})
    facts = [
        {
            "seq": each.seq,
            "at": format_instant(each.recorded_at),
            "fact": recorded(each.fact),
            "cause_hash": each.cause_hash,
            "hash": each.hash,
        }
        for each in life.told
    ]
    return Record(log, facts)
