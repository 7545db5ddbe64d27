"""The end of a ticket's log: what is over, and was kept as long as its account says, is removed.

It is not left to DynamoDB's time to live. That takes one item away, days late and unasked: the rest of the
log would stay, and until it was removed the ticket would begin anew among its own facts. So the auditor asks,
by the index that also says what is due, and what it finds is judged again by what holds then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from slaclock.domain.facts import split_subject
from slaclock.domain.keeping import Keeping
from slaclock.store.commit import Commit, Saved
from slaclock.store.contract import Keeper, TicketStore
from slaclock.store.keys import register_of

_MOST = 500  # items that are removed of one ticket at a time; what is left, the next time


@dataclass(frozen=True, slots=True)
class Forgetter:
    """Removes what is not kept any more, ticket by ticket; what is done twice does no harm."""

    tickets: TicketStore
    keeper: Keeper
    now: Callable[[], datetime]

    def ended(self) -> Iterator[str]:
        """Yield the keys of tickets whose log need not be kept any more, as far as is known, oldest first."""
        return self.keeper.ended(self.now())

    def forget(self, subject: str) -> bool:
        """Remove a ticket's log; whether something was removed.

        One that changed, or is held, or is kept longer by now, only gets its new place. In the ticket's stead
        stands first that it is forgotten, so that it can't begin anew, and then the rest goes. A hold stops
        that, too, where some of it is left.
        """
        loaded = self.tickets.load(subject)
        if loaded.saved is None and loaded.forgotten is None:
            return False
        register = self.tickets.load(register_of(subject)).saved  # before the holds that are read
        _, account, ticket_id = split_subject(subject)
        keeping = self.keeper.keeping(account)
        if loaded.saved is not None:
            now, until = self.now(), keeping.log_until(loaded.saved.ticket, loaded.saved.last_row_at)
            if until is None or until > now:
                self._place(loaded.saved, keeping)
                return False
            gone = now + keeping.ledger if keeping.ledger else None
            self.keeper.forget(subject, loaded.saved, now, gone, register.version if register else None)
        elif keeping.held(ticket_id):  # what is left of it stays
            return False
        if self.keeper.clear(subject, _MOST):
            self.keeper.cleared(subject)
        return True

    def place(self, subject: str, keeping: Keeping) -> bool:
        """Give a ticket the place that its account's retention and holds give it; whether that is new."""
        saved = self.tickets.load(subject).saved
        if saved is None or keeping.log_until(saved.ticket, saved.last_row_at) == saved.log_until:
            return False
        self._place(saved, keeping)
        return True

    def _place(self, saved: Saved, keeping: Keeping) -> None:
        # Nothing is decided: the same ticket is written, and no schedule of it has moved. No clock waits in
        # one that has such a place, and of any other the deadline that presses is kept as it is.
        self.tickets.commit(Commit(saved, saved.ticket, (), None, self.now(), keeping=keeping))
