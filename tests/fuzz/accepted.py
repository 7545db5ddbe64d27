"""What holds of every input that is taken in: it is kept as it was read, under keys of its own, and folds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from slaclock.agreements.document import read_file
from slaclock.agreements.freeze import build
from slaclock.domain.choosing import Agreements
from slaclock.domain.decide import Decision, decide
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import fact_from_json, fact_to_json, split_subject, subject_key
from slaclock.domain.inputs import Wake, not_ahead
from slaclock.domain.logged import given_from_json, given_to_json
from slaclock.store.codec import ticket_from_json, ticket_to_json
from slaclock.store.commit import Commit
from slaclock.store.items import puts
from tests.fuzz.frame import ROOT

if TYPE_CHECKING:
    from typing import Any

    from slaclock.domain.inputs import Given
    from slaclock.domain.ticket import Ticket

PUBLISHED = date(2026, 3, 23)


@cache
def agreements() -> Agreements:
    """What tickets are folded under: the sample, for everybody."""
    gold = build(read_file(ROOT / "agreements" / "acme-gold.yaml"), published=PUBLISHED)
    return Agreements((replace(gold, applies_to={}),))


def check_kept(given: Given) -> None:
    """The log gives an input back as it was, and its keys name it alone."""
    document = given_to_json(given)
    assert given_from_json(json.loads(_text(document))) == given
    key = (given.subject, given.account, given.ticket_id)
    assert split_subject(subject_key(*key)) == key


def check_event(event: TicketEvent, under: Agreements | None = None) -> None:
    """An event is kept, opens a ticket under agreements, and what is told of it a day later can be stored."""
    check_kept(event)
    under = under or agreements()
    if isinstance(heard := not_ahead(event), TicketEvent):
        event = heard
    opened = decide(None, event, under, event.received_at)
    assert isinstance(opened, Decision)
    _check_decision(opened, event)
    later = event.received_at + timedelta(days=1)
    woken = decide(opened.ticket, Wake("timer"), under, later)
    if isinstance(woken, Decision):
        _check_decision(woken, None)


def _check_decision(decision: Decision, given: TicketEvent | None) -> None:
    ticket = replace(decision.ticket, next_moments={})
    assert ticket_from_json(json.loads(_text(ticket_to_json(ticket)))) == ticket
    for fact in decision.facts:
        read = fact_from_json(json.loads(_text(fact_to_json(fact))))
        assert (read.id, read.at, read.details) == (fact.id, fact.at, fact.details)
    _check_items(decision, given, ticket)


def _check_items(decision: Decision, given: TicketEvent | None, ticket: Ticket) -> None:
    """Everything that a commit writes is of its table's kind, and small enough for it."""
    at = given.received_at if given else ticket.created_at
    for put in puts(Commit(None, decision.ticket, decision.facts, given, at))[1]:
        assert 0 < len(put.item["pk"].encode()) <= 2048
        assert 0 < len(put.item["sk"].encode()) <= 1024
        assert len(_text(put.item)) < 400_000


def _text(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
