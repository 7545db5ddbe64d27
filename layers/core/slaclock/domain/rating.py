"""Ratings: what the people who asked thought of it, beside what the clocks say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slaclock.domain.altered import made
from slaclock.domain.facts import RATED, Fact, fact_key, input_mark
from slaclock.domain.ticket import name_of

if TYPE_CHECKING:
    from slaclock.domain.events import TicketEvent
    from slaclock.domain.fold import Fold

LANE = "*rating"  # no target's name has an asterisk: it is no clock's


def rate(fold: Fold, event: TicketEvent) -> None:
    """Tell that a ticket was rated, under the customer's agreement that applies, if any; nothing stops.

    Each rating of a ticket is one fact: a second one stands beside the first.
    """
    if event.value is None:
        return
    ticket, members = fold.ticket, fold.ticket.attributes
    chosen = (each for each in fold.agreements.all_of(ticket.chosen) if each.kind == "customer")
    agreement = next(chosen, None)
    named = {name: name_of(members.get(name)) for name in ("customer", "team", "priority", "service")}
    about = {name: value for name, value in named.items() if value is not None}
    fold.facts.append(
        made(
            Fact,
            fact=RATED,
            key=fact_key(RATED, LANE, 1, 0, input_mark(event.id)),
            account=ticket.account,
            ticket_id=ticket.ticket_id,
            subject=ticket.subject,
            agreement=agreement.id if agreement else "",
            agreement_version=agreement.version if agreement else 0,
            target="rating",
            metric="rating",
            cycle=1,
            revision=0,
            at=event.occurred_at,
            due_at=None,
            details={**about, "rating": event.value},
            cause=event.id,
            agreement_hash=agreement.content_hash if agreement else "",
            engine="",
        )
    )
