"""What a commit writes, item by item. Both stores write exactly these."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from slaclock.domain.facts import ANNOUNCED, RECORDED
from slaclock.domain.instants import format_instant
from slaclock.store.bodies import fact_body, given_body
from slaclock.store.chaining import agreements_at_of, links_of
from slaclock.store.commit import Saved
from slaclock.store.keys import KEY, SHARDS, given_key, shard, sortable, subject_of
from slaclock.store.rows import places_of
from slaclock.store.tickets import armed, ticket_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given
    from slaclock.store.chaining import Linked
    from slaclock.store.commit import Commit


@dataclass(frozen=True, slots=True)
class Put:
    """One item of a transaction. `version` is what the stored item must have; None: it must not exist yet."""

    table: str  # "tickets" or "ledger"; beside an act also "agreements"
    item: dict[str, Any] = field(repr=False)  # it may be somebody's key
    version: int | None = None


def puts(commit: Commit) -> tuple[Saved, list[Put]]:
    """The items of a commit, the ticket first, and the ticket as it is saved by them."""
    subject = subject_of(commit.ticket)
    before, (inputs, facts) = commit.before or Saved(commit.ticket), links_of(commit)
    seq, head = (
        before.seq + len(inputs) + len(facts),
        (facts or inputs)[-1].head if facts or inputs else before.head,
    )
    last_row_at = _last_row_at(commit)
    log_until = commit.keeping.log_until(commit.ticket, last_row_at)
    place = (before.version + 1, seq, head, *armed(commit))
    saved = Saved(commit.ticket, *place, commit.remaining, last_row_at, log_until)
    version = commit.before.version if commit.before else None
    items = [Put("tickets", ticket_item(subject, saved, commit), version)]
    items.extend(Put("tickets", _given_item(subject, each, commit.at)) for each in inputs)
    for each in facts:
        items.extend(_fact_items(subject, each, commit))
    items.extend(
        Put("tickets", {"pk": pk, "sk": KEY, "person_key": key}) for pk, key in commit.people.items()
    )
    return saved, items


def _last_row_at(commit: Commit) -> datetime | None:
    """When the latest row of a ticket with a breach was recorded; None for a ticket without one."""
    before = commit.before.last_row_at if commit.before else None
    told = {fact.fact for fact in commit.facts}
    rows = told & RECORDED and (before or "clock_breached" in told)
    return datetime.fromtimestamp(math.ceil(commit.at.timestamp()), UTC) if rows else before


def _given_item(subject: str, linked: Linked[Given], at: datetime) -> dict[str, Any]:
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


def _fact_items(subject: str, linked: Linked[Fact], commit: Commit) -> Iterator[Put]:
    fact, body, at = linked.about, fact_body(linked.about), commit.at
    cause = {"cause_hash": linked.hash} if linked.hash else {}
    chained = {"seq": linked.seq, "body": body, "hash": linked.head, **cause}
    kept = {"pk": subject, "sk": f"FACT#{fact.key}", **chained, "recorded_at": format_instant(at)}
    yield Put("tickets", kept)
    if fact.fact in ANNOUNCED and fact.details.get("told") != []:
        waiting = {"outbox_shard": shard(subject, SHARDS), "since": f"{sortable(at)}#{linked.seq:06}"}
        yield Put("tickets", {"pk": subject, "sk": f"OUTBOX#{fact.key}", "body": body, **waiting})
    if fact.fact in RECORDED:
        until = commit.keeping.row_until(fact.ticket_id, at)
        places = places_of(subject, fact, linked.seq, at)
        ends = {"expires_at": int(until.timestamp())} if until else {}
        yield Put("ledger", {"pk": subject, "sk": fact.key, **chained, **places, **ends})
