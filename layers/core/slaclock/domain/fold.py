"""The fold: a ticket, moved through time and inputs, and the facts that it tells on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.altered import made
from slaclock.domain.clock import terms_of
from slaclock.domain.escalation import next_moment
from slaclock.domain.facts import RECORDED, Fact, fact_key, public_id, subject_key
from slaclock.domain.ticket import name_of

if TYPE_CHECKING:
    from datetime import datetime

    from slaclock.domain.case_entry import CaseEntry
    from slaclock.domain.choosing import Agreements
    from slaclock.domain.clock import Clock, Terms
    from slaclock.domain.escalation import Moment
    from slaclock.domain.ticket import Ticket


class Fold:
    """One run over one ticket: `ticket` as it stands, `facts` told so far, in order.

    `now` and `by` say when and by whom a breach was noticed; they change no outcome. `cause` is the input
    that is being folded in, `moved` the clocks whose next moment is to be worked out anew. `early` are the
    entries of cases that wait for a breach to be told, beyond the facts `looked_at` so far.
    """

    def __init__(self, ticket: Ticket, agreements: Agreements, now: datetime, by: str) -> None:
        self.ticket, self.agreements, self.now, self.by = ticket, agreements, now, by
        self.facts: list[Fact] = []
        self.early: list[CaseEntry] = []
        self.looked_at = 0
        self.cause = ""
        self.moments = {lane: at for lane, at in ticket.next_moments.items() if lane}
        self.moved: set[str] = set()

    def next_moments(self) -> dict[str, datetime]:
        """The next moment of each clock that has one, by its lane."""
        if self.moved:
            for clock in self.ticket.clocks:
                if clock.lane in self.moved:
                    self.correct(clock.lane, next_moment(clock, self.terms(clock)))
            self.moved.clear()
        return self.moments

    def resume_with(self, ticket: Ticket) -> None:
        """Go on with another state of the ticket: what its clocks have to say next is worked out anew."""
        self.ticket = ticket
        self.moments, self.moved = {}, {clock.lane for clock in ticket.clocks}

    @property
    def customer(self) -> str | None:
        return name_of(self.ticket.attributes.get("customer"))

    def terms(self, clock: Clock) -> Terms:
        """What a clock is held to."""
        kept = clock.__dict__.get("_terms")
        return kept[1] if kept and kept[0] is self.agreements else terms_of(clock, self.agreements)

    def id_of(self, key: str) -> str:
        """The public id of a fact of this ticket."""
        ticket = self.ticket
        return public_id(subject_key(ticket.subject, ticket.account, ticket.ticket_id), key)

    def put(self, clock: Clock) -> None:
        self.ticket = self.ticket.with_clock(clock)
        self.moved.add(clock.lane)

    def tell(
        self,
        fact: str,
        clock: Clock,
        at: datetime,
        *,
        due_at: datetime | None,
        mark: str = "",
        **details: Any,
    ) -> None:
        """Append a fact about a clock."""
        ticket, terms = self.ticket, self.terms(clock)
        agreement, members = terms.agreement, ticket.attributes
        about = {
            # What becomes of a breach is told of the customer to whom it was promised, be it nobody.
            "customer": clock.customer if clock.outcome == "breached" else self.customer,
            "team": name_of(members.get("team")),
            "priority": members.get("priority"),
            "timezone": agreement.timezone,
            **(self._of_row(terms) if fact in RECORDED else {}),
        }
        self.facts.append(
            made(
                Fact,
                fact=fact,
                key=fact_key(fact, clock.lane, clock.cycle, clock.revision, mark),
                account=ticket.account,
                ticket_id=ticket.ticket_id,
                subject=ticket.subject,
                agreement=clock.agreement,
                agreement_version=clock.version,
                target=clock.target,
                metric=clock.metric,
                cycle=clock.cycle,
                revision=clock.revision,
                at=at,
                due_at=due_at,
                details={**about, **details},
                cause=self.cause,
                agreement_hash=agreement.content_hash,
            )
        )

    def _of_row(self, terms: Terms) -> dict[str, str]:
        """What a row of the ledger says beside: the service, where one is known, and what was promised."""
        service = name_of(self.ticket.attributes.get("service"))
        return {**({"service": service} if service else {}), **terms.agreement.named(terms.target)}

    def correct(self, lane: str, moment: Moment | None) -> None:
        """Keep what a clock has to say next."""
        if moment:
            self.moments[lane] = moment.at
        else:
            self.moments.pop(lane, None)
