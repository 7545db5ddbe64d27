"""What `slaclock agreement publish` does where a version is for open tickets: it tells them at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slaclock.cli import deployed
from slaclock.domain.events import TicketEvent
from slaclock.feeding import Fed, Feeder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.ticket import Ticket
    from slaclock.wiring import Wiring

_AFTER = timedelta(microseconds=1)


def renew(account: str, newest: Mapping[str, int], wiring: Wiring, settle: float) -> int:
    """Tell open tickets of versions with `applies_to_open`, so that none waits for its next event (rule 25).

    A breach under the new terms would else be told days late. Run again it tells nobody twice; the exit
    status is that of the command.
    """
    sweeps = deployed.Sweeps(settle)
    fed = sweeps.run(lambda: _sweep(account, newest, wiring, sweeps))
    anew = fed.facts["clock_retargeted"] + fed.facts["clock_started"]
    return deployed.report(fed, [("tickets told", fed.told), ("clocks set anew", anew)])


def _sweep(account: str, newest: Mapping[str, int], wiring: Wiring, sweeps: deployed.Sweeps) -> Fed:
    def given_for(ticket: Ticket) -> TicketEvent | None:
        if not any(clock.waiting for clock in ticket.clocks):
            return None
        older = (name for name, version in ticket.chosen if version < newest.get(name, 0))
        name = next(older, None)
        return None if name is None else _publication(name, newest[name], ticket, wiring)

    subjects = sweeps.watched(wiring.store.subjects(account))
    return Feeder(wiring.store, wiring.agreements, wiring.now).feed(subjects, given_for)


def _publication(agreement: str, version: int, ticket: Ticket, wiring: Wiring) -> TicketEvent:
    """An event that says nothing of the ticket, so that only the choice is made anew."""
    now = wiring.now()
    after = now if ticket.position is None else max(now, ticket.position[0] + _AFTER)
    return TicketEvent(
        event_id=f"publication:{agreement}:{version}",
        account=ticket.account,
        ticket_id=ticket.ticket_id,
        type="snapshot",
        occurred_at=after,
        received_at=now,
        source="generic",
        time_quality="received",
        subject=ticket.subject,
    )
