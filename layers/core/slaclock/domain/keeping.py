"""How long what is stored of an account is kept: its retention, and the legal holds that stop it ending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from slaclock.domain.facts import ACCOUNT, split_subject
from slaclock.domain.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket

# Longer than what is kept in quarantine may wait there, and than a seal looks back.
SHORTEST = {"logs": timedelta(days=30), "ledger": timedelta(days=366)}
FORGOTTEN = "is of a ticket whose log was removed when its retention ended"
_FOR_EVER = "for ever"
TOO_OLD = "is older than the account's retention, and its ticket is not known"


class Hold(NamedTuple):
    """A legal hold: nothing that it covers is removed or erased before it is lifted.

    It covers one ticket, or with `ticket_id` None the whole account. `name` is the account's own for it.
    """

    name: str
    reason: str
    by: str
    at: datetime
    ticket_id: str | None = None

    def covers(self, ticket_id: str) -> bool:
        """Whether what is stored of a ticket stays for it."""
        return self.ticket_id in (None, ticket_id)


class Keeping(NamedTuple):
    """An account's retention, of tickets' `logs` and `ledger` rows, each None for ever; and its `holds`."""

    logs: timedelta | None = None
    ledger: timedelta | None = None
    holds: tuple[Hold, ...] = ()

    def held(self, ticket_id: str) -> Hold | None:
        """A hold that covers a ticket, if there is one."""
        return next((each for each in self.holds if each.covers(ticket_id)), None)

    def log_until(self, ticket: Ticket, last_row_at: datetime | None) -> datetime | None:
        """From when on a ticket's log is not kept any more; None as long as nobody can tell.

        An open ticket has no such moment. One that is over (solved, closed, deleted or merged, and no clock
        of it waits) has it so long after its last event; where it had a breach, whose latest row is of
        `last_row_at`, not before its ledger rows have gone.
        """
        if self.logs is None or ticket.position is None or not _over(ticket) or self.held(ticket.ticket_id):
            return None
        end = ticket.position[0] + self.logs
        if last_row_at is None:
            return end
        return None if self.ledger is None else max(end, last_row_at + self.ledger)

    def row_until(self, ticket_id: str, recorded_at: datetime) -> datetime | None:
        """When a ledger row of a ticket, recorded at an instant, goes; None for never, as things are."""
        if self.ledger is None or self.held(ticket_id):
            return None
        return recorded_at + self.ledger

    def forgotten(self, happened_at: datetime, now: datetime) -> bool:
        """Whether what happened then is so old that a ticket which knew of it may be gone by now."""
        return self.logs is not None and happened_at <= now - self.logs

    @property
    def said(self) -> dict[str, str]:
        """The retention for people and for the record."""
        return {name: _days(kept) for name, kept in (("logs", self.logs), ("ledger", self.ledger))}


FOR_EVER = Keeping()  # of an account that nobody said anything of


def keeping_of_acts(acts: Iterable[Fact]) -> Keeping:
    """The retention and holds that an account's acts, in their order, come to."""
    kept: dict[str, timedelta | None] = {}
    holds: dict[str, Hold] = {}
    for act in acts:
        said = act.details
        if act.fact == "retention_set":
            kept = {name: _kept(said[name]) for name in SHORTEST}
        elif act.fact == "hold_set":
            name = said["hold"]
            holds[name] = Hold(name, said["reason"], said["by"], act.at, said.get("of_ticket"))
        elif act.fact == "hold_lifted":
            holds.pop(said["hold"], None)
    return Keeping(kept.get("logs"), kept.get("ledger"), tuple(holds.values()))


def row_is_over(
    subject: str, recorded_at: datetime, keeping_of: Callable[[str], Keeping], now: datetime
) -> bool:
    """Whether a ledger row of a subject has to be gone by now; what was done to an account stays."""
    kind, account, ticket_id = split_subject(subject)
    until = keeping_of(account).row_until(ticket_id, recorded_at) if kind != ACCOUNT else None
    return until is not None and until <= now


def whole_days(kept: timedelta) -> str:
    """A retention as it is written: `400d`."""
    return f"{kept.days}d"


def hold_to_json(hold: Hold) -> dict[str, str]:
    """Write a hold as it is stored, but for its name."""
    of = {"ticket_id": hold.ticket_id} if hold.ticket_id is not None else {}
    return {"reason": hold.reason, "by": hold.by, "at": format_instant(hold.at), **of}


def _days(kept: timedelta | None) -> str:
    return _FOR_EVER if kept is None else whole_days(kept)


def _kept(said: str) -> timedelta | None:
    """A retention as `said` has it."""
    return None if said == _FOR_EVER else timedelta(days=int(said.removesuffix("d")))


def _over(ticket: Ticket) -> bool:
    gone = ticket.solved or ticket.status == "deleted" or ticket.gone is not None
    waits = ticket.behind or ticket.next_moments or any(clock.waiting for clock in ticket.clocks)
    return gone and not waits
