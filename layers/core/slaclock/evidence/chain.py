"""The chain of a ticket's facts: each carries the hash of the one before it."""

from collections.abc import Mapping
from typing import Any

from slaclock.evidence.canonical import content_hash

START = "sha256:" + "0" * 64


def link(before: str, fact: Mapping[str, Any], cause_hash: str | None) -> str:
    """The hash of a fact in its place: over the hash before it, itself, and the input that caused it.

    `cause_hash` is the input's own hash, None where time caused the fact; so the chain covers the log too.
    """
    return content_hash({"before": before, "fact": fact, "cause_hash": cause_hash})
