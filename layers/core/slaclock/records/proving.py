"""Proofs that a breach's rows, and its ticket's head, are in the seals of their days."""

import base64
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol

from slaclock.domain.instants import parse_instant
from slaclock.evidence.bundle import Document, Record, Sealed
from slaclock.evidence.checked import heads_of
from slaclock.evidence.merkle import inclusion_path, leaf_hash
from slaclock.evidence.passing import Passed
from slaclock.evidence.rows import rows_of
from slaclock.evidence.seal import head_leaf, late_leaf, leaf_bytes, row_document, row_leaf
from slaclock.seals import SealUnreadable

_LATE_BY = 8  # days after its own in whose seals a late row may be: each looks back a week
_MOST_DAYS = 400  # in whose seals a ticket's head is looked for
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


class SealedDay(Protocol):
    """A day's seal: what was signed, and the signature in DER."""

    @property
    def seal(self) -> Mapping[str, Any]: ...

    @property
    def signature(self) -> bytes: ...


class Seals(Protocol):
    """The seals of days, as they were written."""

    def passing(self) -> Sequence[date]:
        """The days whose seals may pass over others, in their order."""

    def read(self, day: date) -> SealedDay | None:
        """A day's seal; None where there is none, `SealUnreadable` for what is no seal of it."""

    def leaves(self, sealed: Any) -> Iterator[bytes]:
        """The leaves of a seal, in their order."""


class Proving:
    """Looks leaves up in the seals of days that count; of those that it reads it holds 32 bytes each.

    A day whose seal or leaves can't be read counts as one without. A bucket that can't be had is an error.
    """

    def __init__(self, seals: Seals) -> None:
        self._seals = seals
        self._read: dict[date, SealedDay | None] = {}

    def of(self, subject: str, record: Record, breach: str) -> Sealed:
        """What seals say of a breach's rows, and of the latest head of its ticket that is sealed."""
        facts = {each["fact"]["id"]: each for each in record.facts}
        rows = [facts[each] for each in rows_of(record.facts, breach)]
        proofs = [*self._rows(rows), *self._head(subject, record)]
        proofs.sort(key=lambda proof: (proof["day"], proof["index"]))
        days = sorted({proof["day"] for proof in proofs})
        found = {day: self._seal(date.fromisoformat(day)) for day in days}
        return Sealed(proofs, {day: _written(sealed) for day, sealed in found.items() if sealed})

    def _rows(self, rows: Sequence[Document]) -> Iterator[Document]:
        by_day: dict[date, dict[str, Document]] = {}
        for each in rows:
            by_day.setdefault(_day_of(each), {})[each["fact"]["id"]] = _leaf_of(each)
        for day, waiting in sorted(by_day.items()):
            for place in self._places(day):
                leaves = [each if place == day else late_leaf(each, day) for each in waiting.values()]
                for proof in self._proofs(place, leaves):
                    del waiting[proof["leaf"]["id"]]
                    yield proof

    def _places(self, day: date) -> Iterator[date]:
        """The days in whose seals a row of a day may be, each once: its own, and where it may be late."""
        ahead = (self._place(day + n * _DAY) for n in range(_LATE_BY + 1))
        seen = set[date]()
        for place in ahead:
            if place not in seen:
                yield place
            seen.add(place)

    def _head(self, subject: str, record: Record) -> list[Document]:
        """The latest head that is sealed: in the seal of the day on which its ticket was last saved."""
        leaves = [head_leaf(subject, *each) for each in heads_of(record.log, record.facts).items()]
        touched = {_day_of(each) for each in (*record.log, *record.facts)}
        days = sorted({*touched, *(day + _DAY for day in touched)}, reverse=True)
        for day in days[:_MOST_DAYS]:
            if found := self._proofs(self._place(day), leaves):
                return found
        return []

    def _proofs(self, day: date, leaves: Sequence[Document]) -> list[Document]:
        """Proofs of those of the leaves that a day's seal is of."""
        wanted, sealed = {leaf_bytes(each): each for each in leaves}, self._seal(day)
        if sealed is None or not wanted:
            return []
        hashes: list[bytes] = []
        places: dict[bytes, int] = {}
        with _unsealed_if_unreadable():
            for number, leaf in enumerate(self._seals.leaves(sealed)):
                hashes.append(leaf_hash(leaf))
                if leaf in wanted:
                    places[leaf] = number
            return [_proof(wanted[leaf], day, place, hashes) for leaf, place in places.items()]
        return []

    def _place(self, day: date) -> date:
        """The day whose seal stands for that of a day: its own, or that of the seal which passes over it."""
        return self._passed.by(day) or day

    @cached_property
    def _passed(self) -> Passed:
        """What was passed over, by the few seals that may do so."""
        passed = Passed()
        for day in reversed(self._seals.passing()):
            if not passed.by(day) and (sealed := self._seal(day)):
                passed.note(sealed.seal)
        return passed

    def _seal(self, day: date) -> SealedDay | None:
        """A day's seal, read once; None where there is none, or what is there is no seal."""
        if day not in self._read:
            self._read[day] = None
            with _unsealed_if_unreadable():
                self._read[day] = self._seals.read(day)
        return self._read[day]


@contextmanager
def _unsealed_if_unreadable() -> Iterator[None]:
    """Go on as if a day had no seal, and say so, where what lies in its place is none: it stays so."""
    try:
        yield
    except SealUnreadable as error:
        _log.warning("counted as unsealed: %s", error)


def _proof(leaf: Document, day: date, place: int, hashes: Sequence[bytes]) -> Document:
    path = [f"sha256:{each.hex()}" for each in inclusion_path(hashes, place)]
    return {"leaf": leaf, "day": day.isoformat(), "index": place, "size": len(hashes), "path": path}


def _written(sealed: SealedDay) -> Document:
    return {"seal": dict(sealed.seal), "signature": base64.b64encode(sealed.signature).decode()}


def _leaf_of(entry: Document) -> Document:
    """The leaf of a row, from the entry of its fact."""
    place = {"seq": entry["seq"], "at": entry["at"], "cause_hash": entry["cause_hash"], "head": entry["hash"]}
    return row_leaf(row_document(entry["fact"], **place))


def _day_of(entry: Document) -> date:
    """The day, in UTC, on which a link was recorded."""
    return parse_instant(entry["at"]).date()
