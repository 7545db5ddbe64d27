"""The links that a commit adds to its ticket's chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from slaclock.domain.facts import recorded
from slaclock.domain.instants import format_instant
from slaclock.domain.logged import given_to_json
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START, fact_entry, input_entry, link

if TYPE_CHECKING:
    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given
    from slaclock.store.commit import Commit

_T = TypeVar("_T")


class Linked(NamedTuple, Generic[_T]):
    """An input or a fact as a link of its ticket's chain; `hash` is an input's own, or of a fact's cause."""

    about: _T
    seq: int
    head: str
    hash: str | None


def links_of(commit: Commit) -> tuple[list[Linked[Given]], list[Linked[Fact]]]:
    """The links that a commit adds to the chain: its inputs, then its facts."""
    seq, head = (commit.before.seq, commit.before.head) if commit.before else (0, START)
    at, known = format_instant(commit.at), dict(commit.hashes)
    inputs: list[Linked[Given]] = []
    facts: list[Linked[Fact]] = []
    for given in commit.inputs:
        seq += 1
        known[given.id] = content_hash(given_to_json(given))
        head = link(head, input_entry(seq, at, known[given.id], agreements_at_of(given)))
        inputs.append(Linked(given, seq, head, known[given.id]))
    for fact in commit.facts:
        seq, cause_hash = seq + 1, known.get(fact.cause)
        head = link(head, fact_entry(seq, at, recorded(fact), cause_hash))
        facts.append(Linked(fact, seq, head, cause_hash))
    return inputs, facts


def agreements_at_of(given: Given) -> str | None:
    """As of when the agreements were known that an event was folded by, as text, or None."""
    at = getattr(given, "agreements_at", None)
    return format_instant(at) if at else None
