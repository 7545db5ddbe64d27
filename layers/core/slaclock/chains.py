"""A ticket's chain, hashed anew out of what is stored: no hash that is kept beside a link is believed."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from slaclock.domain.facts import recorded
from slaclock.domain.instants import format_instant
from slaclock.domain.logged import given_to_json
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START, fact_entry, input_entry, link
from slaclock.store.chaining import agreements_at_of
from slaclock.store.life import Logged, StoredLife, Told


def heads_of(life: StoredLife) -> list[str | None]:
    """The head after each link, from link 1 to the last one before a gap.

    None from the first link on that is there twice, or is kept with another hash than it has.
    """
    by_seq: dict[int, list[Logged | Told]] = defaultdict(list)
    links: list[Logged | Told] = [*life.log, *life.told]
    for each in links:
        by_seq[max(each.seq, 1)].append(each)  # a link before the first is one too many
    heads: list[str | None] = []
    head: str | None = START
    while found := by_seq.get(len(heads) + 1):
        head = _after(head, found[0]) if head and len(found) == 1 else None
        heads.append(head)
    return heads


def tells(heads: list[str | None], row: Mapping[str, Any]) -> bool:
    """Whether a row of the ledger, as a document, is a link of the chain with these heads."""
    seq = row["seq"]
    if not 0 < seq <= len(heads):
        return False
    before = heads[seq - 2] if seq > 1 else START
    entry = fact_entry(seq, row["at"], row["fact"], row["cause_hash"])
    return before is not None and link(before, entry) == heads[seq - 1] == row["hash"]


def _after(head: str, each: Logged | Told) -> str | None:
    """The head after a link; None where what is kept of it is not its own."""
    at = format_instant(each.recorded_at)
    if isinstance(each, Told):
        after = link(head, fact_entry(each.seq, at, recorded(each.fact), each.cause_hash))
        return after if after == each.hash else None
    own = content_hash(given_to_json(each.given))
    return (
        link(head, input_entry(each.seq, at, own, agreements_at_of(each.given))) if own == each.hash else None
    )
