"""Taking a breach in hand: once, by whoever is first."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.errors import InvalidEvent, SlaError
from slaclock.domain.facts import Fact, split_id, split_subject
from slaclock.domain.instants import format_instant
from slaclock.evidence.standing import Standing, standing
from slaclock.store.contract import TicketStore


class UnknownFact(SlaError):
    """Nothing was told under this id."""


class NothingToAcknowledge(SlaError):
    """The fact tells of no breach, or of one that has ended or was withdrawn; the message says which."""


def acknowledge(
    tickets: TicketStore, take: Callable[[Acknowledgement], bool], fact_id: str, by: str, at: datetime
) -> dict[str, Any]:
    """Take in hand the breach that a fact tells of, and say who has it since when.

    Where somebody has it already, it says that and writes nothing. `UnknownFact` and `NothingToAcknowledge`
    say why there is nothing to take. `by` is whoever signed the call.
    """
    if not (stands := open_breach(tickets, fact_id)).acknowledged:
        take(acknowledgement_of(fact_id, by, at))
        stands = open_breach(tickets, fact_id)
    if not (taken := stands.acknowledged):
        raise NothingToAcknowledge("the breach could not be acknowledged")
    return {
        "id": fact_id,
        "breach": stands.told.id,
        "account": taken.account,
        "ticket_id": taken.ticket_id,
        "by": taken.details["by"],
        "at": format_instant(taken.at),
        "claimed": taken.details.get("claimed", False),
        "level": taken.details.get("level"),
    }


def acknowledgement_of(fact_id: str, by: str, at: datetime, **how: Any) -> Acknowledgement:
    """The input that takes in hand what a fact tells of; `how` are its `claimed` and `via`."""
    subject, account, ticket_id = split_subject(split_id(fact_id)[0])
    return Acknowledgement(account, ticket_id, by, at, fact_id=fact_id, subject=subject, **how)


def open_breach(tickets: TicketStore, fact_id: str) -> Standing:
    """The breach that a fact is about, while somebody waits for it; else the errors of `acknowledge`."""
    _, stands = telling(tickets, fact_id)
    if stands is None:
        raise NothingToAcknowledge("there is no breach here to acknowledge")
    if stands.corrected:
        raise NothingToAcknowledge("the breach was withdrawn: it did not happen")
    if stands.ended:
        raise NothingToAcknowledge(f"the breach ended at {format_instant(stands.ended.at)}")
    return stands


def telling(tickets: TicketStore, fact_id: str) -> tuple[Fact, Standing | None]:
    """A fact, and what became of the breach that it is about, if it is about one; `UnknownFact`."""
    try:
        subject, key = split_id(fact_id)
    except InvalidEvent as error:
        raise UnknownFact(error.detail) from None
    facts = [told.fact for told in tickets.told(subject)]
    named = next((fact for fact in facts if fact.key == key), None)
    if named is None:
        raise UnknownFact("nothing was told under this id")
    cycle = (named.lane, named.cycle, named.revision)
    return named, standing(fact for fact in facts if (fact.lane, fact.cycle, fact.revision) == cycle)
