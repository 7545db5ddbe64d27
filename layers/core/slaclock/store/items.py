"""What a commit writes, item by item. Both stores write exactly these."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from slaclock.domain.facts import (
    ACCOUNT,
    ANNOUNCED,
    CASE,
    RECORDED,
    REGISTER,
    Fact,
    fact_from_json,
    public_id,
    recorded,
    split_id,
    split_subject,
    subject_key,
)
from slaclock.domain.inputs import Given
from slaclock.domain.instants import format_instant, parse_instant
from slaclock.domain.ticket import Ticket, name_of
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START, fact_entry, input_entry, link
from slaclock.evidence.seal import row_document
from slaclock.store.codec import given_to_json, ticket_from_json, ticket_to_json
from slaclock.store.contract import (
    Arming,
    Commit,
    Delivery,
    Forgotten,
    LedgerRow,
    Link,
    Loaded,
    RowEnd,
    Saved,
)
from slaclock.store.remaining import remaining_from_text, remaining_to_text

_T = TypeVar("_T")
LINKS_KEPT = timedelta(days=14)  # after they expired
PAUSED = "~"  # sorts after every instant
SHARDS = 8  # of the auditor's two indexes
Item = dict[str, Any]
ENDED = "ended-"  # the shards, in the index of what is due, of tickets that are over, by the end of their log
KEY = "KEY"
_IN_PARTITION = ("subject", "account", "ticket_id")
_IN_KEYS = ("id", *_IN_PARTITION)
_OF_A_BREACH = CASE | {"clock_breached", "escalation_handed_over"}
_PLACES = ("account_month", "customer_month", "breach_month", "due_order", "recorded_day", "recorded_order")
MONTH_SHARDS = 4  # of a month's breaches, and of a day's rows and tickets


@dataclass(frozen=True, slots=True)
class Put:
    """One item of a transaction. `version` is what the stored item must have; None: it must not exist yet."""

    table: str  # "tickets" or "ledger"; beside an act also "agreements"
    item: dict[str, Any] = field(repr=False)  # it may be somebody's key
    version: int | None = None


def puts(commit: Commit) -> tuple[Saved, list[Put]]:
    """The items of a commit, the ticket first, and the ticket as it is saved by them."""
    subject = subject_of(commit.ticket)
    before, (inputs, facts) = commit.before or Saved(commit.ticket), _chained(commit)
    seq, head = (
        before.seq + len(inputs) + len(facts),
        (facts or inputs)[-1].head if facts or inputs else before.head,
    )
    last_row_at = _last_row_at(commit)
    log_until = commit.keeping.log_until(commit.ticket, last_row_at)
    place = (before.version + 1, seq, head, *_armed(commit))
    saved = Saved(commit.ticket, *place, commit.remaining, last_row_at, log_until)
    version = commit.before.version if commit.before else None
    items = [Put("tickets", _ticket_item(subject, saved, commit), version)]
    items.extend(Put("tickets", _given_item(subject, each, commit.at)) for each in inputs)
    for each in facts:
        items.extend(_fact_items(subject, each, commit))
    items.extend(
        Put("tickets", {"pk": pk, "sk": KEY, "person_key": key}) for pk, key in commit.people.items()
    )
    return saved, items


def subject_of(about: Ticket | Fact) -> str:
    """The key under which all that concerns a ticket or fact is kept."""
    return subject_key(about.subject, about.account, about.ticket_id)


def register_of(subject: str) -> str:
    """The key of the register of a subject's account."""
    return subject_key(ACCOUNT, split_subject(subject)[1], REGISTER)


def is_ticket_of(account: str, subject: str) -> bool:
    """Whether a key is that of a ticket of an account; the account's own acts are kept beside its tickets."""
    kind, of, _ = split_subject(subject)
    return of == account and kind != ACCOUNT


def shard(subject: str, shards: int) -> str:
    """Which of the shards of an index a subject belongs to."""
    return str(int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4]) % shards)


