"""A day's cycles and ratings in columns, packed small: exact, so that what they count is what rows count.

A part is a big-endian length, the figures of that length, and the ids, each compressed (RFC 1950). Figures
are a line of JSON and then columns, little-endian, one after the other, in the order of deadlines. Of each
name in `MEMBERS` the line has the different values, and the column of each cycle's place among them: a byte
each, two where there are more than 256 values, four beyond 65536. `NUMBERS` are columns of 64-bit integers:
instants in microseconds since 1970, lengths in seconds. A report without use for ids unpacks none.
"""

import json
import struct
import sys
import zlib
from array import array
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import compress
from typing import Any, NamedTuple

from slaclock.evidence.cycles import Cycle, Rating, State

SCHEMA = "rollup/1"
MOST_BYTES = 350_000  # of a part; DynamoDB takes items of 400 KB
NAMED = (
    "customer", "agreement", "agreement_version", "target", "metric", "kind", "clause", "team", "priority",
    "service", "cycle", "cause",
)  # fmt: skip
MEMBERS = (*NAMED, "stands")
NUMBERS = ("due", "at", "worked", "wall", "late")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SIZES = {"B": 1, "H": 2, "I": 4, "q": 8}


class Stands(NamedTuple):
    """How a cycle stands; `worked`, `wall` and `late` say whether these are known of it."""

    state: State
    open: bool
    reopened: bool
    corrected: bool
    worked: bool
    wall: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Member:
    """The different values of a member, and for each cycle the place of its own among them."""

    values: Sequence[Any]
    places: "bytes | array[int]"

    def each(self) -> Iterator[Any]:
        """Yield the value of each cycle."""
        return map(self.values.__getitem__, self.places)


@dataclass(frozen=True, slots=True)
class Rollup:
    """Cycles in columns that all have one length, and ratings."""

    account: str
    members: Mapping[str, Member]
    numbers: "Mapping[str, array[int]]"
    ratings: Sequence[Rating]
    _ids: bytes = field(repr=False)

    def __len__(self) -> int:
        """How many cycles it has."""
        return len(self.numbers["due"])

    def cycles(self, agreement: str | None = None) -> Iterator[Cycle]:
        """Yield the cycles as they were rolled up, by deadline; those of one agreement where it is named."""
        ids = json.loads(zlib.decompress(self._ids))
        named = zip(*(self.members[name].each() for name in NAMED), strict=True)
        numbers = zip(*(self.numbers[name] for name in NUMBERS), strict=True)
        wanted = [agreement in (None, each) for each in self.members["agreement"].each()]
        columns = zip(ids, named, self.members["stands"].each(), numbers, strict=True)
        for each in compress(columns, wanted):
            yield self._cycle(*each)

    def _cycle(self, text: str, named: Sequence[Any], stands: Stands, numbers: Sequence[int]) -> Cycle:
        due, at, worked, wall, late = numbers
        return Cycle(
            id=_public(text),
            account=self.account,
            **dict(zip(NAMED, named, strict=True)),
            due=instant(due),
            at=instant(at),
            state=stands.state,
            open=stands.open,
            reopened=stands.reopened,
            corrected=stands.corrected,
            worked=worked if stands.worked else None,
            wall=wall if stands.wall else None,
            late=late if stands.late else None,
        )

    def figures(self) -> bytes:
        """All that it says but for the ids, as it is written before it is compressed."""
        head = {
            "schema": SCHEMA,
            "account": self.account,
            "cycles": len(self),
            "values": {name: self.members[name].values for name in MEMBERS},
            "ratings": [_written(each) for each in self.ratings],
        }
        places = (_swapped(self.members[name].places) for name in MEMBERS)
        numbers = (_swapped(self.numbers[name]) for name in NUMBERS)
        return b"".join((_text(head), b"\n", *map(bytes, places), *map(bytes, numbers)))

    def digest(self) -> str:
        """The hash of what it says, however it was compressed: equal for equal contents."""
        said = sha256(self.figures())
        said.update(zlib.decompress(self._ids))
        return f"sha256:{said.hexdigest()}"

    def packed(self) -> list[bytes]:
        """Itself in parts of at most `MOST_BYTES`, each a rollup of its own; no part where it is empty."""
        if not (len(self) or self.ratings):
            return []
        figures = zlib.compress(self.figures())
        part = struct.pack(">I", len(figures)) + figures + self._ids
        if len(part) <= MOST_BYTES:
            return [part]
        cycles, ratings = list(self.cycles()), self.ratings
        here, there = len(cycles) // 2, len(ratings) // 2
        first = rolled_up(self.account, cycles[:here], ratings[:there])
        return first.packed() + rolled_up(self.account, cycles[here:], ratings[there:]).packed()


