"""The chain of a ticket: its log and all that was told of it, each link hashed over the one before.

Every input and every fact is a link, in the order of recording: of one commit first its inputs, then its
facts. Links are counted from 1 (`seq`); the hash of the last one is the ticket's head, and `START` that of
none. A link has the hash of its input, not the input: so it can be checked where the document is gone.
"""

from collections.abc import Mapping
from typing import Any

from slaclock.evidence.canonical import content_hash

START = "sha256:" + "0" * 64


def input_entry(seq: int, at: str, given_hash: str, agreements_at: str | None = None) -> dict[str, Any]:
    """What the chain says of an input: its place, when it was recorded, its document's hash.

    `agreements_at` is the instant as of which the agreements were known that it was folded by, where one is
    kept. Instants are texts, as documents have them.
    """
    as_of = {"agreements_at": agreements_at} if agreements_at else {}
    return {"seq": seq, "at": at, "input": given_hash, **as_of}


def fact_entry(seq: int, at: str, fact: Mapping[str, Any], cause_hash: str | None) -> dict[str, Any]:
    """What the chain says of a fact: its place, when it was recorded, itself, the hash of its cause.

    `cause_hash` is that of the input that caused it, None where time did.
    """
    return {"seq": seq, "at": at, "fact": fact, "cause_hash": cause_hash}


def link(before: str, entry: Mapping[str, Any]) -> str:
    """The head of a chain after an entry: over the head before it, and all that the entry says."""
    return content_hash({"before": before, **entry})
