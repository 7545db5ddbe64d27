"""What items say as JSON: all but what their keys say already."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from slaclock.domain.facts import fact_from_json, public_id, recorded, split_subject
from slaclock.store.keys import given_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.facts import Fact
    from slaclock.domain.inputs import Given

IN_PARTITION = ("subject", "account", "ticket_id")
_IN_KEYS = ("id", *IN_PARTITION)


def whole(item: Mapping[str, Any], member: str = "body") -> dict[str, Any]:
    """The document that a member of an item keeps, with what the item's key says."""
    named = zip(IN_PARTITION, split_subject(item["pk"]), strict=True)
    return {**json.loads(unpacked(item[member])), **dict(named)}


def input_document(item: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a `GIVEN` item, whose key may say which event it is."""
    document = whole(item)
    if "ticket" in document:
        document.setdefault("known", sorted(document["ticket"]))
        document.setdefault("event_id", item["sk"].removeprefix("GIVEN#"))
    return document


def kind_of(key: str) -> str:
    """What a fact tells, by its key: `clock_met`."""
    return key.partition(":")[0]


def fact_from_item(item: Mapping[str, Any]) -> Fact:
    """Read the fact of a `FACT` or `OUTBOX` item, or of a ledger's row: its key is in the item's."""
    key = item["sk"].removeprefix("FACT#").removeprefix("OUTBOX#")
    return fact_from_json(_told(item, key))


def told_document(item: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A fact as it was told and hashed, of its item or its row: its text, and what its key says."""
    # One of a ticket does not say so.
    return {name: value for name, value in _told(item, key).items() if (name, value) != ("subject", "ticket")}


def _told(item: Mapping[str, Any], key: str) -> dict[str, Any]:
    said = whole(item)
    usual = {**_in_key(key), "metric": said.get("target")}
    return {**usual, **said, "id": public_id(item["pk"], key)}


def _in_key(key: str) -> dict[str, Any]:
    """What a fact's key says of it: `clock_met:resolution:1.0`."""
    kind, _lane, cycle, *_ = key.split(":")
    number, _, revision = cycle.partition(".")
    return {"fact": kind, "cycle": int(number), "revision": int(revision)}


def given_body(given: Given) -> str:
    """An input as an item's text; what the item's keys say is left out, and so is what `known` repeats."""
    from slaclock.domain.logged import given_to_json

    document = given_to_json(given)
    if document.get("known") == sorted(document.get("ticket", ())):
        del document["known"]
    if given_key(given.id) == f"GIVEN#{document.get('event_id')}":
        del document["event_id"]
    return text({name: value for name, value in document.items() if name not in IN_PARTITION})


def fact_body(fact: Fact) -> str:
    """A recorded fact as an item's text; what the item's keys say is left out."""
    said, usual = recorded(fact), {**_in_key(fact.key), "metric": fact.target}
    return text(
        {
            name: value
            for name, value in said.items()
            if name not in _IN_KEYS and (name not in usual or usual[name] != value)
        }
    )


def text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def packed(document: str) -> str:
    """A JSON document as few bytes of text: deflated, and in base64."""
    return b64encode(zlib.compress(document.encode(), 9)).decode()


def unpacked(kept: str) -> str:
    """A JSON document as it was, whether it was packed or not; `ValueError` where it is neither."""
    if kept.startswith("{"):
        return kept
    try:
        return zlib.decompress(b64decode(kept, validate=True)).decode()
    except (ValueError, zlib.error) as error:
        raise ValueError("it is no document, packed or not") from error
