"""What was sealed, held against what is there: day by day, row by row, and the seals against each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from slaclock.chains import heads_of, tells
from slaclock.domain.errors import SlaError
from slaclock.domain.facts import ACCOUNT, split_id, split_subject
from slaclock.ends import Ends
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.matching import Leaf, differences
from slaclock.evidence.seal import between, der_of, fingerprint, row_leaf, signed_bytes
from slaclock.evidence.signatures import PublicKey
from slaclock.sealing import LOOKED_BACK, leaves_of, row_of_late, seal_of
from slaclock.seals import Sealed, Seals, SealUnreadable
from slaclock.store.contract import DayBook, Keeper, TicketStore

_DAY, _LONG_AGO = timedelta(days=1), datetime(1970, 1, 1, tzinfo=UTC)
_UNREADABLE = (SlaError, KeyError, TypeError, ValueError, AttributeError)
_REMEMBERED = 256  # tickets, whose rows of a day lie apart
_KINDS = {"row": "rows", "late": "late", "head": "heads"}  # of leaves, and what a seal counts them as


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a day; a fault means that something is not as it was sealed."""

    day: date
    what: str
    fault: bool = True


class Store(DayBook, TicketStore, Keeper, Protocol):
    """Where rows are, tickets with their logs, and how long they are kept."""


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
    _sealed: list[date] = field(default_factory=list)
    _chains: dict[str, list[str | None]] = field(default_factory=dict)
    _late: dict[date, dict[str, Leaf]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ends = Ends(self.store, self.now)

    def check(self, first: date, last: date) -> Iterator[Finding]:
        """Yield what there is to know of each day from `first` to `last`; a fault names what does not hold.

        A row in no seal may be of a day that is not sealed yet; a late one is in a seal of the week after.
        """
        self._sealed = self.seals.days()
        for name in self.seals.odd():
            yield Finding(first, f"an object that is no seal's: {name}")
        yield from self._read_late(first, last)
        day = first
        while day <= last:
            yield from self._day(day)
            day += _DAY

    def _read_late(self, first: date, last: date) -> Iterator[Finding]:
        """Remember the late rows that seals have of these days; what can't be read of them is a fault."""
        for day in self._sealed:
            if not first < day <= last + LOOKED_BACK * _DAY:
                continue
            try:
                if seal_of(self.seals, day).seal["late"]:
                    for leaf in leaves_of(self.seals, seal_of(self.seals, day)):
                        self._remember(leaf)
            except SealUnreadable as error:
                if day > last:  # of the others it is said in their turn
                    yield Finding(day, str(error))

    def _remember(self, leaf: Leaf) -> None:
        if leaf["kind"] == "late":
            own, day = row_of_late(leaf)
            self._late.setdefault(day, {})[own["id"]] = own

    def _day(self, day: date) -> Iterator[Finding]:
        if day not in self._sealed:
            yield from self._unsealed(day)
            return
        try:
            sealed = seal_of(self.seals, day)
            yield from self._signature(sealed)
            yield from self._before(sealed)
            yield from self._leaves(sealed)
        except (SealUnreadable, SlaError, KeyError, TypeError, ValueError) as error:
            yield Finding(day, f"the seal can't be read: {error}")

    def _unsealed(self, day: date) -> Iterator[Finding]:
        """A day before the first seal, after the last one, or in a gap: which the next seal must say."""
        after = next((each for each in self._sealed if each > day), None)
        if after is None:
            yield Finding(day, "there is no seal yet", fault=False)
            return
        try:
            seal = seal_of(self.seals, after).seal
        except SealUnreadable:
            yield Finding(day, "there is no seal, and the next one can't be read")
            return
        named = any(begin <= day.isoformat() <= end for begin, end in seal["missing"])
        if named:
            yield Finding(day, f"gap: there is no seal, as the seal of {after} says", fault=False)
        elif seal["previous"] is None:
            yield Finding(day, f"there is no seal: the first one is of {after}", fault=False)
        else:
            yield Finding(day, f"the seal is gone: that of {after} does not say that there is none")
        yield from self._rows(day, None)

    def _signature(self, sealed: Sealed) -> Iterator[Finding]:
        day, named = sealed.day, sealed.seal["key"]["fingerprint"]
        if fingerprint(der_of(sealed.public_key)) != named:
            yield Finding(day, "the public key beside the seal is not the one that the seal names")
        key = next((each for each in self.keys if each.fingerprint == named), None)
        if key is None:
            yield Finding(day, f"signed by {named}, which is none of the keys that you trust: --key")
        elif not key.signed(signed_bytes(sealed.seal), sealed.signature):
            yield Finding(day, "bad signature: the seal was not signed as it is by the key that it names")

    def _before(self, sealed: Sealed) -> Iterator[Finding]:
        """The seal before it is the one that it names, and nothing between them is kept silent about."""
        day, named = sealed.day, sealed.seal["previous"]
        before = max((each for each in self._sealed if each < day), default=None)
        if named is None:
            said = (
                "the first seal" if before is None else f"it names no seal before it, and there is {before}"
            )
            yield Finding(day, said, fault=before is not None)
            return
        its = date.fromisoformat(named["day"])
        if sealed.seal["missing"] != between(its, day):
            yield Finding(day, f"it does not say which days it missed since {its}")
        if before != its:
            what = "is gone" if before is None or before < its else f"is not the one before it, {before} is"
            yield Finding(day, f"broken: the seal of {its}, which it names, {what}")
            return
        previous = seal_of(self.seals, its).seal
        if content_hash(previous) != named["hash"]:
            yield Finding(day, f"broken: it was made after another seal of {its} than there is")
        if previous["key"]["fingerprint"] != sealed.seal["key"]["fingerprint"]:
            yield Finding(day, f"from here on another key: {sealed.seal['key']['fingerprint']}", fault=False)

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
                yield from self._head(day, leaf)
            subject = leaf["ticket"] if leaf["kind"] == "head" else split_id(leaf["id"])[0]
            if wrong := self._ends.wrong(split_subject(subject)[1]):
                yield Finding(day, wrong)
        if counted != {kind: seal[count] for kind, count in _KINDS.items()}:
            yield Finding(day, f"it has other leaves than it counts: {counted}")
        yield from self._rows(day, sealed)

    def _rows(self, day: date, sealed: Sealed | None) -> Iterator[Finding]:
        leaves = (
            None
            if sealed is None
            else (leaf for leaf in leaves_of(self.seals, sealed) if leaf["kind"] == "row")
        )
        wrong: list[str] = []  # of rows; what holds is not held in memory
        rows = (row_leaf(row) for row in self.store.recorded(day) if self._linked(row, wrong))
        # Of a row on a day that has no seal nobody can say when it came.
        sure, ended = sealed is not None, 0
        for what, leaf in differences(rows, leaves, self._late.get(day, {})):
            if what == "removed" and self._ends.row(split_id(leaf["id"])[0], day):
                ended += 1
            elif what != "late":
                new = "added: a row" if sure else "a row"
                named = f"{new} that is in no seal" if what == "new" else f"{what}: a row that was sealed"
                yield Finding(day, f"{named}, {leaf['id']}", fault=sure or what != "new")
        for row in wrong:
            yield Finding(day, f"a row that its ticket's record does not tell, {row}")
        if ended:
            yield Finding(day, f"ended: of {ended} rows that were sealed the retention is over", fault=False)

    def _linked(self, row: Mapping[str, Any], wrong: list[str]) -> bool:
        """Note a row that its ticket's record does not tell; True, so that it is looked at whatever it is."""
        subject = split_id(row["id"])[0]
        if self.heads and not tells(self._heads(subject), row) and not self.store.load(subject).forgotten:
            wrong.append(row["id"])
        return True

    def _heads(self, subject: str) -> list[str | None]:
        """The heads of a ticket's record, of which some are remembered; of one that can't be read none."""
        if subject not in self._chains:
            if len(self._chains) >= _REMEMBERED:
                self._chains.clear()
            try:
                self._chains[subject] = heads_of(self.store.life(subject))
            except _UNREADABLE:  # said of its head
                self._chains[subject] = []
        return self._chains[subject]

    def _head(self, day: date, leaf: Mapping[str, Any]) -> Iterator[Finding]:
        """The chain of a ticket's record leads to what was sealed, link by link."""
        ticket, seq = leaf["ticket"], leaf["seq"]
        try:
            heads = heads_of(self.store.life(ticket))
        except _UNREADABLE as error:
            yield Finding(day, f"the record of {ticket} can't be read: {error}")
            return
        if len(heads) < seq and (forgotten := self.store.load(ticket).forgotten):
            against = self._ends.log(leaf, forgotten)
            said = (
                f"the record of {ticket} {against}"
                if against
                else f"ended: the record of {ticket} was kept no longer"
            )
            yield Finding(day, said, fault=against is not None)
        elif len(heads) < seq:
            yield Finding(day, f"the record of {ticket} does not reach link {seq} any more")
        elif heads[seq - 1] != leaf["head"]:
            yield Finding(day, f"the record of {ticket} is not what was sealed, up to {seq}")
