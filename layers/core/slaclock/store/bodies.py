"""What items say as JSON: all but what their keys say already."""

import json
from collections.abc import Mapping
from typing import Any

from slaclock.domain.facts import Fact, fact_from_json, public_id, recorded, split_subject
from slaclock.domain.inputs import Given
from slaclock.store.codec import given_to_json

IN_PARTITION = ("subject", "account", "ticket_id")
_IN_KEYS = ("id", *IN_PARTITION)


def whole(item: Mapping[str, Any], member: str = "body") -> dict[str, Any]:
    """The document that a member of an item keeps, with what the item's key says."""
    named = zip(IN_PARTITION, split_subject(item["pk"]), strict=True)
    return {**json.loads(item[member]), **dict(named)}


def fact_from_item(item: Mapping[str, Any]) -> Fact:
    """Read the fact of a `FACT` or `OUTBOX` item, or of a ledger's row: its key is in the item's."""
    key = item["sk"].removeprefix("FACT#").removeprefix("OUTBOX#")
    return fact_from_json({**whole(item), "id": public_id(item["pk"], key)})


def told_document(item: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A fact as it was told and hashed, of its item or its row: its text, and what its key says."""
    told = {**whole(item), "id": public_id(item["pk"], key)}
    # One of a ticket does not say so.
    return {name: value for name, value in told.items() if (name, value) != ("subject", "ticket")}


def given_body(given: Given) -> str:
    """An input as an item's text; what the item's keys say is left out, and so is what `known` repeats."""
    document = given_to_json(given)
    if document.get("known") == sorted(document.get("ticket", ())):
        del document["known"]
    return text({name: value for name, value in document.items() if name not in IN_PARTITION})


def fact_body(fact: Fact) -> str:
    """A recorded fact as an item's text; what the item's keys say is left out."""
    return text({name: value for name, value in recorded(fact).items() if name not in _IN_KEYS})


def text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)
