"""Tickets' lives through the real workflow, sealed day by day under a key of our own, and their bundles."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import RECORDED, subject_key
from slaclock.domain.inputs import Given, Wake
from slaclock.domain.instants import parse_instant
from slaclock.evidence.bundle import Record, Sealed, make_bundle
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START, fact_entry, input_entry, link
from slaclock.evidence.checked import heads_of
from slaclock.evidence.merkle import Tree
from slaclock.evidence.seal import (
    Count,
    Key,
    head_leaf,
    late_leaf,
    leaf_bytes,
    row_document,
    row_leaf,
    seal_document,
    signed_bytes,
)
from slaclock.evidence.signatures import PublicKey, public_key
from slaclock.evidence.verify import verify
from slaclock.records.evidence import evidence_of
from slaclock.records.proving import Proving
from slaclock.store.agreements import Version
from slaclock.store.caching import CachedAgreements
from slaclock.store.memory import MemoryStore
from slaclock.workflow import Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from slaclock.domain.facts import Fact
    from slaclock.evidence.verdict import Verdict
    from slaclock.store.life import StoredLife

SUBJECT = subject_key("ticket", "acme", "1")
BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 4, 20, tzinfo=UTC)
# Leaves of other tickets, so that a proof has a path.
OTHERS = [leaf_bytes(head_leaf(f"ticket#acme#other-{n}", n, START)) for n in range(1, 6)]


@cache
def signer(number: int = 1) -> EllipticCurvePrivateKey:
    """A key of the curve that KMS signs by; of one number always the same."""
    return derive_private_key(7**60 + number, SECP256R1())


def pem(number: int = 1) -> bytes:
    """The public part of such a key."""
    return signer(number).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def trusted(number: int = 1) -> PublicKey:
    """That as whoever checks reads it."""
    return public_key(pem(number))


@dataclass
class Desk:
    """A store, agreements published in it, and one ticket's life; `now` is the time."""

    now: datetime = BEFORE
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        agreements = CachedAgreements(self.store, lambda: self.now)
        self.workflow = Workflow(self.store, agreements, lambda: self.now)

    def publish(self, *documents: Mapping[str, Any]) -> None:
        """Publish frozen documents now, each as the next version of its agreement."""
        there = [each.id for each in self.store.agreements("acme").versions]
        versions = [
            Version(plain(each), there.count(each["agreement"]) + 1, content_hash(plain(each)))
            for each in documents
        ]
        self.store.publish("acme", versions, self.now, self.store.generation("acme"))

    def give(self, now: datetime, given: Given | Wake) -> None:
        """Let something reach the ticket; before it is there, only an event does."""
        self.now = now
        if isinstance(given, Wake):
            self.workflow.wake(SUBJECT, given.by)
        elif isinstance(given, TicketEvent) or self.store.load(SUBJECT).saved:
            if isinstance(given, Exclusion):
                self.store.exclude(replace(given, ticket_id=""))
            self.workflow.take(given)

    @property
    def life(self) -> StoredLife:
        return self.store.life(SUBJECT)

    @property
    def breaches(self) -> list[Fact]:
        return [told.fact for told in self.life.told if told.fact.fact == "clock_breached"]

    def bundle(
        self, breach: str, seals: Sealing | None = None, record: Record | None = None
    ) -> dict[str, Any]:
        """The evidence of a breach, as a file has it; of another record, if one is given."""
        if record is None:
            return plain(evidence_of(self.store, seals, breach, LATER))
        sealed = Proving(seals).of(SUBJECT, record, breach) if seals else Sealed()
        agreements = self.store.agreements("acme")
        return plain(make_bundle(breach, record, agreements, self._frozen, LATER, sealed))

    def _frozen(self, agreement: str, version: int) -> Mapping[str, Any]:
        return self.store.document("acme", agreement, version) or {}


@dataclass(frozen=True)
class Day:
    """A day's seal, and its leaves."""

    seal: Mapping[str, Any]
    signature: bytes
    leaves: Sequence[bytes]