def saved_from_item(item: Mapping[str, Any]) -> Saved:
    """Read a `TICKET` item."""
    wakes = wakes_from_text(item["wakes"])
    moments = {lane: arming.at for lane, arming in wakes.items()}
    return Saved(
        ticket=replace(ticket_from_json(whole(item, "state")), next_moments=moments),
        version=int(item["version"]),
        seq=int(item["seq"]),
        head=item["head"],
        arming=int(item["arming"]),
        wakes=wakes,
        remaining=remaining_from_text(item.get("remaining", "{}")),
        last_row_at=datetime.fromtimestamp(int(item["row_at"]), UTC) if "row_at" in item else None,
        log_until=parse_instant(item["due_at"]) if is_ended(item) else None,
    )


def is_ended(item: Mapping[str, Any]) -> bool:
    """Whether an item stands among the tickets that are over."""
    return str(item.get("due_shard")).startswith(ENDED)


def forgotten_item(subject: str, saved: Saved, at: datetime, until: datetime | None) -> dict[str, Any]:
    """What stands in the place of a ticket whose log is removed: where its chain ended, and nothing it said.

    It keeps a place among the `ended` while there is something left to remove.
    """
    return {
        "pk": subject,
        "sk": "TICKET",
        "version": saved.version + 1,
        "seq": saved.seq,
        "head": saved.head,
        "forgotten_at": format_instant(at),
        **_among_ended(subject, at),
        **({"expires_at": int(until.timestamp())} if until else {}),
    }


def people_of(account: str) -> str:
    """What the keys begin with by which people of an account are found; see `slaclock.identities`."""
    return subject_key("PERSON", account, "")


def row_end_from_item(item: Mapping[str, Any]) -> RowEnd:
    """Read when a row of the ledger goes."""
    ends = item.get("expires_at")
    return RowEnd(
        item["pk"], item["sk"], _recorded_at(item), datetime.fromtimestamp(int(ends), UTC) if ends else None
    )


def loaded_from_items(items: Iterable[Mapping[str, Any]], input_id: str | None) -> Loaded:
    """What one read found: the ticket or that it is forgotten, the input, and people's keys."""
    ticket, seen, keys = None, False, {}
    for item in items:
        if item["sk"] == "TICKET":
            ticket = item
        elif item["sk"] == KEY:
            keys[item["pk"]] = item["person_key"]
        else:
            seen = input_id is not None and item["sk"] == given_key(input_id)
    if ticket is None or "forgotten_at" in ticket:
        return Loaded(None, seen, _forgotten(ticket) if ticket else None, keys)
    return Loaded(saved_from_item(ticket), seen, keys=keys)


def _forgotten(item: Mapping[str, Any]) -> Forgotten:
    return Forgotten(parse_instant(item["forgotten_at"]), int(item["seq"]), item["head"])


def wakes_from_text(text: str) -> dict[str, Arming]:
    """Read the wakes of a `TICKET` item: the current arming of each lane."""
    return {lane: Arming(parse_instant(at), number) for lane, (at, number) in json.loads(text).items()}


def fact_from_item(item: Mapping[str, Any]) -> Fact:
    """Read the fact of a `FACT` or `OUTBOX` item, or of a ledger's row: its key is in the item's."""
    key = item["sk"].removeprefix("FACT#").removeprefix("OUTBOX#")
    return fact_from_json({**whole(item), "id": public_id(item["pk"], key)})


def whole(item: Mapping[str, Any], member: str = "body") -> dict[str, Any]:
    """The document that a member of an item keeps, with what the item's key says."""
    named = zip(_IN_PARTITION, split_subject(item["pk"]), strict=True)
    return {**json.loads(item[member]), **dict(named)}


def row_from_item(item: Mapping[str, Any]) -> LedgerRow:
    """Read a row of the ledger."""
    fact, at = fact_from_item(item), _recorded_at(item)
    return LedgerRow(item["pk"], fact, int(item["seq"]), item["hash"], at, item["due_order"])


