"""What may have ended of an account, by its register: whose acts are links of a chain, which seals cover.

The items by which functions know retention and holds prove nothing: they can be changed without a trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from slaclock.chains import heads_of
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import ACCOUNT, REGISTER, Fact, split_subject, subject_key
from slaclock.domain.keeping import Keeping, keeping_of_acts, row_is_over
from slaclock.store.commit import Forgotten
from slaclock.store.contract import Keeper, TicketStore

_DAY = timedelta(days=1)


class Store(TicketStore, Keeper, Protocol):
    """Where registers are, and what functions go by."""


@dataclass(slots=True)
class Ends:
    """Judges what is gone. Each account's register is read once; of one that does not hold nothing ends."""

    store: Store
    now: datetime
    _acts: dict[str, Sequence[Fact] | None] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def wrong(self, account: str) -> str | None:
        """What is not right about what is kept of an account, if anything; said once."""
        if account in self._told:
            return None
        self._told.add(account)
        if self._acts_of(account) is None:
            return f"the register of account {account} does not hold in itself: nothing may end by it"
        if _substance(self.store.keeping(account)) != _substance(self.keeping(account)):
            return f"retention or holds of account {account} are not those that its register tells"
        return None

    def keeping(self, account: str, at: datetime | None = None) -> Keeping:
        """The retention and holds that the register tells, of all its acts or of those until an instant."""
        return keeping_of_acts(act for act in self._acts_of(account) or () if at is None or act.at <= at)

    def row(self, subject: str, day: date) -> bool:
        """Whether a row of a day goes by itself, and is to have gone by now."""
        return row_is_over(subject, _midnight_after(day), self.keeping, self.now)

    def log(self, leaf: Mapping[str, Any], forgotten: Forgotten) -> str | None:
        """What speaks against the end of a ticket whose head was sealed, if anything does."""
        if forgotten.seq < leaf["seq"] or (forgotten.seq == leaf["seq"] and forgotten.head != leaf["head"]):
            return "is forgotten at another link than was sealed"
        _, account, ticket_id = split_subject(leaf["ticket"])
        keeping = self.keeping(account, forgotten.at)
        if forgotten.at > self.now or keeping.logs is None or keeping.held(ticket_id):
            return "is forgotten, and could not have ended then"
        rows = list(self.store.row_ends(account, ticket_id))
        if any(row.key.startswith("clock_breached:") for row in rows):
            latest = max(row.recorded_at for row in rows)
            if keeping.ledger is None or latest + keeping.ledger > forgotten.at:
                return "is forgotten before the rows of its breach have ended"
        return None

    def _acts_of(self, account: str) -> Sequence[Fact] | None:
        if account not in self._acts:
            self._acts[account] = self._read(subject_key(ACCOUNT, account, REGISTER))
        return self._acts[account]

    def _read(self, subject: str) -> Sequence[Fact] | None:
        """The acts of a register; None where they are no whole chain that leads to its head."""
        try:
            life, saved = self.store.life(subject), self.store.load(subject).saved
            heads = heads_of(life)
        except (SlaError, KeyError, TypeError, ValueError, AttributeError):
            return None
        end = (saved.seq, saved.head) if saved else (0, None)
        if len(life.log) + len(life.told) != len(heads) or end != (len(heads), heads[-1] if heads else None):
            return None
        return [told.fact for told in life.told]


def _substance(keeping: Keeping) -> tuple[Any, ...]:
    return keeping.logs, keeping.ledger, {(hold.name, hold.ticket_id) for hold in keeping.holds}


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + _DAY, time(), UTC)
