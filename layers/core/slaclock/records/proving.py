"""Proofs that a breach's rows, and its ticket's head, are in the seals of their days."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from slaclock.domain.instants import parse_instant
from slaclock.evidence.bundle import Document, Record, Sealed
from slaclock.evidence.checked import heads_of
from slaclock.evidence.merkle import inclusion_path, leaf_hash
from slaclock.evidence.rows import rows_of
from slaclock.evidence.seal import head_leaf, is_within, late_leaf, leaf_bytes, row_document, row_leaf
from slaclock.seals import SealUnreadable

_LOOKED_AHEAD = 8  # days in whose seals a late row may be: each looks back a week
_MOST_DAYS = 400  # in whose seals a ticket's head is looked for
_DAY = timedelta(days=1)


class SealedDay(Protocol):
    """A day's seal: what was signed, and the signature in DER."""

    @property
    def seal(self) -> Mapping[str, Any]: ...

    @property
    def signature(self) -> bytes: ...


class Seals(Protocol):
    """The seals of days, as they were written."""

    def read(self, day: date) -> SealedDay | None:
        """A day's seal; None where there is none."""

    def leaves(self, sealed: Any) -> Iterator[bytes]:
        """The leaves of a seal, in their order."""


class Proving:
    """Looks leaves up in the seals of days; of those that it reads it holds 32 bytes each."""

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
        by_day: dict[date, list[Document]] = {}
        for each in rows:
            by_day.setdefault(_day_of(each), []).append(_leaf_of(each))
        for day, leaves in sorted(by_day.items()):
            found = self._proofs(day, leaves)
            yield from found
            proven = {proof["leaf"]["id"] for proof in found}
            yield from self._late(day, [late_leaf(each, day) for each in leaves if each["id"] not in proven])

    def _late(self, day: date, leaves: Sequence[Document]) -> Iterator[Document]:
        """Rows that their day's seal lacks are in one of the next, as late ones."""
        for ahead in range(1, _LOOKED_AHEAD + 1):
            if not leaves:
                return
            found = self._proofs(day + ahead * _DAY, leaves)
            yield from found
            proven = {proof["leaf"]["id"] for proof in found}
            leaves = [each for each in leaves if each["id"] not in proven]

    def _head(self, subject: str, record: Record) -> list[Document]:
        """The latest head that is sealed: in the seal of the day on which its ticket was last saved."""
        leaves = [head_leaf(subject, *each) for each in heads_of(record.log, record.facts).items()]
        touched = {_day_of(each) for each in (*record.log, *record.facts)}
        days = sorted({*touched, *(day + _DAY for day in touched)}, reverse=True)
        for day in days[:_MOST_DAYS]:
            if found := self._proofs(day, leaves):
                return found
        return []

    def _proofs(self, day: date, leaves: Sequence[Document]) -> list[Document]:
        """Proofs of those of the leaves that a day's seal is of."""
        wanted, sealed = {leaf_bytes(each): each for each in leaves}, self._seal(day)
        if sealed is None or not wanted:
            return []
        hashes: list[bytes] = []
        places: dict[bytes, int] = {}
        for number, leaf in enumerate(self._seals.leaves(sealed)):
            hashes.append(leaf_hash(leaf))
            if leaf in wanted:
                places[leaf] = number
        return [_proof(wanted[leaf], day, place, hashes) for leaf, place in places.items()]

    def _seal(self, day: date) -> SealedDay | None:
        """A day's seal; None where there is none, or where a later one says that it did not hold."""
        if day not in self._read:
            self._read[day] = None if self._is_rejected(day) else self._seals.read(day)
        return self._read[day]

    def _is_rejected(self, day: date) -> bool:
        """Whether a person passed over the seal of that day: a later seal names it so, or follows it."""
        for ahead in range(1, _LOOKED_AHEAD + 1):
            try:
                later = self._seals.read(day + ahead * _DAY)
            except SealUnreadable:
                continue
            if later is None:
                continue
            if is_within(day, later.seal.get("rejected", ())):
                return True
            if (later.seal["previous"] or {}).get("day") == day.isoformat():
                return False
        return False


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
