"""What is known of a fact just before it is told: how its clock stands, and who heard what of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slaclock.domain.breach_news import CLEARS_A_BREACH, TELLS_OF_AN_OPEN_BREACH, audiences_of
from slaclock.domain.remaining import as_it_stands, of_goal
from slaclock.domain.suppressing import INTERNAL, UNTOLD, become_of, why_not
from slaclock.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from slaclock.domain.facts import Fact
    from slaclock.domain.ticket import Ticket
    from slaclock.notices import Channel
    from slaclock.store.contract import Outbox, TicketStore


class Matter(NamedTuple):
    """A fact of a subject, a reminder as it stands now; its ticket, and what was told of its cycle.

    `unsaid` are the keys of the facts that were held back from all who were to hear of them.
    """

    subject: str
    fact: Fact
    ticket: Ticket | None
    told: Sequence[Fact] = ()
    unsaid: frozenset[str] = frozenset()

    @property
    def before(self) -> Sequence[Fact]:
        """What was told of the cycle before it, and reached somebody, as far as anybody was to hear of it."""
        keys = [each.key for each in self.told]
        until = keys.index(self.fact.key) if self.fact.key in keys else None
        return [each for each in self.told[:until] if each.key not in self.unsaid]

    def of_this_breach(self, audience: str, *names: str) -> Iterator[Fact]:
        """The facts of these names about the same telling of a breach that are for an audience."""
        revision = self.fact.revision
        found = (each for each in self.told if each.fact in names and each.revision == revision)
        return (each for each in found if audience in audiences_of(each))


class Matters(NamedTuple):
    """Reads the tickets, and what was sent about them."""

    tickets: TicketStore
    outbox: Outbox
    now: Callable[[], datetime]

    def read(self, subject: str, fact: Fact) -> Matter:
        """The ticket is read anew, and what was told of the cycle: of a reminder there is little to tell.

        What was held back reached nobody, and is left out of `before`. That story is good to have: a table
        that can't be read now keeps no message back.
        """
        saved = self.tickets.load(subject).saved
        if saved is None:
            return Matter(subject, fact, None, *self._story(subject, fact))
        stands = as_it_stands(fact, saved.ticket, saved.remaining.get(fact.lane))
        return Matter(subject, stands, saved.ticket, *self._story(subject, fact))

    def why_not(self, matter: Matter, audience: str, channel: Channel) -> str | None:
        """Why an audience is not told; None where it is.

        Besides what the clock says: no customer is reminded of a goal, and nobody hears of the end, or the
        withdrawal, of a breach of which every message to them was held back.
        """
        fact = matter.fact
        if channel.customer and fact.fact == "reminder_due" and of_goal(fact):
            return INTERNAL
        if fact.fact in CLEARS_A_BREACH and self._never_heard(matter, audience):
            return UNTOLD
        return why_not(fact, matter.ticket, self.now())

    def cleared(self, matter: Matter, audience: str) -> bool:
        """Whether an audience was told already that the breach of which it would be told is over."""
        if become_of(matter.fact, matter.ticket) is None:
            return False
        ends = matter.of_this_breach(audience, *CLEARS_A_BREACH)
        found = (self.outbox.sent(matter.subject, each.key, audience) for each in ends)
        return any(each is not None and each.why is None for each in found)

    def _never_heard(self, matter: Matter, audience: str) -> bool:
        about = [*matter.of_this_breach(audience, *TELLS_OF_AN_OPEN_BREACH)]
        found = (self.outbox.sent(matter.subject, each.key, audience) for each in about)
        return bool(about) and all(each is not None and each.why is not None for each in found)

    def _story(self, subject: str, fact: Fact) -> tuple[Sequence[Fact], frozenset[str]]:
        if fact.fact == "reminder_due":
            return (), frozenset()
        try:
            told = [each.fact for each in self.tickets.told(subject)]
            rows = self.outbox.messages(subject)
        except StoreUnavailableError:
            return (), frozenset()
        sent = {row["fact_key"] for row in rows if row["why"] is None}
        unsaid = frozenset(row["fact_key"] for row in rows) - sent
        return [each for each in told if (each.lane, each.cycle) == (fact.lane, fact.cycle)], unsaid
