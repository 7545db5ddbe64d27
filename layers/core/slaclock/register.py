"""An account's register: what was done to it as a whole, each act a row of the ledger in a chain of its own.

It is kept as a ticket's life is, under the subject `account`, so that what seals and checks the ledger covers
it. An act and what it does are one transaction, conditional on the act before it: whoever erases has seen
every hold.
"""

import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slaclock.domain.facts import ACCOUNT, REGISTER, Fact, fact_key, input_mark, subject_key
from slaclock.domain.keeping import Keeping
from slaclock.domain.ticket import Ticket
from slaclock.store.commit import Beside, Commit
from slaclock.store.contract import Keeper, TicketStore
from slaclock.store.errors import WriteConflictError

_TRIES = 20


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done: the kind of fact, who did it and why, what else it says, and what it does beside."""

    fact: str
    by: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)
    beside: Sequence[Beside] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Register:
    """Enters acts, and lists them."""

    tickets: TicketStore
    keeper: Keeper
    now: Callable[[], datetime]
    rest: Callable[[float], None] = time.sleep

    def enter(self, account: str, decide: Callable[[Keeping], Act]) -> Fact:
        """Enter the act that is decided on the account's retention and holds as they are.

        Where somebody else entered one meanwhile, it is decided anew; what `decide` raises ends it.
        """
        for _ in range(_TRIES):
            try:
                return self._entered(account, decide)
            except WriteConflictError:
                self.rest(random.uniform(0, 0.1))  # noqa: S311  (no secret)
        return self._entered(account, decide)

    def acts(self, account: str) -> list[Fact]:
        """Everything that was entered of an account, in its order."""
        return [told.fact for told in self.tickets.told(subject_key(ACCOUNT, account, REGISTER))]

    def _entered(self, account: str, decide: Callable[[Keeping], Act]) -> Fact:
        saved, now = self.tickets.load(subject_key(ACCOUNT, account, REGISTER)).saved, self.now()
        act = decide(self.keeper.keeping(account))
        ticket = saved.ticket if saved else Ticket(account, REGISTER, now, ACCOUNT)
        fact = _fact(account, act, now)
        self.keeper.enter(Commit(saved, ticket, (fact,), None, now), act.beside)
        return fact


def _fact(account: str, act: Act, now: datetime) -> Fact:
    return Fact(
        fact=act.fact,
        key=fact_key(act.fact, ACCOUNT, 1, 0, input_mark(secrets.token_hex(16))),
        account=account,
        ticket_id=REGISTER,
        subject=ACCOUNT,
        agreement="",
        agreement_version=0,
        target="",
        metric="",
        cycle=1,
        revision=0,
        at=now,
        due_at=None,
        details={"by": act.by, "reason": act.reason, **act.details},
    )