def _recorded_at(item: Mapping[str, Any]) -> datetime:
    """When a row of the ledger was recorded: its place in that order begins with it."""
    return parse_instant(item["recorded_order"].partition("#")[0])


def told_document(item: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A fact as it was told and hashed, of its item or its row: its text, and what its key says."""
    told = {**whole(item), "id": public_id(item["pk"], key)}
    # One of a ticket does not say so.
    return {name: value for name, value in told.items() if (name, value) != ("subject", "ticket")}


def row_document_from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the ledger as seals have it; one out of its place in an index says so, and is another."""
    recorded_at = _recorded_at(item)
    cause, seq = item.get("cause_hash"), int(item["seq"])
    place = {"seq": seq, "at": format_instant(recorded_at), "head": item["hash"]}
    document = row_document(told_document(item, item["sk"]), cause_hash=cause, **place)
    belongs = _indexed(item["pk"], fact_from_item(item), seq, recorded_at)
    wrong = sorted(name for name in _PLACES if item.get(name) != belongs.get(name))
    return {**document, "misplaced": wrong} if wrong else document


def given_key(input_id: str) -> str:
    """The sort key of an input in its ticket's log."""
    return f"GIVEN#{_short(input_id)}"


def due_order(breach: bool, due: datetime | str) -> str:  # noqa: FBT001  (the first part of the key)
    """The beginning of a row's place in the ledger's indexes: breaches apart from the rest, by deadline."""
    return f"{'breach' if breach else 'cycle'}#{due if isinstance(due, str) else sortable(due)}"


def day_shard(at: datetime, subject: str) -> str:
    """The key of a day, and of a subject's shard of it, in the indexes of what was recorded."""
    return day_shards(at.astimezone(UTC).date())[int(shard(subject, MONTH_SHARDS))]


def day_shards(day: date) -> list[str]:
    """The keys of all shards of a day."""
    return [f"{day.isoformat()}#{number}" for number in range(MONTH_SHARDS)]


def queue_key(account: str, team: str) -> str:
    """The key of a team's queue in its index."""
    return subject_key("queue", account, team)


def link_key(token: str) -> str:
    """The key of a link: its token's hash."""
    return f"LINK#{hashlib.sha256(token.encode()).hexdigest()}"


def link_item(token: str, link: Link) -> dict[str, Any]:
    """A link as it is stored. It outlives its expiry by a while, so as to be able to say that it expired."""
    named = {"subject": link.subject, "key": link.key, "audience": link.audience, "language": link.language}
    return {
        "pk": link_key(token),
        "sk": "LINK",
        "at": format_instant(link.expires_at),
        "body": _text(named),
        "expires_at": int((link.expires_at + LINKS_KEPT).timestamp()),
    }


def sent_key(key: str, audience: str) -> str:
    """The sort key of a fact's first message to an audience; neither has `#` in it."""
    return f"SENT#{key}#{audience}"


def sent_item(subject: str, key: str, audience: str, delivery: Delivery, *, again: bool = False) -> Item:
    """A message as it is recorded: the first one, or `again`, one that was published after it."""
    said = {"message_id": delivery.message_id, "why": delivery.why}
    return {
        "pk": subject,
        "sk": sent_key(key, audience) + (f"#{sortable(delivery.at)}" if again else ""),
        "at": format_instant(delivery.at),
        **{name: value for name, value in said.items() if value is not None},
    }


def sortable(instant: datetime) -> str:
    """An instant whose text sorts as it does: always with microseconds."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _armed(commit: Commit) -> tuple[int, dict[str, Arming]]:
    """The wakes after a commit: each keeps its number while its instant stays; the others get new ones."""
    before = commit.before.wakes if commit.before else {}
    number = commit.before.arming if commit.before else 0
    wakes: dict[str, Arming] = {}
    for lane, at in sorted(_moments(commit).items()):
        if lane in before and before[lane].at == at:
            wakes[lane] = before[lane]
            continue
        number += 1
        wakes[lane] = Arming(at, number)
    return number, wakes


def _moments(commit: Commit) -> dict[str, datetime]:
    """When each clock is next to be woken; a running clock without a moment can't hide: it is due now."""
    ticket = commit.ticket
    hidden = {clock.lane: commit.at for clock in ticket.clocks if clock.running and not clock.paused}
    return {**hidden, **ticket.next_moments}


@dataclass(frozen=True, slots=True)
class _Linked(Generic[_T]):
    """An input or a fact as a link of its ticket's chain; `hash` is an input's own, or of a fact's cause."""

    about: _T
    seq: int
    head: str
    hash: str | None


def _chained(commit: Commit) -> tuple[list[_Linked[Given]], list[_Linked[Fact]]]:
    """The links that a commit adds to the chain: its inputs, then its facts."""
    seq, head = (commit.before.seq, commit.before.head) if commit.before else (0, START)
    at, known = format_instant(commit.at), dict(commit.hashes)
    inputs: list[_Linked[Given]] = []
    facts: list[_Linked[Fact]] = []
    for given in commit.inputs:
        seq += 1
        known[given.id] = content_hash(given_to_json(given))
        head = link(head, input_entry(seq, at, known[given.id], agreements_at_of(given)))
        inputs.append(_Linked(given, seq, head, known[given.id]))
    for fact in commit.facts:
        seq, cause_hash = seq + 1, known.get(fact.cause)
        head = link(head, fact_entry(seq, at, recorded(fact), cause_hash))
        facts.append(_Linked(fact, seq, head, cause_hash))
    return inputs, facts


def agreements_at_of(given: Given) -> str | None:
    """As of when the agreements were known that an event was folded by, as text, or None."""
    at: datetime | None = getattr(given, "agreements_at", None)
    return format_instant(at) if at else None


def _ticket_item(subject: str, saved: Saved, commit: Commit) -> dict[str, Any]:
    old = commit.before.wakes if commit.before else {}
    wakes = {lane: [format_instant(arming.at), arming.number] for lane, arming in saved.wakes.items()}
    state = ticket_to_json(commit.ticket)
    return {
        "pk": subject,
        "sk": "TICKET",
        "version": saved.version,
        "seq": saved.seq,
        "head": saved.head,
        "arming": saved.arming,
        "wakes": json.dumps(wakes, separators=(",", ":")),
        "moved": saved.wakes != old,
        "state": _text({name: value for name, value in state.items() if name not in _IN_PARTITION}),
        **({"remaining": remaining_to_text(saved.remaining)} if saved.remaining else {}),
        "day": day_shard(commit.at, subject),
        **({"row_at": int(saved.last_row_at.timestamp())} if saved.last_row_at else {}),
        **_due(subject, saved),
        **_queue(commit),
    }


def _due(subject: str, saved: Saved) -> dict[str, str]:
    earliest = min((arming.at for arming in saved.wakes.values()), default=None)
    if earliest is None:
        return _among_ended(subject, saved.log_until) if saved.log_until else {}
    return {"due_shard": shard(subject, SHARDS), "due_at": sortable(earliest)}


def _among_ended(subject: str, log_until: datetime) -> dict[str, str]:
    return {"due_shard": f"{ENDED}{shard(subject, SHARDS)}", "due_at": sortable(log_until)}


def _last_row_at(commit: Commit) -> datetime | None:
    """When the latest row of a ticket with a breach was recorded; None for a ticket without one."""
    before = commit.before.last_row_at if commit.before else None
    told = {fact.fact for fact in commit.facts}
    rows = told & RECORDED and (before or "clock_breached" in told)
    return datetime.fromtimestamp(math.ceil(commit.at.timestamp()), UTC) if rows else before


def _queue(commit: Commit) -> dict[str, str]:
    """An open ticket's place in its team's queue: by the deadline that presses most, paused ones last."""
    ticket = commit.ticket
    if not any(clock.waiting for clock in ticket.clocks):
        return {}
    team = name_of(ticket.attributes.get("team")) or "-"
    return {
        "queue": queue_key(ticket.account, team),
        "queue_order": sortable(commit.deadline) if commit.deadline else PAUSED,
    }


def _given_item(subject: str, linked: _Linked[Given], at: datetime) -> dict[str, Any]:
    given = linked.about
    agreements_at = agreements_at_of(given)
    return {
        **({"agreements_at": agreements_at} if agreements_at else {}),
        "pk": subject,
        "sk": given_key(given.id),
        "seq": linked.seq,
        "recorded_at": format_instant(at),
        "occurred_at": format_instant(given.position[0]),
        "body": given_body(given),
        "hash": linked.hash,
    }


def given_body(given: Given) -> str:
    """An input as an item's text; what the item's keys say is left out, and so is what `known` repeats."""
    document = given_to_json(given)
    if document.get("known") == sorted(document.get("ticket", ())):
        del document["known"]
    return _text({name: value for name, value in document.items() if name not in _IN_PARTITION})


def _fact_items(subject: str, linked: _Linked[Fact], commit: Commit) -> Iterator[Put]:
    fact, body, at = linked.about, _stored(linked.about), commit.at
    cause = {"cause_hash": linked.hash} if linked.hash else {}
    chained = {"seq": linked.seq, "body": body, "hash": linked.head, **cause}
    kept = {"pk": subject, "sk": f"FACT#{fact.key}", **chained, "recorded_at": format_instant(at)}
    yield Put("tickets", kept)
    if fact.fact in ANNOUNCED and fact.details.get("told") != []:
        waiting = {"outbox_shard": shard(subject, SHARDS), "since": f"{sortable(at)}#{linked.seq:06}"}
        yield Put("tickets", {"pk": subject, "sk": f"OUTBOX#{fact.key}", "body": body, **waiting})
    if fact.fact in RECORDED:
        until = commit.keeping.row_until(fact.ticket_id, at)
        places = _indexed(subject, fact, linked.seq, at)
        ends = {"expires_at": int(until.timestamp())} if until else {}
        yield Put("ledger", {"pk": subject, "sk": fact.key, **chained, **places, **ends})


def _stored(fact: Fact) -> str:
    """A recorded fact as an item's text; what the item's keys say is left out."""
    return _text({name: value for name, value in recorded(fact).items() if name not in _IN_KEYS})


def _indexed(subject: str, fact: Fact, seq: int, at: datetime) -> dict[str, str]:
    """A row's places in the ledger's indexes. Where there is no deadline, `at` gives the period."""
    due = fact.due_at or fact.at
    month, breach = sortable(due)[:7], _of_breach(fact)
    customer = fact.details.get("customer")
    about = f"{_short(subject)}#{fact.lane}#{fact.cycle:05}#{fact.revision:04}#{seq:06}"
    places = {
        "account_month": subject_key("month", fact.account, month),
        "due_order": f"{_order(fact, due, breach=breach)}#{about}",
        "recorded_day": day_shard(at, subject),
        "recorded_order": f"{sortable(at)}#{_short(subject)}#{seq:06}",
    }
    if customer:
        places["customer_month"] = subject_key("month", str(customer), month)
    if breach:
        places["breach_month"] = f"{month}#{shard(subject, MONTH_SHARDS)}"
    return places


def _order(fact: Fact, due: datetime, *, breach: bool) -> str:
    """An act on a whole account stands apart from breaches and from cycles."""
    return f"account#{sortable(due)}" if fact.subject == ACCOUNT else due_order(breach, due)


def _of_breach(fact: Fact) -> bool:
    """Whether a row belongs to a breach: it tells one, or what became of it."""
    if fact.fact == "outcome_corrected":
        return split_id(fact.details["corrects"])[1].startswith(
            ("clock_breached:", "breach_ended:", "breach_reopened:")
        )
    return fact.fact.startswith("breach_") or fact.fact in _OF_A_BREACH


def _short(part: str) -> str:
    """A part of a sort key, which may have 1024 bytes in all; a longer one is told by its hash."""
    encoded = part.encode()
    return part if len(encoded) <= 512 else f"~{hashlib.sha256(encoded).hexdigest()}"


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)