class Sealing:
    """Every day of a ticket's life sealed, among other tickets; `key` is the number of the one that signs.

    Facts of the kinds that are `late` are left out of their day, and are in the seal of the next one.
    """

    def __init__(
        self, record: Record, *, until: date | None = None, key: int = 1, late: AbstractSet[str] = frozenset()
    ) -> None:
        self.sealed: dict[date, Day] = {}
        previous: Mapping[str, Any] | None = None
        missed: list[dict[str, Any]] = []
        for day in sorted({day_of(each) for each in (*record.log, *record.facts)}):
            rows = [row_of(each) for each in record.facts if day_of(each) == day and kept(each, late)]
            if until is None or day <= until:
                self.sealed[day] = sealed_day(record, day, [*rows, *missed], previous, key)
                previous = self.sealed[day].seal
            missed = [late_leaf(row_of(each), day) for each in record.facts if each["fact"]["fact"] in late]

    def passing(self) -> list[date]:
        return sorted(day for day, sealed in self.sealed.items() if sealed.seal.get("rejected"))

    def read(self, day: date) -> Day | None:
        return self.sealed.get(day)

    def leaves(self, sealed: Day) -> Iterator[bytes]:
        yield from sealed.leaves


def kept(entry: Mapping[str, Any], late: AbstractSet[str]) -> bool:
    """Whether a fact has a row that came in time."""
    return entry["fact"]["fact"] in RECORDED - late


def row_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The leaf of a row, from its entry."""
    place = {"seq": entry["seq"], "at": entry["at"], "cause_hash": entry["cause_hash"], "head": entry["hash"]}
    return row_leaf(row_document(entry["fact"], **place))


def sealed_day(
    record: Record,
    day: date,
    rows: Sequence[Mapping[str, Any]],
    previous: Mapping[str, Any] | None,
    key: int,
) -> Day:
    """Seal rows of a day, and the ticket's head at the end of it."""
    heads = heads_of(record.log, record.facts)
    last = max(each["seq"] for each in (*record.log, *record.facts) if day_of(each) <= day)
    leaves = [*map(leaf_bytes, rows), leaf_bytes(head_leaf(SUBJECT, last, heads[last])), *OTHERS]
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    late = sum(each["kind"] == "late" for each in rows)
    count = Count(len(rows) - late, late, 1 + len(OTHERS), f"sha256:{tree.root().hex()}")
    der = signer(key).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    at = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) + timedelta(minutes=30)
    seal = seal_document("slaclock", day, at, count, previous, Key("arn:aws:kms:key", der))
    return Day(seal, signer(key).sign(signed_bytes(seal), ECDSA(SHA256())), leaves)


def day_of(entry: Mapping[str, Any]) -> date:
    return parse_instant(entry["at"]).date()


def plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document as JSON has it."""
    found: dict[str, Any] = json.loads(json.dumps(document))
    return found


def checked(bundle: Mapping[str, Any], *keys: int, **asked: Any) -> Verdict:
    """What the check of a bundle says, by keys of these numbers, or by the first."""
    return verify(json.dumps(bundle).encode(), [trusted(key) for key in keys or (1,)], **asked)


def stamped(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """The bundle with the hash of what it says now."""
    said = {name: value for name, value in bundle.items() if name != "hash"}
    return {**said, "hash": content_hash(said)}


def rechained(entries: Sequence[Mapping[str, Any]]) -> Record:
    """A chain made anew of entries in their order, as somebody makes it who may write everything."""
    log: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    head, hashes = START, {}
    for seq, entry in enumerate(entries, 1):
        if "given" in entry:
            digest = content_hash(entry["given"])
            if "event_id" in entry["given"]:
                hashes[entry["given"]["event_id"]] = digest
            head = link(head, input_entry(seq, entry["at"], digest, entry.get("agreements_at")))
            log.append({**entry, "seq": seq})
        else:
            cause_hash = hashes.get(entry["fact"].get("cause"), entry["cause_hash"])
            head = link(head, fact_entry(seq, entry["at"], entry["fact"], cause_hash))
            facts.append({**entry, "seq": seq, "cause_hash": cause_hash, "hash": head})
    return Record(log, facts)


def entries_of(bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The links of a bundle's chain, in their order."""
    return sorted([*bundle["log"], *bundle["facts"]], key=lambda each: int(each["seq"]))
