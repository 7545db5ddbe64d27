"""What happened, in the past tense. A fact told is never changed; a wrong one is withdrawn by another."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from slaclock import ENGINE_VERSION
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import format_instant, parse_instant

OUTCOMES = frozenset({"clock_met", "clock_breached", "clock_cancelled"})
# What somebody must hear of, besides finding it in the record.
ANNOUNCED = frozenset(
    {"reminder_due", "clock_breached", "escalation_due", "breach_ended", "breach_reopened"}
    | {"escalation_handed_over", "outcome_corrected"}
)
# What people write into the case of a breach.
CASE = frozenset({"case_cause", "case_note", "case_remedy", "case_review", "case_dispute"})
# What is done to an account as a whole, about the subject `account`; no clock has to do with it.
REGISTER = "register"  # the id under which an account's own acts are kept
ACCOUNT = "account"
ACTS = frozenset({"hold_set", "hold_lifted", "retention_set", "identities_erased"})
RATED = "ticket_rated"
# What the ledger keeps a row of.
RECORDED = (
    OUTCOMES
    | {"breach_ended", "breach_reopened", "breach_acknowledged"}
    | {"escalation_handed_over", "outcome_corrected"}
    | CASE
    | ACTS
    | {RATED}
)
# What every row says of its ticket and its promise, as they were then, where it is known.
ABOUT = ("customer", "team", "priority", "timezone", "service", "kind", "clause")


@dataclass(frozen=True)
class Fact:
    """One thing that happened to one cycle of one clock.

    `key` is unique within the ticket and a function of what the fact says, so that folding again can't tell
    it twice; no deadline is in it. `cause` is the id of the input that caused it, or "" where time did.
    `agreement_hash` is of the version as published, `engine` the version of slaclock that recorded it, "" for
    this one: recorded with the fact, and no part of what it says.
    """

    fact: str
    key: str
    account: str
    ticket_id: str
    subject: str
    agreement: str
    agreement_version: int
    target: str
    metric: str
    cycle: int
    revision: int
    at: datetime
    due_at: datetime | None
    details: Mapping[str, Any] = field(default_factory=dict)
    cause: str = ""
    agreement_hash: str = ""
    engine: str = field(default="", compare=False)

    @cached_property
    def id(self) -> str:
        """The public id: the subject's key and the fact's own, opaque and safe in a URL."""
        return public_id(subject_key(self.subject, self.account, self.ticket_id), self.key)

    @property
    def lane(self) -> str:
        """Which clock of the ticket it is about, by whatever agreement: `resolution`, `ola/resolution`."""
        return self.key.split(":")[1]


def about(fact: Fact) -> dict[str, Any]:
    """What a fact says of its ticket and its promise: for another one about the same."""
    return {name: fact.details[name] for name in ABOUT if name in fact.details}


def named_by(fact: Fact) -> dict[str, str]:
    """What a log says of a fact: ids, and nothing that anybody wrote."""
    return named_at(subject_key(fact.subject, fact.account, fact.ticket_id), fact.key)


def named_at(subject: str, key: str) -> dict[str, str]:
    """What a log says of a fact by its subject's key and its own."""
    clock = key.split(":")[1]
    return {**named_in(subject), "clock": clock, "fact": key, "fact_id": public_id(subject, key)}


def named_under(subject: str, key: str = "") -> dict[str, str]:
    """What a log says of a fact or a subject by keys that may be none; nothing where they are not."""
    try:
        return named_at(subject, key) if ":" in key else named_in(subject)
    except Exception:  # noqa: BLE001  (or the error would never be logged)
        return {}


def named_in(subject: str) -> dict[str, str]:
    """What a log says of a subject by its key: its account and its id."""
    _, account, ticket = split_subject(subject)
    return {"account": account, "ticket": ticket}


def period_of(fact: Fact) -> datetime:
    """The instant by whose day a fact is counted: its deadline; where there is none, when it happened.

    A correction is counted with what it withdraws: `of_at` is when that happened, where it had no deadline.
    """
    of_at: str | None = fact.details.get("of_at")
    return fact.due_at or (parse_instant(of_at) if of_at else fact.at)