def rolled_up(account: str, cycles: Iterable[Cycle], ratings: Iterable[Rating] = ()) -> Rollup:
    """Roll up an account's cycles and ratings; the order in which they come makes no difference."""
    found = sorted(cycles, key=lambda each: (each.due, each.id))
    members = {name: _member([getattr(each, name) for each in found]) for name in NAMED}
    numbers = {name: array("q", (_number(getattr(each, name)) for each in found)) for name in NUMBERS}
    stands = [Stands(each.state, each.open, each.reopened, each.corrected, *_known(each)) for each in found]
    ids = zlib.compress(_text([_named(each.id) for each in found]))
    given = sorted(ratings, key=lambda each: (each.due, each.id))
    return Rollup(account, {**members, "stands": _member(stands)}, numbers, given, ids)


def unpacked(part: bytes) -> Rollup:
    """Read a part; `ValueError` where it is none."""
    try:
        (length,) = struct.unpack_from(">I", part)
        head, _, columns = zlib.decompress(part[4 : 4 + length]).partition(b"\n")
        document = json.loads(head)
        if document["schema"] != SCHEMA:
            raise ValueError(f"its schema is {document['schema']!r}")
        account, number = document["account"], document["cycles"]
        members, place = {}, 0
        for name in MEMBERS:
            values = document["values"][name]
            places, place = _column(columns, place, number, _width(len(values)))
            members[name] = Member(values, places)
        members["stands"] = Member([Stands(*each) for each in document["values"]["stands"]], places)
        numbers = {}
        for name in NUMBERS:
            numbers[name], place = _column(columns, place, number, "q")
        ratings = [_rating(account, each) for each in document["ratings"]]
        return Rollup(account, members, numbers, ratings, part[4 + length :])
    except (KeyError, TypeError, struct.error, zlib.error) as error:
        raise ValueError(f"it is no part of a rollup: {error}") from error


def microseconds(at: datetime) -> int:
    """An instant as columns have it."""
    return (at - _EPOCH) // _MICROSECOND


def instant(number: int) -> datetime:
    """An instant that a column has."""
    return _EPOCH + number * _MICROSECOND


def _public(text: str) -> str:
    """A public id from what it encodes."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _named(fact_id: str) -> str:
    """What a public id encodes: the subject's key and the fact's, which compress far better."""
    return urlsafe_b64decode(fact_id + "=" * (-len(fact_id) % 4)).decode()


def _member(each: Sequence[Any]) -> Member:
    """A member in its column; its values have an order of their own, whatever comes first."""
    values = sorted(set(each), key=lambda value: (value is not None, 0 if value is None else value))
    place = {value: number for number, value in enumerate(values)}
    places = array(_width(len(values)), [place[value] for value in each])
    return Member(values, bytes(places) if places.typecode == "B" else places)


def _known(cycle: Cycle) -> tuple[bool, bool, bool]:
    return cycle.worked is not None, cycle.wall is not None, cycle.late is not None


def _number(value: datetime | int | None) -> int:
    return microseconds(value) if isinstance(value, datetime) else value or 0


def _width(values: int) -> str:
    """How wide a column of places among so many values is, as `array` calls it."""
    return "B" if values <= 1 << 8 else "H" if values <= 1 << 16 else "I"


def _column(text: bytes, begin: int, number: int, width: str) -> tuple[Any, int]:
    """A column that begins at a place, and where the next one does; bytes where it is one byte wide."""
    end = begin + _SIZES[width] * number
    if end > len(text):
        raise ValueError("its columns end too early")
    if width == "B":
        return text[begin:end], end
    column = array(width)
    column.frombytes(text[begin:end])
    return _swapped(column), end


def _swapped(column: "bytes | array[int]") -> Any:
    """A column between this machine's order of bytes and the little-endian one."""
    if sys.byteorder == "big" and not isinstance(column, bytes):
        column = array(column.typecode, column)
        column.byteswap()
    return column


def _written(rating: Rating) -> list[Any]:
    named = (rating.customer, rating.agreement, rating.agreement_version, rating.team, rating.priority)
    return [_named(rating.id), *named, rating.service, microseconds(rating.due), str(rating.value)]


def _rating(account: str, written: Sequence[Any]) -> Rating:
    named, customer, agreement, version, team, priority, service, due, value = written
    about = (customer, agreement, version, team, priority, service)
    return Rating(_public(named), account, *about, instant(due), Decimal(value))


def _text(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
