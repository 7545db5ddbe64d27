"""What was sealed, held against what is there: day by day, row by row, and the seals against each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from slaclock.checking.findings import Finding
from slaclock.checking.records import Records, Store
from slaclock.checking.rows import Rows
from slaclock.checking.seals import InTurn
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import ACCOUNT, split_id, split_subject
from slaclock.ends import Ends
from slaclock.evidence.passing import Passed
from slaclock.evidence.seal import days_from
from slaclock.evidence.signatures import PublicKey
from slaclock.sealing.leaves import leaves_of, leaves_of_kind, seal_of
from slaclock.sealing.looking_back import LOOKED_BACK
from slaclock.seals import Sealed, Seals, SealUnreadable

_DAY, _LONG_AGO = timedelta(days=1), datetime(1970, 1, 1, tzinfo=UTC)
_UNREADABLE = (SealUnreadable, SlaError, KeyError, TypeError, ValueError, RecursionError)
_KINDS = {"row": "rows", "late": "late", "head": "heads"}  # of leaves, and what a seal counts them as


@dataclass(slots=True)
class Checker:
    """Checks seals by the keys that whoever asks trusts; it reads, and changes nothing.

    With `heads` each ticket's chain is looked at as well, as far as it was sealed: a read of its whole log.
    What has gone because its account's retention ended, by `now`, is no fault. That is judged by its
    register, and what functions go by has to be the same.
    """

    store: Store
    seals: Seals
    keys: Sequence[PublicKey]
    heads: bool = False
    now: datetime = _LONG_AGO
    _ends: Ends = field(init=False)
    _in_turn: InTurn = field(init=False)
    _records: Records = field(init=False)
    _rows: Rows = field(init=False)
    _passed: Passed = field(default_factory=Passed)

    def __post_init__(self) -> None:
        self._ends = Ends(self.store, self.now)
        self._in_turn = InTurn(self.seals, self.keys)
        self._records = Records(self.store, self._ends)
        self._rows = Rows(self._records, self.heads)

    def check(self, first: date, last: date) -> Iterator[Finding]:
        """Yield what there is to know of each day from `first` to `last`; a fault names what does not hold.

        A row in no seal may be of a day that is not sealed yet; a late one is in a seal of the week after, or
        in one that passes over that. All later seals are read: one may pass over these days' whenever it was.
        """
        for name in self.seals.odd():
            yield Finding(first, f"an object that is no seal's: {name}")
        for day, what in self.seals.altered():
            if first <= day <= last:
                yield Finding(day, what)
        sealed = self.seals.days()
        yield from self._read_ahead(sealed, first, last)
        self._in_turn.days = [day for day in sealed if not self._passed.by(day)]
        for day in days_from(first, last):
            yield from self._day(day)

    def _read_ahead(self, sealed: Sequence[date], first: date, last: date) -> Iterator[Finding]:
        """Remember what later seals say of these days: late rows, and which seals they reject.

        What can't be read of them is a fault.
        """
        week_after = last + LOOKED_BACK * _DAY
        for day in reversed(sealed):
            if day < first or self._passed.by(day):
                continue
            try:
                seal = seal_of(self.seals, day)
                self._passed.note(seal.seal)
                if seal.seal["late"] and (day <= week_after or seal.seal.get("rejected")):
                    for leaf in leaves_of_kind("late", self.seals, seal):
                        self._rows.remember(leaf, first, last)
            except SealUnreadable as error:
                if last < day <= week_after:  # of those before it is said in their turn
                    yield Finding(day, str(error))

    def _day(self, day: date) -> Iterator[Finding]:
        if by := self._passed.by(day):
            yield Finding(day, f"passed over: the seal did not hold when that of {by} was made")
            yield from self._rows.check(day, ())  # that one has all of them, as late
            return
        if day not in self._in_turn.days:
            yield from self._in_turn.unsealed(day)
            if self._in_turn.days and day < self._in_turn.days[-1]:
                yield from self._rows.check(day, None)
            return
        try:
            sealed = seal_of(self.seals, day)
            yield from self._in_turn.signature(sealed)
            yield from self._in_turn.before(sealed)
            yield from self._leaves(sealed)
        except _UNREADABLE as error:
            yield Finding(day, f"the seal can't be read: {error}")

    def _leaves(self, sealed: Sealed) -> Iterator[Finding]:
        """The leaves are those that were signed, and the rows those of the leaves."""
        day, seal = sealed.day, sealed.seal
        if not any(seal[count] for count in _KINDS.values()):
            yield Finding(day, "empty: nothing was recorded", fault=False)
        counted = dict.fromkeys(_KINDS, 0)
        for leaf in leaves_of(self.seals, sealed):
            counted[leaf["kind"]] += 1
            if leaf["kind"] == "late":
                yield Finding(day, f"late: a row of {leaf['day']}, {leaf['id']}", fault=False)
            elif leaf["kind"] == "head" and (self.heads or leaf["ticket"].startswith(f"{ACCOUNT}#")):
                yield from self._records.head(day, leaf)
            subject = leaf["ticket"] if leaf["kind"] == "head" else split_id(leaf["id"])[0]
            if wrong := self._ends.wrong(split_subject(subject)[1]):
                yield Finding(day, wrong)
        if counted != {kind: seal[count] for kind, count in _KINDS.items()}:
            yield Finding(day, f"it has other leaves than it counts: {counted}")
        yield from self._rows.check(day, leaves_of_kind("row", self.seals, sealed))