def subject_key(subject: str, account: str, ticket_id: str) -> str:
    """The key under which all that concerns a ticket (or service) is kept: `ticket#acme#1244`.

    `#` and `%` in a part are percent-encoded, so that no two subjects share a key.
    """
    return "#".join(part.replace("%", "%25").replace("#", "%23") for part in (subject, account, ticket_id))


def split_subject(key: str) -> tuple[str, str, str]:
    """The subject, account and id of a key made by `subject_key`."""
    subject, account, ticket_id = (part.replace("%23", "#").replace("%25", "%") for part in key.split("#"))
    return subject, account, ticket_id


def public_id(subject: str, key: str) -> str:
    """The public id of a fact, from its subject's key and its own."""
    return urlsafe_b64encode(f"{subject}#{key}".encode()).decode().rstrip("=")


def split_id(fact_id: str) -> tuple[str, str]:
    """A public id's subject key and fact key; `InvalidEvent` where it is no id of ours.

    A fact has one id: base64 reads several texts as the same bytes, and all but the one that we write are
    refused.
    """
    try:
        text = urlsafe_b64decode(fact_id + "=" * (-len(fact_id) % 4)).decode()
        subject, account, ticket_id, key = text.split("#", 3)
        _kind, _lane, _cycle, *_ = key.split(":")
    except ValueError:
        raise InvalidEvent("this is no id of a fact", "/fact_id") from None
    subject = f"{subject}#{account}#{ticket_id}"
    if public_id(subject, key) != fact_id or (
        "%" in subject and subject_key(*split_subject(subject)) != subject
    ):
        raise InvalidEvent("this is no id of a fact", "/fact_id")
    return subject, key


def fact_key(fact: str, lane: str, cycle: int, revision: int, mark: str = "") -> str:
    """The key of a fact: `clock_breached:resolution:1.0`, with a mark where a cycle can have several."""
    return f"{fact}:{lane}:{cycle}.{revision}" + (f":{mark}" if mark else "")


def cycle_of(key: str) -> str:
    """The lane and the cycle that a fact's key is of: `ola/resolution:2`."""
    _kind, lane, cycle, *_ = key.split(":")
    return f"{lane}:{cycle.partition('.')[0]}"


def input_mark(input_id: str) -> str:
    """The mark of what an input caused: 16 hexadecimal digits of its id's SHA-256."""
    return hashlib.sha256(input_id.encode()).hexdigest()[:16]


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """Write a fact as `slaclock replay` prints it and the store keeps it."""
    return {
        "fact": fact.fact,
        "id": fact.id,
        "account": fact.account,
        "ticket_id": fact.ticket_id,
        **({"subject": fact.subject} if fact.subject != "ticket" else {}),
        "agreement": fact.agreement,
        "agreement_version": fact.agreement_version,
        "target": fact.target,
        "metric": fact.metric,
        "cycle": fact.cycle,
        "revision": fact.revision,
        "at": format_instant(fact.at),
        "due_at": format_instant(fact.due_at) if fact.due_at else None,
        **fact.details,
        **({"cause": fact.cause} if fact.cause else {}),
    }


def recorded(fact: Fact) -> dict[str, Any]:
    """A fact as the record keeps it: with the agreement's hash and the engine that told it."""
    engine = fact.engine or ENGINE_VERSION
    return {**fact_to_json(fact), "agreement_hash": fact.agreement_hash, "engine": engine}


_OWN = frozenset(
    {"fact", "id", "account", "ticket_id", "subject", "agreement", "agreement_version", "agreement_hash",
     "target", "metric", "cycle", "revision", "at", "due_at", "cause", "engine"}
)  # fmt: skip


def fact_from_json(document: Mapping[str, Any]) -> Fact:
    """Read a stored fact."""
    return Fact(
        fact=document["fact"],
        key=split_id(document["id"])[1],
        account=document["account"],
        ticket_id=document["ticket_id"],
        subject=document.get("subject", "ticket"),
        agreement=document["agreement"],
        agreement_version=document["agreement_version"],
        target=document["target"],
        metric=document["metric"],
        cycle=document["cycle"],
        revision=document["revision"],
        at=parse_instant(document["at"]),
        due_at=parse_instant(document["due_at"]) if document["due_at"] else None,
        details={name: value for name, value in document.items() if name not in _OWN},
        cause=document.get("cause", ""),
        agreement_hash=document.get("agreement_hash", ""),
        engine=document.get("engine", ""),
    )
