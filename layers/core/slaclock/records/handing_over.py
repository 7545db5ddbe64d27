"""Passing a breach on to another audience, which is told at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slaclock.domain.facts import Fact, split_id, split_subject
from slaclock.domain.hand_over import HandOver
from slaclock.domain.instants import format_instant
from slaclock.domain.notifying import MOST_HEARD
from slaclock.records.acknowledging import NothingToAcknowledge, open_breach
from slaclock.store.contract import TicketStore


class NothingToHandOver(NothingToAcknowledge):
    """The breach can't be passed on any more; the message says why."""


def hand_over(
    tickets: TicketStore,
    take: Callable[[HandOver], bool],
    fact_id: str,
    to: str,
    by: str,
    at: datetime,
    note: str | None = None,
) -> dict[str, Any]:
    """Pass the breach that a fact tells of on to an audience, and say to whom that was: a rota names others.

    `UnknownFact` and `NothingToAcknowledge` say why there is nothing to pass on. Whether a topic is known for
    the audience is for whoever asks to judge, before.
    """
    stands = open_breach(tickets, fact_id)
    subject, account, ticket_id = split_subject(split_id(fact_id)[0])
    given = HandOver(account, ticket_id, to, by, at, note, fact_id=fact_id, subject=subject)
    take(given)
    told = _told(tickets, split_id(fact_id)[0], given.id)
    if told is None:
        open_breach(tickets, fact_id)  # it may have ended while we wrote
        raise NothingToHandOver(f"the breach was handed over to {MOST_HEARD} audiences: it goes no further")
    return {
        "id": told.id,
        "breach": stands.told.id,
        "account": account,
        "ticket_id": ticket_id,
        "to": told.details["to"],
        "by": told.details["by"],
        "at": format_instant(told.at),
        "note": told.details.get("note"),
    }


def _told(tickets: TicketStore, subject: str, cause: str) -> Fact | None:
    """The fact that an input caused, the latest where a correction told it anew."""
    facts = [told.fact for told in tickets.told(subject)]
    found = [fact for fact in facts if (fact.fact, fact.cause) == ("escalation_handed_over", cause)]
    return found[-1] if found else None
