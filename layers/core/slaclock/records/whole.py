"""Whose a ticket is, by all that is shown of it: judged on what was read, and not by a read before."""

from collections.abc import Iterable

from slaclock.access.boundary import Boundary, NotTheirs
from slaclock.domain.events import TicketEvent
from slaclock.domain.facts import Fact
from slaclock.domain.inputs import Given
from slaclock.domain.ticket import Ticket, name_of


def check_whole(
    boundary: Boundary, log: Iterable[Given], facts: Iterable[Fact], ticket: Ticket | None = None
) -> None:
    """`NotTheirs` where a ticket's log, its facts or the ticket as it stands say another customer, or none.

    That a customer is unknown for a while is no other customer.
    """
    if boundary.customer is None:
        return
    said = {name_of(each.attributes.get("customer")) for each in log if isinstance(each, TicketEvent)}
    said |= {each.details.get("customer") for each in facts}
    said |= {name_of(ticket.attributes.get("customer"))} if ticket else set()
    if said - {None} != {boundary.customer}:
        raise NotTheirs("there is nothing of this name")


def may_be_theirs(boundary: Boundary, ticket: Ticket) -> bool:
    """Whether a ticket's customer now is theirs, or unknown: of another's, neither log nor facts are read."""
    now = name_of(ticket.attributes.get("customer"))
    return now is None or boundary.has_customer(now)
