"""What a day's seal is of: its leaves, one for each row and for each ticket's head, and what is signed."""

import base64
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from slaclock import ENGINE_VERSION
from slaclock.domain.instants import format_instant
from slaclock.evidence.canonical import canonical, content_hash

SCHEMA = "seal/1"
ALGORITHM = "ECDSA_SHA_256"
MOST_SIGNED = 4096  # bytes; KMS signs no longer message whole
Document = dict[str, Any]
SPANS = ("missing", "rejected")  # members of a seal that name days, each as a list of [first, last]
_DAY = timedelta(days=1)


def row_document(
    fact: Mapping[str, Any], *, seq: int, at: str, cause_hash: str | None, head: str
) -> Document:
    """A row of the ledger as it is hashed: the fact as it was recorded, and its place in the ticket's chain.

    `head` is the chain's after it, `at` when it was recorded.
    """
    place = {"id": fact["id"], "seq": seq, "at": at}
    return {**place, "fact": dict(fact), "cause_hash": cause_hash, "hash": head}


def row_leaf(row: Mapping[str, Any]) -> Document:
    """The leaf of a row, by its document."""
    named = {name: row[name] for name in ("id", "seq", "hash")}
    return {"kind": "row", **named, "row": content_hash(row)}


def late_leaf(leaf: Mapping[str, Any], day: date) -> Document:
    """The leaf of a row of an earlier day that is in no seal yet, by the leaf it would have had there."""
    return {**leaf, "kind": "late", "day": day.isoformat()}


def head_leaf(ticket: str, seq: int, head: str) -> Document:
    """The leaf of a ticket's chain as it stood when the day was sealed; `ticket` is its subject's key."""
    return {"kind": "head", "ticket": ticket, "seq": seq, "head": head}


def leaf_bytes(leaf: Mapping[str, Any]) -> bytes:
    """A leaf as it is hashed into the tree, and as it is written, a line each, in the file of leaves."""
    return canonical(leaf)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: what KMS calls it, and the DER of its SubjectPublicKeyInfo."""

    id: str
    der: bytes

    @property
    def pem(self) -> str:
        """As files have it."""
        lines = textwrap.fill(base64.b64encode(self.der).decode(), 64)
        return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


def fingerprint(der: bytes) -> str:
    """What a key is known by: the hash of its DER."""
    return "sha256:" + sha256(der).hexdigest()


def der_of(pem: str) -> bytes:
    """The DER of a public key in PEM; ValueError where it is none."""
    begin, end = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
    text = pem.strip()
    if not (text.startswith(begin) and text.endswith(end)):
        raise ValueError("this is no public key in PEM")
    return base64.b64decode("".join(text[len(begin) : -len(end)].split()), validate=True)


@dataclass(frozen=True, slots=True)
class Count:
    """How many leaves of each kind a day has, and the root over them."""

    rows: int
    late: int
    heads: int
    root: str


def seal_document(
    stack: str,
    day: date,
    at: datetime,
    count: Count,
    previous: Mapping[str, Any] | None,
    key: Key,
    rejected: Sequence[date] = (),
) -> Document:
    """What is signed for a day. `previous` is the seal of the latest sealed day before it, if there is one.

    Days between the two have no seal, and never get one: they are named. So are those, one after the other,
    that have one which did not hold when this one was made, `rejected`; most seals say nothing of that.
    """
    before = date.fromisoformat(previous["day"]) if previous else None
    return {
        "schema": SCHEMA,
        "stack": stack,
        "day": day.isoformat(),
        "sealed_at": format_instant(at),
        "rows": count.rows,
        "late": count.late,
        "heads": count.heads,
        "root": count.root,
        "previous": {"day": previous["day"], "hash": content_hash(previous)} if previous else None,
        "missing": between(before, day) if before else [],
        **({"rejected": [[rejected[0].isoformat(), rejected[-1].isoformat()]]} if rejected else {}),
        "key": {"id": key.id, "fingerprint": fingerprint(key.der), "algorithm": ALGORITHM},
        "engine": ENGINE_VERSION,
    }


def days_from(first: date, last: date) -> list[date]:
    """Each day from one to another, both included; none where the last lies before the first."""
    return [first + n * _DAY for n in range((last - first).days + 1)]


def between(before: date, day: date) -> list[list[str]]:
    """The days between two, as one span from the first to the last; none where there are none."""
    first, last = before + _DAY, day - _DAY
    return [[first.isoformat(), last.isoformat()]] if first <= last else []


def is_within(day: date, spans: Iterable[Sequence[str]]) -> bool:
    """Whether a day is in one of the spans of days, as seals have them."""
    return any(first <= day.isoformat() <= last for first, last in spans)


def signed_bytes(seal: Mapping[str, Any]) -> bytes:
    """What a seal's signature is of; ValueError where it is longer than KMS signs."""
    message = canonical(seal)
    if len(message) > MOST_SIGNED:
        raise ValueError(f"a seal has {MOST_SIGNED} bytes at the most, and this one {len(message)}")
    return message
